import libsql from 'libsql';
import { ownFile, type Database } from './data-source.ts';

const LOCK = 'clientele_schema';
const WAIT_SECONDS = 60;

/** The user of the database may not do what a migration does. */
export class SchemaRightsError extends Error {
  override readonly name = 'SchemaRightsError';
}

/** What MariaDB and MySQL say when a user may not: on a database, on a table. */
const DENIED = new Set(['ER_DBACCESS_DENIED_ERROR', 'ER_TABLEACCESS_DENIED_ERROR']);

/**
 * Brings the schema up to date and then runs `then`, while no other process does either: replicas that start
 * together, or a second process on the same embedded database, wait. Throws a SchemaRightsError when the user of the
 * database may not change it.
 */
export async function migrate<T>(database: Database, then: () => Promise<T>): Promise<T> {
  const release = database.kind === 'sqlite' ? lockFile(database) : await lockServer(database);
  try {
    await runMigrations(database);
    return await then();
  } finally {
    await release();
  }
}

async function runMigrations({ writer }: Database): Promise<void> {
  try {
    await writer.runMigrations({ transaction: 'each' });
  } catch (error) {
    const { code = '', message } = error as Error & { code?: string };
    throw DENIED.has(code) ? new SchemaRightsError(message, { cause: error }) : error;
  }
}

/** Whether nothing was ever stored in the database. */
export async function isNew({ writer }: Database): Promise<boolean> {
  const runner = writer.createQueryRunner();
  try {
    return !(await runner.hasTable('clients'));
  } finally {
    await runner.release();
  }
}

/** A second, empty database beside the first: its lock ends with the process, whatever happens. */
function lockFile(database: Database): () => Promise<void> {
  const file = `${String(database.writer.options.database)}-lock`;
  ownFile(file);
  const lock = new libsql(file, { timeout: WAIT_SECONDS * 1_000 });
  lock.exec('BEGIN EXCLUSIVE');
  return () => {
    lock.exec('ROLLBACK');
    lock.close();
    return Promise.resolve();
  };
}

/** `GET_LOCK` belongs to a connection, so that one is kept aside until the end. */
async function lockServer(database: Database): Promise<() => Promise<void>> {
  const runner = database.writer.createQueryRunner();
  const rows = (await runner.query('SELECT GET_LOCK(?, ?) AS granted', [LOCK, WAIT_SECONDS])) as { granted: unknown }[];
  if (Number(rows[0]?.granted) !== 1) {
    await runner.release();
    throw new Error(`another process has held the schema lock for ${WAIT_SECONDS} seconds`);
  }
  return async () => {
    await runner.query('SELECT RELEASE_LOCK(?)', [LOCK]);
    await runner.release();
  };
}
