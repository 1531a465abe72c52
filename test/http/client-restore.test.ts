import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TOKEN } from '../support/issuer.ts';
import { ATTRIBUTES, caller, type Caller, documentIn, SCOPES } from '../support/registry.ts';
import { basic, CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

const P = 'https://jans.io/oauth/config/';
const MACHINE = { redirectUris: [], grantTypes: ['client_credentials'] };

let service: TestService;
let token: string;
let clients: Caller;

beforeAll(async () => {
  service = await startService({ env: { REGISTRATION: 'open' } });
  token = await service.adminToken();
  clients = caller(service, CLIENTS, () => token, MACHINE);
});
afterAll(() => service.stop());

const read = (path: string, address = CLIENTS): Promise<TestReply> =>
  service.request('GET', `${address}/${path}`, { token });
const restore = (
  inum: string,
  number: number | string,
  options: { token?: string; headers?: Record<string, string>; address?: string } = {},
): Promise<TestReply> => {
  const { address = CLIENTS, ...rest } = options;
  return service.request('POST', `${address}/${inum}/revisions/${number}/restore`, { token, ...rest });
};
const tokenStatus = async (inum: string, secret: string): Promise<number> => {
  const form = { grant_type: 'client_credentials' };
  return (await service.request('POST', TOKEN, { headers: basic(inum, secret), form })).status;
};
const differences = async (inum: string, number: number, compare: number, address = CLIENTS): Promise<unknown> => {
  const reply = await read(`${inum}/revisions/${number}?compare=${compare}`, address);
  expect([reply.status, reply.text]).toEqual([200, expect.anything()]);
  return reply.body.differences;
};

describe('a revision compared with another', () => {
  it('tells each member that is different, and what it was', async () => {
    const inum = 'compared';
    await clients.created({ inum, description: 'First', contacts: ['a@b.example', 'c@b.example', 'd@b.example'] });
    await clients.merge(inum, { description: null, contacts: ['a@b.example', 'd@b.example'], accessTokenLifetime: 60 });
    await clients.merge(inum, { attributes: { requirePkce: true } });
    const reply = await read(`${inum}/revisions/2?compare=1`);
    expect(reply.body).toMatchObject({ revision: 2, comparedWith: 1, door: 'admin' });
    expect(reply.body).not.toHaveProperty('document');
    const changes = [
      { pointer: '/accessTokenLifetime', after: 60 },
      { pointer: '/contacts/1', before: 'c@b.example' },
      { pointer: '/description', before: 'First' },
    ];
    expect([...reply.body.differences].sort((a, b) => (a.pointer < b.pointer ? -1 : 1))).toEqual(changes);
    const { requirePkce: before } = (await read(`${inum}/revisions/2`)).body.document.attributes;
    expect(await differences(inum, 3, 2)).toEqual([
      { pointer: '/attributes/requirePkce', ...(before !== undefined && { before }), after: true },
    ]);
    expect(await differences(inum, 2, 2)).toEqual([]);
    expect(await differences(inum, 1, 2)).toContainEqual({ pointer: '/description', after: 'First' });
    await clients.remove(inum);
    expect(await differences(inum, 4, 3)).toContainEqual({ pointer: '/inum', before: inum });
    for (const [query, status] of [
      ['compare=9', 404],
      ['compare=0', 400],
      ['compare=x', 400],
    ] as const)
      expect([query, (await read(`${inum}/revisions/2?${query}`)).status]).toEqual([query, status]);
  });

  it('says of a secret that it was set, changed or taken away, and nothing more', async () => {
    const inum = 'compared-secret';
    const secrets = ['the-first-secret-of-it', 'the-second-secret-of-it'];
    await clients.created({ inum, tokenEndpointAuthMethod: 'none' });
    service.clock.advance(1_000);
    await clients.merge(inum, { tokenEndpointAuthMethod: 'client_secret_post', clientSecret: secrets[0] });
    service.clock.advance(1_000);
    await clients.merge(inum, { clientSecret: secrets[1], description: 'With another one' });
    service.clock.advance(1_000);
    await clients.merge(inum, { description: 'With the same one' });
    const ofSecret = async (number: number, compare: number): Promise<unknown> => {
      const reply = await read(`${inum}/revisions/${number}?compare=${compare}`);
      for (const secret of secrets) expect(reply.text).not.toContain(secret);
      return (reply.body.differences as { pointer: string }[]).find(({ pointer }) => pointer === '/clientSecret');
    };
    const pointer = '/clientSecret';
    expect(await ofSecret(2, 1)).toEqual({ pointer, after: 'set' });
    expect(await ofSecret(1, 2)).toEqual({ pointer, before: 'set' });
    expect(await ofSecret(3, 2)).toEqual({ pointer, before: 'set', after: 'changed' });
    expect(await ofSecret(4, 3)).toBeUndefined();
    expect(await ofSecret(4, 2)).toEqual({ pointer, before: 'set', after: 'changed' });
  });
});

describe('restoring a revision of a client', () => {
  it('makes it what it was, in a revision of its own that can be undone as well', async () => {
    const inum = 'undone';
    const first = await clients.created({ inum, description: 'First', clientName: 'One', contacts: ['a@b.example'] });
    await clients.merge(inum, { description: null, clientName: 'Two', contacts: [], customAttributes: [] });
    await clients.merge(inum, { disabled: true });
    const reply = await restore(inum, 1);
    const { clientSecret: _secret, ...document } = first;
    expect([reply.status, documentIn(reply.body)]).toEqual([200, documentIn(document)]);
    expect(reply.headers.get('etag')).toBe('"4-0"');
    expect((await read(inum)).body).toEqual(reply.body);
    expect((await read(`${inum}/history?limit=1`)).body.entries[0]).toMatchObject({
      operation: 'restore-oauth-openid-client-revision',
      changed: expect.arrayContaining(['description', 'clientName', 'contacts', 'disabled']),
    });
    expect((await restore(inum, 3)).body).toMatchObject({ disabled: true, clientName: 'Two' });
    const { entries, totalEntriesCount } = (await read(`${inum}/revisions`)).body;
    expect(totalEntriesCount).toBe(5);
    const taken = entries.map(({ restoredFrom }: { restoredFrom?: object }) => restoredFrom);
    expect(taken).toEqual([{ revision: 3 }, { revision: 1 }, undefined, undefined, undefined]);
    expect((await read(`${inum}/revisions/4`)).body.restoredFrom).toEqual({ revision: 1 });
    expect((await restore(inum, 3)).headers.get('etag')).toBe('"5-0"');
    expect((await read(`${inum}/revisions`)).body.totalEntriesCount).toBe(5);
  });

  it('keeps the secret, and makes one where the client begins to need it', async () => {
    const inum = 'undone-secret';
    const { clientSecret: secret } = await clients.created({ inum });
    await clients.merge(inum, { description: 'Changed' });
    expect((await restore(inum, 1)).body).not.toHaveProperty('clientSecret');
    expect(await tokenStatus(inum, secret as string)).toBe(200);
    await clients.merge(inum, {
      tokenEndpointAuthMethod: 'none',
      grantTypes: ['implicit'],
      redirectUris: ['https://a.example/cb'],
      responseTypes: ['token'],
    });
    const again = await restore(inum, 1);
    expect([again.status, again.text]).toEqual([200, expect.anything()]);
    expect(again.body.clientSecret).toMatch(/^[\w-]{43}$/);
    expect(again.headers.get('cache-control')).toBe('no-store');
    expect(await tokenStatus(inum, secret as string)).toBe(401);
    expect(await tokenStatus(inum, again.body.clientSecret as string)).toBe(200);
  });

  it('is refused by the rules of every write, and changes nothing then', async () => {
    const scope = await caller(service, SCOPES, token).created({ id: 'short-lived', displayName: 'Short-lived' });
    const inum = 'refused';
    await clients.created({ inum, scopes: ['short-lived'] });
    await clients.merge(inum, { scopes: [], description: 'Now' });
    await caller(service, SCOPES, token).remove(scope.inum);
    const reply = await restore(inum, 1);
    expect([reply.status, reply.body.errors]).toEqual([
      400,
      [expect.objectContaining({ pointer: '/scopes/0', rule: 'known-scopes' })],
    ]);
    expect((await read(inum)).body.description).toBe('Now');
    expect((await restore(inum, 3)).body.type).toBe('urn:clientele:problem:revision-not-found');
    expect((await restore(inum, 'x')).status).toBe(400);
    await clients.remove(inum);
    expect((await restore(inum, 1)).body.type).toBe('urn:clientele:problem:client-not-found');
    service.clock.advance(1_000);
    await clients.created({ inum });
    const removal = await restore(inum, 3);
    expect([removal.status, removal.body.type]).toEqual([409, 'urn:clientele:problem:nothing-to-restore']);
  });

  it('needs the right version where one is named', async () => {
    const inum = 'matched';
    await clients.created({ inum, description: 'First' });
    await clients.merge(inum, { description: 'Second' });
    expect((await restore(inum, 1, { headers: { 'If-Match': '"1-0"' } })).status).toBe(412);
    expect((await restore(inum, 1, { headers: { 'If-Match': '"2-0"' } })).status).toBe(200);
  });

  it('needs the rights of the client as it is and as it was', async () => {
    const writer = await service.adminToken(`${P}openid/clients.write`);
    const inum = 'privileged';
    await clients.created({ inum, scopes: [`${P}scopes.write`] });
    await clients.merge(inum, { scopes: [] });
    await clients.merge(inum, { description: 'Harmless' });
    const refused = await restore(inum, 1, { token: writer });
    expect([refused.status, refused.body.type]).toEqual([403, 'urn:clientele:problem:insufficient-scope']);
    expect(refused.body.detail).toContain(`${P}scopes.write`);
    expect((await restore(inum, 2, { token: writer })).status).toBe(200);
    expect((await restore(inum, 1)).status).toBe(200);
    expect((await restore(inum, 2, { token: writer })).status).toBe(403);
    const reader = await service.adminToken(`${P}openid/clients.readonly`);
    expect((await restore(inum, 2, { token: reader })).status).toBe(403);
  });

  it('does not take the last administrator away', async () => {
    const { clientId } = service.admin;
    expect((await clients.merge(clientId, { description: 'Described' })).status).toBe(200);
    await clients.created({ inum: 'deactivated', disabled: true });
    await service.database.writer.query(
      `UPDATE revisions SET document = (SELECT document FROM (SELECT document FROM revisions WHERE inum = 'deactivated') d)
        WHERE inum = ? AND number = 1`,
      [clientId],
    );
    const refused = await restore(clientId, 1);
    expect([refused.status, refused.body.type]).toEqual([409, 'urn:clientele:problem:last-administrator']);
  });

  it('survives those who write at the same time: both are done, one after the other', async () => {
    const inum = 'busy';
    await clients.created({ inum, description: 'First' });
    await clients.merge(inum, { description: 'Second' });
    const replies = await Promise.all([
      restore(inum, 1),
      clients.merge(inum, { accessTokenLifetime: 60 }),
      restore(inum, 1),
    ]);
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await read(inum)).body.description).toBe('First');
  });
});

