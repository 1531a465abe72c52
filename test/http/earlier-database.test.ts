import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '../../entities/data-source.ts';
import { migrate } from '../../entities/migrate.ts';
import { Defaults6, SHAPES } from '../../entities/migrations/6-defaults.ts';
import { SCHEMA_VERSION } from '../../entities/schema-version.ts';
import { CLAIM_PROPERTIES, CLIENT_PROPERTIES, SCOPE_PROPERTIES } from '../../openapi/properties.gen.ts';
import type { Property } from '../../openapi/property.ts';
import type { ClientDocument } from '../../api/clients/document/client.document.ts';
import { valuesOf } from '../../api/clients/document/client.values.ts';
import { holderOf, valueOf, type Members } from '../../api/shared/contract/members.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { earlierDatabase, earlierFacts, startOnEarlierDatabase } from '../support/earlier-database.ts';
import { manage } from '../support/registration.ts';
import { ATTRIBUTES, caller, documentIn, SCOPES } from '../support/registry.ts';
import { basic, CLIENTS, type TestReply, type TestService } from '../support/service.ts';

type Row = Readonly<Record<string, unknown>> & { readonly inum: string; readonly document: string };
type Rows = Readonly<Record<string, readonly Row[]>>;

/** What a migration of documents must leave as it is. */
const OTHERS = [
  ...['client_activity', 'client_secrets', 'client_scopes', 'client_claims', 'client_search', 'client_counts'],
  ...['client_registrations', 'initial_access_tokens', 'software_statements', 'audit_records'],
];
const DOCUMENTS: Readonly<Record<string, readonly Property[]>> = {
  clients: CLIENT_PROPERTIES,
  scopes: SCOPE_PROPERTIES,
  claims: CLAIM_PROPERTIES,
};
const TABLES = [...Object.keys(DOCUMENTS), ...OTHERS];

async function rowsOf({ reader }: Database): Promise<Rows> {
  const tables: Record<string, Row[]> = {};
  for (const table of TABLES) {
    const order = reader.getMetadata(table).primaryColumns.map(({ databaseName }) => databaseName);
    tables[table] = await reader.query<Row[]>(`SELECT * FROM ${table} ORDER BY ${order.join(', ')}`);
  }
  return tables;
}

const facts = earlierFacts();
let service: TestService;
beforeAll(async () => {
  service = await startOnEarlierDatabase();
});
afterAll(() => service.stop());

const clientNamed = (name: string): string => facts.clients[name]?.inum ?? '';

async function read(inum: string): Promise<TestReply> {
  return service.request('GET', `${CLIENTS}/${inum}`, { token: await service.adminToken() });
}

/** The document with the members that have a default, where they are absent. */
function completed(document: Members, properties: readonly Property[]): Members {
  const result = structuredClone(document);
  for (const property of properties) {
    const holder = holderOf(result, property);
    if (holder !== undefined && property.default !== undefined) holder[property.name] ??= property.default;
  }
  return result;
}

