import libsql from 'libsql';
import { MigrationExecutor, type QueryRunner } from 'typeorm';
import { checkPending } from './check-pending.ts';
import { ownFile, type Database } from './data-source.ts';
import { MIGRATIONS } from './migrations/all.ts';
import { listenForProgress, type OnProgress } from './migrations/progress.ts';
import { SettingEntity } from './setting.entity.ts';
import { otherSchema, SCHEMA_SETTING, SCHEMA_VERSION, schemaOf } from './schema-version.ts';

const LOCK = 'clientele_schema';
const WAIT_SECONDS = 60;

/** The user of the database may not do what a migration does. */
export class SchemaRightsError extends Error {
  override readonly name = 'SchemaRightsError';
}

/** A migration did not get to its end; the message says which, why, and what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** What MariaDB and MySQL say when a user may not: on a database, on a table. */
const DENIED = new Set(['ER_DBACCESS_DENIED_ERROR', 'ER_TABLEACCESS_DENIED_ERROR']);

export interface Migrating<T> {
  /** Told how far a migration of many rows is. */
  readonly onProgress?: OnProgress;
  /** Runs when the schema is up to date, while no other process migrates. */
  readonly then: () => Promise<T>;
}

/**
 * Brings the schema up to date and then runs `then`, while no other process does either: replicas that start
 * together, or a second process on the same embedded database, wait. Throws a SchemaRightsError when the user of the
 * database may not change it, a SchemaVersionError when it is newer than this version knows, a MigrationRefusal when
 * what is in it does not allow that, and a MigrationError.
 */
export async function migrate<T>(database: Database, { then, onProgress = () => undefined }: Migrating<T>): Promise<T> {
  const release = database.kind === 'sqlite' ? lockFile(database) : await lockServer(database);
  try {
    await runMigrations(database, onProgress);
    return await then();
  } finally {
    await release();
  }
}

async function runMigrations({ writer }: Database, onProgress: OnProgress): Promise<void> {
  const runner = writer.createQueryRunner();
  const executor = new MigrationExecutor(writer, runner);
  executor.transaction = 'each';
  listenForProgress(runner, onProgress);
  try {
    await refuseNewer(runner, executor);
    await checkPending(runner, executor);
    // First of all, so that a process of an older version that still runs writes nothing from here on.
    if (await runner.hasTable('settings')) await noteSchema(runner, SCHEMA_VERSION);
    await executor.executePendingMigrations();
    await noteSchema(runner, SCHEMA_VERSION);
  } catch (error) {
    throw await inWords(error, runner, executor);
  } finally {
    await runner.release();
  }
}

async function refuseNewer(runner: QueryRunner, executor: MigrationExecutor): Promise<void> {
  const names = new Set<string>(MIGRATIONS.map((migration) => new migration().name));
  const executed = await executor.getExecutedMigrations();
  const unknown = executed.filter(({ name }) => !names.has(name)).length;
  const noted = (await runner.hasTable('settings')) ? await schemaOf(runner.manager) : undefined;
  const found = Math.max(noted ?? 0, unknown > 0 ? SCHEMA_VERSION + unknown : 0);
  if (found > SCHEMA_VERSION) throw otherSchema(found);
}

async function noteSchema({ manager }: QueryRunner, version: number): Promise<void> {
  const noted = await schemaOf(manager);
  const row = { name: SCHEMA_SETTING, value: String(version) };
  if (noted === undefined) await manager.insert(SettingEntity, row);
  else if (noted !== version) await manager.update(SettingEntity, { name: row.name }, row);
}

async function inWords(error: unknown, runner: QueryRunner, executor: MigrationExecutor): Promise<unknown> {
  const { name, code = '', message } = error as Error & { code?: string };
  if (name === 'SchemaVersionError' || name === 'MigrationRefusal') return error;
  if (DENIED.has(code)) {
    // Nothing was changed: processes of the version before may go on.
    await noteSchema(runner, (await executor.getExecutedMigrations()).length).catch(() => undefined);
    return new SchemaRightsError(message, { cause: error });
  }
  const [failed] = await executor.getPendingMigrations().catch(() => []);
  const what = failed === undefined ? '' : ` (${failed.name})`;
  return new MigrationError(
    `the database could not be brought up to date${what}: ${message.split('\n')[0] ?? ''}. What was done until then is ` +
      'kept, and nothing is lost. Remove the cause and start again, which goes on from there; to go back to the ' +
      'version before, restore the backup that was made before the update',
    { cause: error },
  );
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
