import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { startIndependentIssuer, type IndependentIssuer } from '../support/independent-issuer.ts';
import { headerOf, refusalReason } from '../support/issuer.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

const P = 'https://jans.io/oauth/config/openid/';
const API = 'https://api.example';
const REPORTS = 'https://reports.example';

let service: TestService;
let idp: IndependentIssuer;

beforeAll(async () => {
  idp = await startIndependentIssuer();
  const entries = [`${idp.issuer}|${API}|${P}clients.write`, `${idp.issuer}|${REPORTS}|${P}openid.readonly`];
  service = await startService({ env: { TRUSTED_ISSUERS: entries.join(',') } });
});
afterAll(async () => {
  await service.stop();
  await idp.stop();
});

const list = (token: string): Promise<TestReply> => service.request('GET', CLIENTS, { token });
const create = (token: string): Promise<TestReply> =>
  service.request('POST', CLIENTS, { token, body: { redirectUris: [] } });

describe('a token of a trusted issuer', () => {
  it('opens what its entry allows, and is on record under its client', async () => {
    const token = await idp.token(API, `${P}clients.write`);
    expect(headerOf(token)).toMatchObject({ alg: 'RS256', typ: 'at+jwt' });
    const created = await create(token);
    expect(created.status).toBe(201);
    const [record] = await service.database.reader.query('SELECT caller FROM audit_records WHERE inum = ?', [
      created.body.inum,
    ]);
    expect(record.caller).toBe(`${idp.issuer} their-client`);
  });

  it('has only the scopes of its entry, whatever it says', async () => {
    const token = await idp.token(REPORTS, `${P}openid-read ${P}clients.write ${P}clients.readonly`);
    expect((await list(token)).status).toBe(200);
    const refused = await create(token);
    expect(refused.status).toBe(403);
  });

  it('must have the audience of an entry', async () => {
    expect((await list(await idp.token('https://other.example', `${P}clients.write`))).status).toBe(401);
    expect(refusalReason(service)).toContain('another audience');
    // Not even ours: the entry says for what it is trusted.
    expect((await list(await idp.token(service.ground.config.audience, `${P}clients.write`))).status).toBe(401);
  });

  it('is taken without asking the issuer again', async () => {
    await list(await idp.token(API, `${P}clients.write`));
    const before = new Map(idp.asked);
    for (let use = 0; use < 3; use += 1)
      expect((await list(await idp.token(API, `${P}clients.write`))).status).toBe(200);
    expect(idp.asked.get('/jwks')).toBe(before.get('/jwks'));
    expect(idp.asked.get('/.well-known/openid-configuration')).toBe(1);
  });

  it('is not asked about under an unknown key id more than once in half a minute', async () => {
    const before = idp.asked.get('/jwks');
    idp.rotateKeys();
    const token = await idp.token(API, `${P}clients.write`);
    for (let use = 0; use < 3; use += 1) expect((await list(token)).status).toBe(401);
    expect(refusalReason(service)).toContain('key is not known');
    expect(idp.asked.get('/jwks')).toBe(before);
  });
});

describe('two trusted issuers', () => {
  it('may have clients of the same id, which know nothing of each other', async () => {
    const other = await startIndependentIssuer();
    const entries = [idp, other].map(({ issuer }) => `${issuer}|${API}|${P}clients.write`);
    const both = await startService({ env: { TRUSTED_ISSUERS: entries.join(',') } });
    const headers = { 'Idempotency-Key': randomUUID() };
    const post = async (at: IndependentIssuer): Promise<TestReply> => {
      const token = await at.token(API, `${P}clients.write`);
      return both.request('POST', CLIENTS, { token, headers, body: { clientName: 'theirs', redirectUris: [] } });
    };
    const [one, two] = [await post(idp), await post(other)];
    expect([one.status, two.status, one.body.inum === two.body.inum]).toEqual([201, 201, false]);
    expect([(await post(idp)).text, (await post(other)).text]).toEqual([one.text, two.text]);
    await both.stop();
    await other.stop();
  });
});

describe('an issuer that is away', () => {
  it('makes its tokens wait, not fail', async () => {
    const other = await startIndependentIssuer();
    const fresh = await startService({ env: { TRUSTED_ISSUERS: `${other.issuer}|${API}|${P}clients.write` } });
    const token = await other.token(API, `${P}clients.write`);
    other.setBroken(true);
    const refused = await fresh.request('GET', CLIENTS, { token });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '30']);
    other.setBroken(false);
    // It is not asked again for half a minute, however many tokens come.
    expect((await fresh.request('GET', CLIENTS, { token })).status).toBe(503);
    fresh.clock.advance(30_001);
    expect((await fresh.request('GET', CLIENTS, { token })).status).toBe(200);

    // What is known of its keys goes on to count: nobody can spoil it with a token that nobody has signed.
    const later = await other.token(API, `${P}clients.write`);
    other.setBroken(true);
    const [, payload = ''] = token.split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'RS256', typ: 'at+jwt', kid: 'unknown' })).toString('base64url');
    fresh.clock.advance(31_000);
    await fresh.request('GET', CLIENTS, { token: `${header}.${payload}.AAAA` });
    expect((await fresh.request('GET', CLIENTS, { token: later })).status).toBe(200);
    await fresh.stop();
    await other.stop();
  });
});

describe('discovery', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keys = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'ES256' }] };
  let documents: Record<string, unknown> = {};
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    server = createServer((req, res) => {
      const document = documents[req.url ?? ''];
      res
        .writeHead(document === undefined ? 404 : 200, { 'Content-Type': 'application/json' })
        .end(JSON.stringify(document ?? {}));
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => void server.close(resolve)));

  /** The reply to a good token of `issuer`, when it publishes these documents. */
  async function replyWith(
    issuer: string,
    published: Record<string, unknown>,
  ): Promise<{ reply: TestReply; log: string }> {
    documents = { '/keys': keys, ...published };
    const fresh = await startService({ env: { TRUSTED_ISSUERS: `${issuer}|${API}|${P}clients.readonly` } });
    const token = await new SignJWT({ iss: issuer, aud: API, sub: 'someone', scope: `${P}clients.readonly` })
      .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: 'one' })
      .setExpirationTime('5m')
      .sign(privateKey);
    const reply = await fresh.request('GET', CLIENTS, { token });
    await fresh.stop();
    return { reply, log: fresh.logLines.join('\n') };
  }

  it.each([
    ['OpenID Connect', '/tenant/.well-known/openid-configuration'],
    ['RFC 8414', '/.well-known/oauth-authorization-server/tenant'],
  ])('finds the keys where %s puts them', async (_name, path) => {
    const issuer = `${origin}/tenant`;
    const { reply } = await replyWith(issuer, { [path]: { issuer, jwks_uri: `${origin}/keys` } });
    expect(reply.status).toBe(200);
  });

  it.each<[string, () => unknown, string]>([
    [
      'that is about another issuer',
      () => ({ issuer: 'https://evil.example', jwks_uri: `${origin}/keys` }),
      'about another issuer',
    ],
    ['without keys', () => ({ issuer: origin }), 'has no jwks_uri'],
    ['with keys that are not behind https', () => ({ issuer: origin, jwks_uri: 'http://keys.example/' }), 'not https'],
  ])('does not believe metadata %s', async (_name, metadata, reason) => {
    const documented = {
      '/.well-known/openid-configuration': metadata(),
      '/.well-known/oauth-authorization-server': metadata(),
    };
    const { reply, log } = await replyWith(origin, documented);
    expect(reply.status).toBe(503);
    expect(log).toContain(reason);
  });
});
