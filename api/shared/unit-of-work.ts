import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { QueryFailedError, type EntityManager } from 'typeorm';
import type { Database } from '../../entities/data-source.ts';
import { requireSchema, SchemaVersionError } from '../../entities/schema-version.ts';
import { NO_METERS, type Meters } from './meters.ts';
import { Problem } from './problem.ts';
import { semaphore } from './semaphore.ts';

/** The only way to the stores: in one transaction, or for reading what is committed. */
export interface UnitOfWork<Stores> {
  /** Runs `work` in one transaction; whatever it throws rolls everything back. It may run again after a deadlock. */
  write<T>(work: (stores: Stores) => Promise<T>): Promise<T>;
  /** Runs `work` on committed data, outside any transaction. */
  read<T>(work: (stores: Stores) => Promise<T>): Promise<T>;
}

const ATTEMPTS = 8;
/** How long a unit of work waits for another process that holds the lock of SQLite, in milliseconds. */
const PATIENCE = 5_000;
const BUSY = new Set(['SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT']);
/**
 * Deadlock, row changed since read, a scope or claim that was removed since it was looked up; SQLite busy because
 * another process writes.
 */
const RETRY = new Set([
  'ER_LOCK_DEADLOCK',
  'ER_CHECKREAD',
  'ER_NO_REFERENCED_ROW_2',
  'SQLITE_BUSY',
  'SQLITE_BUSY_SNAPSHOT',
]);
const CONNECTION = new Set([
  'ER_LOCK_WAIT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR',
  'ER_SERVER_SHUTDOWN',
  'ER_CON_COUNT_ERROR',
  'SQLITE_BUSY',
  'SQLITE_IOERR',
  'SQLITE_FULL',
  'SQLITE_CANTOPEN',
  'SQLITE_READONLY',
]);

/**
 * Units of work on `database`. `storesOf` makes the stores on a transaction or on the reading connection.
 * On SQLite they take turns: two TypeORM transactions share its one connection, and a rollback of one would take
 * away an acknowledged write of the other.
 */
export function unitOfWork<Stores>(
  database: Database,
  storesOf: (manager: EntityManager) => Stores,
  meters: Meters = NO_METERS,
): UnitOfWork<Stores> {
  const turn = database.kind === 'sqlite' ? queue(meters) : <T>(task: () => Promise<T>): Promise<T> => task();
  const reading = storesOf(database.reader.manager);
  return {
    write: (work) =>
      measured(meters, 'write', () =>
        retried(meters, () =>
          turn(() =>
            database.writer.transaction(async (manager) => {
              await requireKnownSchema(database, manager);
              return work(storesOf(manager));
            }),
          ),
        ),
      ),
    read: (work) => measured(meters, 'read', () => work(reading)),
  };
}

/** Refuses to write into a schema that another process has brought further, and says so to the whole process. */
async function requireKnownSchema({ superseded }: Database, manager: EntityManager): Promise<void> {
  try {
    await requireSchema(manager);
  } catch (error) {
    if (!(error instanceof SchemaVersionError)) throw error;
    superseded.abort(error);
    throw new Problem('unavailable', { detail: error.message, headers: { 'Retry-After': '5' } }, { cause: error });
  }
}

/**
 * One task at a time, in the order in which they came. Nothing in a task waits for the outside, SQLite is in this
 * process: without a turn of the event loop between two of them, those that wait would all run before anything else
 * is read, answered or accepted.
 */
function queue(meters: Meters): <T>(task: () => Promise<T>) => Promise<T> {
  const run = semaphore(1);
  let waiting = 0;
  meters.queue(() => waiting);
  return (task) => {
    waiting += 1;
    return run(async () => {
      waiting -= 1;
      await nextTurn();
      return task();
    });
  };
}

async function measured<T>(meters: Meters, kind: 'read' | 'write', task: () => Promise<T>): Promise<T> {
  const end = meters.unitOfWork(kind);
  try {
    const outcome = await translated(meters, task);
    end('done');
    return outcome;
  } catch (error) {
    end('failed');
    throw error;
  }
}

async function retried<T>(meters: Meters, attempt: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE;
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      const code = databaseCode(error) ?? '';
      const isWorthIt = BUSY.has(code) ? performance.now() < deadline : tries < ATTEMPTS && RETRY.has(code);
      if (!isWorthIt) throw error;
      meters.retry();
      if (BUSY.has(code)) await sleep(Math.min(10 * tries, 100));
    }
  }
}

/** A statement that was stopped because it took too long. */
const STOPPED = new Set(['ER_STATEMENT_TIMEOUT', 'ER_QUERY_TIMEOUT']);

/** How long anything waits for the database, in milliseconds: a server that is frozen never answers. */
const DEADLINE = 15_000;

async function translated<T>(meters: Meters, task: () => Promise<T>): Promise<T> {
  try {
    return await within(DEADLINE, task());
  } catch (error) {
    const code = databaseCode(error) ?? '';
    if (STOPPED.has(code)) meters.searchStopped();
    const detail = whyUnavailable(code);
    if (detail === undefined) throw error;
    throw new Problem('unavailable', { detail, headers: { 'Retry-After': '5' } }, { cause: error });
  }
}

/** Rejects as a lost connection does when `task` takes longer; what it does after that is nobody's concern. */
export async function within<T>(milliseconds: number, task: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = Object.assign(new Error('the database does not answer'), { code: 'ETIMEDOUT' });
    timer = setTimeout(() => reject(error), milliseconds);
  });
  try {
    return await Promise.race([task, late]);
  } finally {
    clearTimeout(timer);
  }
}

function whyUnavailable(code: string): string | undefined {
  if (STOPPED.has(code)) return 'the query took too long and was stopped';
  return CONNECTION.has(code) || RETRY.has(code) ? 'the database cannot be reached' : undefined;
}

/** The driver's error code, also when TypeORM wrapped the error. */
function databaseCode(error: unknown): string | undefined {
  const driver: unknown = error instanceof QueryFailedError ? error.driverError : error;
  // By shape: libsql's errors are not native ones.
  const code = typeof driver === 'object' && driver !== null && 'code' in driver ? driver.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** Whether `error` says that a row with this unique key is there already. */
export function isDuplicate(error: unknown): boolean {
  const code = databaseCode(error);
  return code === 'ER_DUP_ENTRY' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY' || code === 'SQLITE_CONSTRAINT_UNIQUE';
}
