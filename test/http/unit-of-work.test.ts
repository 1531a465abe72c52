import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { openDatabase, type Database } from '../../entities/data-source.ts';
import { fence } from '../../entities/fence.ts';
import { leaseState, LeaseLostError, takeLease, type Lease, type LeaseState, type Time } from '../../entities/lease.ts';
import { migrate } from '../../entities/migrate.ts';
import { MIGRATIONS } from '../../entities/migrations/all.ts';
import type { SqliteConnection } from '../../entities/sqlite-connection.ts';
import { tried } from '../../api/shared/database/dry-run.ts';
import { settingStore, type SettingStore } from '../../api/shared/database/setting.store.ts';
import { sharedTransactions, type SharedTransactions } from '../../api/shared/database/shared-transaction.ts';
import { unitOfWork, type UnitOfWork } from '../../api/shared/database/unit-of-work.ts';
import { createDatabase, databaseKind, type TestDatabase } from '../support/database.ts';

let folder: string;
let created: TestDatabase;
let database: Database;
let work: UnitOfWork<SettingStore>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
  created = await createDatabase(folder);
  database = await openDatabase(created.url);
  await migrate(database, { then: () => Promise.resolve() });
  work = unitOfWork(database, settingStore);
});
afterAll(async () => {
  await database.close();
  await created.drop();
  rmSync(folder, { recursive: true, force: true });
});

const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Transactions on the same database that are counted; however slow the machine is, no time passes for them. */
function counting(): { run: SharedTransactions<EntityManager>['run']; transactions: () => number } {
  let count = 0;
  const transaction: Database['transaction'] = (task) => {
    count += 1;
    return database.transaction(task);
  };
  return { ...sharedTransactions({ ...database, transaction }, { now: () => 0 }), transactions: () => count };
}

/** Has SQLite find no room, on which it rolls back everything. */
async function untilFull(manager: EntityManager): Promise<void> {
  const { databaseConnection: connection } = database.writer.driver as unknown as {
    databaseConnection: SqliteConnection;
  };
  connection.pragma('max_page_count = 1');
  await settingStore(manager)
    .set('full', 'x'.repeat(10_000_000))
    .finally(() => connection.pragma('max_page_count = 1073741823'));
}

const SHARED = 'a proxy that shares sessions';