describe('a database of an earlier version', () => {
  it('has the clients of every door', async () => {
    const token = await service.adminToken();
    const list = await service.request('GET', `${CLIENTS}?limit=1`, { token });
    expect(list.body.totalEntriesCount).toBe(
      1 + Object.keys(facts.clients).length + Object.keys(facts.registered).length + 40,
    );
    for (const [name, { inum }] of Object.entries(facts.clients)) {
      expect((await read(inum)).body).toMatchObject({ clientName: name });
    }
  });

  it('keeps what was set, disabled clients above all', async () => {
    expect((await read(clientNamed('Disabled'))).body.disabled).toBe(true);
    expect((await read(clientNamed('Deactivated'))).body.disabled).toBe(true);
    expect((await read(clientNamed('Everything set'))).body).toMatchObject({
      ...{ disabled: true, trustedClient: true, persistClientAuthorizations: true, includeClaimsInIdToken: true },
      ...{ rptAsJwt: true, accessTokenAsJwt: true },
      attributes: { requirePkce: true, requirePar: true, parLifetime: 90, minimumAcrLevel: 5 },
    });
    const token = await service.adminToken();
    const disabled = await service.request('GET', `${CLIENTS}?limit=200&fieldValuePair=disabled=true`, { token });
    const names = disabled.body.entries.map(({ clientName }: { clientName: string }) => clientName);
    expect(names).toEqual(expect.arrayContaining(['Disabled', 'Deactivated', 'Everything set']));
    expect(disabled.body.entries.every(({ disabled: is }: { disabled: unknown }) => is === true)).toBe(true);
  });

  it('has no entity tag from before', async () => {
    const inum = clientNamed('Plain');
    const token = await service.adminToken();
    const cached = await service.request('GET', `${CLIENTS}/${inum}`, { token, headers: { 'If-None-Match': '"1-0"' } });
    expect([cached.status, cached.headers.get('etag')]).toEqual([200, '"2-0"']);
    const headers = { 'Content-Type': 'application/merge-patch+json', 'If-Match': '"1-0"' };
    const patch = await service.request('PATCH', `${CLIENTS}/${inum}`, { token, headers, body: { description: 'x' } });
    expect(patch.status).toBe(412);
  });

  it('has the values that its clients are found by, as they are written today', async () => {
    const { reader } = service.database;
    const documents = await reader.query<{ document: string }[]>('SELECT document FROM clients');
    const written = documents.flatMap(({ document }) => valuesOf(JSON.parse(document) as ClientDocument));
    const sorted = (all: typeof written): string[] => all.map((row) => JSON.stringify(row)).sort();
    const found = (): Promise<typeof written> => reader.query('SELECT property, value, inum FROM client_values');
    expect(written.length).toBeGreaterThan(300);
    expect(sorted(await found())).toEqual(sorted(written));
  });

  it('has documents as they are written today', async () => {
    const token = await service.adminToken();
    for (const address of [CLIENTS, SCOPES, ATTRIBUTES]) {
      const resource = caller(service, address, token);
      const list = (await resource.list({ limit: '200' })).body.entries as Row[];
      expect(list.length).toBeGreaterThan(5);
      for (const { inum } of list) {
        const { body, text, headers } = await resource.read(inum);
        // Administration scopes are not written at all.
        if (String(body.id).startsWith('https://')) continue;
        const written = await resource.replace(body);
        expect([inum, written.status, written.text]).toEqual([inum, 200, text]);
        expect(written.headers.get('etag')).toBe(headers.get('etag'));
      }
    }
  });

  it('has a log that says what each record is about and who did it', async () => {
    const { database } = service;
    const kinds = (): Promise<Readonly<Record<string, string>>[]> =>
      database.reader.query(`SELECT operation, resource_kind AS kind, actor_kind AS actor, COUNT(*) AS n
        FROM audit_records WHERE operation <> 'move-stock-inums' GROUP BY operation, resource_kind, actor_kind`);
    const found = await kinds();
    expect(Object.fromEntries(found.map(({ operation = '', kind, actor }) => [operation, [kind, actor]]))).toEqual({
      'first-start': ['client', 'command'],
      'post-oauth-openid-client': ['client', 'client'],
      'patch-oauth-openid-client-by-inum': ['client', 'client'],
      'deactivate-oauth-openid-client': ['client', 'client'],
      'rotate-oauth-openid-client-secret': ['client', 'client'],
      'post-register': ['client', 'registration'],
      'post-registration-token': ['initial-token', 'client'],
      'post-register-ssa': ['statement', 'client'],
      'post-oauth-scopes': ['scope', 'client'],
    });
    const moved = await database.reader.query<{ kind: string }[]>(
      "SELECT DISTINCT resource_kind AS kind FROM audit_records WHERE operation = 'move-stock-inums' AND actor_kind = 'command'",
    );
    expect(moved.map(({ kind }) => kind).sort()).toEqual(['claim', 'client', 'scope']);
    await database.writer.query("DELETE FROM schema_migrations WHERE name LIKE 'Revisions%'");
    await migrate(database, { then: () => Promise.resolve() });
    expect(await kinds()).toEqual(found);
  });

  it('says of each scope how clients get it that register themselves', async () => {
    const token = await service.adminToken();
    const { entries } = (await service.request('GET', `${SCOPES}?limit=200`, { token })).body;
    const ways = new Map<string, string>(
      entries.map(({ id, registration }: { id: string; registration: string }) => [id, registration] as const),
    );
    expect([...ways.values()].every((way) => ['default', 'on-request', 'never'].includes(way))).toBe(true);
    expect(['openid', 'offline_access', 'phone', 'revoke_any_token'].map((id) => ways.get(id))).toEqual([
      'default',
      'on-request',
      'never',
      'never',
    ]);
  });

  it('says how its clients came, and by whom, as far as it knows', async () => {
    for (const inum of Object.values(facts.clients).map((client) => client.inum)) {
      const { registrationMethod, registeredBy, createdAt, updatedAt } = (await read(inum)).body;
      expect([registrationMethod, registeredBy]).toEqual(['admin', service.admin.clientId]);
      expect(createdAt <= updatedAt).toBe(true);
    }
    for (const { id } of Object.values(facts.registered)) {
      const { registrationMethod, registeredBy } = (await read(id)).body;
      expect([registrationMethod, registeredBy]).toEqual(['initial-token', expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    }
    expect((await read(service.admin.clientId)).body.registrationMethod).toBe('setup');
  });

  it('lets its clients in as before', async () => {
    for (const [name, client] of Object.entries(facts.registered)) {
      const { status, body } = await manage(service, 'GET', client);
      expect([status, body.client_id, body.client_name]).toEqual([200, client.id, name]);
    }
    const reply = await service.request('POST', '/jans-auth/restv1/token', {
      headers: basic(clientNamed('Active'), facts.chosenSecret),
      form: { grant_type: 'client_credentials' },
    });
    expect(reply.status).toBe(200);
  });

  it('can undo the first change after the update, and have back what is removed first', async () => {
    const inum = clientNamed('Everything set');
    const token = await service.adminToken();
    const clients = caller(service, CLIENTS, token);
    const post = (path: string): Promise<TestReply> => service.request('POST', `${CLIENTS}/${path}`, { token });
    const before = (await read(inum)).body;
    expect((await clients.merge(inum, { description: 'A mistake', disabled: false, contacts: [] })).status).toBe(200);
    const { entries } = (await service.request('GET', `${CLIENTS}/${inum}/revisions`, { token })).body;
    expect(entries.map(({ door }: { door: string }) => door)).toEqual(['admin', 'before-history']);
    const compared = await service.request('GET', `${CLIENTS}/${inum}/revisions/2?compare=1`, { token });
    expect(compared.body.differences).toContainEqual({ pointer: '/disabled', before: true, after: false });
    const undone = await post(`${inum}/revisions/1/restore`);
    expect([undone.status, documentIn(undone.body)]).toEqual([200, documentIn(before)]);
    const active = clientNamed('Active');
    const was = (await read(active)).body;
    expect((await clients.remove(active)).status).toBe(204);
    const back = await post(`${active}/restore`);
    expect([back.status, documentIn(back.body)]).toEqual([200, documentIn(was)]);
    const headers = basic(active, facts.chosenSecret);
    const form = { grant_type: 'client_credentials' };
    expect((await service.request('POST', '/jans-auth/restv1/token', { headers, form })).status).toBe(200);
  });
});

describe('the migration that writes default members', () => {
  let folder: string;
  let created: TestDatabase;
  let database: Database;
  let before: Rows;
  let after: Rows;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
    created = await earlierDatabase(folder);
    database = await openDatabase(created.url);
    before = await rowsOf(database);
    const { migrations } = database.writer;
    // What comes after it may change anything.
    migrations.splice(1 + migrations.findIndex((migration) => migration instanceof Defaults6));
    await migrate(database, { then: () => Promise.resolve() });
    after = await rowsOf(database);
  });
  afterAll(async () => {
    await database.close();
    await created.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(Object.entries(DOCUMENTS))('writes them and the next version in %s, and nothing else', (table, today) => {
    const { order } = SHAPES[table as keyof typeof SHAPES];
    // What has got a default since then has a migration of its own.
    const properties = today.filter(({ parent, name }) => parent !== undefined || order.includes(name));
    expect(after[table]).toHaveLength(before[table]?.length ?? -1);
    expect(before[table]?.length).toBeGreaterThan(5);
    for (const [index, row] of after[table]?.entries() ?? []) {
      const { document, version, ...columns } = before[table]?.[index] as Row;
      const old = JSON.parse(document) as Members;
      const lacks = properties.some(
        (property) => property.default !== undefined && valueOf(old, property) === undefined,
      );
      expect(row).toEqual({ ...columns, document: row.document, version: Number(version) + Number(lacks) });
      expect(JSON.parse(row.document)).toEqual(completed(old, properties));
    }
  });

  it.each(OTHERS)('leaves %s alone', (table) => {
    expect(after[table]).toEqual(before[table]);
  });

  it('is not done twice where it has to be started again', async () => {
    await database.writer.query("DELETE FROM schema_migrations WHERE name LIKE 'Defaults%'");
    await migrate(database, { then: () => Promise.resolve() });
    expect(await rowsOf(database)).toEqual(after);
  });
});

describe('each migration', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['a new database', createDatabase],
    ['a database with clients of every door', earlierDatabase],
  ])(
    'of %s may run twice, as after a process that was killed before it could say that it had run',
    async (_what, make) => {
      const created = await make(mkdtempSync(join(folder, 'data-')));
      const database = await openDatabase(created.url);
      const { migrations } = database.writer;
      const run = (): Promise<void> => migrate(database, { then: () => Promise.resolve() });
      try {
        for (const migration of migrations.splice(0)) {
          migrations.push(migration);
          const had = await executed(database);
          await run();
          // Where it had run before, the database is past its stage.
          if (had.length >= migrations.length) continue;
          const once = await wholeOf(database);
          await database.writer.query(`DELETE FROM schema_migrations WHERE name = '${String(migration.name)}'`);
          await run();
          expect([migration.name, await wholeOf(database)]).toEqual([migration.name, once]);
        }
        expect(migrations).toHaveLength(SCHEMA_VERSION);
      } finally {
        await database.close();
        await created.drop();
      }
    },
  );
});

