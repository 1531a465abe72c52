import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { editable, initialToken, manage, register, REGISTER, registered, TOKENS } from '../support/registration.ts';
import { recordStatements } from '../support/statements.ts';
import { basic, startService, type TestReply, type TestService } from '../support/service.ts';

const WEB = { redirect_uris: ['https://client.example/cb'] };
const WRITE = 'https://jans.io/oauth/config/openid/clients.write';
const READ = 'https://jans.io/oauth/config/openid/clients.readonly';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

async function record(id: string): Promise<TestReply> {
  return service.request('GET', `${TOKENS}/${id}`, { token: await service.adminToken() });
}

describe('the label of an initial access token', () => {
  const labelled = async (label: string): Promise<TestReply> =>
    service.request('POST', TOKENS, { token: await service.adminToken(), body: { label } });

  it.each(['Partner', 'Zoë – Łódź', 'شريك', '合作伙伴 №1'])('may be %s', async (label) => {
    const { status, body } = await labelled(label);
    expect([status, body.label]).toEqual([201, label]);
  });

  it.each(['a\u0000b', 'a\u001b]0;b', 'two\nlines', 'a\u009bb', 'a\u202eb', 'a\u2069b'])(
    'may not be %j',
    async (label) => {
      const { status, body } = await labelled(label);
      expect([status, body.errors]).toEqual([
        400,
        [
          {
            pointer: '/label',
            detail: 'must be printable text on one line, without marks that turn the direction of writing',
          },
        ],
      ]);
    },
  );
});

describe('a registration', () => {
  it('needs an initial access token unless the settings say otherwise', async () => {
    const none = await register(service, WEB);
    expect([none.status, none.body.error, none.headers.get('www-authenticate')]).toEqual([
      401,
      'invalid_token',
      'Bearer',
    ]);
    const wrong = await register(service, WEB, 'wrong');
    expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"']);
    expect((await register(service, WEB, await service.adminToken())).status).toBe(401);
    const { id, secret } = await registered(service, {}, (await initialToken(service)).token);
    const headers = basic(id, secret);
    expect((await service.request('POST', '/jans-auth/restv1/register', { body: WEB, headers })).status).toBe(401);
  });

  it('uses the token up', async () => {
    const { id, token } = await initialToken(service, { uses: 2 });
    const one = await registered(service, {}, token);
    expect((await record(id)).body).toMatchObject({
      uses: 2,
      usesLeft: 1,
      clients: [one.id],
      lastUsed: expect.any(String),
    });
    await registered(service, {}, token);
    expect((await register(service, WEB, token)).status).toBe(401);
    expect((await record(id)).body).toMatchObject({ usesLeft: 0, clients: expect.arrayContaining([one.id]) });
  });

  it('that is refused uses nothing up', async () => {
    const { id, token } = await initialToken(service);
    expect((await register(service, { redirect_uris: ['javascript:x'] }, token)).status).toBe(400);
    expect((await record(id)).body.usesLeft).toBe(1);
  });

  it('of several at once is counted', async () => {
    const { id, token } = await initialToken(service, { uses: 3 });
    const replies = await Promise.all(Array.from({ length: 8 }, () => register(service, WEB, token)));
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 201, 201, 401, 401, 401, 401, 401]);
    const { usesLeft, clients } = (await record(id)).body;
    expect([usesLeft, clients.length]).toEqual([0, 3]);
  });

  it('that is sent again with its idempotency key is done once', async () => {
    const { id, token } = await initialToken(service);
    const headers = { 'Idempotency-Key': randomUUID() };
    const send = (body: object): Promise<TestReply> => service.request('POST', REGISTER, { token, body, headers });
    const [first, again] = [await send(WEB), await send(WEB)];
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    const written = { ...headers, Authorization: `bearer   ${token} ` };
    expect((await service.request('POST', REGISTER, { body: WEB, headers: written })).body).toEqual(first.body);
    expect((await record(id)).body.clients).toEqual([first.body.client_id]);
    expect((await send({ ...WEB, client_name: 'Another' })).status).toBe(422);
  });

  it('is not answered again when its token was revoked since', async () => {
    const { id, token } = await initialToken(service);
    const headers = { 'Idempotency-Key': randomUUID() };
    const send = (): Promise<TestReply> => service.request('POST', REGISTER, { token, body: WEB, headers });
    expect([(await send()).status, (await send()).status]).toEqual([201, 201]);
    await service.request('DELETE', `${TOKENS}/${id}`, { token: await service.adminToken() });
    const reply = await send();
    expect([reply.status, reply.body.error]).toEqual([401, 'invalid_token']);
  });

  it('by a stranger writes nothing, with an idempotency key or without', async () => {
    const statements = recordStatements(service, 'writer');
    const headers = { 'Idempotency-Key': randomUUID() };
    for (const token of [undefined, 'wrong', await service.adminToken()]) {
      const reply = await service.request('POST', REGISTER, { ...(token && { token }), body: WEB, headers });
      expect(reply.status).toBe(401);
    }
    expect(statements.filter(({ query }) => query.includes('idempotent_requests'))).toEqual([]);
  });

  it('gets the scopes of the token that it asks for, and no more when it is replaced', async () => {
    const { token } = await initialToken(service, { scopes: ['offline_access', 'phone'], uses: 2 });
    expect((await registered(service, {}, token)).metadata.scope).toBe('email openid profile');
    const client = await registered(service, { scope: 'phone address openid' }, token);
    expect(client.metadata.scope).toBe('phone openid');
    const body = { ...editable(client), scope: 'offline_access phone address' };
    expect((await manage(service, 'PUT', client, body)).body.scope).toBe('phone');
  });
});

