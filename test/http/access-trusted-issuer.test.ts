import { generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CompactSign, SignJWT, type JWTHeaderParameters, type JWTPayload } from 'jose';
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

  it('binds tokens to keys for those who can prove that they have them', async () => {
    expect((await answer({ cnf: { jkt: 'thumbprint' } })).status).toBe(401);
    expect(refusalReason(trusting)).toContain('bound to a key');
    expect((await answer({ cnf: { jkt: 'thumbprint', 'x5t#S256': 'x' } })).status).toBe(401);
    expect(refusalReason(trusting)).toContain('nothing proves');
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

describe('an issuer with habits of its own', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ed = generateKeyPairSync('ed25519');
  const keys = [
    { ...ec.publicKey.export({ format: 'jwk' }), kid: 'ec', use: 'sig' },
    { ...ed.publicKey.export({ format: 'jwk' }), kid: 'ed', use: 'sig' },
  ];
  const READ = `${P}clients.readonly`;
  const WRITE = `${P}clients.write`;
  let server: Server;
  let origin: string;
  let trusting: TestService;

  beforeAll(async () => {
    server = createServer(({ url = '' }, res) => {
      const [, issuer] = /^(.*)\/\.well-known\/openid-configuration$/.exec(url) ?? [];
      // The one at the root has a slash at the end, as Auth0 and Entra ID have it.
      const metadata = { issuer: `${origin}${issuer === '' ? '/' : (issuer ?? '')}`, jwks_uri: `${origin}/keys` };
      res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ ...metadata, keys }));
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const file = join(mkdtempSync(join(tmpdir(), 'clientele-issuers-')), 'issuers.json');
    const entries = [
      { issuer: `${origin}/named`, audience: API, scopes: [READ], scopeClaim: 'permissions' },
      {
        issuer: `${origin}/roles`,
        audience: API,
        roleClaim: ['realm_access', 'roles'],
        roles: { admins: [WRITE], readers: [READ] },
      },
      { issuer: `${origin}/groups`, audience: API, scopes: [READ], roles: { admins: [WRITE] } },
      { issuer: `${origin}/strict`, audience: API, scopes: [READ], algorithms: ['EdDSA'], longestLifetime: 600 },
      { issuer: `${origin}/patient`, audience: API, scopes: [READ], longestLifetime: 604_800 },
    ];
    writeFileSync(file, JSON.stringify(entries));
    const env = { TRUSTED_ISSUERS: `${origin}/|${API}|${READ}`, TRUSTED_ISSUERS_FILE: file };
    trusting = await startService({ env });
  });
  afterAll(async () => {
    await trusting.stop();
    await new Promise((resolve) => void server.close(resolve));
  });

  const token = (path: string, claims: JWTPayload, header: Partial<JWTHeaderParameters> = {}): Promise<string> =>
    new SignJWT({ iss: origin + path, aud: API, sub: 'someone', exp: inSeconds(60), ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'ec', ...header })
      .sign(header.kid === 'ed' ? ed.privateKey : ec.privateKey);
  const read = async (...of: Parameters<typeof token>): Promise<number> =>
    (await trusting.request('GET', CLIENTS, { token: await token(...of) })).status;
  const write = async (...of: Parameters<typeof token>): Promise<number> =>
    (await caller(trusting, CLIENTS, await token(...of)).create({ redirectUris: [] })).status;

  it('may end in a slash, which its tokens then have as well', async () => {
    expect(await read('/', { scope: READ })).toBe(200);
    expect(await read('', { scope: READ })).toBe(401);
    expect(await read('/named/', { permissions: [READ] })).toBe(401);
  });

  it('may leave the type of its tokens out, and not make ID tokens of them', async () => {
    expect(await read('/', { scope: READ }, { typ: 'application/at+jwt' })).toBe(200);
    expect(await read('/', { scope: READ }, { typ: 'logout+jwt' })).toBe(401);
    expect(await read('/', { scope: READ, at_hash: 'x' })).toBe(401);
    expect(await read('/', { scope: READ, typ: 'ID' })).toBe(401);
    expect(refusalReason(trusting)).toBe('it is an ID token');
    expect(await read('/', { scope: READ, typ: 'Bearer' })).toBe(200);
  });

  it.each<[string, JWTPayload]>([
    ['a text', { scope: `openid ${READ}` }],
    ['a list', { scope: ['openid', READ] }],
    ['scp, a text', { scp: `openid ${READ}` }],
    ['scp, a list', { scp: ['openid', READ] }],
  ])('may give scopes as %s', async (_how, claims) => {
    expect([await read('/', claims), await write('/', claims)]).toEqual([200, 403]);
  });

  it('may give them in the claim that its entry names, and in no other one then', async () => {
    expect(await read('/named', { permissions: [READ] })).toBe(200);
    expect(await read('/named', { permissions: [WRITE] })).toBe(403);
    expect(await read('/named', { scope: READ, scp: READ })).toBe(403);
  });

  it('may give roles, which its entry turns into scopes', async () => {
    const roles = (...names: unknown[]): JWTPayload => ({ realm_access: { roles: names } });
    expect(await read('/roles', roles('readers'))).toBe(200);
    expect(await write('/roles', roles('readers'))).toBe(403);
    expect(await write('/roles', roles('offline_access', 'admins'))).toBe(201);
    for (const none of [roles('Admins', '__proto__', 'constructor', 7), { realm_access: 'admins' }, { scope: WRITE }])
      expect(await read('/roles', none)).toBe(403);
    expect(await write('/groups', { roles: ['admins'] })).toBe(201);
    expect(await write('/groups', { roles: 'admins' })).toBe(201);
    expect([await read('/groups', { scope: READ }), await write('/groups', { scope: WRITE })]).toEqual([200, 403]);
  });

  it.each(['EdDSA', 'Ed25519'])('may sign with %s', async (alg) => {
    expect(await read('/', { scope: READ }, { alg, kid: 'ed' })).toBe(200);
  });

  it('is held to the algorithms and the longest lifetime of its entry', async () => {
    const header = { alg: 'EdDSA', kid: 'ed' };
    expect(await read('/strict', { scope: READ }, header)).toBe(200);
    expect(await read('/strict', { scope: READ }, { ...header, alg: 'Ed25519' })).toBe(200);
    expect(await read('/strict', { scope: READ })).toBe(401);
    expect(refusalReason(trusting)).toBe('its algorithm is not allowed for its issuer');
    expect(await read('/strict', { scope: READ, exp: inSeconds(1_200) }, header)).toBe(401);
    expect(await read('/patient', { scope: READ, exp: inSeconds(600_000) })).toBe(200);
    expect(await read('/', { scope: READ, exp: inSeconds(600_000) })).toBe(401);
  });

  it('may have much to say, up to 16 KiB', async () => {
    expect(await read('/', { scope: READ, groups: 'g'.repeat(11_800) })).toBe(200);
    expect(await read('/', { scope: READ, groups: 'g'.repeat(12_400) })).toBe(401);
    expect(refusalReason(trusting)).toBe('it is too long');
  });

  describe('that has people', () => {
    const person = (claims: JWTPayload): Promise<string> =>
      token('/groups', { azp: 'admin-ui', roles: ['admins'], ...claims });
    const alice = { sub: '7c0b', preferred_username: 'alice', act: { sub: 'desk', act: { sub: 'robot' } } };
    const records = async (inum: string): Promise<Record<string, unknown>[]> =>
      Promise.all(
        ['history', 'revisions'].map(async (what) => {
          const all = await trusting.request('GET', `${CLIENTS}/${inum}/${what}`, {
            token: await trusting.adminToken(),
          });
          expect(all.status).toBe(200);
          const [first] = all.body.entries as Record<string, Record<string, unknown>>[];
          return what === 'history' ? { ...first } : { ...first?.['by'] };
        }),
      );

    it('has them in the history, the revisions and the log, beside the client', async () => {
      const { body } = await caller(trusting, CLIENTS, await person(alice)).create({ redirectUris: [] });
      const subject = { sub: '7c0b', name: 'alice', actor: 'desk' };
      const client = `${origin}/groups admin-ui`;
      expect(await records(String(body.inum))).toEqual([
        expect.objectContaining({ caller: client, subject }),
        { kind: 'client', id: client, subject },
      ]);
      const lines = trusting.logLines.map((line) => JSON.parse(line) as Record<string, unknown>);
      const request = lines.findLast(({ inum, method }) => inum === body.inum && method === 'POST');
      expect(request).toMatchObject({ caller: client, subject: '7c0b', subjectName: 'alice' });
    });

    it('says nothing of a token that is about its client, and nothing unprintable', async () => {
      const made = async (claims: JWTPayload): Promise<Record<string, unknown>[]> => {
        const { body } = await caller(trusting, CLIENTS, await person(claims)).create({ redirectUris: [] });
        return records(String(body.inum));
      };
      for (const record of await made({ sub: 'admin-ui' })) expect(record).not.toHaveProperty('subject');
      const [change] = await made({ sub: '7c0b', preferred_username: 'a\u202eb', email: 'a@company.example' });
      expect(change).toMatchObject({ subject: { sub: '7c0b', name: 'a@company.example' } });
      for (const claims of [{ sub: 'a\nb' }, { sub: 'x'.repeat(256) }, { ...alice, act: { sub: 'a\u001b[2J' } }]) {
        expect((await listed(claims)).status).toBe(401);
        expect(refusalReason(trusting)).toContain('its sub');
      }
    });
    const listed = async (claims: JWTPayload): Promise<TestReply> =>
      trusting.request('GET', CLIENTS, { token: await person(claims) });

    it('has as many callers, each with idempotency keys of their own', async () => {
      const headers = { 'Idempotency-Key': randomUUID() };
      const post = async (sub: string): Promise<string> => {
        const body = { clientName: 'theirs', redirectUris: [] };
        const reply = await trusting.request('POST', CLIENTS, { token: await person({ sub }), headers, body });
        expect(reply.status).toBe(201);
        return String(reply.body.inum);
      };
      const [one, two, again] = [await post('7c0b'), await post('91aa'), await post('7c0b')];
      expect([one === two, one === again]).toEqual([false, true]);
    });
  });
});