/** A proxy that greets callers itself, with a number of its own for their session, as all do that can share sessions. */
async function proxyTo(target: string): Promise<{ url: string; close: () => void }> {
  const { hostname: host, port } = new URL(target);
  const server = createServer((caller) => {
    const behind = connect({ host, port: Number(port) }, () => caller.pipe(behind));
    behind.once('data', (greeting: Buffer) => {
      // The number stands after the header, the version of the protocol, and that of the server, which ends with a zero.
      greeting.writeUInt32LE(4_000_000_000, greeting.indexOf(0, 5) + 1);
      caller.write(greeting);
      behind.pipe(caller);
    });
    for (const socket of [caller, behind]) socket.on('error', () => undefined);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return { url: url.href, close: () => server.close() };
}

describe('units of work', () => {
  it('that fail take nothing from others that succeed at the same time', async () => {
    const writes = Array.from({ length: 40 }, async (_unused, index) => {
      const name = `row-${index}`;
      try {
        await work.write(async (settings) => {
          await settings.set(name, 'written');
          await breath();
          if (index % 2 === 1) throw new Error('on purpose');
          await breath();
        });
        return name;
      } catch {
        return undefined;
      }
    });
    const acknowledged = (await Promise.all(writes)).filter((name) => name !== undefined);
    expect(acknowledged).toHaveLength(20);
    for (let index = 0; index < 40; index += 1) {
      const found = await work.read((settings) => settings.get(`row-${index}`));
      expect([index, found]).toEqual([index, index % 2 === 0 ? 'written' : undefined]);
    }
  });

  it('show nothing before they are committed', async () => {
    let seen: string | undefined = 'unset';
    await work.write(async (settings) => {
      await settings.set('hidden', 'yes');
      seen = await work.read((others) => others.get('hidden'));
    });
    expect(seen).toBeUndefined();
    expect(await work.read((settings) => settings.get('hidden'))).toBe('yes');
  });

  it('that take longer than callers are told to wait leave nothing', async () => {
    const now = performance.now.bind(performance);
    let passed = 0;
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => now() + passed);
    try {
      const late = work.write(async (settings) => {
        await settings.set('late', 'yes');
        passed = 16_000;
      });
      await expect(late).rejects.toMatchObject({ problem: 'unavailable' });
      await work.write((settings) => settings.set('next', 'yes'));
    } finally {
      clock.mockRestore();
    }
    expect(await work.read((settings) => settings.get('late'))).toBeUndefined();
    expect(await work.read((settings) => settings.get('next'))).toBe('yes');
  });

  it('that hold the same lock take turns', async () => {
    await work.write((settings) => settings.set('counter', '0'));
    await Promise.all(
      Array.from({ length: 25 }, () =>
        work.write(async (settings) => {
          await settings.lock('counter-lock');
          const value = Number(await settings.get('counter'));
          await breath();
          await settings.set('counter', String(value + 1));
        }),
      ),
    );
    expect(await work.read((settings) => settings.get('counter'))).toBe('25');
  });

  it.each([
    ['', 'shared', () => Promise.resolve()],
    [
      ', also after what has the database take back everything',
      'full',
      async (manager: EntityManager) => {
        await untilFull(manager);
      },
    ],
  ] as const)('that wait on SQLite share a transaction, in which each ends by itself%s', async (_what, name, more) => {
    if (database.kind !== 'sqlite') return;
    const { run, transactions } = counting();
    const ends = await Promise.allSettled(
      Array.from({ length: 10 }, (_unused, index) =>
        run(async (manager) => {
          await settingStore(manager).set(`${name}-${index}`, 'written');
          if (index === 4) await more(manager);
          if (index === 4 || index === 7) throw new Error('on purpose');
        }),
      ),
    );
    const ended = Array.from({ length: 10 }, (_unused, index) =>
      index === 4 || index === 7 ? 'rejected' : 'fulfilled',
    );
    expect(ends.map(({ status }) => status)).toEqual(ended);
    expect(transactions()).toBe(name === 'full' ? 2 : 1);
    for (let index = 0; index < 10; index += 1) {
      const found = await work.read((settings) => settings.get(`${name}-${index}`));
      expect([index, found]).toEqual([index, ended[index] === 'fulfilled' ? 'written' : undefined]);
    }
  });

  it.each([
    ['and ends well', () => Promise.resolve()],
    ['and fails with something else', () => Promise.reject(new Error('on purpose'))],
    [
      'and goes on',
      (manager: EntityManager) =>
        settingStore(manager)
          .set('went-on', 'written')
          .catch(() => undefined),
    ],
  ] as const)(
    'that share a transaction on SQLite do it again when one hides that it is gone, %s',
    async (what, more) => {
      if (database.kind !== 'sqlite') return;
      for (const hiding of [0, 3]) {
        const { run, transactions } = counting();
        const name = `${what}-${hiding}`;
        const ends = await Promise.allSettled(
          Array.from({ length: 6 }, (_unused, index) =>
            run(async (manager) => {
              await settingStore(manager).set(`${name}-${index}`, 'written');
              if (index !== hiding) return;
              await untilFull(manager).catch(() => undefined);
              await more(manager);
            }),
          ),
        );
        const ended = Array.from({ length: 6 }, (_unused, index) => (index === hiding ? 'rejected' : 'fulfilled'));
        expect(ends.map(({ status }) => status)).toEqual(ended);
        expect(transactions()).toBe(2);
        for (let index = 0; index < 6; index += 1) {
          const found = await work.read((settings) => settings.get(`${name}-${index}`));
          expect([index, found]).toEqual([index, index === hiding ? undefined : 'written']);
        }
      }
      expect(await work.read((settings) => settings.get('went-on'))).toBeUndefined();
    },
  );

  it('that share a transaction on SQLite all fail with its COMMIT', async () => {
    if (database.kind !== 'sqlite') return;
    const { run } = counting();
    const ends = await Promise.allSettled(
      Array.from({ length: 5 }, (_unused, index) =>
        run(async (manager) => {
          await settingStore(manager).set(`together-${index}`, 'written');
          if (index !== 2) return;
          await manager.query('PRAGMA defer_foreign_keys = ON');
          await manager.query("INSERT INTO client_scopes (inum, scope_inum) VALUES ('nobody', 'nothing')");
        }),
      ),
    );
    expect(ends.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'rejected'));
    expect(await work.read((settings) => settings.get('together-0'))).toBeUndefined();
    await work.write((settings) => settings.set('together-0', 'written later'));
    expect(await work.read((settings) => settings.get('together-0'))).toBe('written later');
  });

  const onServer = databaseKind() === 'mariadb' ? describe : describe.skip;
  onServer('of a server whose sessions lose what is set in them', () => {
    let own: Database;
    /** As a proxy does that hands over the session of another one. */
    const spoil = async (): Promise<void> => {
      const runner = own.sources[0]?.createQueryRunner();
      await runner?.query('SET SESSION autocommit = 1');
      await runner?.release();
    };
    const written = async (name: string): Promise<string | undefined> => settingStore(own.reader.manager).get(name);
    const refused = (name: string): Promise<void> =>
      own.transaction(async (manager) => {
        await settingStore(manager).set(name, 'written');
        throw new Error('on purpose');
      });
    afterEach(() => own.close());

    it('say so, and are given others', async () => {
      own = await openDatabase(created.url);
      await spoil();
      await expect(own.transaction((manager) => manager.query('SELECT 1'))).rejects.toThrow(SHARED);
      await own.transaction((manager) => settingStore(manager).set('other-session', 'written'));
      expect(await written('other-session')).toBe('written');
    });

    it('leave nothing of what is only tried', async () => {
      own = await openDatabase(created.url);
      await spoil();
      const units = unitOfWork(own, settingStore);
      await expect(tried(() => units.write((settings) => settings.set('tried', 'written')))).rejects.toThrow(SHARED);
      expect(await written('tried')).toBeUndefined();
      await tried(() => units.write((settings) => settings.set('tried', 'written')));
      expect(await written('tried')).toBeUndefined();
    });

    it('say so where one fails, and leave nothing of those that fail later', async () => {
      own = await openDatabase(created.url);
      await spoil();
      await expect(refused('failed-first')).rejects.toThrow(SHARED);
      await spoil();
      await expect(refused('failed-later')).rejects.toThrow(SHARED);
      expect(await written('failed-later')).toBeUndefined();
      await expect(refused('failed-last')).rejects.toThrow('on purpose');
      expect(await written('failed-last')).toBeUndefined();
    });

    it('leave nothing of one that fails where a proxy speaks for the server', async () => {
      const proxy = await proxyTo(created.url);
      try {
        own = await openDatabase(proxy.url);
        await own.transaction((manager) => settingStore(manager).set('by-proxy', 'written'));
        expect(await written('by-proxy')).toBe('written');
        await spoil();
        await expect(refused('failed-by-proxy')).rejects.toThrow(SHARED);
        expect(await written('failed-by-proxy')).toBeUndefined();
      } finally {
        proxy.close();
      }
    });
  });

  it('that queue up let the process do other things in between', async () => {
    let written = 0;
    const writes = Array.from({ length: 20 }, async (_unused, index) => {
      await work.write((settings) => settings.set(`queued-${index}`, 'written'));
      written += 1;
    });
    await breath();
    expect(written).toBeLessThan(20);
    await Promise.all(writes);
    expect(written).toBe(20);
  });

  it('tells settings apart byte by byte', async () => {
    await work.write(async (settings) => {
      for (const name of ['Abc', 'abc', 'Äbc', 'abc ']) await settings.set(name, name);
    });
    for (const name of ['Abc', 'abc', 'Äbc', 'abc '])
      expect(await work.read((settings) => settings.get(name))).toBe(name);
  });
});

