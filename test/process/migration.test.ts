import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database } from '../../entities/data-source.ts';
import { formerLock } from '../../entities/former-lock.ts';
import { SCHEMA_VERSION } from '../../entities/schema-version.ts';
import { compiledProgram } from '../support/compiled-program.ts';
import { createDatabase, databaseKind, type TestDatabase } from '../support/database.ts';
import { earlierDatabase, earlierFacts, onDatabase } from '../support/earlier-database.ts';
import { freePort } from '../support/ports.ts';
import { spawnService, type ServiceProcess } from '../support/process.ts';
import { basic } from '../support/service.ts';
import { trials } from '../support/trials.ts';

const facts = earlierFacts();
const onSqlite = databaseKind() === 'sqlite';
const MIGRATE = [compiledProgram('scripts/commands/migrate')];
const databases: TestDatabase[] = [];
const running: ServiceProcess[] = [];
let root: string;
let port: number;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'clientele-test-'));
  writeFileSync(join(root, 'admin.secret'), facts.admin.clientSecret, { mode: 0o600 });
  port = await freePort();
});
afterAll(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  await Promise.all(running.map(({ ended }) => ended));
  for (const database of databases) await database.drop();
  rmSync(root, { recursive: true, force: true });
});

async function place(make: (folder: string) => Promise<TestDatabase>): Promise<string> {
  const database = await make(mkdtempSync(join(root, 'data-')));
  databases.push(database);
  return database.url;
}

/** Starts the service, or another program of it, on a database. */
function run(url: string, program?: readonly string[], ownPort = port): ServiceProcess {
  const env = {
    PORT: String(ownPort),
    DATABASE_URL: url,
    DATA_DIR: root,
    ENCRYPTION_KEY: facts.encryptionKey,
    ADMIN_SECRET_FILE: join(root, 'admin.secret'),
  };
  const started = spawnService(env, program);
  running.push(started);
  return started;
}

async function killed({ child, ended }: ServiceProcess): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}

/** Lets the time pass after which the lease of a process that was killed is taken over. SQLite knows that it is gone. */
async function timePasses(url: string): Promise<void> {
  const past = "UPDATE leases SET expires_at = '2026-01-01T00:00:00.000Z' WHERE holder <> ''";
  if (!onSqlite) await onDatabase(url, ({ writer }) => writer.query(past));
}

const health = async (name: string): Promise<number> =>
  (await fetch(`http://localhost:${port}/jans-config-api/api/v1/${name}`)).status;

async function migrated(url: string): Promise<void> {
  const process = run(url, MIGRATE);
  expect([await process.ended, process.errors()]).toEqual([0, expect.anything()]);
}

async function numberFrom({ reader }: Database, sql: string): Promise<number> {
  const [row] = await reader.query<{ n: number | string | null }[]>(sql);
  return Number(row?.n ?? 0);
}

/** Copies every client under other ids, again and again, until there are at least `wanted`. */
async function multiply(database: Database, wanted: number): Promise<void> {
  const { writer } = database;
  const runner = writer.createQueryRunner();
  const columns = (await runner.getTable('clients'))?.columns.map(({ name }) => name) ?? [];
  await runner.release();
  for (let round = 0; (await numberFrom(database, 'SELECT COUNT(*) AS n FROM clients')) < wanted; round += 1) {
    const id = onSqlite ? `inum || '~${round}'` : `CONCAT(inum, '~${round}')`;
    const values = columns.map((name) =>
      name === 'inum' ? id : name === 'document' ? `REPLACE(document, inum, ${id})` : name,
    );
    await writer.query(`INSERT INTO clients (${columns.join(', ')}) SELECT ${values.join(', ')} FROM clients`);
  }
}

const LACKING = `SELECT COUNT(*) AS n FROM clients WHERE document NOT LIKE '%"keepClientAuthorizationAfterExpiration":%'`;
const VERSIONS = 'SELECT SUM(version) AS n FROM clients';
/** Clients whose references moved as well, by the record that each has of it. */
const MOVED = `SELECT COUNT(*) AS n FROM audit_records a JOIN clients c ON c.inum = a.inum
  WHERE a.operation = 'move-stock-inums'`;

/** Three batches of the migration that is killed in one of them. */
const MANY = 1_500;

/** Keeps a migration from the last client, so that it does not come to its end, until what is returned is called. */
async function holdLast({ writer }: Database): Promise<() => Promise<unknown>> {
  if (onSqlite) {
    await writer.query(`CREATE TRIGGER held BEFORE UPDATE ON clients WHEN NEW.inum = (SELECT MAX(inum) FROM clients)
      BEGIN SELECT COUNT(*) FROM clients a, clients b, clients c, clients d; END`);
    return () => writer.query('DROP TRIGGER held');
  }
  const runner = writer.createQueryRunner();
  await runner.startTransaction();
  await runner.query('SELECT inum FROM clients ORDER BY inum DESC LIMIT 1 FOR UPDATE');
  return () => runner.rollbackTransaction().then(() => runner.release());
}

