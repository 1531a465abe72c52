import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '../../entities/data-source.ts';
import { migrate } from '../../entities/migrate.ts';
import { StockInums7 } from '../../entities/migrations/7-stock-inums.ts';
import { startFault } from '../../api/setup/start-fault.ts';
import { earlierDatabase, earlierFacts, startOnEarlierDatabase } from '../support/earlier-database.ts';
import type { TestDatabase } from '../support/database.ts';
import { manage } from '../support/registration.ts';
import { caller } from '../support/registry.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

const facts = earlierFacts();
const API = '/jans-config-api/api/v1';
const PHONE = 'inum=D491,ou=scopes,o=jans';
const OFFLINE = 'inum=C4F6,ou=scopes,o=jans';
const FORMER = /C4F7|"B9D2"|inum=B9D2,|1800\.d6532f239837|5E84A1B8|83C6E6D0|4F6E94AE/;

interface Row {
  readonly inum: string;
  readonly version: number;
  readonly document: string;
}

describe('a database of version 0.1', () => {
  let service: TestService;
  let token: string;
  const read = async (path: string): Promise<TestReply> => service.request('GET', `${API}/${path}`, { token });
  const client = async (name: string): Promise<TestReply['body']> =>
    (await read(`openid/clients/${facts.clients[name]?.inum ?? ''}`)).body;

  beforeAll(async () => {
    service = await startOnEarlierDatabase();
    token = await service.adminToken();
  });
  afterAll(() => service.stop());

  it('has its stock scopes and claims where a Janssen installation has them, as they were', async () => {
    const stock: [string, string][] = [
      ['D491', 'phone'],
      ['C4F6', 'offline_access'],
      ['B9D2-D6E5', 'https://jans.io/auth/ssa.admin'],
      ['6D99', 'uma_protection'],
    ];
    for (const [inum, id] of stock) {
      const { status, body } = await read(`scopes/${inum}`);
      const dn = `inum=${inum},ou=scopes,o=jans`;
      expect([status, body]).toEqual([200, expect.objectContaining({ inum, id, dn, baseDn: dn })]);
      const { entries } = (await read(`scopes?pattern=${inum}`)).body;
      expect(entries).toContainEqual(expect.objectContaining({ inum, id }));
    }
    for (const former of ['C4F7', 'B9D2', '1800.d6532f239837'])
      expect((await read(`scopes/${former}`)).status).toBe(404);
    const names = { '0C18': 'phone_number', CAE3: 'email', '2B29': 'name', C8D5: 'address', '29DA': 'inum' };
    for (const [inum, name] of Object.entries(names))
      expect((await read(`attributes/${inum}`)).body).toMatchObject({ inum, name });
  });

  it('has its references at the present inums, in documents and everywhere else', async () => {
    expect((await client('Refreshing')).scopes).toEqual(['inum=F0C4,ou=scopes,o=jans', OFFLINE]);
    expect((await client('Phone')).scopes).toEqual(['inum=F0C4,ou=scopes,o=jans', PHONE, OFFLINE]);
    expect((await client('Desk')).scopes).toEqual([`inum=${facts.scope},ou=scopes,o=jans`, PHONE]);
    expect((await client('Everything set')).claims).toEqual(['inum=CAE3,ou=attributes,o=jans']);
    expect((await read(`scopes/${facts.scope}`)).body.claims).toEqual(['inum=0C18,ou=attributes,o=jans']);
    const released = (await read('scopes/43F1')).body.claims;
    expect(released).toHaveLength(14);
    expect(released).toContain('inum=2B29,ou=attributes,o=jans');
    const tables: [string, string][] = [
      ['clients', 'document'],
      ['scopes', 'document'],
      ['client_scopes', 'scope_inum'],
      ['client_claims', 'claim_inum'],
      ['initial_access_tokens', 'scopes'],
      ['client_registrations', 'token_scopes'],
      ['client_registrations', 'statement_scopes'],
    ];
    for (const [table, column] of tables) {
      const rows: { text: string }[] = await service.database.writer.query(`SELECT ${column} AS text FROM ${table}`);
      expect([table, rows.filter(({ text }) => FORMER.test(text))]).toEqual([table, []]);
    }
  });

  it('finds its clients by what they have, and gives them tokens and registrations as before', async () => {
    const { entries } = (await read('openid/clients?limit=200&fieldValuePair=scopes=phone')).body;
    const found = entries.map(({ clientName }: { clientName: string }) => clientName);
    expect(found).toEqual(expect.arrayContaining(['Phone', 'Desk', 'Registered, phone', 'By statement']));
    const registered = facts.registered['Registered, phone'];
    if (registered === undefined) throw new Error('the fixture has another client');
    expect((await manage(service, 'GET', registered)).body.scope).toBe('openid phone');
    const reply = await service.request('POST', '/jans-auth/restv1/register', {
      token: facts.initialTokens.both,
      body: { redirect_uris: ['https://a.example/cb'], scope: 'openid phone offline_access' },
    });
    expect([reply.status, reply.body.scope]).toEqual([201, 'openid phone offline_access']);
  });

  it('has a record and another version of what was touched, and of nothing else', async () => {
    const history = async (inum: string): Promise<unknown[]> =>
      (await read(`openid/clients/${inum}/history`)).body.entries;
    const moved = { caller: 'migrate', operation: 'move-stock-inums' };
    expect((await history(facts.clients['Phone']?.inum ?? ''))[0]).toMatchObject({ ...moved, changed: ['scopes'] });
    expect((await history(facts.clients['Everything set']?.inum ?? ''))[0]).toMatchObject({
      ...moved,
      changed: ['claims'],
    });
    expect(await history(facts.clients['Plain']?.inum ?? '')).not.toContainEqual(expect.objectContaining(moved));
    const records: { inum: string }[] = await service.database.writer.query(
      "SELECT inum FROM audit_records WHERE operation = 'move-stock-inums' ORDER BY id",
    );
    const inums = records.map(({ inum }) => inum);
    expect(new Set(inums).size).toBe(inums.length);
    expect(inums).toEqual(expect.arrayContaining(['D491', 'C4F6', '43F1', facts.scope, 'CAE3']));
  });
});

