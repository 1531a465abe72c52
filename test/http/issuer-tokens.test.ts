import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jwtVerify } from 'jose';
import { act, change, newClient, remove, type TestClient } from '../support/clients.ts';
import { claimsOf, headerOf, INTROSPECTION, REFUSED, REVOKE, tokenOf, withBasic } from '../support/issuer.ts';
import { basic, CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

const P = 'https://jans.io/oauth/config/openid/';
const READ = `${P}clients.readonly`;

let service: TestService;
let client: TestClient;

beforeAll(async () => {
  service = await startService();
  client = await newClient(service, { scopes: [READ, 'openid', 'email'] });
});
afterAll(() => service.stop());

const introspect = async (token: string, by: TestClient = client): Promise<TestReply['body']> =>
  (await service.request('POST', INTROSPECTION, { headers: basic(by.inum, by.clientSecret), form: { token } })).body;
const revoke = (token: string, by: TestClient): Promise<TestReply> =>
  service.request('POST', REVOKE, {
    headers: basic(by.inum, by.clientSecret),
    form: { token, token_type_hint: 'access_token' },
  });
const statusWith = async (token: string): Promise<number> => (await service.request('GET', CLIENTS, { token })).status;

describe('an access token', () => {
  it('is a JWT as RFC 9068 describes it, signed with a published key', async () => {
    const token = await tokenOf(service, client);
    const { kid, ...header } = headerOf(token);
    expect(header).toEqual({ alg: 'RS256', typ: 'at+jwt' });
    const { keys } = (await service.request('GET', '/jans-auth/restv1/jwks')).body;
    const key = createPublicKey({
      key: keys.find((candidate: { kid: string }) => candidate.kid === kid),
      format: 'jwk',
    });
    const { payload } = await jwtVerify(token, key);
    expect(payload).toMatchObject({
      iss: service.url,
      aud: `${service.url}/jans-config-api`,
      sub: client.inum,
      client_id: client.inum,
      scope: `email ${READ} openid`,
    });
    expect(payload.exp).toBe((payload.iat ?? 0) + 300);
    expect(payload.jti).not.toBe(claimsOf(await tokenOf(service, client)).jti);
  });

  it.each([
    [77, 77],
    [3_600, 3_600],
    [86_400, 3_600],
    [0, 300],
  ])('of a client with accessTokenLifetime %d lives %d seconds', async (accessTokenLifetime, expected) => {
    const reply = await withBasic(service, await newClient(service, { accessTokenLifetime }));
    const { iat = 0, exp } = claimsOf(reply.body.access_token as string);
    expect([reply.body.expires_in, exp]).toEqual([expected, iat + expected]);
  });

  it.each([
    ['a part of the scopes', 'openid', 'openid'],
    ['a part of them and foreign ones', `write-all openid ${P}clients.write`, 'openid'],
    ['the same scope twice', 'openid openid', 'openid'],
    ['nothing, in so many words', '', `email ${READ} openid`],
  ])('that is asked for with %s', async (_name, scope, expected) => {
    const { body } = await withBasic(service, client, { scope });
    expect([body.scope, claimsOf(body.access_token as string)['scope']]).toEqual([expected, expected]);
  });

  it('can be asked for with the former name of a scope', async () => {
    const reader = await newClient(service, { scopes: [`${P}openid.readonly`] });
    expect((await withBasic(service, reader, { scope: `${P}openid-read` })).body.scope).toBe(`${P}openid.readonly`);
  });

  it.each([
    ['no grant', { grant_type: '' }, 'invalid_request'],
    ['an unknown grant', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['foreign scopes only', { scope: `${P}clients.write` }, 'invalid_scope'],
    ['another resource', { resource: 'https://elsewhere.example' }, 'invalid_target'],
  ])('is not issued for %s', async (_name, form, error) => {
    const reply = await withBasic(service, client, form);
    expect([reply.status, reply.body.error]).toEqual([400, error]);
  });

  it('is not issued to a client without the grant', async () => {
    const web = await newClient(service, {
      grantTypes: ['authorization_code'],
      redirectUris: ['https://web.example/cb'],
    });
    const reply = await withBasic(service, web);
    expect([reply.status, reply.body.error]).toEqual([400, 'unauthorized_client']);
  });

  it('may name this API as its resource', async () => {
    expect((await withBasic(service, client, { resource: `${service.url}/jans-config-api` })).status).toBe(200);
  });

  it('is for an API of its own where the client names it, and opens nothing here', async () => {
    const api = 'https://api.print.example.com';
    const attributes = { additionalAudience: [api] };
    const printer = await newClient(service, { scopes: [READ, 'email'], attributes });
    const { body } = await withBasic(service, printer, { resource: api });
    expect([body.scope, claimsOf(body.access_token)]).toEqual(['email', expect.objectContaining({ aud: api })]);
    expect(await introspect(body.access_token)).toMatchObject({ active: true, aud: api });
    expect((await service.request('GET', CLIENTS, { token: body.access_token })).status).toBe(401);
    const asked = await withBasic(service, printer, { resource: api, scope: READ });
    expect([asked.status, asked.body.error]).toEqual([400, 'invalid_scope']);
    const other = await withBasic(service, printer, { resource: `${api}/` });
    expect([other.status, other.body.error]).toEqual([400, 'invalid_target']);
  });
});

describe('introspection', () => {
  it('tells what is in a token', async () => {
    const token = await tokenOf(service, client, { scope: READ });
    expect(await introspect(token)).toEqual({ active: true, token_type: 'Bearer', ...claimsOf(token) });
  });

  it('may be asked by any confidential client, and by nobody else', async () => {
    const token = await tokenOf(service, client);
    expect(await introspect(token, await newClient(service))).toMatchObject({ active: true, client_id: client.inum });
    expect((await service.request('POST', INTROSPECTION, { form: { token } })).status).toBe(400);
    expect(await introspect(token, { ...client, clientSecret: 'wrong-secret' })).toEqual(REFUSED);
  });

  it('says only that a token is not active', async () => {
    const token = await tokenOf(service, client);
    const [header = '', payload = ''] = token.split('.');
    for (const bad of ['garbage', 'a.b.c', `${header}.${payload}.AAAA`])
      expect(await introspect(bad)).toEqual({ active: false });
    expect(
      (await service.request('POST', INTROSPECTION, { headers: basic(client.inum, client.clientSecret), form: {} }))
        .status,
    ).toBe(400);
  });

  it('sees at once that a client is deactivated or deleted', async () => {
    const passing = await newClient(service);
    const token = await tokenOf(service, passing);
    await act(service, passing.inum, 'deactivate');
    expect(await introspect(token)).toEqual({ active: false });
    await act(service, passing.inum, 'activate');
    expect(await introspect(token)).toMatchObject({ active: true });
    await remove(service, passing.inum);
    expect(await introspect(token)).toEqual({ active: false });
  });

  it('sees that a token has expired', async () => {
    const token = await tokenOf(service, client);
    service.clock.advance(301_000);
    expect(await introspect(token)).toEqual({ active: false });
  });
});

describe('revocation', () => {
  it('by another client has no effect, by its own client ends the token', async () => {
    const other = await newClient(service);
    const token = await tokenOf(service, client);
    expect(await revoke(token, other)).toMatchObject({ status: 200, text: '' });
    expect(await introspect(token)).toMatchObject({ active: true });
    expect((await revoke(token, client)).status).toBe(200);
    expect(await introspect(token)).toEqual({ active: false });
    expect((await revoke(token, client)).status).toBe(200);
  });

  it('is 200 for what is no token', async () => {
    expect((await revoke('garbage', client)).status).toBe(200);
  });

  it('is seen by this API within a second', async () => {
    const token = await tokenOf(service, client);
    expect(await statusWith(token)).toBe(200);
    await revoke(token, client);
    service.clock.advance(1_001);
    expect(await statusWith(token)).toBe(401);
  });
});

describe('the life of a client', () => {
  it('is felt by its tokens within a second', async () => {
    const living = await newClient(service, { scopes: [READ] });
    const token = await tokenOf(service, living);
    expect(await statusWith(token)).toBe(200);
    await act(service, living.inum, 'deactivate');
    service.clock.advance(1_001);
    expect(await statusWith(token)).toBe(401);
    await act(service, living.inum, 'activate');
    service.clock.advance(1_001);
    expect(await statusWith(token)).toBe(200);
    await change(service, living.inum, {
      expirationDate: new Date(service.clock.now() + 10_000).toISOString().slice(0, 19),
    });
    expect(await statusWith(token)).toBe(200);
    service.clock.advance(12_000);
    expect(await statusWith(token)).toBe(401);
  });

  it('ends its tokens, which a new client of the same name does not get back', async () => {
    const inum = 'phoenix';
    const token = await tokenOf(service, await newClient(service, { inum, scopes: [READ] }));
    expect(await statusWith(token)).toBe(200);
    await remove(service, inum);
    service.clock.advance(3_000);
    expect(await statusWith(token)).toBe(401);
    const risen = await newClient(service, { inum, scopes: [READ] });
    service.clock.advance(1_001);
    expect(await statusWith(token)).toBe(401);
    expect(await introspect(token)).toEqual({ active: false });
    expect(await statusWith(await tokenOf(service, risen))).toBe(200);
  });
});

describe('the use of a client', () => {
  const read = async (inum: string): Promise<TestReply> =>
    service.request('GET', `${CLIENTS}/${inum}`, { token: await service.adminToken() });

  it('shows at once, then once a minute, and in the ETag', async () => {
    const used = await newClient(service);
    const fresh = await read(used.inum);
    expect(fresh.body.lastAccessTime).toBeUndefined();
    const first = service.clock.now();
    await tokenOf(service, used);
    await service.idle();
    const after = await read(used.inum);
    const lastAccess = Date.parse(`${after.body.lastAccessTime as string}Z`);
    expect(lastAccess).toBeGreaterThanOrEqual(Math.floor(first / 1_000) * 1_000);
    expect(lastAccess).toBeLessThanOrEqual(service.clock.now());
    expect(after.headers.get('etag')).not.toBe(fresh.headers.get('etag'));
    service.clock.advance(30_000);
    await tokenOf(service, used);
    await service.idle();
    expect((await read(used.inum)).headers.get('etag')).toBe(after.headers.get('etag'));
    service.clock.advance(31_000);
    await Promise.all([tokenOf(service, used), tokenOf(service, used), tokenOf(service, used)]);
    await service.idle();
    const later = await read(used.inum);
    expect(
      Date.parse(later.body.lastAccessTime as string) - Date.parse(after.body.lastAccessTime as string),
    ).toBeGreaterThan(60_000);
    expect(later.headers.get('etag')).toBe('"1-2"');
  });

  it('never fails the request, even when the client goes meanwhile', async () => {
    const going = await newClient(service);
    const [reply] = await Promise.all([withBasic(service, going), remove(service, going.inum)]);
    expect([200, 401]).toContain(reply.status);
    await service.idle();
  });
});

describe('the sweep', () => {
  it('removes revocations that have run out, and no others', async () => {
    const [short, long] = [await newClient(service), await newClient(service, { accessTokenLifetime: 3_600 })];
    const tokens = [await tokenOf(service, short), await tokenOf(service, long)] as const;
    await revoke(tokens[0], short);
    await revoke(tokens[1], long);
    const isKept = (token: string): Promise<boolean> =>
      service.work.read(({ revokedTokens }) => revokedTokens.isRevoked(claimsOf(token).jti ?? ''));
    await service.sweep();
    expect([await isKept(tokens[0]), await isKept(tokens[1])]).toEqual([true, true]);
    service.clock.advance(600_000);
    await service.sweep();
    expect([await isKept(tokens[0]), await isKept(tokens[1])]).toEqual([false, true]);
    expect(await introspect(tokens[1])).toEqual({ active: false });
  });

  it('removes used assertions in batches', async () => {
    const now = service.clock.now();
    const at = (milliseconds: number): string => new Date(now + milliseconds).toISOString();
    await service.work.write(async ({ usedAssertions }) => {
      for (let index = 0; index < 1_001; index += 1) await usedAssertions.use(`old-${index}`, at(-1));
      await usedAssertions.use('new', at(60_000));
    });
    await service.sweep();
    await service.work.write(async ({ usedAssertions }) => {
      expect(await usedAssertions.use('old-1000', at(-1))).toBe(true);
      expect(await usedAssertions.use('new', at(60_000))).toBe(false);
    });
  });
});