describe('revisions of scopes and claims', () => {
  it.each([
    ['scope', SCOPES, { id: 'undone', displayName: 'Undone' }],
    [
      'claim',
      ATTRIBUTES,
      { name: 'undone', displayName: 'Undone', claimName: 'undone', dataType: 'string', status: 'active' },
    ],
  ])('of a %s are listed, read, compared and restored', async (kind, address, body) => {
    const entries = caller(service, address, token);
    const made = await entries.created({ ...body, description: 'First' });
    const { inum } = made;
    await entries.merge(inum, { description: 'Second' });
    const list = await read(`${inum}/revisions?limit=1`, address);
    expect(list.body).toMatchObject({
      start: 0,
      totalEntriesCount: 2,
      entriesCount: 1,
      entries: [{ revision: 2, door: 'admin' }],
    });
    expect((await read(`${inum}/revisions/1`, address)).body.document).toEqual(made);
    expect(await differences(inum, 2, 1, address)).toEqual([
      { pointer: '/description', before: 'First', after: 'Second' },
    ]);
    expect((await restore(inum, 1, { address, headers: { 'If-Match': '"1-0"' } })).status).toBe(412);
    const reply = await restore(inum, 1, { address });
    expect([reply.status, reply.body, reply.headers.get('etag')]).toEqual([200, made, '"3-0"']);
    expect((await read(inum, address)).body).toEqual(made);
    expect((await read('never-was/revisions', address)).body.type).toBe(`urn:clientele:problem:${kind}-not-found`);
    expect((await restore('never-was', 1, { address })).status).toBe(404);
    await entries.remove(inum);
    expect((await read(`${inum}/revisions`, address)).body.entries[0]).toMatchObject({ revision: 4, removed: true });
    const other = await service.adminToken(`${P}openid/clients.write`);
    expect((await service.request('GET', `${address}/${inum}/revisions`, { token: other })).status).toBe(403);
    expect((await restore(inum, 1, { address, token: other })).status).toBe(403);
  });

  it('keep a stock scope what the service needs, and a name its own', async () => {
    const scopes = caller(service, SCOPES, token);
    const { inum } = await scopes.created({ id: 'first-name', displayName: 'Named' });
    await scopes.merge(inum, { id: 'second-name' });
    await scopes.created({ id: 'first-name', displayName: 'Named too' });
    expect((await restore(inum, 1, { address: SCOPES })).body.type).toBe('urn:clientele:problem:scope-exists');
  });
});

