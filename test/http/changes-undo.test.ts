import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { compose } from '../../api/compose.ts';
import type { ClientDocument } from '../../api/clients/document/client.document.ts';
import { databaseKind } from '../support/database.ts';
import { TOKEN } from '../support/issuer.ts';
import { afterEachRead, renewingNothing } from '../support/interleaving.ts';
import { caller, documentIn, type Caller } from '../support/registry.ts';
import { basic, CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

const P = 'https://jans.io/oauth/config/';
const WRITE = `${P}openid/clients.write`;
const CHANGES = '/jans-config-api/api/v1/openid/changes';
const HOUR = 3_600_000;
const MACHINE = { redirectUris: [], grantTypes: ['client_credentials'] };

let service: TestService;
let token: string;
let clients: Caller;
/** Others, each with a client of their own: what they do is told apart by it. */
const others: Record<string, { id: string; secret: string }> = {};

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
  clients = caller(service, CLIENTS, () => token, MACHINE);
  for (const name of ['ann', 'bob', 'writer']) {
    const scopes = name === 'writer' ? [WRITE] : [`${P}openid/clients.admin`];
    const { inum, clientSecret } = await clients.created({ inum: name, scopes });
    others[name] = { id: inum as string, secret: clientSecret as string };
  }
});
afterAll(() => service.stop());

const tokenOf = async (name: string): Promise<string> => {
  const { id, secret } = others[name] as { id: string; secret: string };
  const form = { grant_type: 'client_credentials' };
  return (await service.request('POST', TOKEN, { headers: basic(id, secret), form })).body.access_token as string;
};
const as = async (name: string): Promise<Caller> => caller(service, CLIENTS, await tokenOf(name), MACHINE);

const undo = (body: object, headers: Record<string, string> = {}, by = token, query = ''): Promise<TestReply> =>
  service.request('POST', `${CHANGES}/undo${query}`, { token: by, body, headers });
async function undone(body: object, headers?: Record<string, string>): Promise<TestReply['body']> {
  const reply = await undo(body, headers);
  expect([reply.status, reply.text]).toEqual([200, expect.anything()]);
  return reply.body;
}
/** The ids of what was done to a client, the newest first. */
const idsOf = async (inum: string): Promise<number[]> =>
  (await service.request('GET', `${CHANGES}?inum=${inum}`, { token })).body.entries.map(({ id }: { id: number }) => id);
const act = (inum: string, verb: string, body?: object, by = token): Promise<TestReply> =>
  service.request('POST', `${CLIENTS}/${inum}/${verb}`, { token: by, ...(body && { body }) });
const works = async (inum: string, secret: unknown): Promise<boolean> => {
  const form = { grant_type: 'client_credentials' };
  return (await service.request('POST', TOKEN, { headers: basic(inum, secret as string), form })).status === 200;
};
const documentOf = async (inum: string): Promise<TestReply['body']> => documentIn((await clients.read(inum)).body);
const reasonsOf = ({ left }: { left: { reason: string; property?: string }[] }): string[] =>
  left.map(({ reason, property }) => [reason, property].join(' ').trim());

