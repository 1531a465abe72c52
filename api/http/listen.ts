import { createServer as createHttp, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Express } from 'express';
import { messageClasses } from './fast-http.ts';
import { limitReplies } from './reply-limit.ts';
import { TLS_OPTIONS } from './tls-options.ts';

export interface Address {
  /** The setting that it is from. */
  readonly setting: 'PORT' | 'METRICS';
  readonly host: string;
  readonly port: number;
}

export interface ListenOptions extends Omit<Address, 'setting'> {
  readonly setting?: Address['setting'];
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Whether node makes requests and replies as Express wants them; see `messageClasses`. */
  readonly fastHttp: boolean;
  /** How many connections there may be; further ones are closed at once. */
  readonly maxConnections: number;
  /** How long a reply may be under way, in seconds. */
  readonly replyTimeout: number;
  /** How long the headers, and all of a request, may take to arrive, in seconds: 10 and 30 unless given. */
  readonly arrival?: Arrival;
}

interface Arrival {
  readonly headers: number;
  readonly request: number;
}

const ARRIVAL: Arrival = { headers: 10, request: 30 };
/** The headers of a request in bytes: a token may have 16 KiB of them. */
const HEADER_SIZE = 32 * 1024;
/** How often connections are looked at: a limit is late by as much. Node would do it every 30 seconds. */
const CHECKED = 500;

export interface Listening {
  readonly port: number;
  /**
   * Takes no new requests, waits for those in flight, at most `milliseconds`, and then cuts what is left. With `linger`
   * (milliseconds) it answers for so long before, and closes each connection with a reply: one that is closed while it is
   * idle may be in use at that moment.
   */
  close(milliseconds: number, linger?: number): Promise<void>;
}

/** An address cannot be had; the message names it, and the setting. */
export class AddressError extends Error {}

/** Serves `app`. Rejects with an AddressError when the address cannot be had. */
export async function listen(app: Express, options: ListenOptions): Promise<Listening> {
  const { setting = 'PORT', host, port, tls, maxConnections, replyTimeout, arrival = ARRIVAL } = options;
  // Neither slow senders nor slow readers hold connections for ever.
  const common = {
    ...(options.fastHttp && messageClasses(app)),
    requestTimeout: arrival.request * 1_000,
    headersTimeout: arrival.headers * 1_000,
    connectionsCheckingInterval: CHECKED,
    maxHeaderSize: HEADER_SIZE,
    keepAliveTimeout: 65_000,
  };
  const server = tls === undefined ? createHttp(common, app) : createHttps({ ...common, ...TLS_OPTIONS, ...tls }, app);
  server.maxConnections = maxConnections;
  limitReplies(server, replyTimeout * 1_000);
  const lastReplies = closesWithReplies(server);
  await bind(server, { setting, host, port });
  return {
    port: (server.address() as AddressInfo).port,
    close: async (milliseconds, linger = 0) => {
      if (linger > 0) await lastReplies(linger);
      await close(server, milliseconds);
    },
  };
}

/** Returns how to have every reply end its connection for some time. */
function closesWithReplies(server: Server): (milliseconds: number) => Promise<void> {
  let isLast = false;
  server.prependListener('request', (_req, res) => {
    if (isLast) res.setHeader('Connection', 'close');
  });
  return (milliseconds) => {
    isLast = true;
    return sleep(milliseconds);
  };
}

function bind(server: Server, { setting, host, port }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      const reason = error.code === 'EADDRINUSE' ? 'is in use by another process' : `cannot be had (${error.code})`;
      reject(new AddressError(`${setting} ${port} on ${host} ${reason}`, { cause: error }));
    };
    server.once('error', fail).listen(port, host, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

function close(server: Server, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => server.closeAllConnections(), milliseconds);
    // A connection that is kept alive becomes idle when its request is answered.
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    server.close(() => {
      clearTimeout(deadline);
      clearInterval(idle);
      resolve();
    });
  });
}

/** Whether the address can be had now. Rejects with an AddressError when it cannot. */
export async function probe(address: Address): Promise<void> {
  const server = createHttp();
  await bind(server, address);
  await close(server, 0);
}
