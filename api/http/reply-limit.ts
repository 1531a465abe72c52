import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How often replies are looked at, in milliseconds. */
const INTERVAL = 1_000;

/**
 * Ends connections that do not take their reply: a reply that has begun has so many `milliseconds` until all of it is
 * out, and a caller who reads a byte now and then gets no more than one who reads nothing.
 */
export function limitReplies(server: Server, milliseconds: number): void {
  const open = openReplies(server);
  const begun = new WeakMap<ServerResponse, number>();
  const look = setInterval(() => {
    const now = performance.now();
    for (const res of [...open.values()].flatMap((replies) => [...replies])) {
      if (!res.headersSent) continue;
      const since = begun.get(res);
      if (since === undefined) begun.set(res, now);
      else if (now - since > milliseconds) res.destroy();
    }
  }, INTERVAL).unref();
  server.once('close', () => clearInterval(look));
}

/** The replies of each connection that are not over. */
function openReplies(server: Server): ReadonlyMap<Socket, ReadonlySet<ServerResponse>> {
  const open = new Map<Socket, Set<ServerResponse>>();
  server.on('request', ({ socket }, res: ServerResponse) => {
    const replies = open.get(socket) ?? new Set();
    if (!open.has(socket)) {
      open.set(socket, replies);
      socket.once('close', () => {
        open.delete(socket);
        endWaiting(replies);
      });
    }
    replies.add(res);
    res.once('close', () => replies.delete(res));
  });
  return open;
}

/**
 * Node tells a reply that its connection is gone only when it is the reply's turn there. Those of pipelined requests
 * behind it would never be over for whoever waits for that.
 */
function endWaiting(replies: ReadonlySet<ServerResponse>): void {
  for (const res of replies) if (res.socket === null) res.destroy().emit('close');
}
