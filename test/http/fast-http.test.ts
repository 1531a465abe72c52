import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compose } from '../../api/compose.ts';
import { listen, type Listening } from '../../api/http/listen.ts';
import { freePort } from '../support/ports.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

let service: TestService;
let stock: Listening;
let token: string;

beforeAll(async () => {
  // The same service twice: as it is usually served, and with stock Express.
  service = await startService({ env: { CORS_ORIGINS: 'https://admin.example', TRUST_PROXY: 'loopback' } });
  const { app } = await compose(service.ground);
  stock = await listen(app, {
    host: '127.0.0.1',
    port: await freePort(),
    fastHttp: false,
    maxConnections: 100,
    replyTimeout: 30,
  });
  token = await service.adminToken();
  await service.request('POST', CLIENTS, { token, body: { inum: 'target', redirectUris: [] } });
});
afterAll(async () => {
  await stock.close(0);
  await service.stop();
});

/** Node tells of every request before Express sees it. */
const REQUESTS = 'http.server.request.start';

/** Whether Express changes the prototypes of what node has made for a request to this port. */
async function changesPrototypes(port: number, send: () => Promise<unknown>): Promise<boolean[]> {
  const made: { message: object; prototype: unknown }[] = [];
  const listener = (event: unknown): void => {
    const { request, response } = event as { request: IncomingMessage; response: ServerResponse };
    if (request.socket.localPort !== port) return;
    for (const message of [request, response]) made.push({ message, prototype: Object.getPrototypeOf(message) });
  };
  subscribe(REQUESTS, listener);
  await send();
  unsubscribe(REQUESTS, listener);
  return made.map(({ message, prototype }) => Object.getPrototypeOf(message) !== prototype);
}

interface Exchange {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

async function exchange(port: number, { method = 'GET', path, headers, body }: Exchange): Promise<Answer> {
  const reply = await new Promise<Answer>((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method, path, headers: { 'X-Request-Id': 'the-same', ...headers } };
    const sent = httpRequest(options, (message) => {
      text(message).then(
        (received) => resolve({ status: message.statusCode, headers: message.headers, body: received }),
        reject,
      );
    });
    sent.on('error', reject).end(body);
  });
  const { date: _date, ...kept } = reply.headers;
  return { ...reply, headers: kept };
}

const JSON_TYPE = { 'Content-Type': 'application/json' };
const auth = (): Record<string, string> => ({ Authorization: `Bearer ${token}` });

const EXCHANGES: readonly [string, number, () => Exchange][] = [
  ['a client', 200, () => ({ path: `${CLIENTS}/target`, headers: auth() })],
  ['the same with HEAD', 200, () => ({ method: 'HEAD', path: `${CLIENTS}/target`, headers: auth() })],
  ['nothing changed', 304, () => ({ path: `${CLIENTS}/target`, headers: { ...auth(), 'If-None-Match': '"1-0"' } })],
  ['a list with a query', 200, () => ({ path: `${CLIENTS}?limit=1&pattern=tar`, headers: auth() })],
  ['a query that is wrong', 400, () => ({ path: `${CLIENTS}?limit=x`, headers: auth() })],
  ['no token', 401, () => ({ path: CLIENTS })],
  ['an unknown client', 404, () => ({ path: `${CLIENTS}/nobody`, headers: auth() })],
  ['an unknown path', 404, () => ({ path: '/nothing/here' })],
  ['a wrong method', 405, () => ({ method: 'POST', path: `${CLIENTS}/target`, headers: auth() })],
  ['OPTIONS of another origin', 204, () => ({ method: 'OPTIONS', path: CLIENTS, headers: preflight })],
  ['broken JSON', 400, () => ({ method: 'POST', path: CLIENTS, headers: { ...auth(), ...JSON_TYPE }, body: '{' })],
  ['a wrong type', 415, () => ({ method: 'POST', path: CLIENTS, headers: { ...auth(), ...plain }, body: 'x' })],
  ['a patch of no type', 415, () => ({ method: 'PATCH', path: `${CLIENTS}/target`, headers: auth(), body: '[]' })],
  ['a patch of nothing', 400, () => ({ method: 'PATCH', path: `${CLIENTS}/target`, headers: auth() })],
  ['a form that is refused', 400, () => ({ method: 'POST', path: '/jans-auth/restv1/token', ...form })],
  ['a redirect', 301, () => ({ path: '/api-docs' })],
  ['Swagger UI', 200, () => ({ path: '/api-docs/' })],
  ['the contract', 200, () => ({ path: '/openapi.json' })],
  ['a proxy that forwards', 200, () => ({ path: `${CLIENTS}/target`, headers: { ...auth(), ...forwarded } })],
  ['discovery', 200, () => ({ path: '/.well-known/openid-configuration' })],
  ['what deletes nothing', 404, () => ({ method: 'DELETE', path: `${CLIENTS}/nobody`, headers: auth() })],
];
const plain = { 'Content-Type': 'text/plain' };
const preflight = { Origin: 'https://admin.example', 'Access-Control-Request-Method': 'PATCH' };
const forwarded = { 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Proto': 'https' };
const form = { headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'grant_type=password' };

describe('with the prototypes of Express given to node', () => {
  it('the two that are compared differ in what Express has to change', async () => {
    const send = (port: number) => () => exchange(port, { path: `${CLIENTS}/target`, headers: auth() });
    const fast = Number(new URL(service.url).port);
    expect(await changesPrototypes(stock.port, send(stock.port))).toEqual([true, true]);
    expect(await changesPrototypes(fast, send(fast))).toEqual([false, false]);
  });

  it.each(EXCHANGES)('%s is answered as stock Express answers it', async (_name, status, make) => {
    const expected = await exchange(stock.port, make());
    expect(expected.status).toBe(status);
    expect(await exchange(Number(new URL(service.url).port), make())).toEqual(expected);
  });
});