describe('changes that are undone', () => {
  it('of one caller are taken back over all clients, and those of others stay', async () => {
    const [one, two] = ['by-ann-1', 'by-ann-2'];
    for (const inum of [one, two]) await clients.created({ inum, description: 'As it was' });
    const ann = await as('ann');
    const before = { one: await documentOf(one), two: await documentOf(two) };
    service.clock.advance(1_000);
    await ann.merge(one, { description: 'By ann', attributes: { requirePar: true } });
    await ann.merge(one, { description: 'By ann again', contacts: ['ann@example.com'] });
    await act(two, 'deactivate', undefined, await tokenOf('ann'));
    await (await as('bob')).merge(one, { accessTokenLifetime: 60 });
    const report = await undone({ by: 'ann', since: '-1h' }, { 'X-Reason': 'Ticket 4711', 'X-Request-Id': 'undo-1' });
    expect(report).toMatchObject({
      ...{ id: 'undo-1', state: 'done', complete: true, changes: 3, clients: 2, undone: 2, left: 0, entriesCount: 2 },
      entries: [
        { inum: one, outcome: 'changed', left: [], changes: [expect.any(Number), expect.any(Number)] },
        { inum: two, outcome: 'changed', left: [], properties: [{ property: 'disabled', before: true, after: false }] },
      ],
    });
    expect(report.entries[0].properties).toEqual([
      { property: 'description', before: 'By ann again', after: 'As it was' },
      { property: 'contacts', before: ['ann@example.com'], ...(before.one.contacts && { after: before.one.contacts }) },
      { property: 'attributes.requirePar', before: true, after: false },
    ]);
    expect(await documentOf(one)).toEqual({ ...before.one, accessTokenLifetime: 60 });
    expect(await documentOf(two)).toEqual(before.two);
    const { entries } = (await service.request('GET', `${CHANGES}?requestId=undo-1`, { token })).body;
    expect(entries.map(({ inum, operation, reason }: Record<string, string>) => [inum, operation, reason])).toEqual([
      [two, 'undo-oauth-openid-changes', 'Ticket 4711'],
      [one, 'undo-oauth-openid-changes', 'Ticket 4711'],
    ]);
    const { entries: revisions } = (await service.request('GET', `${CLIENTS}/${one}/revisions`, { token })).body;
    expect(revisions[0]).toMatchObject({
      reason: 'Ticket 4711',
      requestId: 'undo-1',
      by: { id: service.admin.clientId },
    });
    const again = await undone({ by: 'ann', since: '-1h' });
    expect(again.entries.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['unchanged', 'unchanged']);
    expect(again).toMatchObject({ undone: 2, left: 0 });
    // An undo is a change: it is undone in its turn.
    expect(await undone({ requestId: 'undo-1' })).toMatchObject({ changes: 2, undone: 2, left: 0 });
    expect(await documentOf(one)).toMatchObject({ description: 'By ann again', attributes: { requirePar: true } });
    expect((await documentOf(two)).disabled).toBe(true);
  });

  it('go back by property: another one that was changed since stays, the same one is a conflict unless forced', async () => {
    const inum = 'contested';
    await clients.created({ inum, description: 'First', contacts: ['a@example.com'] });
    await clients.merge(inum, { description: 'Second', contacts: ['b@example.com'] });
    const [patch] = await idsOf(inum);
    await (await as('bob')).merge(inum, { description: 'Third', accessTokenLifetime: 60 });
    const [later] = await idsOf(inum);
    const report = await undone({ changes: [patch] });
    expect(report).toMatchObject({ undone: 0, left: 1 });
    expect(report.entries[0]).toMatchObject({
      outcome: 'changed',
      properties: [{ property: 'contacts', before: ['b@example.com'], after: ['a@example.com'] }],
      left: [{ reason: 'changed-again', property: 'description', change: patch, later: { id: later, caller: 'bob' } }],
    });
    expect(await documentOf(inum)).toMatchObject({ description: 'Third', accessTokenLifetime: 60 });
    expect((await undone({ changes: [patch] })).entries[0]).toMatchObject({ outcome: 'unchanged', properties: [] });
    const forced = await undone({ changes: [patch], force: true });
    expect(forced.entries[0]).toMatchObject({
      properties: [{ property: 'description', before: 'Third', after: 'First' }],
      left: [],
    });
  });

  it('are told apart in what has names: languages, custom attributes', async () => {
    const inum = 'several-names';
    const attribute = (name: string, ...values: string[]): object => ({ name, values });
    const clientNameLocalized = (values: object): object => ({ clientNameLocalized: { values } });
    await clients.created({
      ...{ inum, clientName: 'Shop', ...clientNameLocalized({ '': 'Shop', de: 'Laden' }) },
      customAttributes: [attribute('team', 'red')],
    });
    const before = await documentOf(inum);
    await clients.merge(inum, {
      clientName: 'Store',
      ...clientNameLocalized({ '': 'Store', de: 'Geschäft' }),
      customAttributes: [attribute('team', 'blue'), attribute('floor', '2')],
    });
    const [change] = await idsOf(inum);
    const customAttributes = [attribute('team', 'blue'), attribute('floor', '3'), attribute('room', '7')];
    await clients.merge(inum, { ...clientNameLocalized({ de: 'Geschäft', fr: 'Magasin' }), customAttributes });
    const { entries } = await undone({ changes: [change] });
    expect(reasonsOf(entries[0])).toEqual(['changed-again customAttributes.floor']);
    const after = await documentOf(inum);
    expect(after).toMatchObject({
      ...{ clientName: 'Shop', displayName: 'Shop' },
      ...clientNameLocalized({ '': 'Shop', de: 'Laden', fr: 'Magasin' }),
    });
    expect(
      after.customAttributes.map(({ name, values }: { name: string; values: string[] }) => [name, ...values]),
    ).toEqual([
      ['team', 'red'],
      ['floor', '3'],
      ['room', '7'],
    ]);
    await undone({ inum, operation: 'patch-oauth-openid-client-by-inum', force: true });
    expect(await documentOf(inum)).toEqual(before);
  });

  it('are the making of a client, which is removed and can be restored, and a removal, after which it is there again', async () => {
    const inum = 'made-and-gone';
    const { clientSecret } = await clients.created({ inum, description: 'Here' });
    const before = await documentOf(inum);
    expect(await undone({ inum })).toMatchObject({ entries: [{ inum, outcome: 'removed', left: [] }] });
    expect((await clients.read(inum)).status).toBe(404);
    const [removal] = await idsOf(inum);
    expect(await undone({ changes: [removal] })).toMatchObject({ entries: [{ outcome: 'restored', properties: [] }] });
    expect(await documentOf(inum)).toEqual(before);
    expect(await works(inum, clientSecret)).toBe(true);
    await clients.merge(inum, { description: 'Changed, and then gone' });
    expect((await clients.remove(inum)).status).toBe(204);
    const [gone, patch] = await idsOf(inum);
    expect(reasonsOf((await undone({ changes: [patch] })).entries[0])).toEqual(['removed']);
    const report = await undone({ changes: [patch, gone] });
    expect(report.entries[0]).toMatchObject({
      outcome: 'restored',
      properties: [{ property: 'description', before: 'Changed, and then gone', after: 'Here' }],
    });
    expect(await documentOf(inum)).toEqual(before);
    expect(await undone({ changes: [gone] })).toMatchObject({ left: 0, entries: [{ outcome: 'unchanged' }] });
  });

  it('are a removal and its restoration together, after which the client is there as it was before them', async () => {
    const inum = 'gone-and-back';
    const { clientSecret } = await clients.created({ inum, description: 'One' });
    await clients.merge(inum, { description: 'Two' });
    await clients.remove(inum);
    expect((await act(inum, 'restore')).status).toBe(200);
    const [restored, removed, patch] = await idsOf(inum);
    expect((await undone({ changes: [restored, removed] })).entries).toMatchObject([
      { outcome: 'unchanged', left: [] },
    ]);
    await clients.merge(inum, { contacts: ['a@example.com'] });
    const [contacts] = await idsOf(inum);
    const { entries } = await undone({ changes: [contacts, restored, removed, patch] });
    expect(entries).toMatchObject([{ outcome: 'changed', left: [] }]);
    const { contacts: now = [], description } = await documentOf(inum);
    expect([now, description, await works(inum, clientSecret)]).toEqual([[], 'One', true]);
    await clients.remove(inum);
    service.clock.advance(1_000);
    await clients.created({ inum, description: 'Another one' });
    const all = await undone({ inum });
    expect([all.entries[0].outcome, reasonsOf(all.entries[0])]).toEqual(['unchanged', ['id-taken']]);
    expect((await documentOf(inum)).description).toBe('Another one');
  });

  it('are of another client where another one, or an earlier one, was restored under the id', async () => {
    const [inum, other] = ['borrowed', 'lender'];
    await clients.created({ inum, description: 'X' });
    await clients.created({ inum: other, description: 'Y' });
    await clients.merge(inum, { contacts: ['x@example.com'] });
    const [patch] = await idsOf(inum);
    await clients.remove(inum);
    await clients.remove(other);
    service.clock.advance(1_000);
    expect((await act(other, 'restore', { inum })).status).toBe(200);
    const before = await documentOf(inum);
    for (const force of [false, true])
      expect(reasonsOf((await undone({ changes: [patch], force })).entries[0])).toEqual(['another-client']);
    expect(await documentOf(inum)).toEqual(before);
    await clients.remove(inum);
    const { entries } = (await service.request('GET', `${CLIENTS}/removed?limit=200`, { token })).body;
    const [, first] = entries.filter((entry: { inum: string }) => entry.inum === inum);
    service.clock.advance(1_000);
    expect((await act(inum, 'restore', { incarnation: first.incarnation })).status).toBe(200);
    const [, removalOfOther] = await idsOf(inum);
    expect((await documentOf(inum)).description).toBe('X');
    expect(reasonsOf((await undone({ changes: [removalOfOther] })).entries[0])).toEqual(['id-taken']);
    expect(await undone({ changes: [patch] })).toMatchObject({ undone: 1, entries: [{ outcome: 'changed' }] });
  });

  it('are of another client where a twin of it was restored under the id', async () => {
    const [inum, twin] = ['twin-1', 'twin-2'];
    for (const one of [inum, twin]) await clients.created({ inum: one });
    for (const one of [inum, twin]) await clients.merge(one, { contacts: ['a@example.com'] });
    const [patch] = await idsOf(inum);
    for (const one of [inum, twin]) await clients.remove(one);
    expect((await act(inum, 'restore', { inum: 'twin-3' })).status).toBe(200);
    expect((await act(twin, 'restore', { inum })).status).toBe(200);
    expect(reasonsOf((await undone({ changes: [patch] })).entries[0])).toEqual(['another-client']);
    expect((await documentOf(inum)).contacts).toEqual(['a@example.com']);
  });

  it('are none of what a purge is, which is about clients that are not there any more', async () => {
    const inum = 'purged-before';
    await clients.created({ inum });
    await clients.remove(inum);
    service.clock.advance(1_000);
    await clients.created({ inum });
    expect((await act(inum, 'purge')).status).toBe(204);
    const [purge, made] = await idsOf(inum);
    expect(await undone({ changes: [purge] })).toMatchObject({ clients: 0 });
    expect((await undone({ changes: [purge, made] })).entries).toMatchObject([
      { outcome: 'removed', changes: [made], left: [] },
    ]);
  });

  it('leave the end of a secret with the secret that it is of', async () => {
    const inum = 'ends';
    const [first, second] = ['2099-01-01T00:00:00', '2099-06-01T00:00:00'];
    await clients.created({ inum });
    await clients.merge(inum, { clientSecretExpiresAt: first });
    const [dated] = await idsOf(inum);
    const { clientSecret } = (await act(inum, 'secret', { clientSecretExpiresAt: second })).body;
    const [rotation] = await idsOf(inum);
    expect(reasonsOf((await undone({ changes: [rotation] })).entries[0])).toEqual([
      'not-kept clientSecret',
      'not-kept clientSecretExpiresAt',
    ]);
    expect(reasonsOf((await undone({ changes: [dated], force: true })).entries[0])).toEqual([
      'not-kept clientSecretExpiresAt',
    ]);
    expect((await documentOf(inum)).clientSecretExpiresAt).toBe(second);
    expect(await works(inum, clientSecret)).toBe(true);
  });

  it('leave a client that others have worked on since it was made, or that has the id of the one that was removed', async () => {
    const inum = 'in-use';
    await clients.created({ inum });
    const [made] = await idsOf(inum);
    await act(inum, 'secret');
    expect(reasonsOf((await undone({ changes: [made] })).entries[0])).toEqual(['changed-again']);
    await clients.remove(inum);
    const [removal] = await idsOf(inum);
    service.clock.advance(1_000);
    await clients.created({ inum, description: 'Another one' });
    expect(reasonsOf((await undone({ changes: [removal] })).entries[0])).toEqual(['id-taken']);
    expect(reasonsOf((await undone({ changes: [made], force: true })).entries[0])).toEqual(['another-client']);
    expect((await documentOf(inum)).description).toBe('Another one');
    expect((await service.request('POST', `${CLIENTS}/${inum}/purge`, { token })).status).toBe(204);
    await clients.remove(inum);
    expect(reasonsOf((await undone({ changes: [removal] })).entries[0])).toEqual(['no-revision']);
  });

  it('leave a client that has been used since it was made, unless that is forced', async () => {
    const inum = 'at-work';
    const { clientSecret } = await clients.created({ inum });
    const [made] = await idsOf(inum);
    expect(await works(inum, clientSecret)).toBe(true);
    await service.idle();
    const plan = await undo({ changes: [made] }, {}, token, '?dryRun=true');
    expect(reasonsOf(plan.body.result.entries[0])).toEqual(['used']);
    expect(reasonsOf((await undone({ changes: [made] })).entries[0])).toEqual(['used']);
    expect(await undone({ changes: [made], force: true })).toMatchObject({
      entries: [{ outcome: 'removed', left: [] }],
    });
  });

  it('bring back no secret, no decision, and nothing that history does not have any more', async () => {
    const inum = 'not-kept';
    const { clientSecret } = await clients.created({ inum });
    await act(inum, 'secret');
    expect(reasonsOf((await undone({ inum, operation: 'rotate-oauth-openid-client-secret' })).entries[0])).toEqual([
      'not-kept clientSecret',
    ]);
    expect(await works(inum, clientSecret)).toBe(false);
    await clients.merge(inum, {
      tokenEndpointAuthMethod: 'none',
      redirectUris: ['https://a.example/cb'],
      grantTypes: ['authorization_code'],
    });
    const back = await undo({ changes: (await idsOf(inum)).slice(0, 1) });
    expect(back.body.entries[0].properties).toContainEqual({ property: 'clientSecret', after: 'set' });
    expect([reasonsOf(back.body.entries[0]), back.text]).toEqual([
      ['not-kept clientSecret'],
      expect.not.stringContaining('"clientSecret":'),
    ]);
    await clients.merge(inum, { description: 'x' });
    await service.database.writer.query('DELETE FROM revisions WHERE inum = ? AND number < 4', [inum]);
    const [patch] = await idsOf(inum);
    expect(reasonsOf((await undone({ changes: [patch] })).entries[0])).toEqual(['no-revision']);
  });
});