describe('a process that is killed while it migrates many clients', () => {
  it('is gone on after by the next one, which does nothing twice', async () => {
    const url = await place(earlierDatabase);
    const { first, lacking, versions } = await onDatabase(url, async (database) => {
      await multiply(database, MANY);
      const before = { lacking: await numberFrom(database, LACKING), versions: await numberFrom(database, VERSIONS) };
      const letGo = await holdLast(database);
      const first = run(url);
      while (!first.errors().includes('"message":"migrating"')) await Promise.race([sleep(20), first.ended]);
      await killed(first);
      await letGo();
      return { first, ...before };
    });
    expect(lacking).toBeGreaterThan(MANY);
    expect(first.output()).toBe('');
    const left = await onDatabase(url, (database) => numberFrom(database, LACKING));
    expect([left > 0, left < lacking]).toEqual([true, true]);

    const second = run(url);
    if (!onSqlite) {
      while (!second.errors().includes('"waiting for')) await Promise.race([sleep(50), second.ended]);
      expect(second.errors()).toContain(`"holder":"process ${first.child.pid} on ${hostname()} (`);
      expect(second.errors()).toMatch(/"since":"20\d\d-/);
      const asked = ['health/live', 'health/ready', 'openid/clients'].map(health);
      expect(await Promise.all(asked)).toEqual([200, 503, 503]);
    }
    await timePasses(url);
    await second.started;
    expect(await health('health/ready')).toBe(200);
    expect(second.errors()).toMatch(/"done":\d{4},.*"message":"migrating","table":"clients"/);
    await killed(second);
    await onDatabase(url, async (database) => {
      expect(await numberFrom(database, LACKING)).toBe(0);
      const moved = await numberFrom(database, MOVED);
      expect(moved).toBeGreaterThan(0);
      expect(await numberFrom(database, VERSIONS)).toBe(versions + lacking + moved);
    });
  });
});

describe('a process that is killed during the first migrations', () => {
  it('leaves nothing that the next one stumbles over', async () => {
    const url = await place(createDatabase);
    const tables = onSqlite
      ? "SELECT COUNT(*) AS n FROM sqlite_master WHERE type = 'table'"
      : 'SELECT COUNT(*) AS n FROM information_schema.tables WHERE table_schema = DATABASE()';
    await onDatabase(url, async (database) => {
      for (const point of trials(1) > 1 ? [1, 3, 7, 12, 17] : [1, 7, 17]) {
        const process = run(url, MIGRATE);
        while (process.child.exitCode === null && (await numberFrom(database, tables)) < point) await sleep(0);
        await killed(process);
        expect(process.errors()).toBe('');
        if ((await numberFrom(database, tables)) > 0) await timePasses(url);
      }
    });
    await migrated(url);
    const fresh = await place(createDatabase);
    await migrated(fresh);
    expect(await onDatabase(url, schemaOf)).toEqual(await onDatabase(fresh, schemaOf));
  });
});

describe('two processes that start at once on an empty database', () => {
  it('both serve, and make one administrator', async () => {
    const url = await place(createDatabase);
    const both = [run(url), run(url, undefined, await freePort())];
    await Promise.all(both.map(({ started }) => started));
    const made = (operation: string): string =>
      `SELECT COUNT(*) AS n FROM audit_records WHERE operation = '${operation}'`;
    expect(await onDatabase(url, (database) => numberFrom(database, made('first-start')))).toBe(1);
    expect(both.map((process) => process.errors().includes('"error"'))).toEqual([false, false]);
    await Promise.all(both.map(killed));
  });
});

describe('a process that is told to end while it waits', () => {
  it('ends at once, and leaves the lease to its holder', async () => {
    const url = await place(createDatabase);
    await migrated(url);
    const hold =
      "UPDATE leases SET holder = 'process 1 on other', since = 'now', expires_at = '2999-01-01T00:00:00.000Z'";
    await onDatabase(url, async (database) => {
      await database.writer.query(hold);
      const lock = formerLock(database);
      await lock.take();
      const waiting = run(url);
      while (!waiting.errors().includes('"process 1 on other"')) await Promise.race([sleep(50), waiting.ended]);
      waiting.child.kill('SIGTERM');
      expect(await waiting.ended).toBe('SIGTERM');
      await lock.release();
      const held = "SELECT COUNT(*) AS n FROM leases WHERE holder = 'process 1 on other'";
      expect(await numberFrom(database, held)).toBe(1);
    });
  });
});

/** The tables with their columns and indices, and the rows that every database has. */
async function schemaOf({ writer, reader }: Database): Promise<unknown> {
  const runner = writer.createQueryRunner();
  const names = writer.entityMetadatas.map(({ tableName }) => tableName).sort();
  const tables = [];
  for (const name of names) {
    const table = await runner.getTable(name);
    tables.push({
      name,
      columns: table?.columns.map(
        (column) => `${column.name} ${column.type} ${column.length} ${String(column.isNullable)}`,
      ),
      indices: table?.indices.map((index) => `${index.name} ${index.columnNames.join()}`).sort(),
      references: table?.foreignKeys.map((key) => `${key.columnNames.join()} ${key.referencedTableName}`).sort(),
    });
  }
  await runner.release();
  const migrations = await reader.query('SELECT name FROM schema_migrations ORDER BY id');
  return { tables, migrations, counts: await reader.query('SELECT shard FROM client_counts ORDER BY shard') };
}

describe('a process of an older version', () => {
  const NEWER = `a newer version of Clientele has migrated the database (its schema is ${SCHEMA_VERSION + 1}`;
  const makeNewer = ({ writer }: Database): Promise<unknown> =>
    writer.query(`UPDATE settings SET value = '${SCHEMA_VERSION + 1}' WHERE name = 'schema'`);

  let silent: ServiceProcess;

  // It takes a while to notice.
  beforeAll(async () => {
    const url = await place(createDatabase);
    silent = run(url, undefined, await freePort());
    await silent.started;
    await onDatabase(url, makeNewer);
  });

  it('writes nothing more once a newer one migrates, and ends with a line; it does not start again', async () => {
    const url = await place(earlierDatabase);
    const old = run(url);
    await old.started;
    const address = `http://localhost:${port}`;
    const { clientId, clientSecret } = facts.admin;
    const body = new URLSearchParams({ grant_type: 'client_credentials' });
    const token = (await (
      await fetch(`${address}/jans-auth/restv1/token`, { method: 'POST', body, headers: basic(clientId, clientSecret) })
    ).json()) as { access_token: string };
    await onDatabase(url, makeNewer);
    const write = fetch(`${address}/jans-config-api/api/v1/openid/clients`, {
      method: 'POST',
      body: JSON.stringify({ inum: 'too-late', redirectUris: [] }),
      headers: { Authorization: `Bearer ${token.access_token}`, 'Content-Type': 'application/json' },
    });
    // It may have noticed by itself before.
    const reply = await write.catch(() => undefined);
    if (reply !== undefined)
      expect([reply.status, await reply.json()]).toEqual([503, expect.objectContaining({ detail: expect.anything() })]);
    expect(await old.ended).toBe(1);
    expect(old.errors()).toContain(`clientele: ${NEWER}`);
    expect(
      await onDatabase(url, (database) =>
        numberFrom(database, "SELECT COUNT(*) AS n FROM clients WHERE inum = 'too-late'"),
      ),
    ).toBe(0);

    for (const program of [undefined, MIGRATE, [compiledProgram('scripts/commands/admin-reset')]]) {
      const again = run(url, program);
      const code = await again.ended;
      // A server may take a moment to see that the one before is gone, which is said.
      const lines = again.errors().trimEnd().split('\n');
      const told = lines.filter((line) => !line.includes('"message":"waiting for the process'));
      expect([code, told]).toEqual([1, [expect.stringMatching(/^clientele: a newer version/)]]);
    }
  });

  it('that does not write notices as well', async () => {
    expect(await silent.ended).toBe(1);
    expect(silent.errors()).toContain(`clientele: ${NEWER}`);
  });
});

describe('a migration that fails', () => {
  it('says what happened and what to do, and goes on when that was done', async () => {
    const url = await place(earlierDatabase);
    const inum = facts.clients['Plain']?.inum ?? '';
    const broken = await onDatabase(url, async ({ writer }) => {
      const [row] = await writer.query<{ document: string }[]>(`SELECT document FROM clients WHERE inum = '${inum}'`);
      await writer.query(`UPDATE clients SET document = '{"inum":' WHERE inum = '${inum}'`);
      return row?.document ?? '';
    });
    const failed = run(url);
    expect(await failed.ended).toBe(1);
    expect(failed.errors()).toMatch(
      /^clientele: the database could not be brought up to date \(Defaults\d+\): .*Remove the cause and start again.*backup/,
    );
    expect(failed.errors()).toContain(`the document of ${inum} in the table clients is no JSON`);
    expect(failed.errors().trimEnd().split('\n')).toHaveLength(1);
    await onDatabase(url, ({ writer }) =>
      writer.query('UPDATE clients SET document = ? WHERE inum = ?', [broken, inum]),
    );
    await migrated(url);
    expect(await onDatabase(url, (database) => numberFrom(database, LACKING))).toBe(0);
  });
});
