/*
 * Steps of migrations that may run twice: MariaDB commits every change of a schema by itself, so that a migration whose
 * process was killed begins again among what it has done.
 */
import { Table, TableIndex, type QueryRunner, type TableIndexOptions } from 'typeorm';

type TableOptions = NonNullable<ConstructorParameters<typeof Table>[0]>;

/** Creates a table with its indices and foreign keys, unless there is one of this name. */
export async function createTable(runner: QueryRunner, table: TableOptions): Promise<void> {
  await runner.createTable(new Table(table), true);
}

/** Adds a column, whose definition is SQL, unless the table has one of this name. TypeORM would rebuild it on SQLite. */
export async function addColumn(runner: QueryRunner, table: string, definition: string): Promise<void> {
  const [name = ''] = definition.split(' ', 1);
  if (await runner.hasColumn(table, name)) return;
  await runner.query(`ALTER TABLE ${table} ADD COLUMN ${definition}`);
}

/** Drops a column that the table may have and no index needs. TypeORM goes by what it knew of the table before. */
export async function dropColumn(runner: QueryRunner, table: string, name: string): Promise<void> {
  if (await runner.hasColumn(table, name)) await runner.query(`ALTER TABLE ${table} DROP COLUMN ${name}`);
}

/** Creates an index, unless the table has one of this name. */
export async function createIndex(runner: QueryRunner, table: string, index: TableIndexOptions): Promise<void> {
  if (!(await hasIndex(runner, table, index.name ?? ''))) await runner.createIndex(table, new TableIndex(index));
}

/**
 * The same for a table that may be large and is written meanwhile: a server builds the index beside that, or refuses to. SQLite
 * has nobody beside it.
 */
export async function createIndexOnline(
  runner: QueryRunner,
  table: string,
  { name = '', columnNames }: TableIndexOptions,
): Promise<void> {
  if (await hasIndex(runner, table, name)) return;
  const how = runner.dataSource.options.type === 'better-sqlite3' ? '' : ' ALGORITHM=INPLACE LOCK=NONE';
  await runner.query(`CREATE INDEX ${name} ON ${table} (${columnNames.join(', ')})${how}`);
}

/** Drops an index that the table may have. */
export async function dropIndex(runner: QueryRunner, table: string, name: string): Promise<void> {
  if (!(await hasIndex(runner, table, name))) return;
  const on = runner.dataSource.options.type === 'better-sqlite3' ? '' : ` ON ${table}`;
  await runner.query(`DROP INDEX ${name}${on}`);
}

async function hasIndex(runner: QueryRunner, table: string, name: string): Promise<boolean> {
  return (await runner.getTable(table))?.indices.some((index) => index.name === name) === true;
}

/** What an INSERT begins with that leaves rows alone whose key is there. */
export const insertOrLeave = (runner: QueryRunner): string =>
  runner.dataSource.options.type === 'better-sqlite3' ? 'INSERT OR IGNORE INTO' : 'INSERT IGNORE INTO';