describe('the reason of a change', () => {
  const reason = 'Ticket 4711: Zürich moves ✓';
  const header = { 'X-Reason': Buffer.from(reason).toString('latin1') };

  it('is kept, and shown by the history and the revisions', async () => {
    const inum = 'reasoned';
    expect((await clients.create({ inum }, header)).status).toBe(201);
    await clients.merge(inum, { description: 'Without' }, { 'X-Reason': ' ' });
    await service.request('POST', `${CLIENTS}/${inum}/secret`, { token, headers: header });
    expect((await restore(inum, 1, { headers: header })).status).toBe(200);
    const of = async (what: string): Promise<unknown[]> =>
      ((await read(`${inum}/${what}`)).body.entries as { reason?: string }[]).map((entry) => entry.reason);
    expect(await of('history')).toEqual([reason, reason, undefined, reason]);
    expect(await of('revisions')).toEqual([reason, undefined, reason]);
    expect((await read(`${inum}/revisions/1`)).body.reason).toBe(reason);
    const scopes = caller(service, SCOPES, token);
    const scope = await scopes.created({ id: 'reasoned', displayName: 'Reasoned' });
    await scopes.merge(scope.inum, { description: 'Now' }, header);
    expect((await read(`${scope.inum}/revisions/2`, SCOPES)).body.reason).toBe(reason);
  });

  it.each([
    ['too long', 'x'.repeat(1_001)],
    ['not UTF-8', 'caf\u00e9'],
    ['text that turns its direction', Buffer.from('a\u202eb').toString('latin1')],
  ])('is refused when it is %s, and nothing is changed', async (_what, value) => {
    const inum = 'unreasoned';
    await clients.create({ inum, description: 'First' });
    const refused = await clients.merge(inum, { description: 'Second' }, { 'X-Reason': value });
    expect([refused.status, refused.body.errors[0].parameter.toLowerCase()]).toEqual([400, 'header:x-reason']);
    expect((await read(inum)).body.description).toBe('First');
  });
});

