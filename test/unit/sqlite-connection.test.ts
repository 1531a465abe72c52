import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import libsql from 'libsql';
import { SqliteConnection } from '../../entities/sqlite-connection.ts';

let folder: string;
let connection: SqliteConnection;
/** What another process does. */
let other: libsql.Database;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
  const file = join(folder, 'test.sqlite');
  connection = new SqliteConnection(file, { timeout: 5 });
  connection.prepare('CREATE TABLE rows (id TEXT PRIMARY KEY)').run();
  other = new libsql(file);
});
afterEach(() => {
  connection.close();
  other.close();
  rmSync(folder, { recursive: true, force: true });
});

const insert = (id: string): unknown => connection.prepare('INSERT INTO rows VALUES (?)').run(id);
const count = (): unknown => connection.prepare('SELECT count(*) AS count FROM rows').all();
const run = (sql: string): unknown => connection.prepare(sql).run();
const seen = (rows: number): unknown => [expect.objectContaining({ count: rows })];

it('is not refused for what another process wrote since it began to read', () => {
  run('BEGIN TRANSACTION');
  expect(count()).toEqual(seen(0));
  expect(() => other.exec("INSERT INTO rows VALUES ('theirs')")).toThrow('locked');
  insert('ours');
  run('COMMIT');
  other.exec("INSERT INTO rows VALUES ('theirs')");
  expect(count()).toEqual(seen(2));
});

it('keeps nothing of a beginning that was refused', () => {
  other.exec("BEGIN IMMEDIATE; INSERT INTO rows VALUES ('theirs')");
  expect(() => run('BEGIN TRANSACTION')).toThrow('locked');
  expect(() => run('ROLLBACK')).toThrow('no transaction');
  other.exec("COMMIT; INSERT INTO rows VALUES ('theirs too')");
  expect(count()).toEqual(seen(2));
  expect(other.pragma('wal_checkpoint(TRUNCATE)')).toEqual([expect.objectContaining({ busy: 0 })]);
  run('BEGIN TRANSACTION');
  insert('ours');
  run('COMMIT');
  expect(count()).toEqual(seen(3));
});

it('is replaced after a statement that was refused, and its statements go on', () => {
  const counting = connection.prepare('SELECT count(*) AS count FROM rows');
  other.exec("BEGIN IMMEDIATE; INSERT INTO rows VALUES ('theirs')");
  expect(() => insert('ours')).toThrow('locked');
  other.exec("COMMIT; INSERT INTO rows VALUES ('theirs too')");
  expect(counting.all()).toEqual(seen(2));
  insert('ours');
  expect(counting.all()).toEqual(seen(3));
  expect(connection.prepare('PRAGMA synchronous').all()).toEqual([expect.objectContaining({ synchronous: 2 })]);
});

it('has nothing to roll back after SQLite did so itself', () => {
  run('BEGIN TRANSACTION');
  insert('ours');
  expect(() => connection.prepare("INSERT OR ROLLBACK INTO rows VALUES ('ours')").run()).toThrow('UNIQUE');
  run('ROLLBACK');
  expect(count()).toEqual(seen(0));
});

it('refuses what comes after SQLite rolled back by itself, with the reason, until the transaction has ended', () => {
  run('BEGIN TRANSACTION');
  run('SAVEPOINT inner');
  expect(() => connection.prepare('INSERT OR ROLLBACK INTO rows VALUES (NULL), (1), (1)').run()).toThrow('UNIQUE');
  expect(connection.isInTransaction()).toBe(false);
  expect(() => insert('alone')).toThrow('UNIQUE');
  expect(() => count()).toThrow('UNIQUE');
  expect(() => run('RELEASE SAVEPOINT inner')).toThrow('UNIQUE');
  run('ROLLBACK TO SAVEPOINT inner');
  expect(() => run('COMMIT')).toThrow('UNIQUE');
  run('ROLLBACK');
  expect(count()).toEqual(seen(0));
  insert('later');
  expect(count()).toEqual(seen(1));
});