describe('an undo that was planned', () => {
  const planOf = async (body: object): Promise<TestReply['body']> => {
    const { status, body: plan } = await undo(body, {}, token, '?dryRun=true');
    expect(status).toBe(200);
    return plan.result;
  };

  it('undoes what the plan has shown, and nothing that was done while somebody read it', async () => {
    const [one, two] = ['read-1', 'read-2'];
    for (const inum of [one, two]) await clients.created({ inum, description: 'One' });
    const request = { 'X-Request-Id': 'read' };
    await clients.merge(one, { description: 'Two' }, request);
    service.clock.advance(2 * HOUR);
    token = await service.adminToken();
    // What is younger than an hour when it is asked is older than that afterwards.
    await clients.merge(two, { description: 'Two' }, request);
    const question = { requestId: 'read', since: '-2d', until: '-1h' };
    const { upTo, ...plan } = await planOf(question);
    expect(plan).toMatchObject({ complete: true, changes: 1, clients: 1, undone: 1 });
    await clients.merge(one, { contacts: ['bob@example.com'] }, request);
    service.clock.advance(2 * HOUR);
    token = await service.adminToken();
    const report = await undone({ ...question, upTo });
    expect(report).toMatchObject({ upTo, changes: 1, clients: 1, undone: 1, left: 0 });
    expect(await documentOf(one)).toMatchObject({ description: 'One', contacts: ['bob@example.com'] });
    expect((await documentOf(two)).description).toBe('Two');
    for (const body of [
      { ...question, by: 'ann' },
      { requestId: 'read' },
      { ...question, force: true },
      { changes: [1] },
    ]) {
      const { status, body: problem } = await undo({ ...body, upTo });
      expect([status, problem.errors]).toEqual([400, [expect.objectContaining({ pointer: '/upTo' })]]);
    }
    expect((await undo({ requestId: 'read', upTo: 'x' })).body.errors[0].pointer).toBe('/upTo');
  });

  it('overwrites by force what the plan has shown, and nothing that was changed again after it', async () => {
    const [one, made] = ['forced-1', 'forced-2'];
    await clients.created({ inum: one, description: 'One', softwareId: 'a' });
    await clients.merge(one, { description: 'Two', softwareId: 'b' });
    const [patch = 0] = await idsOf(one);
    await clients.merge(one, { description: 'Three' });
    await clients.created({ inum: made });
    await clients.merge(made, { description: 'Two' });
    const [, creation = 0] = await idsOf(made);
    const body = { changes: [patch, creation], force: true };
    const { upTo, ...plan } = await planOf(body);
    expect(plan.entries).toMatchObject([
      { inum: one, outcome: 'changed', left: [] },
      { inum: made, outcome: 'removed', left: [] },
    ]);
    await (await as('bob')).merge(one, { softwareId: 'c' });
    await (await as('bob')).merge(made, { softwareId: 'c' });
    const { entries } = await undone({ ...body, upTo });
    expect(entries.map(reasonsOf)).toEqual([['changed-again softwareId'], ['changed-again']]);
    expect(entries[0].left[0]).toMatchObject({ later: { caller: 'bob' }, detail: expect.stringContaining('plan it') });
    expect(await documentOf(one)).toMatchObject({ description: 'One', softwareId: 'c' });
    expect((await clients.read(made)).status).toBe(200);
    const again = await planOf(body);
    expect((await undone({ ...body, upTo: again.upTo })).left).toBe(0);
  });

  it('leaves a change that was begun before the plan, and committed after it', async () => {
    if (databaseKind() !== 'mariadb') return;
    const connection = await createConnection(service.ground.config.databaseUrl);
    await connection.beginTransaction();
    await connection.query(
      `INSERT INTO audit_records (at, caller, actor_kind, operation, resource_kind, inum, changed, request_id, batch)
        VALUES (?, 'x', 'client', 'late', 'client', 'overtaking', '["description"]', 'late', NULL)`,
      [new Date(service.clock.now()).toISOString()],
    );
    await clients.created({ inum: 'overtaking', description: 'One' });
    await clients.merge('overtaking', { description: 'Two' }, { 'X-Request-Id': 'late' });
    const { upTo, changes } = await planOf({ requestId: 'late' });
    await connection.commit();
    await connection.end();
    expect([changes, (await undone({ requestId: 'late', upTo })).changes]).toEqual([1, 1]);
    expect((await undone({ requestId: 'late' })).changes).toBe(2);
  });

  it('is refused where nothing of it was found in time, and says what to ask instead', async () => {
    await clients.created({ inum: 'sought' });
    const { writer } = service.database;
    const [{ most }] = await writer.query<[{ most: number }]>('SELECT MAX(id) AS most FROM audit_records');
    const row = `SELECT ${most + 20_000}, at, caller, operation, inum, changed, request_id FROM audit_records WHERE id = ${most}`;
    await writer.query(`INSERT INTO audit_records (id, at, caller, operation, inum, changed, request_id) ${row}`);
    const { manager } = service.database.reader;
    const query = manager.query.bind(manager);
    const slow = jest.spyOn(manager, 'query').mockImplementation((sql, values) => {
      if (sql.includes('INSTR(changed')) service.clock.advance(service.ground.config.searchBudget * 0.75);
      return query<never>(sql, values);
    });
    const { body } = await undo({ property: 'nothing' }, {}, token, '?dryRun=true');
    slow.mockRestore();
    expect(body).toMatchObject({ status: 503, detail: expect.stringContaining('requestId') });
    await writer.query('DELETE FROM audit_records WHERE id = ?', [most + 20_000]);
  });
});

