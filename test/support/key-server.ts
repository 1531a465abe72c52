import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSignedCertificate } from './certificate.ts';

export interface KeyServer {
  /** `127.0.0.1:<port>`, for FETCH_ALLOW. */
  readonly host: string;
  readonly url: string;
  /** The authority of its certificate. */
  readonly ca: string;
  /** How often the keys were fetched. */
  readonly fetches: number;
  /** What it answers from now on; a status other than 200 is an outage. */
  publish(keys: string, answer?: { readonly status?: number; readonly cacheControl?: string }): void;
  /** What is done while the next request waits for its answer. */
  duringNext(task: () => Promise<unknown>): void;
  stop(): Promise<void>;
}

/** A real https server on the loopback interface that publishes the keys of a client. */
export async function startKeyServer(): Promise<KeyServer> {
  const { cert, key } = selfSignedCertificate();
  let answer = { body: '{"keys":[]}', status: 200, headers: {} };
  let fetches = 0;
  let during: (() => Promise<unknown>) | undefined;
  const server = createServer({ cert, key }, (_req, res) => {
    fetches += 1;
    const task = during;
    during = undefined;
    const reply = (): void => {
      res.writeHead(answer.status, { 'Content-Type': 'application/jwk-set+json', ...answer.headers }).end(answer.body);
    };
    void (task?.() ?? Promise.resolve()).then(reply);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `https://${host}/keys`,
    ca: cert,
    get fetches() {
      return fetches;
    },
    publish: (body, { status = 200, cacheControl } = {}) => {
      answer = { body, status, headers: cacheControl === undefined ? {} : { 'Cache-Control': cacheControl } };
    },
    duringNext: (task) => {
      during = task;
    },
    stop: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