describe('a service that wants reasons, and keeps three revisions for ten days', () => {
  const DAY = 86_400_000;
  let strict: TestService;
  let strictToken: string;
  beforeAll(async () => {
    strict = await startService({ env: { REQUIRE_REASON: 'on', HISTORY_KEEP: '3,10d', REGISTRATION: 'open' } });
    strictToken = await strict.adminToken();
  });
  afterAll(() => strict.stop());

  it('changes nothing for administrators who give none', async () => {
    const body = { inum: 'why', ...MACHINE };
    const refused = await strict.request('POST', CLIENTS, { token: strictToken, body });
    expect([refused.status, refused.body.errors]).toEqual([
      400,
      [{ parameter: 'header:X-Reason', detail: expect.stringContaining('is needed') }],
    ]);
    const headers = { 'X-Reason': 'Because' };
    expect((await strict.request('POST', CLIENTS, { token: strictToken, body, headers })).status).toBe(201);
    for (const [method, path] of [
      ['POST', 'why/deactivate'],
      ['POST', 'why/secret'],
      ['DELETE', 'why'],
    ] as const)
      expect((await strict.request(method, `${CLIENTS}/${path}`, { token: strictToken })).status).toBe(400);
    const many = { action: 'deactivate', inums: ['why'] };
    const bulk = await strict.request('POST', `${CLIENTS}/bulk`, { token: strictToken, body: many });
    expect([bulk.status, bulk.body.errors[0].parameter]).toEqual([400, 'header:X-Reason']);
    const undo = '/jans-config-api/api/v1/openid/changes/undo';
    expect((await strict.request('POST', undo, { token: strictToken, body: { inum: 'why' } })).status).toBe(400);
    expect((await strict.request('GET', `${CLIENTS}/why`, { token: strictToken })).body.disabled).toBe(false);
    expect((await strict.request('POST', `${CLIENTS}/validate`, { token: strictToken, body: {} })).status).toBe(200);
    const registration = { redirect_uris: ['https://a.example/cb'], client_name: 'Itself' };
    expect((await strict.request('POST', '/jans-auth/restv1/register', { body: registration })).status).toBe(201);
  });

  it('sweeps the others once a day, and never the newest', async () => {
    const own = caller(strict, CLIENTS, () => strictToken, MACHINE);
    const headers = { 'X-Reason': 'Because' };
    const numbers = async (inum: string): Promise<number[]> => {
      const { body } = await strict.request('GET', `${CLIENTS}/${inum}/revisions`, { token: strictToken });
      return (body.entries as { revision: number }[]).map(({ revision }) => revision);
    };
    await own.create({ inum: 'often' }, headers);
    await own.create({ inum: 'once' }, headers);
    for (let lifetime = 1; lifetime < 5; lifetime += 1)
      await own.merge('often', { accessTokenLifetime: lifetime }, headers);
    expect(await numbers('often')).toEqual([5, 4, 3, 2, 1]);
    await strict.sweep();
    expect(await numbers('often')).toEqual([5, 4, 3]);
    strict.clock.advance(11 * DAY);
    strictToken = await strict.adminToken();
    await own.merge('often', { accessTokenLifetime: 9 }, headers);
    await strict.sweep();
    expect([await numbers('often'), await numbers('once')]).toEqual([[6], [1]]);
    await own.merge('once', { accessTokenLifetime: 9 }, headers);
    expect(await numbers('once')).toEqual([2, 1]);
  });
});
