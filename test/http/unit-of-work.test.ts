import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '../../entities/data-source.ts';
import { migrate } from '../../entities/migrate.ts';
import { settingStore, type SettingStore } from '../../api/shared/database/setting.store.ts';
import { unitOfWork, type UnitOfWork } from '../../api/shared/database/unit-of-work.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

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
