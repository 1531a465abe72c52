import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { databaseKind } from '../support/database.ts';
import { startIndependentIssuer, type IndependentIssuer } from '../support/independent-issuer.ts';
import { editable, initialToken, manage, registered } from '../support/registration.ts';
import { caller, type Caller } from '../support/registry.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';
import { recordStatements } from '../support/statements.ts';

const P = 'https://jans.io/oauth/config/';
const SCOPES = '/jans-config-api/api/v1/scopes';
const DAY = 86_400_000;

interface Change {
  readonly at: string;
  readonly caller: string;
  readonly operation: string;
  readonly changed: readonly string[];
  readonly requestId?: string;
}

let service: TestService;
let idp: IndependentIssuer;
let token: string;
let clients: Caller;

beforeAll(async () => {
  idp = await startIndependentIssuer();
  const env = { REGISTRATION: 'open', TRUSTED_ISSUERS: `${idp.issuer}|https://api.example|${P}openid/clients.write` };
  service = await startService({ env });
  token = await service.adminToken();
  clients = caller(service, CLIENTS, () => token, { redirectUris: [] });
});
afterAll(async () => {
  await service.stop();
  await idp.stop();
});

const history = async (inum: string, query = '', by = ''): Promise<TestReply> =>
  service.request('GET', `${CLIENTS}/${inum}/history${query}`, { token: by === '' ? await service.adminToken() : by });
const changesOf = async (inum: string, query = ''): Promise<Change[]> => {
  const reply = await history(inum, query);
  expect([reply.status, reply.text]).toEqual([200, expect.anything()]);
  return reply.body.entries as Change[];
};
const callers = (changes: readonly Change[]): string[][] => changes.map(({ operation, caller }) => [operation, caller]);