describe('the schema', () => {
  it('is what the entities say', async () => {
    const runner = database.writer.createQueryRunner();
    for (const entity of database.writer.entityMetadatas) {
      const table = await runner.getTable(entity.tableName);
      const columns = table?.columns.map(({ name, isNullable, isPrimary }) => ({ name, isNullable, isPrimary }));
      const expected = entity.columns.map((column) => ({
        name: column.databaseName,
        isNullable: column.isNullable,
        isPrimary: column.isPrimary,
      }));
      expect([entity.tableName, columns?.sort(byName)]).toEqual([entity.tableName, expected.sort(byName)]);
      const indices = table?.indices.map(({ name = '', isUnique }) => ({ name, isUnique })) ?? [];
      expect(indices.sort(byName)).toEqual(
        entity.indices.map(({ name, isUnique }) => ({ name, isUnique })).sort(byName),
      );
    }
    await runner.release();
  });

  it('is migrated once, by whoever comes first', async () => {
    const attempts = database.kind === 'sqlite' ? 1 : 3;
    await Promise.all(Array.from({ length: attempts }, () => migrate(database, { then: () => Promise.resolve() })));
    expect(await database.writer.showMigrations()).toBe(false);
  });
});

/** A clock that stands still until it is moved, by milliseconds. */
function stopped(): Time & { advance(milliseconds: number): void } {
  let at = Date.now();
  return { now: () => at, elapsed: () => at, advance: (milliseconds) => void (at += milliseconds) };
}