async function executed({ writer }: Database): Promise<unknown[]> {
  const runner = writer.createQueryRunner();
  try {
    return (await runner.hasTable('schema_migrations')) ? await writer.query('SELECT name FROM schema_migrations') : [];
  } finally {
    await runner.release();
  }
}

/** All tables with what is in them, but for what tells of the migrations themselves. */
async function wholeOf({ kind, writer }: Database): Promise<unknown> {
  const list =
    kind === 'sqlite'
      ? "SELECT name FROM sqlite_master WHERE type = 'table'"
      : 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()';
  const names = (await writer.query<{ name: string }[]>(list)).map(({ name }) => name).sort();
  const tables = names.filter((name) => !['schema_migrations', 'leases', 'sqlite_sequence'].includes(name));
  const whole: unknown[] = [];
  for (const name of tables) {
    const definition =
      kind === 'sqlite'
        ? `SELECT sql FROM sqlite_master WHERE tbl_name = '${name}' ORDER BY name`
        : `SHOW CREATE TABLE ${name}`;
    const rows = await writer.query<object[]>(`SELECT * FROM ${name}`);
    whole.push({
      name,
      definition: await writer.query(definition),
      rows: rows.map((row) => JSON.stringify(row)).sort(),
    });
  }
  return whole;
}