describe('the history of a client', () => {
  it('has every change with time, caller, operation, names and request, the newest first', async () => {
    const inum = 'told';
    const secret = 'a-secret-that-is-not-told';
    await clients.created({ inum, description: 'a-telling-value', clientSecret: secret });
    service.clock.advance(61_000);
    const now = (): string => new Date(service.clock.now()).toISOString().slice(0, 19);
    const before = now();
    const body = { description: 'another-value', attributes: { requirePar: true } };
    await clients.merge(inum, body, { 'X-Request-Id': 'history-2' });
    await service.request('POST', `${CLIENTS}/${inum}/secret`, { token });
    const reply = await history(inum);
    expect(reply.headers.get('content-type')).toBe('application/json');
    expect(reply.body).toMatchObject({ start: 0, totalEntriesCount: 3, entriesCount: 3 });
    const [rotated, changed, made] = reply.body.entries as Change[];
    const caller = service.admin.clientId;
    expect(rotated).toMatchObject({
      caller,
      operation: 'rotate-oauth-openid-client-secret',
      changed: ['clientSecret'],
    });
    expect(changed).toEqual({
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
      caller,
      operation: 'patch-oauth-openid-client-by-inum',
      changed: ['description', 'attributes.requirePar'],
      requestId: 'history-2',
    });
    expect([before <= (changed?.at ?? ''), (changed?.at ?? '') <= now()]).toEqual([true, true]);
    expect((made?.at ?? '') < before).toBe(true);
    expect(made).toMatchObject({ caller, operation: 'post-oauth-openid-client' });
    expect(made?.changed).toEqual(expect.arrayContaining(['inum', 'description', 'clientSecret']));
    expect(reply.text).not.toMatch(/telling-value|another-value|not-told/);
  });

  it('has no entry for a write that was refused or changed nothing', async () => {
    await clients.created({ inum: 'same', description: 'as it is' });
    expect((await clients.merge('same', { description: 'as it is' })).status).toBe(200);
    expect((await clients.merge('same', { redirectUris: ['no address'] })).status).toBe(400);
    expect(callers(await changesOf('same'))).toEqual([['post-oauth-openid-client', service.admin.clientId]]);
  });

  it('comes in pages', async () => {
    await clients.created({ inum: 'paged' });
    for (let round = 1; round <= 5; round += 1) await clients.merge('paged', { accessTokenLifetime: round });
    await clients.merge('paged', { description: 'last' });
    const [last, ...rest] = await changesOf('paged');
    expect(rest).toHaveLength(6);
    expect(last?.changed).toEqual(['description']);
    const page = await history('paged', '?limit=2&startIndex=1');
    expect(page.body).toEqual({ start: 1, totalEntriesCount: 7, entriesCount: 2, entries: rest.slice(0, 2) });
    expect((await changesOf('paged', '?startIndex=6')).map(({ operation }) => operation)).toEqual([
      'post-oauth-openid-client',
    ]);
    const none = { totalEntriesCount: 7, entriesCount: 0, entries: [] };
    expect((await history('paged', '?limit=0')).body).toEqual({ start: 0, ...none });
    expect((await history('paged', '?startIndex=2147483647')).body).toEqual({ start: 2_147_483_647, ...none });
  });

  it.each(['?limit=201', '?limit=-1', '?startIndex=-1', '?startIndex=x', '?sortBy=at', '?cursor=x'])(
    'does not take %s',
    async (query) => {
      await clients.create({ inum: 'asked' });
      expect((await history('asked', query)).status).toBe(400);
    },
  );

  it('stays when the client is removed, and goes on with another one of its inum', async () => {
    await clients.created({ inum: 'gone' });
    expect((await clients.remove('gone')).status).toBe(204);
    expect((await clients.read('gone')).status).toBe(404);
    expect((await changesOf('gone')).map(({ operation }) => operation)).toEqual([
      'delete-oauth-openid-client-by-inum',
      'post-oauth-openid-client',
    ]);
    await clients.created({ inum: 'gone' });
    expect(await changesOf('gone')).toHaveLength(3);
  });

  it('is found whatever the client is called', async () => {
    for (const inum of ['history', '~._-']) {
      await clients.created({ inum });
      expect(await changesOf(inum)).toHaveLength(1);
    }
    const client = await service.request('GET', `${CLIENTS}/history`, { token });
    expect([client.status, client.body.inum]).toEqual([200, 'history']);
  });

  it('ends where somebody has removed old records', async () => {
    await clients.created({ inum: 'aged' });
    await service.database.writer.query("UPDATE audit_records SET at = '2024-12-31T23:59:59.999Z' WHERE inum = 'aged'");
    await clients.merge('aged', { description: 'newer' });
    await service.database.writer.query("DELETE FROM audit_records WHERE at < '2025-01-01'");
    expect(callers(await changesOf('aged'))).toEqual([['patch-oauth-openid-client-by-inum', service.admin.clientId]]);
    expect((await clients.merge('aged', { description: 'still there' })).status).toBe(200);
  });

  it('is empty for a client that is not on record, and 404 for one that never was', async () => {
    await clients.created({ inum: 'unrecorded' });
    await service.database.writer.query("DELETE FROM audit_records WHERE inum = 'unrecorded'");
    expect((await history('unrecorded')).body).toEqual({
      start: 0,
      totalEntriesCount: 0,
      entriesCount: 0,
      entries: [],
    });
    for (const inum of ['never-was', 'Told', 'tol']) {
      const refused = await history(inum);
      expect([refused.status, refused.body.type]).toEqual([404, 'urn:clientele:problem:client-not-found']);
    }
  });

  it('is for those who may read clients', async () => {
    await clients.created({ inum: 'guarded' });
    const status = async (scope: string): Promise<number> =>
      (await history('guarded', '', await service.adminToken(scope))).status;
    expect((await service.request('GET', `${CLIENTS}/guarded/history`)).status).toBe(401);
    expect(await status(`${P}openid/clients.readonly`)).toBe(200);
    expect(await status(`${P}scopes.readonly`)).toBe(403);
    expect(await status(`${P}openid/clients.delete`)).toBe(403);
    const post = await service.request('POST', `${CLIENTS}/guarded/history`, { token });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET']);
  });
});