describe('an undo', () => {
  it('that is tried says all of it and writes nothing', async () => {
    const inum = 'tried';
    await clients.created({ inum, description: 'One' });
    await clients.merge(inum, { description: 'Two' });
    const [patch] = await idsOf(inum);
    const { body: plan } = await undo({ changes: [patch] }, {}, token, '?dryRun=true');
    expect(plan).toMatchObject({ status: 200, result: { undone: 1, entries: [{ inum, outcome: 'changed' }] } });
    expect(plan.changes).toEqual([{ kind: 'client', inum, pointer: '/description', before: 'Two', after: 'One' }]);
    expect([(await documentOf(inum)).description, (await idsOf(inum))[0]]).toEqual(['Two', patch]);
  });

  it('is bound to what it found: a write in between is seen, and not overwritten', async () => {
    const inum = 'overtaken';
    await clients.created({ inum, description: 'One' });
    await clients.merge(inum, { description: 'Two' });
    const [patch] = await idsOf(inum);
    const between = afterEachRead(service, inum, () => clients.merge(inum, { description: 'Three' }), 1);
    const report = await undone({ changes: [patch] });
    between.end();
    expect([reasonsOf(report.entries[0]), between.reads]).toEqual([['changed-again description'], 2]);
    expect((await documentOf(inum)).description).toBe('Three');
  });

  it('needs the rights of each write that it is', async () => {
    const made = await clients.created({ inum: 'for-rights', description: 'One' });
    await clients.merge('for-rights', { description: 'Two' });
    const [patch, creation] = await idsOf('for-rights');
    const writer = await tokenOf('writer');
    const refused = await undo({ changes: [patch] }, {}, await service.adminToken(`${P}openid/clients.readonly`));
    expect(refused.status).toBe(403);
    const { entries } = (await undo({ changes: [patch, creation] }, {}, writer)).body;
    expect([entries[0].outcome, reasonsOf(entries[0])]).toEqual(['unchanged', ['insufficient-scope']]);
    expect((await undo({ changes: [patch] }, {}, writer)).body).toMatchObject({ undone: 1, left: 0 });
    expect(await documentOf('for-rights')).toEqual(documentIn({ ...made, clientSecret: undefined }));
    await clients.merge('ann', { description: 'An administrator' });
    const beyond = (await undo({ changes: (await idsOf('ann')).slice(0, 1) }, {}, writer)).body;
    expect(beyond.entries[0]).toEqual({
      ...{ inum: 'ann', outcome: 'unchanged', changes: [expect.any(Number)], properties: [] },
      left: [{ reason: 'insufficient-scope', detail: expect.stringContaining('clients.admin') }],
    });
    const own = (await service.request('GET', `${CHANGES}?inum=${service.admin.clientId}&limit=1`, { token })).body;
    const last = await undone({ changes: [own.entries[0].id] });
    expect(last).toMatchObject({ undone: 0, left: 1 });
  });

  it('says what a rule refuses, and does the rest', async () => {
    const [one, two] = ['ruled-1', 'ruled-2'];
    const scopes = caller(service, '/jans-config-api/api/v1/scopes', token);
    const scope = (await scopes.create({ id: 'short-lived.undo' })).body as { inum: string };
    await clients.created({ inum: one, scopes: ['short-lived.undo'] });
    await clients.created({ inum: two, description: 'One' });
    await clients.merge(one, { scopes: [] }, { 'X-Request-Id': 'ruled' });
    await clients.merge(two, { description: 'Two' }, { 'X-Request-Id': 'ruled' });
    expect((await scopes.remove(scope.inum)).status).toBe(204);
    const report = await undone({ requestId: 'ruled' });
    expect(report).toMatchObject({ clients: 2, undone: 1, left: 1 });
    expect(report.entries.map((entry: { inum: string; left: never }) => [entry.inum, reasonsOf(entry)])).toEqual([
      [one, ['refused']],
      [two, []],
    ]);
    expect((await documentOf(two)).description).toBe('One');
  });

  it.each([
    [{}, '', 'says which changes'],
    [{ force: true }, '', 'says which changes'],
    [{ since: 'last week' }, '/since', 'date'],
    [{ filter: 'nobody eq "x"' }, '/filter', 'nobody'],
    [{ filter: ' ' }, '/filter', ''],
    [{ by: 'ann', filter: '\t ' }, '/filter', ''],
    [{ by: ' ' }, '/by', ''],
    [{ changes: [2_000_000_000] }, '/changes/0', 'there is no change 2000000000'],
    [{ changes: [] }, '/changes', ''],
    [{ changes: ['1'] }, '/changes/0', ''],
    [{ by: 'ann', nobody: true }, '/nobody', ''],
  ])('does not take %j', async (body, pointer, detail) => {
    const reply = await undo(body);
    expect([reply.status, reply.body.errors[0].pointer]).toEqual([400, pointer]);
    expect(reply.body.errors[0].detail).toContain(detail);
  });

  it('over many clients leaves time for others between two of them', async () => {
    const uris = (what: string): string[] =>
      Array.from({ length: 100 }, (_unused, n) => `https://${what}.example/${n}`);
    const inums = Array.from({ length: 20 }, (_unused, n) => `turn-${n}`);
    for (const inum of inums) await clients.created({ inum, redirectUris: uris(inum) });
    for (const inum of inums) await clients.merge(inum, { redirectUris: uris('next') }, { 'X-Request-Id': 'turns' });
    const delays = monitorEventLoopDelay({ resolution: 1 });
    delays.enable();
    const began = performance.now();
    expect(await undone({ requestId: 'turns' })).toMatchObject({ undone: 20, left: 0 });
    const took = performance.now() - began;
    delays.disable();
    expect(delays.max / 1_000_000).toBeLessThan(took / 3);
  });

  it('is done once for an idempotency key', async () => {
    const inum = 'once';
    await clients.created({ inum, description: 'One' });
    await clients.merge(inum, { description: 'Two' });
    const [patch] = await idsOf(inum);
    const headers = { 'Idempotency-Key': '"b0f7ff5e-3b33-4b1c-9a53-2f6a0d0c1e01"' };
    const first = await undone({ changes: [patch] }, headers);
    await clients.merge(inum, { description: 'Two' });
    expect(await undone({ changes: [patch] }, headers)).toEqual(first);
    expect((await documentOf(inum)).description).toBe('Two');
  });
});

