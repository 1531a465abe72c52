import type { EntityManager } from 'typeorm';
import type { Database } from './data-source.ts';
import type { Session } from './mariadb-pools.ts';
import { MIGRATIONS } from './migrations/all.ts';

/** The schema that this version reads and writes: the number of its migrations. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** The row of `settings` that says which schema the database has, or is being given. */
export const SCHEMA_SETTING = 'schema';

/** The database has another schema than this version reads and writes. */
export class SchemaVersionError extends Error {
  override readonly name = 'SchemaVersionError';
}

/** The error about a database with the schema `found`, or with one from before schemas had numbers. */
export function otherSchema(found: number | undefined): SchemaVersionError {
  if (found !== undefined && found > SCHEMA_VERSION)
    return new SchemaVersionError(
      `a newer version of Clientele has migrated the database (its schema is ${found}, this version knows ` +
        `${SCHEMA_VERSION}): start that version, or restore the backup from before`,
    );
  return new SchemaVersionError('the database is not up to date: start the service, or run npm run migrate');
}

/** Nobody gives the database another schema until the transaction ends. On SQLite there is nobody else. */
const lockOf = ({ dataSource }: EntityManager): string =>
  dataSource.options.type === 'better-sqlite3' ? '' : ' LOCK IN SHARE MODE';

/** Transactions that have looked at the schema. */
const sure = new WeakSet<EntityManager>();

/** To be called when a unit of work begins: on SQLite all of them have one manager. */
export const lookAtSchemaAgain = (manager: EntityManager): void => void sure.delete(manager);

/**
 * Throws a SchemaVersionError unless the database has the schema of this version. In a transaction on a server nobody
 * gives it another one until the transaction ends.
 */
export async function requireSchema(manager: EntityManager): Promise<void> {
  if (sure.has(manager)) return;
  const found = await schemaOf(manager, lockOf(manager));
  if (found !== SCHEMA_VERSION) throw otherSchema(found);
}

/**
 * Runs an `INSERT … SELECT …` of one row in a transaction, without FROM, where the database has the schema of this version,
 * which needs no look of its own then. Throws as `requireSchema` does.
 */
export async function underSchema(manager: EntityManager, insert: string, values: readonly unknown[]): Promise<void> {
  const guarded = `${insert} FROM settings WHERE name = '${SCHEMA_SETTING}' AND value = '${SCHEMA_VERSION}'${lockOf(manager)}`;
  const written = await manager.queryRunner?.query(guarded, [...values], true);
  if (written?.affected !== 1) throw otherSchema(await schemaOf(manager));
  sure.add(manager);
}

/** The schema that the database has; undefined where none was noted. `lock` is put after the query. */
export async function schemaOf(server: Pick<Session, 'query'>, lock = ''): Promise<number | undefined> {
  const select = `SELECT value FROM settings WHERE name = '${SCHEMA_SETTING}'${lock}`;
  const [row] = await server.query<{ value: string }[]>(select);
  return row && Number(row.value);
}

/** Every so many milliseconds a process looks whether the schema is still its own; a write looks each time. */
const WATCH = 10_000;

/** Aborts `superseded` when another process has given the database a newer schema. `clearInterval` ends the watch. */
export function watchSchema({ reader, superseded }: Database): NodeJS.Timeout {
  return setInterval(() => {
    const look = async (): Promise<void> => {
      const found = await schemaOf(reader.manager);
      if (found !== undefined && found > SCHEMA_VERSION) superseded.abort(otherSchema(found));
    };
    // A database that is away now is looked at the next time.
    look().catch(() => undefined);
  }, WATCH);
}