describe('the caller in a history', () => {
  it('is the client of a trusted issuer with its issuer', async () => {
    await clients.created({ inum: 'shared' });
    const theirs = await idp.token('https://api.example', `${P}openid/clients.write`);
    expect((await caller(service, CLIENTS, theirs).merge('shared', { description: 'theirs' })).status).toBe(200);
    expect((await changesOf('shared'))[0]?.caller).toBe(`${idp.issuer} their-client`);
  });

  it('is the client itself where it manages its registration, and the sweep at its end', async () => {
    const lifetime = { grant_types: ['client_credentials'], redirect_uris: [], lifetime: 60 };
    const client = await registered(service, lifetime);
    const sent = { ...editable(client), client_name: 'Renamed' };
    expect((await manage(service, 'PUT', client, sent)).status).toBe(200);
    service.clock.advance(2 * DAY);
    await service.sweep();
    const changes = await changesOf(client.id);
    expect(callers(changes)).toEqual([
      ['remove-expired-client', 'sweep'],
      ['put-register', client.id],
      ['post-register', 'registration'],
    ]);
    expect(changes[0]).not.toHaveProperty('requestId');
    expect(changes[1]?.changed).toEqual(expect.arrayContaining(['clientName']));
    expect(JSON.stringify(changes)).not.toContain('Renamed');
  });

  it('is the record of an initial access token, whose use it tells', async () => {
    const initial = await initialToken(service);
    const client = await registered(service, {}, initial.token);
    expect(callers(await changesOf(client.id))).toEqual([['post-register', `initial access token ${initial.id}`]]);
    // The record of the token is none of a client.
    expect((await history(initial.id)).status).toBe(404);
  });

  it('is the command that made the administrator', async () => {
    expect(callers(await changesOf(service.admin.clientId))).toEqual([['first-start', 'first-start']]);
  });
});

describe('records about something else', () => {
  it('are not in it, also where the inum is the same', async () => {
    token = await service.adminToken();
    const scope = await service.request('POST', SCOPES, { token, body: { id: 'twin', displayName: 'Twin' } });
    const { inum } = scope.body as { inum: string };
    expect((await history(inum)).status).toBe(404);
    await clients.created({ inum, scopes: ['twin'] });
    expect((await service.request('DELETE', `${SCOPES}/${inum}?force=true`, { token })).status).toBe(204);
    const changes = await changesOf(inum);
    expect(changes.map(({ operation, changed }) => [operation, changed.length === 1 ? changed[0] : 'many'])).toEqual([
      ['delete-oauth-scopes-by-inum', 'scopes'],
      ['post-oauth-openid-client', 'many'],
    ]);
  });
});

/** What the database does for a query, step by step. */
async function planOf(query: string, parameters: unknown): Promise<string> {
  const isSqlite = databaseKind() === 'sqlite';
  const explain = `${isSqlite ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN'} ${query}`;
  return JSON.stringify(await service.database.writer.query(explain, parameters as string[]));
}

describe('a page of a long audit', () => {
  it('is read backwards from the index of its client, and nothing is sorted', async () => {
    const row = (n: number): string =>
      `('2026-01-01T00:00:00.000Z', 'x', 'put-register', 'many-${n % 500}', '["scopes"]', 'run-${n % 7}')`;
    const rows = Array.from({ length: 20_000 }, (_unused, n) => row(n));
    for (let start = 0; start < rows.length; start += 2_000) {
      const values = rows.slice(start, start + 2_000).join(', ');
      await service.database.writer.query(
        `INSERT INTO audit_records (at, caller, operation, inum, changed, request_id) VALUES ${values}`,
      );
    }
    await service.database.writer.query(databaseKind() === 'sqlite' ? 'ANALYZE' : 'ANALYZE TABLE audit_records');
    const statements = recordStatements(service);
    expect(await changesOf('many-7', '?limit=5')).toHaveLength(5);
    const reads = statements.filter(({ query }) => query.includes('audit_records'));
    expect(reads).toHaveLength(2);
    for (const { query, parameters } of reads) {
      const plan = await planOf(query, parameters);
      expect(plan).toContain('ix_audit_records_inum');
      expect(plan).not.toMatch(/filesort|TEMP B-TREE|SCAN/);
    }
  });

  it.each([
    ['requestId=run-3', 'ix_audit_records_request'],
    ['requestId=run-3&by=nobody&property=scopes&since=2026-01-01', 'ix_audit_records_request'],
    ['requestId=run-3&inum=many-7', 'ix_audit_records_inum'],
  ])('is read from an index for %s, also by an undo of it', async (query, index) => {
    const statements = recordStatements(service);
    const path = '/jans-config-api/api/v1/openid/changes';
    expect((await service.request('GET', `${path}?${query}`, { token })).status).toBe(200);
    const body = { ...Object.fromEntries(new URLSearchParams(query)), by: 'nobody' };
    const plan = await service.request('POST', `${path}/undo?dryRun=true`, { token, body });
    expect(plan.body.status).toBe(200);
    const reads = statements.filter(({ query: sql }) => /FROM audit_records WHERE .*request_id/s.test(sql));
    expect(reads.length).toBeGreaterThanOrEqual(2);
    for (const { query: sql, parameters } of reads) {
      const steps = await planOf(sql, parameters);
      expect([sql, steps]).toEqual([sql, expect.stringContaining(index)]);
      expect(steps).not.toMatch(/filesort|TEMP B-TREE/);
    }
  });
});