describe('the move', () => {
  let folder: string;
  let created: TestDatabase;
  let database: Database;
  const rows = (sql: string): Promise<Row[]> => database.writer.query(sql);
  let passed = 0;
  const time = {
    now: () => Date.now() + passed,
    elapsed: () => performance.now() + passed,
    wait: () => Promise.resolve(),
  };
  const run = (): Promise<void> => {
    // The lease of a process that has ended without a word is over by then.
    passed += 60_000;
    return migrate(database, { time, then: () => Promise.resolve() });
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'clientele-moved-'));
    created = await earlierDatabase(folder);
    database = await openDatabase(created.url);
  });
  afterAll(async () => {
    await database.close();
    await created.drop();
    rmSync(folder, { recursive: true });
  });

  it('is refused before anything is changed where an inum is taken, and says what to do', async () => {
    await database.writer.query(
      `INSERT INTO scopes (inum, scope_id, scope_type, display_name_folded, search_text, created_at, version, document)
       VALUES ('D491', 'desk.phone', 'oauth', 'x', 'x', '2026-01-01T00:00:00.000Z', 1, '{"inum":"D491","id":"desk.phone"}')`,
    );
    const before = await rows('SELECT inum, version, document FROM clients ORDER BY inum');
    const refusal = await run().catch((error: unknown) => startFault(error));
    expect(refusal).toMatch(
      /^the scope desk\.phone has the inum D491, which is that of the scope phone .* remove this one$/,
    );
    expect(await rows('SELECT inum, version, document FROM clients ORDER BY inum')).toEqual(before);
    await database.writer.query("DELETE FROM scopes WHERE inum = 'D491'");
  });

  it('can stop after each statement and go on, and does nothing twice', async () => {
    const { migrations } = database.writer;
    const later = migrations.splice(migrations.findIndex((migration) => migration instanceof StockInums7));
    await run();
    migrations.push(...later);
    const untouched = await rows(
      "SELECT inum, version, document FROM clients WHERE document NOT LIKE '%ou=scopes%' AND document NOT LIKE '%ou=attributes%' ORDER BY inum",
    );
    const runner = Object.getPrototypeOf(database.writer.createQueryRunner()) as { query: Query };
    const { query } = runner;
    let stops = 0;
    for (let at = 5; ; at = Math.ceil(at * 1.5)) {
      let count = 0;
      runner.query = function (this: unknown, ...args) {
        count += 1;
        if (count > at && /^(INSERT INTO (scopes|claims|audit)|UPDATE|DELETE)/.test(String(args[0])))
          return Promise.reject(new Error('the process ends'));
        return query.apply(this, args);
      };
      const end = await run().then(
        () => 'done',
        () => 'stopped',
      );
      runner.query = query;
      if (end === 'done') break;
      stops += 1;
    }
    expect(stops).toBeGreaterThan(5);
    const audited = await rows(
      "SELECT inum, COUNT(*) AS version, '' AS document FROM audit_records WHERE operation = 'move-stock-inums' GROUP BY inum HAVING COUNT(*) > 1",
    );
    expect(audited).toEqual([]);
    expect(
      await rows(
        "SELECT inum, version, document FROM clients WHERE document NOT LIKE '%ou=scopes%' AND document NOT LIKE '%ou=attributes%' ORDER BY inum",
      ),
    ).toEqual(untouched);
    expect(await rows("SELECT inum, version, document FROM scopes WHERE scope_id LIKE 'moving %'")).toEqual([]);
    expect((await rows("SELECT inum, version, document FROM scopes WHERE scope_id = 'phone'"))[0]?.inum).toBe('D491');
  });
});

