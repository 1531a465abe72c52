import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { selfSignedCertificate } from '../support/certificate.ts';
import { JWT_BEARER, newClientKey, TOKEN } from '../support/issuer.ts';
import { freePort } from '../support/ports.ts';
import { spawnService, type ServiceProcess } from '../support/process.ts';
import { administratorIn, askForToken } from '../support/remote.ts';
import { CLIENTS } from '../support/service.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: { readonly key: string; readonly value: Record<string, unknown> }[];
}
interface Export {
  readonly resourceSpans: { readonly scopeSpans: { readonly spans: Span[] }[] }[];
}

/** Somebody who asks, with an id of a trace and of a span of its own. */
const [TRACE, PARENT] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
const SAMPLED = `00-${TRACE}-${PARENT}-01`;

let folder: string;
let receiver: Server;
let others: Server;
/** Of a client, at an address that it names. */
let keys: Server;
let service: ServiceProcess;
let url: string;
let token: string;
const spans: Span[] = [];
const received: string[] = [];
/** What was asked of others, by path. */
const asked = new Map<string, IncomingHttpHeaders>();

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function spanOf(matches: (span: Span) => boolean): Promise<Span> {
  for (;;) {
    const found = spans.find(matches);
    if (found !== undefined) return found;
    await sleep(50);
  }
}

const send = (path: string, init: RequestInit & { headers?: Record<string, string> } = {}): Promise<Response> =>
  fetch(url + path, { ...init, headers: Object.assign({ Authorization: `Bearer ${token}` }, init.headers) });

beforeAll(async () => {
  receiver = createServer((req, res) => {
    let body = '';
    req
      .on('data', (part) => (body += String(part)))
      .on('end', () => {
        received.push(`${req.method} ${req.url}`);
        const { resourceSpans } = JSON.parse(body) as Export;
        spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
        res.setHeader('Content-Type', 'application/json').end('{}');
      });
  });
  others = createServer((req, res) => {
    asked.set(req.url ?? '', req.headers);
    res.setHeader('Content-Type', 'application/json').end('{"keys":[]}');
  });
  const { cert, key } = selfSignedCertificate();
  keys = createTlsServer({ cert, key }, (req, res) => {
    asked.set(req.url ?? '', req.headers);
    res.setHeader('Content-Type', 'application/json').end('{"keys":[]}');
  });
  const [collector, other] = [await listening(receiver), await listening(others)];
  const allowed = (await listening(keys)).replace('127.0.0.1', 'localhost');
  folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
  writeFileSync(join(folder, 'ca.pem'), cert);
  const port = await freePort();
  url = `http://localhost:${port}`;
  service = spawnService({
    PORT: String(port),
    DATA_DIR: join(folder, 'data'),
    TRUSTED_ISSUERS: `http://${other}|${url}/jans-config-api|https://jans.io/oauth/config/openid/clients.readonly`,
    FETCH_ALLOW: allowed,
    NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://${collector}`,
    OTEL_BSP_SCHEDULE_DELAY: '100',
  });
  await service.started;
  token = (await askForToken(url, administratorIn(join(folder, 'data')))).token ?? '';
});
afterAll(async () => {
  service.child.kill('SIGTERM');
  await service.ended;
  receiver.close();
  others.close();
  keys.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('traces', () => {
  it('have a request by its operation, in the trace that the caller is in, and what was done for it', async () => {
    const reply = await send(`${CLIENTS}?pattern=nobody`, { headers: { traceparent: SAMPLED } });
    expect(reply.status).toBe(200);
    const request = await spanOf(({ traceId, kind }) => traceId === TRACE && kind === 2);
    expect([request.name, request.parentSpanId]).toEqual(['get-oauth-openid-clients', PARENT]);
    expect(request.attributes).toContainEqual({ key: 'http.response.status_code', value: { intValue: 200 } });
    const search = await spanOf(({ traceId, name }) => traceId === TRACE && name === 'search');
    const work = await spanOf(({ spanId }) => spanId === search.parentSpanId);
    expect([work.name, work.parentSpanId]).toEqual(['unit of work', request.spanId]);
    expect(received[0]).toBe('POST /v1/traces');
  });

  it('are not made where the caller has decided against it', async () => {
    const unsampled = SAMPLED.replace(TRACE, 'f'.repeat(32)).replace(/1$/, '0');
    expect((await send(CLIENTS, { headers: { traceparent: unsampled } })).status).toBe(200);
    expect((await send(CLIENTS, { headers: { traceparent: SAMPLED.replace(PARENT, '1'.repeat(16)) } })).status).toBe(
      200,
    );
    await spanOf(({ parentSpanId }) => parentSpanId === '1'.repeat(16));
    expect(spans.filter(({ traceId }) => traceId.startsWith('ffff'))).toEqual([]);
  });

  it('go on at issuers that an administrator trusts, and not where a client has us ask', async () => {
    const key = newClientKey();
    const sign = (claims: object): Promise<string> =>
      new SignJWT({ exp: Math.floor(Date.now() / 1_000) + 60, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: key.jwk.kid, typ: 'JWT' })
        .sign(key.privateKey);
    const { port } = others.address() as AddressInfo;
    const issuer = `http://127.0.0.1:${port}`;
    const foreign = await sign({ iss: issuer, aud: `${url}/jans-config-api`, sub: 'x' });
    const headers = { Authorization: `Bearer ${foreign}`, traceparent: SAMPLED };
    // It has no keys that could be had.
    expect((await send(CLIENTS, { headers })).status).toBe(503);
    expect(asked.get('/.well-known/openid-configuration')?.['traceparent']).toMatch(`00-${TRACE}-`);

    const allowed = `localhost:${(keys.address() as AddressInfo).port}`;
    const jwksUri = `https://${allowed}/keys`;
    const body = { inum: 'by-address', redirectUris: [], grantTypes: ['client_credentials'] };
    const made = await send(CLIENTS, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...body, tokenEndpointAuthMethod: 'private_key_jwt', jwksUri }),
    });
    expect([made.status, await made.text()]).toEqual([201, expect.anything()]);
    const assertion = await sign({ iss: 'by-address', sub: 'by-address', aud: url, jti: 'one' });
    const form = { grant_type: 'client_credentials', client_assertion_type: JWT_BEARER, client_assertion: assertion };
    await fetch(url + TOKEN, { method: 'POST', headers: { traceparent: SAMPLED }, body: new URLSearchParams(form) });
    expect(asked.get('/keys')).toBeDefined();
    expect(asked.get('/keys')?.['traceparent']).toBeUndefined();
    await spanOf(({ name, attributes }) => name === 'fetch' && JSON.stringify(attributes).includes(allowed));
  });

  it('have nothing secret in them', () => {
    const text = JSON.stringify(spans);
    for (const secret of [token, administratorIn(join(folder, 'data')).secret, 'nobody'])
      expect(text).not.toContain(secret);
  });
});