describe('an initial access token', () => {
  it('is shown once, and kept as a digest', async () => {
    const { id, token } = await initialToken(service, { label: 'Partner', expirationDate: '2099-12-31T23:59:59Z' });
    expect(token).toMatch(/^[\w-]{43}$/);
    expect((await record(id)).body).toEqual({
      id,
      label: 'Partner',
      uses: 1,
      usesLeft: 1,
      expirationDate: '2099-12-31T23:59:59',
      scopes: [],
      creationDate: expect.any(String),
      createdBy: service.admin.clientId,
      clients: [],
    });
    const list = await service.request('GET', TOKENS, { token: await service.adminToken() });
    expect(list.body.entries.map((entry: { id: string }) => entry.id)).toContain(id);
    const rows: unknown = await service.database.reader.query('SELECT * FROM initial_access_tokens');
    expect(list.text + JSON.stringify(rows)).not.toContain(token);
  });

  it('is listed in pages', async () => {
    const token = await service.adminToken();
    const page = await service.request('GET', `${TOKENS}?limit=1&startIndex=1`, { token });
    expect(page.body).toMatchObject({ start: 1, entriesCount: 1 });
    expect((await service.request('GET', `${TOKENS}?limit=0`, { token })).body.entries).toEqual([]);
  });

  it('is listed with the clients that used it, the newest first', async () => {
    const made = [await initialToken(service, { uses: 2 }), await initialToken(service, { uses: 2 })];
    const clients: string[][] = [[], []];
    for (const at of [0, 1, 0, 1]) {
      clients[at]?.unshift((await registered(service, {}, made[at]?.token)).id);
      service.clock.advance(1_000);
    }
    const token = await service.adminToken();
    const statements = recordStatements(service);
    const list = await service.request('GET', `${TOKENS}?limit=200`, { token });
    const shown = new Map(
      list.body.entries.map((entry: { id: string; clients: string[] }) => [entry.id, entry.clients]),
    );
    expect(made.map(({ id }) => shown.get(id))).toEqual(clients);
    expect(statements.length).toBeLessThan(list.body.entries.length);
  });

  it('ends at its date', async () => {
    const soon = new Date(service.clock.now() + 60_000).toISOString();
    const { token } = await initialToken(service, { expirationDate: soon, uses: 5 });
    await registered(service, {}, token);
    service.clock.advance(61_000);
    expect((await register(service, WEB, token)).status).toBe(401);
  });

  it('ends when it is revoked; its clients stay', async () => {
    const { id, token } = await initialToken(service, { uses: 5, scopes: ['phone'] });
    const client = await registered(service, { scope: 'phone' }, token);
    const admin = await service.adminToken();
    expect((await service.request('DELETE', `${TOKENS}/${id}`, { token: admin })).status).toBe(204);
    expect((await service.request('DELETE', `${TOKENS}/${id}`, { token: admin })).status).toBe(404);
    expect((await record(id)).status).toBe(404);
    expect((await register(service, WEB, token)).status).toBe(401);
    expect((await manage(service, 'PUT', client, editable(client))).body.scope).toBe('phone');
  });

  it.each([
    [{}, '/label'],
    [{ label: '' }, '/label'],
    [{ label: 'x', uses: 0 }, '/uses'],
    [{ label: 'x', uses: 1.5 }, '/uses'],
    [{ label: 'x', expirationDate: '2020-01-01T00:00:00' }, '/expirationDate'],
    [{ label: 'x', expirationDate: '2099-02-30T00:00:00' }, '/expirationDate'],
    [{ label: 'x', scopes: ['unheard-of'] }, '/scopes/0'],
    [{ label: 'x', scopes: ['openid', WRITE] }, '/scopes/1'],
    [{ label: 'x', colour: 'red' }, '/colour'],
  ])('is not made of %j', async (body, pointer) => {
    const reply = await service.request('POST', TOKENS, { token: await service.adminToken(), body });
    expect([reply.status, reply.body.errors[0].pointer]).toEqual([400, pointer]);
  });

  it('is made by those who may write clients, and read by those who may read them', async () => {
    const body = { label: 'x' };
    const reader = await service.adminToken(READ);
    expect((await service.request('POST', TOKENS, { token: reader, body })).status).toBe(403);
    expect((await service.request('POST', TOKENS, { body })).status).toBe(401);
    expect((await service.request('GET', TOKENS, { token: reader })).status).toBe(200);
    expect((await service.request('POST', TOKENS, { token: await service.adminToken(WRITE), body })).status).toBe(201);
  });

  it('is in the audit record', async () => {
    const { id } = await initialToken(service);
    await service.request('DELETE', `${TOKENS}/${id}`, { token: await service.adminToken() });
    const rows = await service.database.reader.query<{ operation: string }[]>(
      `SELECT operation FROM audit_records WHERE inum = '${id}' ORDER BY id`,
    );
    expect(rows.map(({ operation }) => operation)).toEqual([
      'post-registration-token',
      'delete-registration-token-by-id',
    ]);
  });
});