/** So many clients, each changed once with the same request. */
async function manyChanged(count: number, requestId: string, prefix = 'many'): Promise<void> {
  const model = documentIn({ ...(await clients.created({ description: 'Before' })), clientSecret: undefined });
  const origin = { actor: { kind: 'client', id: 'many' }, door: 'admin', source: '', requestId } as const;
  // A few at a time: a database that has much to do does not hold all of them up for too long.
  for (let start = 0; start < count; start += 41) {
    const names = Array.from({ length: 41 }, (_unused, index) => `${prefix}-${String(start + index).padStart(3, '0')}`);
    const documentsWith = (description: string): ClientDocument[] =>
      names.map((inum) => ({ ...(model as ClientDocument), inum, dn: `inum=${inum},ou=clients,o=jans`, description }));
    await service.work.write(async ({ clients: stored, corridor }) => {
      await corridor.fill(documentsWith('Before'));
      const changes = [];
      for (const next of documentsWith('After')) {
        const found = await stored.find(next.inum);
        if (found !== undefined)
          changes.push({ stored: found, document: JSON.parse(found.text) as ClientDocument, next });
      }
      await corridor.changeAll(changes, { ...origin, operation: 'put-oauth-openid-client' });
    });
  }
}

/** Holds the first request that reads this client outside of its transaction until `release`. */
function heldAt(inum: string): { readonly reached: Promise<void>; release(): void } {
  const { manager } = service.database.reader;
  const query = manager.query.bind(manager);
  let [release, reach] = [(): void => undefined, (): void => undefined];
  const [held, reached] = [new Promise<void>((done) => (release = done)), new Promise<void>((done) => (reach = done))];
  const spy = jest.spyOn(manager, 'query').mockImplementation(async (sql, values) => {
    const rows = await query<unknown>(sql, values);
    if (!sql.includes('WHERE c.inum IN (') || (values as unknown[] | undefined)?.includes(inum) !== true) return rows;
    spy.mockRestore();
    reach();
    await held;
    return rows;
  });
  return { reached, release: () => release() };
}

