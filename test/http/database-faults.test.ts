import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import type { EntityManager } from 'typeorm';
import { openDatabase, type Database } from '../../entities/data-source.ts';
import { migrate } from '../../entities/migrate.ts';
import { serviceMetrics } from '../../api/metrics/metrics.ts';
import { Problem } from '../../api/shared/problem.ts';
import { unitOfWork, type UnitOfWork } from '../../api/shared/database/unit-of-work.ts';
import { createDatabase, databaseKind, type TestDatabase } from '../support/database.ts';
import { caller } from '../support/registry.ts';
import { CLIENTS, startService } from '../support/service.ts';

let folder: string;
let created: TestDatabase;
let database: Database;
let work: UnitOfWork<EntityManager>;
const metrics = serviceMetrics();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
  created = await createDatabase(folder);
  database = await openDatabase(created.url);
  await migrate(database, { then: () => Promise.resolve() });
  work = unitOfWork(database, (manager) => manager, metrics.meters);
  await work.write((manager) => manager.query("INSERT INTO settings (name, value) VALUES ('a', '0'), ('b', '0')"));
});
afterAll(async () => {
  await database.close();
  await created.drop();
  rmSync(folder, { recursive: true, force: true });
});

const set = (manager: EntityManager, name: string): Promise<unknown> =>
  manager.query('UPDATE settings SET value = value + 1 WHERE name = ?', [name]);

async function retries(): Promise<number> {
  return Number(/^clientele_unit_of_work_retries_total (\d+)$/m.exec((await metrics.text()).text)?.[1]);
}

/** What callers are told of a fault. */
async function told(task: Promise<unknown>): Promise<unknown> {
  const thrown: unknown = await task.catch((error: unknown) => error);
  if (!(thrown instanceof Problem)) return thrown;
  return [thrown.problem, thrown.content.detail, thrown.content.headers?.['Retry-After']];
}

const onMariadb = databaseKind() === 'mariadb' ? describe : describe.skip;
const onSqlite = databaseKind() === 'sqlite' ? describe : describe.skip;

onMariadb('what MariaDB says', () => {
  /** Runs statements on one connection of the pool. */
  const alone = (statements: readonly string[]): Promise<unknown> =>
    work.read(async () => {
      const runner = database.writer.createQueryRunner();
      try {
        for (const statement of statements) await runner.query(statement);
      } finally {
        await runner.query('ROLLBACK').catch(() => undefined);
        await runner.release();
      }
    });

  it('of a deadlock is tried again', async () => {
    const before = await retries();
    let [first, second] = [false, false];
    const both = async (isOver: () => boolean): Promise<void> => {
      while (!isOver()) await sleep(5);
    };
    await Promise.all([
      work.write(async (manager) => {
        await set(manager, 'a');
        first = true;
        await both(() => second);
        await set(manager, 'b');
      }),
      work.write(async (manager) => {
        await set(manager, 'b');
        second = true;
        await both(() => first);
        await set(manager, 'a');
      }),
    ]);
    expect((await retries()) - before).toBeGreaterThan(0);
  });

  it('of a lock that somebody holds', async () => {
    const holder = database.writer.createQueryRunner();
    await holder.startTransaction();
    await holder.query("SELECT * FROM settings WHERE name = 'a' FOR UPDATE");
    const write = work.write(async (manager) => {
      await manager.query('SET SESSION innodb_lock_wait_timeout = 1');
      await set(manager, 'a');
    });
    expect(await told(write)).toEqual(['unavailable', expect.stringMatching(/somebody else holds/), '5']);
    await holder.rollbackTransaction();
    await holder.release();
  });

  it.each([
    ['a query that takes too long', ['SET STATEMENT max_statement_time = 0.1 FOR SELECT SLEEP(5)'], /stopped/, '5'],
    ['a query that somebody stops', ['KILL QUERY CONNECTION_ID()'], /stopped/, '5'],
    ['a connection that somebody ends', ['KILL CONNECTION CONNECTION_ID()', 'SELECT 1'], /cannot be reached/, '5'],
    [
      'a transaction that may only read',
      ['START TRANSACTION READ ONLY', "INSERT INTO settings VALUES ('c', '0')"],
      /read-only/,
      undefined,
    ],
    [
      'a table without room',
      [
        'SET SESSION max_heap_table_size = 16384',
        'CREATE TEMPORARY TABLE small (text VARCHAR(500)) ENGINE = MEMORY',
        "INSERT INTO small SELECT REPEAT('x', 500) FROM information_schema.columns LIMIT 500",
      ],
      /disk of the database is full/,
      undefined,
    ],
  ])('of %s', async (_what, statements, detail, after) => {
    expect(await told(alone(statements))).toEqual(['unavailable', expect.stringMatching(detail), after]);
  });

  it('of connections that are not to be had, and of a name that it does not know', async () => {
    const user = `u_${process.pid}`;
    await work.read((manager) => manager.query(`CREATE USER ${user} WITH MAX_USER_CONNECTIONS 1`));
    const url = new URL(created.url);
    url.username = user;
    url.password = '';
    url.pathname = '/';
    const only = await createConnection(url.href);
    const refusal = work.read(async () => createConnection(url.href));
    expect(await told(refusal)).toEqual(['unavailable', 'the database has no connection left', '5']);
    await only.end();
    url.username = 'nobody-of-that-name';
    url.password = 'wrong';
    const stranger = work.read(async () => createConnection(url.href));
    expect(await told(stranger)).toEqual(['unavailable', 'the database does not let the service in', undefined]);
    await work.read((manager) => manager.query(`DROP USER ${user}`));
  });
});

onSqlite('what SQLite says', () => {
  it('of a lock of another process is tried again', async () => {
    const other = await openDatabase(created.url);
    let release = (): void => undefined;
    const holds = other.writer.transaction(() => new Promise<void>((resolve) => (release = resolve)));
    const before = await retries();
    const write = work.write((manager) => set(manager, 'a'));
    while ((await retries()) === before) await sleep(5);
    release();
    await Promise.all([holds, write]);
    await other.close();
  });

  it('of a database that takes no changes', async () => {
    await database.writer.query('PRAGMA query_only = ON');
    const refusal = await told(work.write((manager) => set(manager, 'a')));
    await database.writer.query('PRAGMA query_only = OFF');
    expect(refusal).toEqual(['unavailable', 'the database takes no changes: it is read-only', undefined]);
  });

  it('of a full disk is told to callers; reading goes on, and writing when there is room', async () => {
    const service = await startService();
    const token = await service.adminToken();
    const clients = caller(service, CLIENTS, token, { description: 'x'.repeat(4_000), redirectUris: [] });
    const { writer } = service.database;
    const [size] = await writer.query<{ page_count: number }[]>('PRAGMA page_count');
    await writer.query(`PRAGMA max_page_count = ${(size?.page_count ?? 0) + 2}`);
    let reply = await clients.create({ inum: 'first' });
    for (let count = 0; count < 30 && reply.status === 201; count += 1)
      reply = await clients.create({ inum: `client-${count}` });
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, null]);
    expect(reply.body.detail).toMatch(/^the disk of the database is full/);
    expect((await clients.list()).status).toBe(200);
    await writer.query('PRAGMA max_page_count = 1000000');
    expect((await clients.create({ inum: 'later' })).status).toBe(201);
    await service.stop();
  });
});