describe('a lease', () => {
  const time = stopped();
  const take = (name: string, holder: string): Promise<Lease | undefined> =>
    takeLease(database.reader.manager, { name, holder, time });
  const stateOf = (name: string): Promise<LeaseState | undefined> => leaseState(database.reader.manager, name);

  it('is had by one of those who want it, and by another when it is given back', async () => {
    const leases = await Promise.all(['a', 'b', 'c', 'd'].map((holder) => take('shared', holder)));
    const had = leases.filter((lease) => lease !== undefined);
    expect(had).toHaveLength(1);
    await had[0]?.release(database.reader.manager);
    expect(await stateOf('shared')).toMatchObject({ holder: '', epoch: 1 });
    expect(await take('shared', 'e')).toBeDefined();
    expect(await stateOf('shared')).toMatchObject({ holder: 'e', epoch: 2 });
  });

  it('is kept as long as it is renewed, and taken over 30 seconds after its end', async () => {
    const { manager } = database.reader;
    const first = await take('renewed', 'first');
    for (let round = 0; round < 20; round += 1) {
      time.advance(5_000);
      await first?.keep(manager);
    }
    time.advance(39_999);
    expect(await take('renewed', 'second')).toBeUndefined();
    time.advance(1);
    const second = await take('renewed', 'second');
    await expect(first?.keep(manager)).rejects.toThrow(LeaseLostError);
    await expect(first?.require(manager)).rejects.toThrow(LeaseLostError);
    await first?.release(manager);
    await second?.require(manager);
    expect(await stateOf('renewed')).toMatchObject({ holder: 'second', epoch: 2 });
  });

  it('that cannot be renewed says so in a transaction at once, and elsewhere when it has run out', async () => {
    const { writer, reader, transaction } = database;
    const lease = await take('failing', 'a');
    time.advance(5_000);
    await writer.query('ALTER TABLE leases RENAME TO leases_elsewhere');
    try {
      await lease?.keep(reader.manager);
      await expect(transaction(async (manager) => lease?.keep(manager))).rejects.toThrow('leases');
      time.advance(5_000);
      await expect(lease?.keep(reader.manager)).rejects.toThrow('leases');
    } finally {
      await writer.query('ALTER TABLE leases_elsewhere RENAME TO leases');
    }
    await lease?.keep(reader.manager);
  });

  it('tells names and holders apart byte by byte', async () => {
    expect(await take('case', 'a')).toBeDefined();
    const lease = await take('Case', 'A');
    await database.writer.query("UPDATE leases SET holder = 'a' WHERE name = 'Case'");
    await expect(lease?.require(database.reader.manager)).rejects.toThrow(LeaseLostError);
  });
});