describe('an undo over more clients than one transaction takes', () => {
  beforeEach(async () => {
    token = await service.adminToken();
  });

  const UNDONE = { filter: 'requestId eq "many-1" and at ge "-1d"' };
  const report = async (location: string, query = ''): Promise<TestReply['body']> =>
    (await service.request('GET', `${location}${query}`, { token })).body;
  const begun = async (by = token): Promise<string> => {
    const reply = await undo(UNDONE, { 'X-Reason': 'Ticket 4712' }, by);
    expect([reply.status, reply.body.state, reply.body.complete]).toEqual([202, 'waiting', false]);
    expect(reply.headers.get('location')).toBe(`${CHANGES}/undo/${reply.body.id as string}`);
    return reply.headers.get('location') ?? '';
  };

  it('is held, goes on with whoever resumes it, and ends where it is stopped', async () => {
    const steer = async (location: string, verb: string, by = token): Promise<unknown[]> => {
      const { status, body } = await service.request('POST', `${location}/${verb}`, { token: by });
      return [status, body.state ?? body.detail, body.resumedBy].slice(0, body.resumedBy === undefined ? 2 : 3);
    };
    await manyChanged(205, 'held', 'held');
    const reply = await undo({ filter: 'requestId eq "held"' });
    const location = reply.headers.get('location') ?? '';
    expect(reply.status).toBe(202);
    expect(await steer(location, 'pause')).toEqual([200, 'paused']);
    await service.tasks.runner.run();
    expect(await report(location)).toMatchObject({ state: 'paused', clients: 0, caller: service.admin.clientId });
    const reading = await service.adminToken(`${P}openid/clients.readonly`);
    expect((await service.request('POST', `${location}/resume`, { token: reading })).status).toBe(403);
    expect(await steer(location, 'resume', await tokenOf('ann'))).toEqual([200, 'waiting', 'ann']);
    const held = heldAt('held-150');
    const running = service.tasks.runner.run();
    await held.reached;
    expect(await steer(location, 'pause')).toEqual([200, 'paused', 'ann']);
    held.release();
    await running;
    const { undone: count } = await report(location);
    expect([count > 0, count < 205, (await documentOf('held-150')).description]).toEqual([true, true, 'After']);
    const id = location.split('/').at(-1) ?? '';
    const { entries } = await report(CHANGES, `?requestId=${id}&limit=1`);
    expect(entries[0].caller).toBe('ann');
    expect(await steer(location, 'stop')).toEqual([200, 'stopped', 'ann']);
    expect(await steer(location, 'stop')).toEqual([200, 'stopped', 'ann']);
    expect(await steer(location, 'resume')).toEqual([409, 'the undo is stopped']);
    await service.tasks.runner.run();
    expect(await report(location)).toMatchObject({ state: 'stopped', complete: false, undone: count });
    expect((await service.request('POST', `${CHANGES}/undo/nowhere/pause`, { token })).status).toBe(404);
  });

  it('is a task as well where a few clients have many changes, of which it takes back the newest thousand of each', async () => {
    const [inum, other] = ['often-1', 'often-2'];
    for (const one of [inum, other]) await clients.created({ inum: one });
    await service.work.write(async ({ audit }) => {
      const origin = { actor: { kind: 'client', id: 'often' }, door: 'admin', source: '', requestId: 'often' } as const;
      const record = {
        at: new Date(service.clock.now()).toISOString(),
        kind: 'client',
        changed: ['clientSecret'],
      } as const;
      const recorded = (one: string): Parameters<typeof audit.recordAll>[0][number] => ({
        ...record,
        inum: one,
        origin: { ...origin, operation: 'rotate-oauth-openid-client-secret' },
      });
      await audit.recordAll(Array.from({ length: 2_001 }, (_unused, n) => recorded(n < 1_001 ? inum : other)));
    });
    const reply = await undo({ requestId: 'often' });
    expect(reply.status).toBe(202);
    await service.tasks.runner.run();
    const { entries } = await report(reply.headers.get('location') ?? '');
    const found = entries.map((entry: { inum: string; left: never }) => [entry.inum, reasonsOf(entry)]);
    expect(Object.fromEntries(found)).toEqual({
      [inum]: ['not-kept clientSecret', 'too-many-changes'],
      [other]: ['not-kept clientSecret'],
    });
    const few = await undone({ requestId: 'often', inum });
    expect(few).toMatchObject({ state: 'done', changes: 1_000 });
  });

  it('is a task as well where a few clients are large together', async () => {
    const redirectUris = Array.from({ length: 100 }, (_unused, n) => `https://large.example/${n}/${'x'.repeat(2_000)}`);
    const inums = Array.from({ length: 5 }, (_unused, n) => `large-${n}`);
    for (const inum of inums) {
      await clients.created({ inum, redirectUris });
      await clients.merge(inum, { description: 'Large' }, { 'X-Request-Id': 'large' });
    }
    const plan = await undo({ requestId: 'large' }, {}, token, '?dryRun=true');
    expect(plan.body).toMatchObject({ status: 202, result: { complete: false, clients: 4 } });
    const reply = await undo({ requestId: 'large' });
    expect(reply.status).toBe(202);
    await service.tasks.runner.run();
    expect(await report(reply.headers.get('location') ?? '')).toMatchObject({ state: 'done', undone: 5 });
  });

  it('is planned for the first ones, and stops with the rights of who began it', async () => {
    await manyChanged(205, 'many-1');
    const { body: plan } = await undo(UNDONE, {}, token, '?dryRun=true');
    expect(plan).toMatchObject({ status: 202, result: { complete: false, left: 0 } });
    const { clients: count, entries } = plan.result;
    expect([count > 0, count <= 200, entries.length]).toEqual([true, true, count]);
    for (const verb of ['revoke-tokens', 'deactivate']) {
      const location = await begun(await tokenOf('ann'));
      await act('ann', verb);
      await service.tasks.runner.run();
      expect(await report(location)).toMatchObject({ state: 'stopped', clients: 205, undone: 0, entries: [] });
      service.clock.advance(1_000);
    }
    await act('ann', 'activate');
  });

  it('goes on elsewhere when its process is gone, does each once, and tells what it has left', async () => {
    await clients.merge('many-007', { description: 'Changed since' });
    const location = await begun();
    const held = heldAt('many-150');
    const gone = renewingNothing();
    const first = service.tasks.runner.run().catch((error: unknown) => (error as Error).name);
    await held.reached;
    gone.end();
    const other = await compose(service.ground);
    service.clock.advance(41_000);
    await other.tasks.runner.run();
    held.release();
    expect(await first).toBe('LeaseLostError');
    await other.close();
    token = await service.adminToken();
    expect(await report(location)).toMatchObject({ state: 'done', complete: true, clients: 205, undone: 204, left: 1 });
    expect((await report(location, '?left=true')).entries).toEqual([
      expect.objectContaining({ inum: 'many-007', left: [expect.objectContaining({ reason: 'changed-again' })] }),
    ]);
    const page = await report(location, '?limit=200');
    const rest = await report(location, `?limit=200&cursor=${page.nextCursor as string}`);
    expect([page.entriesCount, rest.entriesCount, rest.nextCursor]).toEqual([200, 5, undefined]);
    expect((await documentOf('many-150')).description).toBe('Before');
    const id = location.split('/').at(-1) ?? '';
    const { entries, nextCursor } = await report(CHANGES, `?requestId=${id}&limit=200`);
    const more = await report(CHANGES, `?requestId=${id}&limit=200&cursor=${nextCursor as string}`);
    const written = [...entries, ...more.entries].map(({ inum }: { inum: string }) => inum);
    expect([written.length, new Set(written).size]).toEqual([204, 204]);
    expect(entries[0]).toMatchObject({ caller: service.admin.clientId, reason: 'Ticket 4712' });
    expect((await service.request('GET', `${CHANGES}/undo/nowhere`, { token })).status).toBe(404);
  });
});

