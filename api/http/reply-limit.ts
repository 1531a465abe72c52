import type { Server, ServerResponse } from 'node:http';

/** How often replies are looked at, in milliseconds. */
const INTERVAL = 1_000;

/**
 * Ends connections that do not take their reply: a reply that has begun has so many `milliseconds` until all of it is
 * out, and a caller who reads a byte now and then gets no more than one who reads nothing.
 */
export function limitReplies(server: Server, milliseconds: number): void {
  const open = new Set<ServerResponse>();
  const begun = new WeakMap<ServerResponse, number>();
  server.on('request', (_req, res: ServerResponse) => {
    open.add(res);
    res.once('close', () => open.delete(res));
  });
  const look = setInterval(() => {
    const now = performance.now();
    for (const res of open) {
      if (!res.headersSent) continue;
      const since = begun.get(res);
      if (since === undefined) begun.set(res, now);
      else if (now - since > milliseconds) res.destroy();
    }
  }, INTERVAL).unref();
  server.once('close', () => clearInterval(look));
}
