import { createServer as createHttp, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { messageClasses } from './fast-http.ts';
import { TLS_OPTIONS } from './tls-options.ts';

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Whether node makes requests and replies as Express wants them; see `messageClasses`. */
  readonly fastHttp: boolean;
}

export interface Listening {
  readonly port: number;
  /** Takes no new requests, waits for those in flight, at most `milliseconds`, and then cuts what is left. */
  close(milliseconds: number): Promise<void>;
}

/** Serves `app`. Rejects with the system's error, such as EADDRINUSE, when the address cannot be had. */
export async function listen(app: Express, { host, port, tls, fastHttp }: ListenOptions): Promise<Listening> {
  const messages = fastHttp ? messageClasses(app) : {};
  const server =
    tls === undefined ? createHttp(messages, app) : createHttps({ ...messages, ...TLS_OPTIONS, ...tls }, app);
  // Slow senders must not hold connections for ever.
  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  server.keepAliveTimeout = 65_000;
  await bind(server, host, port);
  return { port: (server.address() as AddressInfo).port, close: (milliseconds) => close(server, milliseconds) };
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => {
      server.off('error', reject);
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

/** Whether the address can be had now: undefined, or the system's error code. */
export async function portProblem(host: string, port: number): Promise<string | undefined> {
  const probe = createHttp();
  try {
    await bind(probe, host, port);
    await close(probe, 0);
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  }
}
