import { generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CompactSign, SignJWT } from 'jose';
import { SIGNATURE_ALGORITHMS } from '../../api/shared/keys/signature-algorithms.ts';
import { startIndependentIssuer, type IndependentIssuer } from '../support/independent-issuer.ts';
import { headerOf, pairFor, refusalReason } from '../support/issuer.ts';
import { caller, type Caller } from '../support/registry.ts';
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

const clients = (token: string): Caller => caller(service, CLIENTS, token);

describe('a token of a trusted issuer', () => {
  it('opens what its entry allows, and is on record under its client', async () => {
    const token = await idp.token(API, `${P}clients.write`);
    expect(headerOf(token)).toMatchObject({ alg: 'RS256', typ: 'at+jwt' });
    const created = await clients(token).create({ redirectUris: [] });
    expect(created.status).toBe(201);
    const [record] = await service.database.reader.query('SELECT caller FROM audit_records WHERE inum = ?', [
      created.body.inum,
    ]);
    expect(record.caller).toBe(`${idp.issuer} their-client`);
  });

  it('has only the scopes of its entry, whatever it says', async () => {
    const token = await idp.token(REPORTS, `${P}openid-read ${P}clients.write ${P}clients.readonly`);
    expect((await clients(token).list()).status).toBe(200);
    const refused = await clients(token).create({ redirectUris: [] });
    expect(refused.status).toBe(403);
  });

  it('must have the audience of an entry', async () => {
    expect((await clients(await idp.token('https://other.example', `${P}clients.write`)).list()).status).toBe(401);
    expect(refusalReason(service)).toContain('another audience');
    // Not even ours: the entry says for what it is trusted.
    expect((await clients(await idp.token(service.ground.config.audience, `${P}clients.write`)).list()).status).toBe(
      401,
    );
  });

  it('is taken without asking the issuer again', async () => {
    await clients(await idp.token(API, `${P}clients.write`)).list();
    const before = new Map(idp.asked);
    for (let use = 0; use < 3; use += 1)
      expect((await clients(await idp.token(API, `${P}clients.write`)).list()).status).toBe(200);
    expect(idp.asked.get('/jwks')).toBe(before.get('/jwks'));
    expect(idp.asked.get('/.well-known/openid-configuration')).toBe(1);
  });

  it('is not asked about under an unknown key id more than once in half a minute', async () => {
    const before = idp.asked.get('/jwks');
    idp.rotateKeys();
    const token = await idp.token(API, `${P}clients.write`);
    for (let use = 0; use < 3; use += 1) expect((await clients(token).list()).status).toBe(401);
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

describe('an issuer of our own making', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const short = generateKeyPairSync('rsa', { modulusLength: 1_024 });
  const pairs = SIGNATURE_ALGORITHMS.map((alg) => ({ alg, ...pairFor(alg) }));
  const keys = [
    ...pairs.map(({ alg, publicKey }) => ({ ...publicKey.export({ format: 'jwk' }), kid: alg, alg })),
    { ...ec.publicKey.export({ format: 'jwk' }), kid: 'good', alg: 'ES256' },
    { ...short.publicKey.export({ format: 'jwk' }), kid: 'short', alg: 'RS256' },
  ];
  let server: Server;
  let trusting: TestService;
  let issuer: string;

  beforeAll(async () => {
    server = createServer((_req, res) => {
      res.writeHead(200, { 'Content-Type': 'application/json' });
      res.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/keys`, keys }));
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    trusting = await startService({ env: { TRUSTED_ISSUERS: `${issuer}|${API}|${P}clients.readonly` } });
  });
  afterAll(async () => {
    await trusting.stop();
    await new Promise((resolve) => void server.close(resolve));
  });

  function signedBy(privateKey: KeyObject, header: object, claims: object): string {
    const exp = Math.floor(trusting.clock.now() / 1_000) + 60;
    const usual = { iss: issuer, aud: API, sub: 'someone', scope: `${P}clients.readonly`, exp };
    const [head, body] = [
      { typ: 'at+jwt', ...header },
      { ...usual, ...claims },
    ];
    const input = [head, body].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return `${input}.${signature.toString('base64url')}`;
  }
  const answer = (claims: object): Promise<TestReply> =>
    trusting.request('GET', CLIENTS, { token: signedBy(ec.privateKey, { alg: 'ES256', kid: 'good' }, claims) });

  it.each(pairs)('may sign with $alg', async ({ alg, privateKey }) => {
    const exp = Math.floor(trusting.clock.now() / 1_000) + 60;
    const token = await new SignJWT({ iss: issuer, aud: API, sub: 'someone', exp })
      .setProtectedHeader({ alg, kid: alg, typ: 'JWT' })
      .sign(privateKey);
    // It has no scope, which is found out after everything else.
    expect((await trusting.request('GET', CLIENTS, { token })).status).toBe(403);
  });

  it.each([
    ['in five minutes', () => inSeconds(300), 200],
    ['in a day', () => inSeconds(86_400), 200],
    ['in two days', () => inSeconds(172_800), 401],
    ['in ten years', () => inSeconds(315_360_000), 401],
    ['never', () => '1e400', 401],
    ['before all times', () => '-1e400', 401],
    ['as a text', () => '"tomorrow"', 401],
  ])('may give tokens that end %s, or not', async (_when, exp, status) => {
    const claims = JSON.stringify({ iss: issuer, aud: API, sub: 'someone', scope: `${P}clients.readonly` });
    const token = await new CompactSign(Buffer.from(`${claims.slice(0, -1)},"exp":${exp()}}`))
      .setProtectedHeader({ alg: 'ES256', kid: 'good', typ: 'JWT' })
      .sign(ec.privateKey);
    expect((await trusting.request('GET', CLIENTS, { token })).status).toBe(status);
  });

  it.each(['someone', 'Łukasz Müller', '名前', 'https://client.example/a?b=c', 'مثال'])('may name %j', async (name) => {
    expect((await answer({ sub: name })).status).toBe(200);
  });

  it.each([
    'a\u0000b',
    'a\u001b[2J',
    'a\nb',
    'a\rb',
    'a\u0085b',
    'a\u202eb',
    'a\u2066b',
    'a\u2028b',
    'a\u200fb',
    '\u061c',
  ])('may not name %j, which would look like something else', async (name) => {
    for (const member of ['sub', 'client_id', 'azp']) expect((await answer({ [member]: name })).status).toBe(401);
    expect(refusalReason(trusting)).toBe('the name of its client is not printable text');
  });

  it('signs with long keys only; the others in its set count for nothing, and the log says so', async () => {
    const token = signedBy(short.privateKey, { alg: 'RS256', kid: 'short' }, {});
    expect((await trusting.request('GET', CLIENTS, { token })).status).toBe(401);
    expect(refusalReason(trusting)).toBe('its key has a modulus of 1024 bits: 2048 to 16384 are needed');
    expect((await answer({})).status).toBe(200);
  });

  it('binds tokens to keys for those who can prove that they have them, which nobody can here', async () => {
    expect((await answer({ cnf: { jkt: 'thumbprint' } })).status).toBe(401);
    expect(refusalReason(trusting)).toContain('bound to a key');
  });
});

describe('what is known of a token', () => {
  it('is no older than what is known of its key, and one bad answer of the issuer is no withdrawal', async () => {
    const other = await startIndependentIssuer();
    const fresh = await startService({ env: { TRUSTED_ISSUERS: `${other.issuer}|${API}|${P}clients.readonly` } });
    const statusOf = async (token: string): Promise<number> => (await fresh.request('GET', CLIENTS, { token })).status;
    const token = await other.token(API, `${P}clients.readonly`);
    expect(await statusOf(token)).toBe(200);
    other.setBroken(true);
    // The clock on the wall stands still, so that the token does not end meanwhile.
    fresh.clock.set(-700_000);
    fresh.clock.advance(700_000);
    expect(await statusOf(token)).toBe(200);
    other.setBroken(false);
    other.rotateKeys();
    fresh.clock.set(-31_000);
    fresh.clock.advance(31_000);
    // What was asked for beside is there a little later.
    for (let look = 0; look < 100 && (await statusOf(token)) === 200; look += 1) await fresh.idle();
    expect(await statusOf(token)).toBe(401);
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
        .end(typeof document === 'string' ? document : JSON.stringify(document ?? {}));
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

  const metadata = (): Record<string, unknown> => ({
    '/.well-known/openid-configuration': { issuer: origin, jwks_uri: `${origin}/keys` },
  });

  it('takes the keys that it knows out of a set with others', async () => {
    const odd = [7, { kty: 'AKP', kid: 'later', pub: 'AA' }, { kty: 'EC', crv: 'P-256', kid: 'two', x: 'AA', y: 'AA' }];
    const { reply } = await replyWith(origin, { ...metadata(), '/keys': { keys: [...odd, ...keys.keys] } });
    expect(reply.status).toBe(200);
  });

  it('takes a set as long as those with certificates, and none without an end', async () => {
    const padding = { kty: 'AKP', kid: 'long', x5c: ['A'.repeat(200_000)] };
    const long = await replyWith(origin, { ...metadata(), '/keys': { keys: [padding, ...keys.keys] } });
    expect(long.reply.status).toBe(200);
    const huge = ' '.repeat(50_000_000);
    const wellKnown = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'];
    const hugeMetadata = Object.fromEntries(wellKnown.map((path) => [path, huge]));
    for (const published of [{ ...metadata(), '/keys': huge }, hugeMetadata]) {
      const { reply, log } = await replyWith(origin, published);
      expect(reply.status).toBe(503);
      expect(log).toContain('the answer is larger than 262144 bytes');
    }
  });
});

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1_000) + seconds;