describe('where anyone may register', () => {
  let open: TestService;
  beforeAll(async () => {
    open = await startService({ env: { REGISTRATION: 'open', RATE_LIMIT: '1/min', REGISTRATION_RATE_LIMIT: '4/min' } });
  });
  afterAll(() => open.stop());

  it('a token still brings its scopes, a wrong one is refused, and each source has a limit', async () => {
    expect((await register(open, WEB)).status).toBe(201);
    const { token } = await initialToken(open, { scopes: ['phone'] });
    expect((await registered(open, { scope: 'phone' }, token)).metadata.scope).toBe('phone');
    expect((await register(open, WEB, token)).status).toBe(401);
    expect((await register(open, WEB)).status).toBe(201);
    const reply = await register(open, WEB);
    expect([reply.status, reply.body.error]).toEqual([429, 'temporarily_unavailable']);
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
    const change = await manage(open, 'PUT', { id: 'x', token: 'y' }, { client_id: 'x' });
    expect([change.status, change.body.error]).toEqual([429, 'temporarily_unavailable']);
  });
});

describe('where nobody may register', () => {
  it('the endpoint refuses everything, and is not advertised', async () => {
    const off = await startService({ env: { REGISTRATION: 'off' } });
    try {
      const { token } = await initialToken(off);
      expect((await register(off, WEB, token)).body.error).toBe('access_denied');
      const statements = recordStatements(off, 'writer');
      const headers = { 'Idempotency-Key': randomUUID() };
      expect((await off.request('POST', REGISTER, { token, body: WEB, headers })).status).toBe(403);
      expect(statements).toEqual([]);
      expect((await manage(off, 'GET', { id: 'x', token: 'y' })).status).toBe(403);
      const { body } = await off.request('GET', '/.well-known/openid-configuration');
      expect(body).not.toHaveProperty('registration_endpoint');
      expect([body.grant_types_supported, body.response_types_supported]).toEqual([['client_credentials'], ['none']]);
    } finally {
      await off.stop();
    }
  });
});