describe('a migration', () => {
  it('stops before its next step when another process has taken over', async () => {
    const { writer, reader } = database;
    await migrate(database, {
      then: async (lease) => {
        const runner = writer.createQueryRunner();
        const unfence = fence(runner, { lease, renewing: reader.manager });
        await runner.startTransaction();
        await runner.query('CREATE TABLE step (id INT)');
        await runner.commitTransaction();
        await writer.query("UPDATE leases SET holder = 'other', epoch = epoch + 1 WHERE name = 'schema'");
        await expect(runner.startTransaction()).rejects.toThrow(LeaseLostError);
        expect(runner.isTransactionActive).toBe(false);
        if (database.kind === 'mariadb') await expect(runner.query('DROP TABLE step')).rejects.toThrow(LeaseLostError);
        unfence();
        await runner.query('DROP TABLE step');
        await runner.release();
        await writer.query("UPDATE leases SET holder = '' WHERE name = 'schema'");
      },
    });
  });

  it('may run twice, each of them', async () => {
    const runner = database.writer.createQueryRunner();
    const before = await contentsOf(database);
    for (const Migration of MIGRATIONS) await new Migration().up(runner);
    await runner.release();
    expect(await contentsOf(database)).toEqual(before);
  });
});

/** What the tables hold, and which columns and indices they have. */
async function contentsOf({ reader, kind }: Database): Promise<unknown> {
  const schema =
    kind === 'sqlite'
      ? 'SELECT name, sql FROM sqlite_master ORDER BY name'
      : `SELECT table_name, column_name, column_type, column_key FROM information_schema.columns
         WHERE table_schema = DATABASE() ORDER BY 1, 2`;
  const tables = ['settings', 'client_counts', 'removed_versions', 'scopes', 'claims', 'clients', 'schema_migrations'];
  const rows = await Promise.all(tables.map((table) => reader.query(`SELECT * FROM ${table} ORDER BY 1`)));
  return [await reader.query(schema), rows];
}

const byName = (left: { name: string }, right: { name: string }): number => left.name.localeCompare(right.name);

describe('the tables that the migrations make', () => {
  it('have the columns that the entities say, and no others', async () => {
    const { writer } = database;
    const runner = writer.createQueryRunner();
    for (const { tableName, columns, primaryColumns } of writer.entityMetadatas) {
      const table = await runner.getTable(tableName);
      const found = new Map(table?.columns.map((column) => [column.name, column]));
      expect([tableName, [...found.keys()].sort()]).toEqual([
        tableName,
        columns.map((column) => column.databaseName).sort(),
      ]);
      expect([tableName, table?.primaryColumns.map(({ name }) => name).sort()]).toEqual([
        tableName,
        primaryColumns.map((column) => column.databaseName).sort(),
      ]);
      for (const { databaseName, isNullable, length } of columns) {
        const place = `${tableName}.${databaseName}`;
        const column = found.get(databaseName);
        expect([place, column?.isNullable]).toEqual([place, isNullable]);
        if (length !== '') expect([place, column?.length]).toEqual([place, length]);
      }
    }
    await runner.release();
  });
});
