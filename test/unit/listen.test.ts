import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express from 'express';
import { listen, type Listening, type ListenOptions } from '../../api/http/listen.ts';
import { sendText } from '../../api/http/dispatch.ts';
import { IS_THOROUGH } from '../support/properties.ts';

const MEGABYTE = 1_048_576;
/** More than the system takes for a connection on its own. */
const body = Buffer.alloc(64 * MEGABYTE, 'x');

let server: Listening;
/** Called when a reply is over. */
let onEnd = (): void => undefined;
/** Called when a reply has begun. */
let onBegin = (): void => undefined;
let options: ListenOptions;

/** What a service has takes half a minute to wait for: that is for the night. */
const arrival = IS_THOROUGH ? { headers: 10, request: 30 } : { headers: 1, request: 2 };

beforeAll(async () => {
  const limits = IS_THOROUGH ? {} : { arrival };
  options = {
    host: '127.0.0.1',
    port: 0,
    fastHttp: true,
    maxConnections: 200,
    replyTimeout: IS_THOROUGH ? 2 : 1,
    ...limits,
  };
  server = await listen(appOf(), options);
});
afterAll(() => server.close(0));

function appOf(): ReturnType<typeof express> {
  const app = express();
  app.get('/large', (_req, res) => {
    res.once('close', () => onEnd());
    sendText(res, body, 'text/plain');
    onBegin();
  });
  app.post('/', (req, res) => void req.on('end', () => res.end()).resume());
  return app;
}

async function open(port = server.port): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Counts down from `count`; resolves at none. */
function countdown(count: number): { readonly next: () => void; readonly over: Promise<void> } {
  let [left, end] = [count, (): void => undefined];
  const over = new Promise<void>((resolve) => (end = resolve));
  const next = (): void => {
    left -= 1;
    if (left === 0) end();
  };
  return { next, over };
}

/** How long a connection that says these words is kept, in seconds. */
async function keptAfter(words: string, read: boolean): Promise<number> {
  const start = performance.now();
  const socket = await open();
  socket.write(words);
  if (read) socket.resume();
  await once(socket, 'close');
  return (performance.now() - start) / 1_000;
}

describe('a connection', () => {
  it('has 10 seconds for the headers and 30 for a request, or as long as it is given', async () => {
    const [silent, headers, whole] = await Promise.all([
      keptAfter('', true),
      keptAfter('GET /large HTTP/1.1\r\nHost: x\r\n', true),
      keptAfter('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf', true),
    ]);
    for (const [seconds, limit] of [
      [silent, arrival.headers],
      [headers, arrival.headers],
      [whole, arrival.request],
    ] as const) {
      expect(seconds).toBeGreaterThan(limit - 0.5);
      // Node's own limits are 60 and 300.
      expect(seconds).toBeLessThan(60);
    }
  });

  it('has so long to take its reply, whether it reads nothing or a little now and then', async () => {
    const ends = countdown(2);
    const state = { areOver: false };
    onEnd = ends.next;
    void ends.over.then(() => (state.areOver = true));
    const [silent, slow] = await Promise.all([open(), open()]);
    for (const socket of [silent, slow]) socket.pause().write('GET /large HTTP/1.1\r\nHost: x\r\n\r\n');
    while (!state.areOver) {
      slow.read(1);
      await sleep(50);
    }
    for (const socket of [silent, slow]) {
      await once(socket.resume(), 'close');
      expect(socket.bytesRead).toBeLessThan(body.length);
    }
  });

  it('takes the replies with it that wait in it for their turn', async () => {
    const socket = await open();
    const ends = countdown(5);
    onEnd = ends.next;
    socket.write('GET /large HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(5));
    await once(socket, 'readable');
    socket.destroy();
    await ends.over;
  });

  it('is one of so many', async () => {
    const small = await listen(appOf(), { ...options, maxConnections: 3 });
    const kept = await Promise.all([1, 2, 3].map(() => open(small.port)));
    const further = await open(small.port);
    await once(further.resume(), 'close');
    for (const socket of kept) {
      expect(socket.closed).toBe(false);
      socket.destroy();
    }
    await small.close(0);
  });
});

describe('many who ask for a fixed reply and do not read', () => {
  it('take no memory of their own', async () => {
    const before = process.memoryUsage().rss;
    const begun = countdown(150);
    onBegin = begun.next;
    const sockets = await Promise.all(Array.from({ length: 150 }, () => open()));
    for (const socket of sockets) socket.pause().write('GET /large HTTP/1.1\r\nHost: x\r\n\r\n');
    await begun.over;
    // Each of them would have a copy.
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * MEGABYTE);
    for (const socket of sockets) socket.destroy();
  });
});