describe('the list of undos', () => {
  beforeEach(async () => {
    token = await service.adminToken();
  });
  const list = async (query = '', by = token): Promise<TestReply> =>
    service.request('GET', `${CHANGES}/undo${query}`, { token: by });
  const listed = async (query = ''): Promise<Record<string, unknown>[]> =>
    (await list(query)).body.entries as Record<string, unknown>[];

  it('has those of tasks and those that were done at once, the last one first, with who has begun them and what for', async () => {
    const { totalEntriesCount: before } = (await list('?limit=0')).body as { totalEntriesCount: number };
    await manyChanged(205, 'listed', 'listed');
    service.clock.advance(1_000);
    const { id: task } = (await undo({ filter: 'requestId eq "listed"' }, { 'X-Reason': 'Ticket 4713' })).body;
    await service.tasks.runner.run();
    service.clock.advance(1_000);
    const alone = { inum: 'listed-007', requestId: 'listed' };
    const { id: once } = await undone({ ...alone, force: true }, { 'X-Request-Id': 'at-once' });
    const { body: page } = await list('?limit=2');
    expect(page).toMatchObject({ start: 0, totalEntriesCount: before + 2, entriesCount: 2 });
    const asked = { requestId: 'listed', inum: 'listed-007' };
    const caller = service.admin.clientId;
    expect(page.entries).toMatchObject([
      { id: once, state: 'done', complete: true, clients: 1, undone: 1, left: 0, caller, question: asked, force: true },
      { id: task, state: 'done', clients: 205, undone: 205, left: 0, caller, reason: 'Ticket 4713' },
    ]);
    expect(page.entries[1].question).toEqual({ filter: 'requestId eq "listed"' });
    expect(page.entries[0].endedAt).toBe(page.entries[0].createdAt);
    expect(await listed('?limit=1&startIndex=1')).toMatchObject([{ id: task }]);
    const one = await service.request('GET', `${CHANGES}/undo/${once as string}`, { token });
    expect(one.body).toMatchObject({ undone: 1, entries: [{ inum: 'listed-007', outcome: 'unchanged' }] });
    const { body: refused } = await service.request('POST', `${CHANGES}/undo/${once as string}/stop`, { token });
    expect(refused).toMatchObject({ status: 409, detail: 'the undo is done' });
    service.clock.advance(31 * 24 * HOUR);
    await service.tasks.runner.run();
    token = await service.adminToken();
    expect((await list()).body).toMatchObject({ totalEntriesCount: 0, entries: [] });
  });

  it('has no plan, nothing that found nothing, and no id that something else has; it is for who reads clients', async () => {
    await clients.created({ inum: 'not-listed' });
    await undo({ inum: 'not-listed' }, {}, token, '?dryRun=true');
    await undone({ inum: 'not-listed', by: 'nobody' });
    await clients.merge('not-listed', { description: 'Changed' });
    const patched = { inum: 'not-listed', operation: 'patch-oauth-openid-client-by-inum' };
    // Callers choose the ids of their requests, and may choose that of a task that comes again.
    for (const id of ['sweep-history', 'x'.repeat(65), 'twice', 'twice']) await undone(patched, { 'X-Request-Id': id });
    const ids = (await listed()).map(({ id, undone: count }) => [id, count]);
    expect(ids).toEqual([['twice', 1]]);
    const task = await service.work.read(({ tasks }) => tasks.find('sweep-history'));
    expect(task?.kind).toBe('sweep-history');
    const reading = await service.adminToken(`${P}openid/clients.readonly`);
    expect((await list('', reading)).status).toBe(200);
    expect((await list('', await service.adminToken(`${P}scopes.readonly`))).status).toBe(403);
  });
});
