import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TOKEN } from '../support/issuer.ts';
import { manage, registered } from '../support/registration.ts';
import { caller, type Caller, documentIn, SCOPES } from '../support/registry.ts';
import { basic, CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

const P = 'https://jans.io/oauth/config/';
const DAY = 86_400_000;
const MACHINE = { redirectUris: [], grantTypes: ['client_credentials'] };

interface Removed {
  readonly inum: string;
  readonly incarnation: string;
  readonly idTaken: boolean;
  readonly door: string;
  readonly by: object;
}

let service: TestService;
let token: string;
let clients: Caller;

beforeAll(async () => {
  service = await startService({ env: { REGISTRATION: 'open' } });
  token = await service.adminToken();
  clients = caller(service, CLIENTS, () => token, MACHINE);
});
afterAll(() => service.stop());

const removed = async (query = ''): Promise<TestReply['body']> =>
  (await service.request('GET', `${CLIENTS}/removed${query}`, { token })).body;
const removedOf = async (inum: string): Promise<Removed[]> =>
  ((await removed('?limit=200')).entries as Removed[]).filter((entry) => entry.inum === inum);
const act = (inum: string, verb: string, body?: object, as = token): Promise<TestReply> =>
  service.request('POST', `${CLIENTS}/${inum}/${verb}`, { token: as, ...(body && { body }) });
const askToken = (inum: string, secret: string): Promise<TestReply> =>
  service.request('POST', TOKEN, { headers: basic(inum, secret), form: { grant_type: 'client_credentials' } });
const works = async (inum: string, secret: unknown): Promise<boolean> =>
  (await askToken(inum, secret as string)).status === 200;

describe('a client that was removed', () => {
  it('is listed, and restored as it was, with its secret and its history', async () => {
    const inum = 'back';
    const { clientSecret, ...document } = await clients.created({ inum, clientName: 'Back', description: 'Was here' });
    await clients.merge(inum, { accessTokenLifetime: 60 });
    const headers = { 'X-Reason': 'Ticket 4711' };
    expect((await service.request('DELETE', `${CLIENTS}/${inum}`, { token, headers })).status).toBe(204);
    expect((await clients.read(inum)).status).toBe(404);
    const list = await removed('?limit=1');
    expect(list).toMatchObject({ start: 0, entriesCount: 1 });
    expect(list.entries[0]).toEqual({
      inum,
      incarnation: expect.stringMatching(/^[0-9a-z]+$/),
      clientName: 'Back',
      removedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
      restorableUntil: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
      by: { id: service.admin.clientId, name: 'Administrator', kind: 'client' },
      door: 'admin',
      reason: 'Ticket 4711',
      idTaken: false,
    });
    expect(Date.parse(list.entries[0].restorableUntil) - Date.parse(list.entries[0].removedAt)).toBe(30 * DAY);
    const reply = await act(inum, 'restore');
    expect([reply.status, documentIn(reply.body)]).toEqual([200, { ...documentIn(document), accessTokenLifetime: 60 }]);
    expect(reply.headers.get('etag')).toBe('"3-0"');
    expect((await clients.read(inum)).body).toEqual(reply.body);
    expect(await works(inum, clientSecret)).toBe(true);
    expect(await removedOf(inum)).toEqual([]);
    const { entries } = (await service.request('GET', `${CLIENTS}/${inum}/revisions`, { token })).body;
    expect(entries.map(({ revision, removed: was }: { revision: number; removed?: true }) => [revision, was])).toEqual([
      [4, undefined],
      [3, true],
      [2, undefined],
      [1, undefined],
    ]);
    const { incarnation } = list.entries[0] as Removed;
    expect(entries[0].restoredFrom).toEqual({ inum, incarnation });
    expect((await clients.list({ pattern: inum })).body.totalEntriesCount).toBe(1);
    expect((await act(inum, 'restore')).body.type).toBe('urn:clientele:problem:client-not-found');
  });

  it('has no token that it had', async () => {
    const inum = 'tokenless';
    const { clientSecret } = await clients.created({ inum, scopes: [`${P}openid/clients.readonly`] });
    const { access_token: theirs } = (await askToken(inum, clientSecret as string)).body;
    const read = async (): Promise<number> =>
      (await service.request('GET', `${CLIENTS}/${inum}`, { token: theirs as string })).status;
    expect(await read()).toBe(200);
    await clients.remove(inum);
    service.clock.advance(2_000);
    expect((await act(inum, 'restore')).status).toBe(200);
    expect(await read()).toBe(401);
    expect(await works(inum, clientSecret)).toBe(true);
  });

  it('has its current secret only, and none that has ended', async () => {
    const { clientSecret: first } = await clients.created({ inum: 'rotated' });
    const { clientSecret: second } = (await act('rotated', 'secret', { overlapSeconds: 86_400 })).body;
    await clients.remove('rotated');
    await act('rotated', 'restore');
    expect([await works('rotated', first), await works('rotated', second)]).toEqual([false, true]);
    const end = new Date(service.clock.now() + 60_000).toISOString().slice(0, 19);
    const { clientSecret } = await clients.created({ inum: 'ended', clientSecretExpiresAt: end });
    await clients.remove('ended');
    service.clock.advance(120_000);
    const reply = await act('ended', 'restore');
    expect([reply.status, reply.body.clientSecret]).toEqual([200, undefined]);
    expect(await works('ended', clientSecret)).toBe(false);
    const { clientSecret: another } = (await act('ended', 'secret')).body;
    expect(await works('ended', another)).toBe(true);
  });

  it.each([
    ['made here', {}],
    ['chosen', { clientSecret: 'a-secret-that-was-chosen' }],
    ['kept in clear', { tokenEndpointAuthMethod: 'client_secret_basic', idTokenSignedResponseAlg: 'HS256' }],
  ])('has a secret that was %s under another id as well', async (what, members) => {
    const inum = `moved-${what.replaceAll(' ', '-')}`;
    const { clientSecret } = await clients.created({ inum, ...members });
    await clients.remove(inum);
    const reply = await act(inum, 'restore', { inum: `${inum}-2` });
    expect([reply.status, reply.body.inum, reply.body.dn]).toEqual([
      200,
      `${inum}-2`,
      `inum=${inum}-2,ou=clients,o=jans`,
    ]);
    expect(await works(`${inum}-2`, clientSecret)).toBe(true);
    expect((await clients.read(inum)).status).toBe(404);
  });

  it('keeps out of the way of another one that is made under its id, and comes back under another', async () => {
    const inum = 'taken';
    await clients.created({ inum, description: 'The first' });
    await clients.remove(inum);
    service.clock.advance(1_000);
    await clients.created({ inum, description: 'The second' });
    expect(await removedOf(inum)).toEqual([expect.objectContaining({ idTaken: true })]);
    const refused = await act(inum, 'restore');
    expect([refused.status, refused.body.type]).toEqual([409, 'urn:clientele:problem:client-exists']);
    expect(refused.body.detail).toContain('another id');
    expect(await removedOf(inum)).toHaveLength(1);
    await clients.remove(inum);
    service.clock.advance(1_000);
    const [second, first] = await removedOf(inum);
    expect([first?.idTaken, second?.idTaken]).toEqual([false, false]);
    const earlier = await act(inum, 'restore', { inum: 'taken-first', incarnation: first?.incarnation });
    expect(earlier.body).toMatchObject({ inum: 'taken-first', description: 'The first' });
    expect((await act(inum, 'restore')).body.description).toBe('The second');
  });

  it('is restored by the rules and rights of every write, or not at all', async () => {
    const scope = await caller(service, SCOPES, token).created({ id: 'short-lived', displayName: 'Short-lived' });
    await clients.created({ inum: 'ruled', scopes: ['short-lived'] });
    await clients.remove('ruled');
    await caller(service, SCOPES, token).remove(scope.inum);
    const refused = await act('ruled', 'restore');
    expect([refused.status, refused.body.errors[0].rule]).toEqual([400, 'known-scopes']);
    expect((await clients.read('ruled')).status).toBe(404);
    expect(await removedOf('ruled')).toHaveLength(1);
    await clients.created({ inum: 'mighty', scopes: [`${P}scopes.write`] });
    await clients.remove('mighty');
    const weak = await service.adminToken(`${P}openid/clients.write ${P}openid/clients.delete`);
    for (const verb of ['restore', 'purge']) {
      const reply = await act('mighty', verb, undefined, weak);
      expect([verb, reply.status, reply.body.type]).toEqual([verb, 403, 'urn:clientele:problem:insufficient-scope']);
    }
    const reader = await service.adminToken(`${P}openid/clients.readonly`);
    expect((await act('mighty', 'restore', undefined, reader)).status).toBe(403);
    expect((await service.request('GET', `${CLIENTS}/removed`, { token: reader })).status).toBe(200);
    expect((await service.request('GET', `${CLIENTS}/removed`)).status).toBe(401);
    expect((await act('mighty', 'restore')).status).toBe(200);
    await clients.created({ inum: 'wordy' });
    await clients.remove('wordy');
    const reserved = await act('wordy', 'restore', { inum: 'removed' });
    expect([reserved.status, reserved.body.errors[0].pointer]).toEqual([400, '/inum']);
    expect((await act('wordy', 'restore', { inum: 'a b' })).status).toBe(400);
    expect((await act('wordy', 'restore', { incarnation: 'unknown' })).status).toBe(404);
    expect((await clients.create({ inum: 'removed' })).status).toBe(400);
  });

  it('is restored once, however many ask at the same time', async () => {
    await clients.created({ inum: 'contested' });
    await clients.remove('contested');
    const replies = await Promise.all(Array.from({ length: 4 }, () => act('contested', 'restore')));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404]);
  });

  it('is forgotten by a purge, with its revisions, while a client of its id stays', async () => {
    const inum = 'purged';
    await clients.created({ inum, description: 'Personal' });
    await clients.remove(inum);
    service.clock.advance(1_000);
    await clients.created({ inum, description: 'Another' });
    expect((await act(inum, 'purge')).status).toBe(204);
    expect(await removedOf(inum)).toEqual([]);
    expect((await clients.read(inum)).body.description).toBe('Another');
    const { entries } = (await service.request('GET', `${CLIENTS}/${inum}/revisions`, { token })).body;
    expect((entries as { revision: number }[]).map(({ revision }) => revision)).toEqual([3]);
    expect((await act(inum, 'purge')).status).toBe(404);
    expect((await act(inum, 'restore')).status).toBe(404);
    const history = await service.request('GET', `${CLIENTS}/${inum}/history?limit=1`, { token });
    expect(history.body.entries[0]).toMatchObject({ operation: 'purge-oauth-openid-client', changed: ['revisions'] });
  });

  it('is restorable however it went, and its registration token is good for nothing', async () => {
    const client = await registered(service, { grant_types: ['client_credentials'], redirect_uris: [], lifetime: 60 });
    const other = await registered(service, {});
    expect((await manage(service, 'DELETE', other)).status).toBe(204);
    service.clock.advance(2 * DAY);
    await service.sweep();
    token = await service.adminToken();
    expect((await removedOf(client.id))[0]).toMatchObject({ door: 'service', by: { id: 'sweep', kind: 'task' } });
    expect((await removedOf(other.id))[0]).toMatchObject({
      door: 'registration',
      by: { id: other.id, kind: 'client' },
    });
    expect((await act(other.id, 'restore')).status).toBe(200);
    expect((await manage(service, 'GET', other)).status).toBe(401);
    // It has a day more, in which somebody can give it another end.
    expect((await act(client.id, 'restore')).status).toBe(200);
    await service.sweep();
    expect((await clients.read(client.id)).status).toBe(200);
  });

  it('leaves its id to administrators: whoever registers gets another one, whatever is asked for', async () => {
    const inum = 'left-behind';
    await clients.created({ inum });
    await clients.remove(inum);
    const asked = { inum, client_id: inum, clientId: inum, software_id: inum, client_name: inum };
    const { id } = await registered(service, asked);
    expect(id).not.toBe(inum);
    const gone = await registered(service, {});
    expect((await manage(service, 'DELETE', gone)).status).toBe(204);
    expect((await manage(service, 'PUT', gone, { client_id: gone.id })).status).toBe(401);
    for (const one of [inum, gone.id])
      expect(await removedOf(one)).toEqual([expect.objectContaining({ idTaken: false })]);
    expect((await clients.read(inum)).status).toBe(404);
  });

  it('is gone after thirty days', async () => {
    await clients.created({ inum: 'late' });
    await clients.remove('late');
    service.clock.advance(29 * DAY);
    await service.sweep();
    token = await service.adminToken();
    expect(await removedOf('late')).toHaveLength(1);
    service.clock.advance(DAY + 1_000);
    token = await service.adminToken();
    expect((await act('late', 'restore')).status).toBe(404);
    expect(await removedOf('late')).toEqual([]);
    await service.sweep();
    const rows = await service.database.reader.query("SELECT inum FROM removed_clients WHERE inum = 'late'");
    expect(rows).toEqual([]);
  });
});

describe('a service that keeps no removed clients', () => {
  it('removes at once', async () => {
    const own = await startService({ env: { REMOVED_KEEP_DAYS: '0' } });
    try {
      const admin = await own.adminToken();
      const there = caller(own, CLIENTS, admin, MACHINE);
      await there.created({ inum: 'gone' });
      await there.remove('gone');
      expect(await own.database.reader.query('SELECT inum FROM removed_clients')).toEqual([]);
      const reply = await own.request('POST', `${CLIENTS}/gone/restore`, { token: admin });
      expect(reply.status).toBe(404);
    } finally {
      await own.stop();
    }
  });
});
