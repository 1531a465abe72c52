import { MigrationExecutor, type QueryRunner } from 'typeorm';
import { checkPending } from './check-pending.ts';
import type { Database } from './data-source.ts';
import { fence } from './fence.ts';
import type { Lease, Time } from './lease.ts';
import { MIGRATIONS } from './migrations/all.ts';
import { listenForProgress, type OnProgress } from './migrations/progress.ts';
import { withSchemaLock, type OnWait } from './schema-lock.ts';
import { rightsError } from './schema-rights.ts';
import { otherSchema, SCHEMA_SETTING, SCHEMA_VERSION, schemaOf } from './schema-version.ts';
import { SettingEntity } from './setting.entity.ts';

const SYSTEM_TIME: Time = { now: () => Date.now(), elapsed: () => performance.now() };

/** A migration did not get to its end; the message says which, why, and what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

export interface Migrating<T> {
  readonly time?: Time;
  /** Told how far a migration of many rows is. */
  readonly onProgress?: OnProgress;
  /** Told which process this one waits for. */
  readonly onWait?: OnWait;
  /** Ends the waiting, or the migration before its next step. */
  readonly signal?: AbortSignal;
  /** Runs when the schema is up to date, while no other process migrates. Each of its transactions requires the lease. */
  readonly then: (lease: Lease) => Promise<T>;
}

/**
 * Brings the schema up to date and then runs `then`, while no other process does either: replicas that start
 * together, or a second process on the same embedded database, wait. Throws a SchemaRightsError when the user of the
 * database may not change it, a SchemaVersionError when it is newer than this version knows, a MigrationRefusal when
 * what is in it does not allow that, a SchemaLockError when it cannot be locked, a LeaseLostError when this process was
 * stopped for so long that another one does it, and a MigrationError.
 */
export async function migrate<T>(database: Database, migrating: Migrating<T>): Promise<T> {
  const { time = SYSTEM_TIME, onProgress = () => undefined, onWait = () => undefined, signal, then } = migrating;
  return withSchemaLock(database, { time, onWait, signal }, async (lease) => {
    await runMigrations(database, { lease, onProgress, signal });
    return await then(lease);
  });
}

interface Running {
  readonly lease: Lease;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal | undefined;
}

async function runMigrations({ writer, reader }: Database, { lease, onProgress, signal }: Running): Promise<void> {
  const runner = writer.createQueryRunner();
  const unfence = fence(runner, { lease, renewing: reader.manager, signal });
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
    unfence();
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

/** Errors that say enough by themselves; AbortError is that of a process that was told to end. */
const AS_THEY_ARE = new Set(['SchemaVersionError', 'MigrationRefusal', 'LeaseLostError', 'AbortError']);

async function inWords(error: unknown, runner: QueryRunner, executor: MigrationExecutor): Promise<unknown> {
  const { name, message } = error as Error;
  if (AS_THEY_ARE.has(name)) return error;
  const told = rightsError(error);
  if (told !== error) {
    // Nothing was changed: processes of the version before may go on.
    await noteSchema(runner, (await executor.getExecutedMigrations()).length).catch(() => undefined);
    return told;
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
