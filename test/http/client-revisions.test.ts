import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { unpacked } from '../../api/history/revision.ts';
import { initialToken, manage, registered } from '../support/registration.ts';
import { ATTRIBUTES, caller, type Caller, documentIn, SCOPES } from '../support/registry.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';
import { recordStatements } from '../support/statements.ts';

const P = 'https://jans.io/oauth/config/';
const DAY = 86_400_000;
const MACHINE = { redirectUris: [], grantTypes: ['client_credentials'] };

interface Revision {
  readonly revision: number;
  readonly at: string;
  readonly by?: object;
  readonly door: string;
  readonly removed?: true;
}

interface Row {
  readonly inum: string;
  readonly number: number;
  readonly incarnation: string;
  readonly door: string;
  readonly document: Buffer | ArrayBuffer | null;
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

const read = (inum: string, rest = ''): Promise<TestReply> =>
  service.request('GET', `${CLIENTS}/${inum}/revisions${rest}`, { token });
const revisionsOf = async (inum: string): Promise<Revision[]> => {
  const reply = await read(inum);
  expect([reply.status, reply.text]).toEqual([200, expect.anything()]);
  return reply.body.entries as Revision[];
};
const numbersOf = async (inum: string): Promise<number[]> => (await revisionsOf(inum)).map(({ revision }) => revision);
const rowsOf = (kind: string, inum: string): Promise<Row[]> =>
  service.database.reader.query('SELECT * FROM revisions WHERE kind = ? AND inum = ? ORDER BY number', [kind, inum]);
const textIn = ({ document }: Row): string => (document === null ? '' : unpacked(document));
const post = (path: string, body?: object): Promise<TestReply> =>
  service.request('POST', `${CLIENTS}/${path}`, { token, ...(body && { body }) });

describe('the revisions of a client', () => {
  it('are what it was after each write, whoever wrote it', async () => {
    const inum = 'kept';
    const states = [await clients.created({ inum })];
    states.push((await clients.merge(inum, { description: 'Second' }, { 'X-Request-Id': 'revision-2' })).body);
    states.push((await clients.replace({ ...states[1], description: 'Third' })).body);
    states.push((await post(`${inum}/deactivate`)).body, (await post(`${inum}/activate`)).body);
    const list = await read(inum);
    expect(list.body).toMatchObject({ start: 0, totalEntriesCount: 5, entriesCount: 5 });
    const entries = list.body.entries as Revision[];
    expect(entries.map(({ revision }) => revision)).toEqual([5, 4, 3, 2, 1]);
    expect(entries[3]).toEqual({
      revision: 2,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
      by: { id: service.admin.clientId, name: 'Administrator', kind: 'client' },
      door: 'admin',
      source: expect.stringMatching(/127\.0\.0\.1|::1/),
      requestId: 'revision-2',
    });
    for (const [index, { clientSecret: _secret, ...state }] of states.entries()) {
      const { status, body } = await read(inum, `/${index + 1}`);
      expect([status, body]).toEqual([200, { ...entries[4 - index], document: documentIn(state) }]);
    }
    expect(Object.keys(states[0])).toContain('clientSecret');
  });

  it('are none of a write that leaves the client as it is, such as a new secret', async () => {
    await clients.created({ inum: 'unmoved' });
    await clients.merge('unmoved', { description: null });
    expect((await post('unmoved/activate')).status).toBe(200);
    expect((await post('unmoved/secret')).status).toBe(200);
    expect(await numbersOf('unmoved')).toEqual([1]);
    await post('unmoved/secret', { clientSecretExpiresAt: '2099-01-01T00:00:00' });
    expect(await numbersOf('unmoved')).toEqual([2, 1]);
  });

  it('come in pages', async () => {
    await clients.created({ inum: 'paged' });
    for (let lifetime = 1; lifetime < 4; lifetime += 1) await clients.merge('paged', { accessTokenLifetime: lifetime });
    const page = await read('paged', '?startIndex=1&limit=2');
    expect(page.body).toMatchObject({ start: 1, totalEntriesCount: 4, entriesCount: 2 });
    expect(page.body.entries.map(({ revision }: Revision) => revision)).toEqual([3, 2]);
    expect((await read('paged', '?limit=0')).body).toMatchObject({ totalEntriesCount: 4, entries: [] });
    for (const query of ['?limit=201', '?startIndex=-1', '?cursor=x'])
      expect((await read('paged', query)).status).toBe(400);
  });

  it('begin with what it was where it was last written before there were revisions', async () => {
    const before = await clients.created({ inum: 'older' });
    await clients.created({ inum: 'older-gone' });
    await service.database.writer.query("DELETE FROM revisions WHERE inum IN ('older', 'older-gone')");
    expect((await read('older')).body).toMatchObject({ totalEntriesCount: 0, entries: [] });
    const after = (await clients.merge('older', { description: 'Touched' })).body;
    const [second, first] = await revisionsOf('older');
    expect([second?.door, first]).toEqual(['admin', { revision: 1, at: second?.at, door: 'before-history' }]);
    const { clientSecret: _secret, ...document } = before;
    expect((await read('older', '/1')).body.document).toEqual(documentIn(document));
    expect((await read('older', '/2')).body.document).toEqual(documentIn(after));
    await clients.remove('older-gone');
    const gone = await revisionsOf('older-gone');
    expect(gone.map(({ door, removed }) => [door, removed])).toEqual([
      ['admin', true],
      ['before-history', undefined],
    ]);
  });

  it('stay when it is removed, and go on with another one of its inum', async () => {
    await clients.created({ inum: 'again', description: 'The first' });
    expect((await clients.remove('again')).status).toBe(204);
    expect(await revisionsOf('again')).toEqual([
      { ...(await revisionsOf('again'))[0], revision: 2, removed: true },
      expect.not.objectContaining({ removed: true }),
    ]);
    const removal = await read('again', '/2');
    expect([removal.status, removal.body.removed, removal.body.document]).toEqual([200, true, undefined]);
    service.clock.advance(1_000);
    await clients.created({ inum: 'again', description: 'The second' });
    expect(await numbersOf('again')).toEqual([3, 2, 1]);
    expect((await read('again', '/1')).body.document.description).toBe('The first');
    const [first, last, second] = (await rowsOf('client', 'again')).map(({ incarnation }) => incarnation);
    expect([first === last, first === second]).toEqual([true, false]);
  });

  it('go on after somebody has pruned them as the documentation says', async () => {
    await clients.created({ inum: 'pruned' });
    await clients.merge('pruned', { description: 'Newer' });
    await service.database.writer.query("UPDATE revisions SET at = '2024-12-31T23:59:59.999Z' WHERE inum = 'pruned'");
    await service.database.writer.query(`DELETE FROM revisions WHERE at < '2025-01-01' AND (kind, inum, number) NOT IN
      (SELECT kind, inum, number FROM (SELECT kind, inum, MAX(number) AS number FROM revisions GROUP BY kind, inum) newest)`);
    expect(await numbersOf('pruned')).toEqual([2]);
    const etag = (await clients.read('pruned')).headers.get('etag');
    expect([etag, (await clients.merge('pruned', { description: 'Newest' })).headers.get('etag')]).toEqual([
      '"2-0"',
      '"3-0"',
    ]);
    expect(await numbersOf('pruned')).toEqual([3, 2]);
  });

  it('name who registered it and who ended it', async () => {
    const initial = await initialToken(service, { label: 'Partner' });
    const metadata = { grant_types: ['client_credentials'], redirect_uris: [], lifetime: 60 };
    const client = await registered(service, metadata, initial.token);
    const {
      registration_access_token: _token,
      client_id_issued_at: _at,
      client_secret_expires_at: _end,
      ...sent
    } = {
      ...client.metadata,
      registration_client_uri: undefined,
      client_name: 'Renamed',
    };
    expect((await manage(service, 'PUT', client, sent)).status).toBe(200);
    service.clock.advance(2 * DAY);
    await service.sweep();
    token = await service.adminToken();
    expect((await revisionsOf(client.id)).map(({ by, door }) => [by, door])).toEqual([
      [{ id: 'sweep', kind: 'task' }, 'service'],
      [{ id: client.id, kind: 'client' }, 'registration'],
      [{ id: `initial access token ${initial.id}`, name: 'Partner', kind: 'registration' }, 'registration'],
    ]);
    expect((await revisionsOf(client.id))[0]).not.toHaveProperty('source');
    const [made] = await revisionsOf(service.admin.clientId);
    expect(made).toMatchObject({ revision: 1, by: { id: 'first-start', kind: 'command' }, door: 'service' });
    const kinds = await service.database.reader.query<{ actor_kind: string }[]>(
      'SELECT actor_kind FROM audit_records WHERE inum = ? ORDER BY id',
      [client.id],
    );
    expect(kinds.map(({ actor_kind: kind }) => kind)).toEqual(['registration', 'client', 'task']);
  });

  it('are for those who may read clients, and 404 for one that never was', async () => {
    await clients.created({ inum: 'guarded' });
    for (const rest of ['', '/1']) {
      const path = `${CLIENTS}/guarded/revisions${rest}`;
      const status = async (scope: string): Promise<number> =>
        (await service.request('GET', path, { token: await service.adminToken(scope) })).status;
      expect((await service.request('GET', path)).status).toBe(401);
      expect(await status(`${P}openid/clients.readonly`)).toBe(200);
      expect(await status(`${P}scopes.readonly`)).toBe(403);
    }
    const missing = await read('never-was');
    expect([missing.status, missing.body.type]).toEqual([404, 'urn:clientele:problem:client-not-found']);
    for (const [inum, rest] of [
      ['guarded', '/2'],
      ['never-was', '/1'],
      ['Guarded', '/1'],
    ] as const) {
      const refused = await read(inum, rest);
      expect([refused.status, refused.body.type]).toEqual([404, 'urn:clientele:problem:revision-not-found']);
    }
    for (const number of ['0', '-1', 'x', '1.5', '2147483648', '1e0', '01', '1.0']) {
      expect([number, (await read('guarded', `/${number}`)).status]).toEqual([number, 400]);
    }
  });

  it('have nothing secret', async () => {
    const [first, second] = ['a-secret-of-the-first-revision', 'a-secret-of-the-second-one'];
    await clients.created({ inum: 'silent', clientSecret: first, tokenEndpointAuthMethod: 'client_secret_jwt' });
    await clients.merge('silent', { clientSecret: second, description: 'With another secret' });
    const client = await registered(service, {});
    const rows = [...(await rowsOf('client', 'silent')), ...(await rowsOf('client', client.id))];
    expect(rows).toHaveLength(3);
    for (const row of rows) {
      const text = textIn(row);
      expect(text).toContain('"inum"');
      for (const secret of [first, second, client.secret, client.token]) expect(text).not.toContain(secret);
      expect(text).not.toMatch(/clientSecret"|registrationAccessToken"/);
      expect(Buffer.from(row.document as ArrayBuffer).length).toBeLessThan(1_500);
    }
  });
});

describe('the revisions of scopes and claims', () => {
  it('are what they were after each write', async () => {
    const bodies = {
      scope: { id: 'kept', displayName: 'Kept' },
      claim: { name: 'kept', displayName: 'Kept', claimName: 'kept' },
    };
    for (const [kind, address] of [
      ['scope', SCOPES],
      ['claim', ATTRIBUTES],
    ] as const) {
      const entries = caller(service, address, token);
      const made = (
        await entries.create({ ...bodies[kind], description: 'First', dataType: 'string', status: 'active' })
      ).body;
      const changed = (await entries.merge(made.inum, { description: 'Second' })).body;
      expect((await entries.merge(made.inum, { description: 'Second' })).status).toBe(200);
      expect((await entries.remove(made.inum)).status).toBe(204);
      const rows = await rowsOf(kind, made.inum);
      expect(rows.map((row) => [row.number, row.door, textIn(row)])).toEqual([
        [1, 'admin', JSON.stringify(made)],
        [2, 'admin', JSON.stringify(changed)],
        [3, 'admin', ''],
      ]);
    }
  });

  it('come for many clients with one statement when a scope is taken from them', async () => {
    const scope = (await caller(service, SCOPES, token).create({ id: 'doomed', displayName: 'Doomed' })).body;
    const inums = Array.from({ length: 20 }, (_unused, n) => `losing-${n}`);
    for (const inum of inums) await clients.created({ inum, scopes: ['doomed'] });
    await service.database.writer.query("DELETE FROM revisions WHERE inum = 'losing-7'");
    const statements = recordStatements(service, 'writer');
    expect((await caller(service, SCOPES, token).remove(scope.inum, '?force=true')).status).toBe(204);
    const inserts = statements.filter(({ query }) => query.startsWith('INSERT INTO') && query.includes('revisions'));
    expect(inserts).toHaveLength(2);
    for (const inum of inums) expect([inum, await numbersOf(inum)]).toEqual([inum, [2, 1]]);
    expect((await read('losing-3', '/1')).body.document.scopes).toEqual([scope.dn]);
    expect((await read('losing-7', '/1')).body).toMatchObject({
      door: 'before-history',
      document: { scopes: [scope.dn] },
    });
    expect((await read('losing-7', '/2')).body.document.scopes).toEqual([]);
  });
});