type Query = (this: unknown, ...args: unknown[]) => Promise<unknown>;

describe('a new database', () => {
  it('has the stock of a Janssen installation but jans_stat, and refuses former inums by name', async () => {
    const service = await startService();
    try {
      const token = await service.adminToken();
      const clients = caller(service, CLIENTS, token);
      const list = (await service.request('GET', `${API}/scopes?limit=200`, { token })).body.entries as {
        inum: string;
        id: string;
        defaultScope?: boolean;
      }[];
      expect(list.flatMap(({ id, defaultScope }) => (defaultScope ? [id] : [])).sort()).toEqual([
        'email',
        'openid',
        'profile',
      ]);
      expect(list.map(({ id }) => id)).not.toContain('jans_stat');
      expect(list).toContainEqual(expect.objectContaining({ inum: 'C4F5', id: 'role', scopeType: 'dynamic' }));
      for (const [former, inum, id] of [
        ['C4F7', 'C4F6', 'offline_access'],
        ['B9D2', 'D491', 'phone'],
      ] as const) {
        const reply = await clients.create({ scopes: ['openid', `inum=${former},ou=scopes,o=jans`] });
        expect(reply.status).toBe(400);
        const detail = `there is no scope inum=${former},ou=scopes,o=jans: ${id}, which it was until version 0.1, is inum=${inum},ou=scopes,o=jans now`;
        expect(reply.body.errors).toEqual([{ pointer: '/scopes/1', detail, rule: 'known-scopes' }]);
        const filter = encodeURIComponent(`scopes=inum\\=${former}\\,ou\\=scopes\\,o\\=jans`);
        const search = await service.request('GET', `${CLIENTS}?fieldValuePair=${filter}`, { token });
        expect([search.status, search.body.errors[0].detail]).toEqual([400, detail]);
        const initial = { label: 'x', scopes: [`inum=${former},ou=scopes,o=jans`] };
        const made = await service.request('POST', `${API}/registration-tokens`, { token, body: initial });
        expect([made.status, made.body.errors[0].detail]).toEqual([400, detail]);
      }
      const claim = await clients.create({ claims: ['inum=83C6E6D0,ou=attributes,o=jans'] });
      expect([claim.status, claim.body.detail]).toEqual([
        400,
        expect.stringContaining('inum=CAE3,ou=attributes,o=jans'),
      ]);
    } finally {
      await service.stop();
    }
  });
});
