import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sha256 } from '../../api/shared/ids.ts';
import { act, change, remove } from '../support/clients.ts';
import { newClientKey, withBasic, withPost } from '../support/issuer.ts';
import {
  editable,
  initialToken,
  manage,
  register,
  REGISTER,
  registered,
  type Registered,
} from '../support/registration.ts';
import { basic, CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService({ env: { REGISTRATION: 'open' } });
});
afterAll(() => service.stop());

const SERVICE = { grant_types: ['client_credentials'] };

async function administered(id: string): Promise<TestReply['body']> {
  return (await service.request('GET', `${CLIENTS}/${id}`, { token: await service.adminToken() })).body;
}

async function replaced(client: Registered, members: object): Promise<TestReply['body']> {
  const reply = await manage(service, 'PUT', client, { ...editable(client), ...members });
  expect([reply.status, reply.text]).toEqual([200, expect.anything()]);
  return reply.body;
}

async function expectBadPut(client: Registered, body: object, words: RegExp): Promise<void> {
  const reply = await manage(service, 'PUT', client, body);
  expect([reply.status, reply.body.error]).toEqual([400, 'invalid_client_metadata']);
  expect(reply.body.error_description).toMatch(words);
}

describe('a registration access token', () => {
  it('reads the registration, which has token and address and no secret', async () => {
    const client = await registered(service, { client_name: 'Shop' });
    const reply = await manage(service, 'GET', client);
    const { client_secret: _secret, ...rest } = client.metadata;
    expect([reply.status, reply.body]).toEqual([200, rest]);
    expect(reply.headers.get('cache-control')).toBe('no-store');
  });

  it('opens one client', async () => {
    const [one, other] = [await registered(service), await registered(service)];
    for (const method of ['GET', 'PUT', 'DELETE'] as const) {
      const body = method === 'PUT' ? editable(one) : undefined;
      expect((await manage(service, method, { id: one.id, token: other.token }, body)).status).toBe(401);
    }
    expect((await manage(service, 'GET', one)).status).toBe(200);
  });

  it('that is wrong looks like a client that is unknown', async () => {
    const client = await registered(service);
    const replies = await Promise.all(
      [
        { id: client.id, token: 'wrong' },
        { id: 'unknown', token: client.token },
        { id: 'no such/id', token: client.token },
        { id: client.id, token: await service.adminToken() },
      ].map((named) => manage(service, 'GET', named)),
    );
    for (const reply of replies) {
      expect([reply.status, reply.body]).toEqual([
        401,
        { error: 'invalid_token', error_description: 'a valid token is needed' },
      ]);
      expect(reply.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    }
  });

  it('is taken from the header only', async () => {
    const { id, token, secret } = await registered(service);
    const address = `${REGISTER}?client_id=${id}`;
    const bare = await service.request('GET', address);
    expect([bare.status, bare.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect((await service.request('GET', `${address}&access_token=${token}`)).status).toBe(401);
    expect((await service.request('GET', address, { headers: basic(id, secret) })).status).toBe(401);
    expect((await service.request('GET', REGISTER, { token })).status).toBe(400);
  });

  it('is kept as a digest', async () => {
    const { id, token } = await registered(service);
    const kept = await service.work.read(({ registrations }) => registrations.find(id));
    expect(kept?.tokenDigest).toBe(sha256(token));
    const rows: unknown = await service.database.reader.query('SELECT * FROM client_registrations');
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('does not open clients that administrators made', async () => {
    const token = await service.adminToken();
    const made = await service.request('POST', CLIENTS, { token, body: { redirectUris: [] } });
    expect((await manage(service, 'GET', { id: made.body.inum, token: 'x' })).status).toBe(401);
  });

  it('opens nothing while its client is deactivated', async () => {
    const client = await registered(service);
    await act(service, client.id, 'deactivate');
    for (const method of ['GET', 'PUT', 'DELETE'] as const) {
      const reply = await manage(service, method, client, method === 'PUT' ? editable(client) : undefined);
      expect([reply.status, reply.body.error]).toEqual([403, 'access_denied']);
    }
    await act(service, client.id, 'activate');
    expect((await manage(service, 'GET', client)).status).toBe(200);
  });

  it('does not change a client that was given administration scopes', async () => {
    const client = await registered(service, SERVICE);
    await change(service, client.id, { scopes: ['https://jans.io/oauth/config/openid/clients.readonly'] });
    expect((await manage(service, 'GET', client)).status).toBe(200);
    expect((await manage(service, 'PUT', client, editable(client))).status).toBe(403);
    expect((await manage(service, 'DELETE', client)).status).toBe(403);
  });
});

it('a client that administrators trust without consent is not changed with its token', async () => {
  const client = await registered(service);
  await change(service, client.id, { trustedClient: true });
  expect((await manage(service, 'GET', client)).status).toBe(200);
  const moved = { ...editable(client), redirect_uris: ['https://elsewhere.example/cb'] };
  expect((await manage(service, 'PUT', client, moved)).status).toBe(403);
  expect((await manage(service, 'DELETE', client)).status).toBe(403);
});

describe('a replacement', () => {
  it('removes what is left out, and gives back the defaults', async () => {
    const client = await registered(service, {
      client_name: 'Shop',
      'client_name#fr': 'Boutique',
      'client_name#de': 'Laden',
      logo_uri: 'https://client.example/logo',
      contacts: ['a@client.example'],
      scope: 'openid',
      application_type: 'native',
      require_pkce: true,
      default_max_age: 5,
    });
    const body = {
      client_id: client.id,
      redirect_uris: ['https://client.example/other'],
      'client_name#de': 'Geschäft',
    };
    const reply = await manage(service, 'PUT', client, body);
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({
      redirect_uris: ['https://client.example/other'],
      client_name: 'client.example',
      'client_name#de': 'Geschäft',
      scope: 'openid',
      application_type: 'native',
      require_pkce: true,
    });
    for (const name of ['client_name#fr', 'logo_uri', 'contacts', 'default_max_age']) {
      expect(reply.body).not.toHaveProperty(name);
    }
    expect((await manage(service, 'GET', client)).body).toEqual(reply.body);
  });

  it('takes null and the empty text for what is left out', async () => {
    const client = await registered(service, {
      logo_uri: 'https://client.example/logo',
      tos_uri: 'https://client.example/t',
    });
    const body = await replaced(client, { logo_uri: null, tos_uri: '' });
    expect([body.logo_uri, body.tos_uri]).toEqual([undefined, undefined]);
  });

  it('of what was read changes nothing, and is no new version', async () => {
    const client = await registered(service, { 'client_name#fr': 'Boutique', claims: 'nickname', require_par: true });
    const before = await administered(client.id);
    const { client_secret: _secret, ...answered } = client.metadata;
    expect(await replaced(client, {})).toEqual(answered);
    expect(await administered(client.id)).toEqual(before);
  });

  it('keeps what administrators have set', async () => {
    const client = await registered(service);
    const own = {
      groups: ['g'],
      description: 'Known',
      refreshTokenLifetime: 60,
      scopes: ['phone', 'openid'],
    };
    await change(service, client.id, { ...own, attributes: { additionalAudience: ['https://api.example'] } });
    const before = (await manage(service, 'GET', client)).body;
    expect(before).toMatchObject({
      scope: 'phone openid',
      groups: ['g'],
      additional_audience: ['https://api.example'],
    });
    await replaced({ ...client, metadata: before }, { client_name: 'New', groups: ['other'], additional_audience: [] });
    expect(await administered(client.id)).toMatchObject({
      clientName: 'New',
      groups: ['g'],
      description: 'Known',
      refreshTokenLifetime: 60,
      attributes: { additionalAudience: ['https://api.example'] },
    });
    expect((await manage(service, 'GET', client)).body.scope).toBe('phone openid');
  });

  it('of patterns is ignored, and those of administrators stay', async () => {
    const sent = { redirect_uris_regex: '.*', allow_spontaneous_scopes: true, spontaneous_scopes: ['.*'] };
    const client = await registered(service, sent);
    for (const name of ['redirect_uris_regex', 'spontaneous_scopes']) expect(client.metadata[name] ?? []).toEqual([]);
    expect(client.metadata.allow_spontaneous_scopes).toBe(false);
    const patterns = {
      redirectUrisRegex: '^https://client\\.example/[a-z]+$',
      allowSpontaneousScopes: true,
      spontaneousScopes: ['^order:[0-9]+$'],
    };
    await change(service, client.id, { attributes: patterns });
    await replaced(client, sent);
    expect((await administered(client.id)).attributes).toMatchObject(patterns);
  });

  it('keeps the protections that it leaves out, and ends those that it refuses', async () => {
    const client = await registered(service);
    const demanded = { requirePkce: true, requirePar: true, dpopBoundAccessToken: true };
    await change(service, client.id, { attributes: demanded });
    const { id: client_id } = client;
    const bare = { client_id, redirect_uris: ['https://client.example/cb'] };
    expect((await manage(service, 'PUT', client, bare)).status).toBe(200);
    expect((await administered(client.id)).attributes).toMatchObject(demanded);
    const body = (await manage(service, 'PUT', client, { ...bare, require_pkce: false })).body;
    expect([body.require_pkce, body.require_par, body.dpop_bound_access_tokens]).toEqual([false, true, true]);
  });

  it('must name the client of the address', async () => {
    const client = await registered(service);
    const { client_id: _id, ...anonymous } = editable(client);
    await expectBadPut(client, anonymous, /client_id/);
    await expectBadPut(client, { ...anonymous, client_id: 'another' }, /client_id/);
  });

  it.each(['registration_access_token', 'registration_client_uri', 'client_secret_expires_at', 'client_id_issued_at'])(
    'does not carry %s',
    async (name) => {
      const client = await registered(service);
      await expectBadPut(client, { ...editable(client), [name]: client.metadata[name] }, new RegExp(name));
    },
  );

  it('may carry the secret that the client has, and no other', async () => {
    const client = await registered(service, SERVICE);
    await expectBadPut(client, { ...editable(client), client_secret: 'another-secret' }, /client_secret/);
    expect(await replaced(client, { client_secret: client.secret })).not.toHaveProperty('client_secret');
    expect((await withBasic(service, { inum: client.id, clientSecret: client.secret })).status).toBe(200);
  });

  it('shows a secret when it makes one, and none before or after', async () => {
    const client = await registered(service, { token_endpoint_auth_method: 'none' });
    const confidential = { token_endpoint_auth_method: 'client_secret_post', grant_types: ['client_credentials'] };
    const body = await replaced(client, { ...confidential, response_types: [] });
    expect(body).toMatchObject({ client_secret: expect.stringMatching(/^[\w-]{43}$/), client_secret_expires_at: 0 });
    expect((await withPost(service, { inum: client.id, clientSecret: body.client_secret })).status).toBe(200);
    expect((await manage(service, 'GET', client)).body).not.toHaveProperty('client_secret');
    const open = await replaced(client, {});
    expect(open).not.toHaveProperty('client_secret_expires_at');
    expect((await withPost(service, { inum: client.id, clientSecret: body.client_secret })).status).toBe(401);
  });

  it('does not revive a secret that an administrator ended', async () => {
    const client = await registered(service, SERVICE);
    await change(service, client.id, { clientSecretExpiresAt: '2020-01-01T00:00:00' });
    const login = { grant_types: ['authorization_code'], response_types: ['code'] };
    await replaced(client, { ...login, client_secret: undefined, token_endpoint_auth_method: 'none' });
    const body = await replaced(client, { client_secret: undefined });
    expect(body.client_secret_expires_at).toBe(Date.UTC(2020, 0) / 1_000);
    expect((await withBasic(service, { inum: client.id, clientSecret: body.client_secret })).status).toBe(401);
  });

  it('that begins to need the secret itself brings it along, or gets a new one', async () => {
    const hmac = { token_endpoint_auth_method: 'client_secret_jwt' };
    const one = await registered(service, SERVICE);
    expect((await replaced(one, { ...hmac, client_secret: one.secret })).client_secret ?? one.secret).toBe(one.secret);
    const other = await registered(service, SERVICE);
    const { client_secret: _left, ...rest } = editable(other);
    const reply = await manage(service, 'PUT', other, { ...rest, ...hmac });
    expect(reply.status).toBe(200);
    expect(reply.body.client_secret).not.toBe(other.secret);
  });

  it('is checked as a registration is, and leaves everything as it was', async () => {
    const client = await registered(service);
    const before = (await manage(service, 'GET', client)).body;
    const bad = await manage(service, 'PUT', client, {
      ...editable(client),
      redirect_uris: ['http://client.example/'],
    });
    expect([bad.status, bad.body.error]).toEqual([400, 'invalid_redirect_uri']);
    await expectBadPut(client, { ...editable(client), jwks: { keys: [{ kty: 'oct', k: 'x' }] } }, /jwks/);
    await expectBadPut(client, { ...editable(client), id_token_signed_response_alg: 'none!' }, /id_token_signed/);
    expect((await manage(service, 'GET', client)).body).toEqual(before);
  });

  it('of one of two names of a member counts', async () => {
    const client = await registered(service, { require_par: true });
    const body = await replaced(client, { require_pushed_authorization_requests: false });
    expect([body.require_par, body.require_pushed_authorization_requests]).toEqual([false, false]);
    expect((await registered(service, { scopes: 'openid' })).metadata.scope).toBe('openid');
    const torn = { require_par: true, require_pushed_authorization_requests: false };
    expect((await register(service, { redirect_uris: ['https://x.example/'], ...torn })).status).toBe(400);
  });

  it('has no part in the lifetime, which is given once', async () => {
    const client = await registered(service, { ...SERVICE, lifetime: 3_600 });
    const expiry = client.metadata.client_secret_expires_at;
    expect(expiry - client.metadata.client_id_issued_at).toBe(3_600);
    const body = await replaced(client, { lifetime: 999_999 });
    expect([body.lifetime, body.client_secret_expires_at]).toEqual([3_600, expiry]);
  });

  it('is in the audit record with the names of what changed', async () => {
    const client = await registered(service);
    await replaced(client, { client_name: 'Audited', jwks: { keys: [newClientKey().jwk] } });
    const rows = await service.database.reader.query<{ operation: string; caller: string; changed: string }[]>(
      `SELECT operation, caller, changed FROM audit_records WHERE inum = '${client.id}' ORDER BY id`,
    );
    expect(rows.map(({ operation, caller }) => [operation, caller])).toEqual([
      ['post-register', 'registration'],
      ['put-register', client.id],
    ]);
    expect(JSON.parse(rows[1]?.changed ?? '')).toEqual(expect.arrayContaining(['clientName', 'jwks']));
  });
});

describe('a removal', () => {
  it('is answered with 204 and nothing, and ends id, secret, token and tokens at once', async () => {
    const client = await registered(service, SERVICE);
    const issued = await withBasic(service, { inum: client.id, clientSecret: client.secret });
    expect(issued.status).toBe(200);
    const reply = await manage(service, 'DELETE', client);
    expect([reply.status, reply.text]).toEqual([204, '']);
    expect(reply.headers.get('cache-control')).toBe('no-store');
    for (const method of ['GET', 'PUT', 'DELETE'] as const) {
      const body = method === 'PUT' ? editable(client) : undefined;
      expect((await manage(service, method, client, body)).status).toBe(401);
    }
    expect((await withBasic(service, { inum: client.id, clientSecret: client.secret })).status).toBe(401);
    expect((await administered(client.id)).status).toBe(404);
    const headers = basic(service.admin.clientId, service.admin.clientSecret);
    const form = { token: issued.body.access_token };
    const seen = await service.request('POST', '/jans-auth/restv1/introspection', { headers, form });
    expect(seen.body).toEqual({ active: false });
  });

  it('by an administrator ends the registration as well', async () => {
    const client = await registered(service);
    await remove(service, client.id);
    expect((await manage(service, 'GET', client)).status).toBe(401);
  });
});

describe('rotation', () => {
  let rotating: TestService;
  beforeAll(async () => {
    rotating = await startService({ env: { REGISTRATION: 'open', ROTATE_REGISTRATION_TOKEN: 'on' } });
  });
  afterAll(() => rotating.stop());

  it('gives another token at each use, and the one before ends when that is used', async () => {
    const client = await registered(rotating);
    const read = await manage(rotating, 'GET', client);
    const second = read.body.registration_access_token;
    expect(second).not.toBe(client.token);
    const put = await manage(rotating, 'PUT', { id: client.id, token: second }, editable(client));
    expect(put.status).toBe(200);
    expect((await manage(rotating, 'GET', client)).status).toBe(401);
    const third = { id: client.id, token: put.body.registration_access_token };
    expect((await manage(rotating, 'DELETE', third)).status).toBe(204);
    const rows = await rotating.database.reader.query<{ operation: string; changed: string }[]>(
      `SELECT operation, changed FROM audit_records WHERE inum = '${client.id}' ORDER BY id`,
    );
    expect(rows.slice(1, 3)).toEqual([
      { operation: 'get-register', changed: '["registrationAccessToken"]' },
      { operation: 'put-register', changed: '["registrationAccessToken"]' },
    ]);
  });

  it('does not happen where nobody would be told', async () => {
    const client = await registered(rotating);
    const headers = { Authorization: `Bearer ${client.token}` };
    const head = await fetch(`${rotating.url}${REGISTER}?client_id=${client.id}`, { method: 'HEAD', headers });
    expect(head.status).toBe(405);
    expect((await manage(rotating, 'GET', client)).status).toBe(200);
  });

  it.each(['GET', 'PUT'] as const)('locks nobody out whose reply to a %s is lost, however often', async (method) => {
    const client = await registered(rotating);
    const use = (token: string): Promise<TestReply> =>
      manage(rotating, method, { id: client.id, token }, method === 'PUT' ? editable(client) : undefined);
    const next = new Set<string>();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const { status, body } = await use(client.token);
      expect(status).toBe(200);
      next.add(body.registration_access_token);
    }
    // Whichever reply arrives, its token is good.
    const [second = '', ...others] = next;
    expect(others).toEqual([]);
    const { body } = await use(second);
    for (const ended of [client.token, `${second}x`, second.slice(0, -1)]) expect((await use(ended)).status).toBe(401);
    expect((await use(second)).body.registration_access_token).toBe(body.registration_access_token);
    expect((await use(body.registration_access_token)).status).toBe(200);
    expect((await use(second)).status).toBe(401);
  });

  it('does not end a token by a use of the next one that is refused', async () => {
    const client = await registered(rotating);
    const { body } = await manage(rotating, 'GET', client);
    const next = { id: client.id, token: body.registration_access_token };
    expect((await manage(rotating, 'PUT', next, { client_id: 'another' })).status).toBe(400);
    expect((await manage(rotating, 'GET', client)).status).toBe(200);
    expect((await manage(rotating, 'DELETE', next)).status).toBe(204);
    expect((await manage(rotating, 'GET', client)).status).toBe(401);
  });

  it('opens no other client with the token that follows', async () => {
    const [one, other] = [await registered(rotating), await registered(rotating)];
    const { body } = await manage(rotating, 'GET', one);
    const token = body.registration_access_token;
    expect((await manage(rotating, 'GET', { id: other.id, token })).status).toBe(401);
  });

  it('gives several uses at once the same token', async () => {
    const client = await registered(rotating);
    const replies = await Promise.all(Array.from({ length: 6 }, () => manage(rotating, 'GET', client)));
    expect(new Set(replies.map(({ status, body }) => `${status} ${body.registration_access_token}`)).size).toBe(1);
    expect(
      (await manage(rotating, 'GET', { id: client.id, token: replies[0]?.body.registration_access_token })).status,
    ).toBe(200);
  });

  it('is shown with an initial access token too', async () => {
    const { token } = await initialToken(rotating);
    expect((await registered(rotating, {}, token)).token).not.toBe(token);
  });
});