describe('the changes of all clients', () => {
  const CHANGES = '/jans-config-api/api/v1/openid/changes';
  const all = (query: Record<string, string>): Promise<TestReply> =>
    service.request('GET', `${CHANGES}?${new URLSearchParams(query).toString()}`, { token });
  const told = (reply: TestReply): string[] =>
    reply.body.entries.map(({ inum, operation }: { inum: string; operation: string }) => `${inum} ${operation}`);
  const [POST, PATCH] = ['post-oauth-openid-client', 'patch-oauth-openid-client-by-inum'];

  it('are found by time, caller, client, operation and property, the newest first', async () => {
    service.clock.advance(2 * DAY);
    const moment = new Date(service.clock.now()).toISOString().slice(0, 19);
    token = await service.adminToken();
    await clients.created({ inum: 'ours-1', description: 'x' });
    await clients.created({ inum: 'ours-2' });
    const until = new Date(service.clock.now()).toISOString().slice(0, 19);
    service.clock.advance(60_000);
    await clients.merge('ours-1', { description: 'y' });
    await clients.merge('ours-2', { attributes: { requirePar: true } });
    await clients.remove('ours-2');
    const since = { since: moment };
    const [second, par, first] = [`ours-2 delete-oauth-openid-client-by-inum`, `ours-2 ${PATCH}`, `ours-1 ${PATCH}`];
    const made = [`ours-2 ${POST}`, `ours-1 ${POST}`];
    expect(told(await all(since))).toEqual([second, par, first, ...made]);
    expect(told(await all({ since: '-1h' }))).toEqual([second, par, first, ...made]);
    expect(told(await all({ ...since, until }))).toEqual(made);
    expect(told(await all({ ...since, inum: 'ours-1' }))).toEqual([first, `ours-1 ${POST}`]);
    expect(told(await all({ ...since, operation: PATCH }))).toEqual([par, first]);
    expect(told(await all({ ...since, operation: PATCH, property: 'attributes.requirePar' }))).toEqual([par]);
    expect(told(await all({ ...since, property: 'requirePar' }))).toEqual([]);
    expect(told(await all({ ...since, by: service.admin.clientId }))).toHaveLength(5);
    expect(told(await all({ ...since, by: 'nobody' }))).toEqual([]);
    expect(told(await all({ until: '2001-01-01' }))).toEqual([]);
    const [{ id, at, caller: who, changed }] = (await all({ ...since, operation: PATCH, limit: '1' })).body.entries;
    expect([typeof id, at > moment, who, changed]).toEqual([
      'number',
      true,
      service.admin.clientId,
      ['attributes.requirePar'],
    ]);
  });

  it('are read page by page', async () => {
    const asked = { operation: PATCH };
    const whole = told(await all({ ...asked, limit: '200' }));
    const paged: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const reply = await all({ ...asked, limit: '1', ...(cursor !== '' && { cursor }) });
      paged.push(...told(reply));
      cursor = reply.body.nextCursor as string | undefined;
      expect(reply.headers.get('link')).toEqual(cursor === undefined ? null : expect.stringContaining('rel="next"'));
    }
    expect(whole.length).toBeGreaterThan(1);
    expect(paged).toEqual(whole);
  });

  it.each([
    [{ since: 'yesterday' }, 'query:since'],
    [{ until: '2026-02-30' }, 'query:until'],
    [{ cursor: 'nonsense' }, 'query:cursor'],
    [{ filter: 'door eq "admin"' }, 'query:filter'],
    [{ filter: 'at gt "soon"' }, 'query:filter'],
    [{ sortOrder: 'upwards' }, 'query:sortOrder'],
  ])('%j is refused', async (query, parameter) => {
    const reply = await all(query);
    expect([reply.status, reply.body.errors?.[0]?.parameter]).toEqual([400, parameter]);
  });

  it('have cursors that are bound to what was asked', async () => {
    const { nextCursor } = (await all({ limit: '1' })).body;
    expect((await all({ limit: '1', by: 'ann', cursor: nextCursor })).status).toBe(400);
  });

  it('are found by a filter on what a change is, beside all else that is asked', async () => {
    service.clock.advance(2 * DAY);
    token = await service.adminToken();
    const since = new Date(service.clock.now()).toISOString().slice(0, 19);
    await clients.created({ inum: 'sought-1', description: 'x' });
    await clients.merge('sought-1', { description: 'y' }, { 'X-Reason': 'Ticket 4711', 'X-Request-Id': 'sought' });
    await clients.merge('sought-1', { attributes: { requirePar: true } });
    const [made, named, par] = [`sought-1 ${POST}`, `sought-1 ${PATCH}`, `sought-1 ${PATCH}`];
    const matches: readonly (readonly [filter: string, number | readonly string[]])[] = [
      ['operation sw "patch-"', [par, named]],
      ['changed eq "description"', [named, made]],
      ['changed co "requirePar" and not (operation eq "post-oauth-openid-client")', [par]],
      ['reason pr', [named]],
      ['not (reason pr)', [par, made]],
      ['reason ew "4711" or changed eq "attributes.requirePar" and inum ne "sought-1"', [named]],
      ['requestId eq "sought"', [named]],
      [`caller eq "${service.admin.clientId}" and at ge "-1h"`, [par, named, made]],
      ['at lt "-1h"', []],
      ['subject.name eq "ann" or subject[sub eq "0c9a" and name pr]', []],
      ['not (changed pr)', []],
      ['id gt 2147483647', []],
    ];
    for (const [filter, expected] of matches)
      expect([filter, told(await all({ since, inum: 'sought-1', filter }))]).toEqual([filter, expected]);
    expect(told(await all({ since, filter: 'changed eq "description"', sortOrder: 'ascending' }))).toEqual([
      made,
      named,
    ]);
  });

  it('are a feed in ascending order: a cursor that is kept leads to what has come since', async () => {
    service.clock.advance(60_000);
    const since = new Date(service.clock.now()).toISOString().slice(0, 19);
    const next = async (cursor?: string): Promise<[string[], boolean, string]> => {
      const reply = await all({
        sortOrder: 'ascending',
        limit: '2',
        ...(cursor === undefined ? { since } : { since, cursor }),
      });
      expect(reply.headers.get('link')).toContain('rel="next"');
      return [told(reply), reply.body.caughtUp, reply.body.nextCursor];
    };
    for (const inum of ['fed-1', 'fed-2', 'fed-3']) await clients.created({ inum });
    const [first, isAll, afterTwo] = await next();
    expect([first, isAll]).toEqual([[`fed-1 ${POST}`, `fed-2 ${POST}`], false]);
    const [second, isEnd, afterThree] = await next(afterTwo);
    expect([second, isEnd]).toEqual([[`fed-3 ${POST}`], true]);
    const [nothing, still, place] = await next(afterThree);
    expect([nothing, still]).toEqual([[], true]);
    await clients.merge('fed-1', { description: 'later' });
    expect((await next(place))[0]).toEqual([`fed-1 ${PATCH}`]);
  });

  it('are all in the feed, also one whose transaction began before and ends after others', async () => {
    if (databaseKind() !== 'mariadb') return;
    service.clock.advance(60_000);
    const since = new Date(service.clock.now()).toISOString().slice(0, 19);
    const read = async (cursor = ''): Promise<[string[], string]> => {
      const reply = await all({ sortOrder: 'ascending', since, ...(cursor !== '' && { cursor }) });
      return [told(reply), reply.body.nextCursor];
    };
    const connection = await createConnection(service.ground.config.databaseUrl);
    await connection.beginTransaction();
    await connection.query(
      `INSERT INTO audit_records (at, caller, actor_kind, operation, resource_kind, inum, changed, request_id, batch)
        VALUES (?, 'x', 'client', 'late', 'client', 'late-1', '[]', '', NULL)`,
      [new Date(service.clock.now()).toISOString()],
    );
    await clients.created({ inum: 'early-1' });
    const [before, place] = await read();
    expect(before).toEqual([`early-1 ${POST}`]);
    await connection.commit();
    await clients.created({ inum: 'early-2' });
    const [after] = await read(place);
    expect(after.sort()).toEqual([`early-2 ${POST}`, 'late-1 late']);
    expect(told(await all({ since })).at(-1)).toBe('late-1 late');
    // Also where the late one is the first that there is.
    await connection.query('DELETE FROM audit_records WHERE at < ?', [since]);
    await connection.commit();
    expect((await read())[0]).toEqual([`early-1 ${POST}`, 'late-1 late', `early-2 ${POST}`]);
    await connection.end();
  });
});
