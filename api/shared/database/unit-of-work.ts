import { setTimeout as sleep } from 'node:timers/promises';
import { QueryFailedError, type EntityManager } from 'typeorm';
import type { Database } from '../../../entities/data-source.ts';
import { lookAtSchemaAgain, requireSchema, SchemaVersionError } from '../../../entities/schema-version.ts';
import { databaseFault } from './database-fault.ts';
import { deadline, type IsOver } from './deadline.ts';
import { dryRunUnderWay, rolledBack } from './dry-run.ts';
import type { ReadReplica } from './read-replica.ts';
import { NO_METERS, type Meters } from '../meters.ts';
import { Problem } from '../problem.ts';
import { sharedTransactions } from './shared-transaction.ts';
import { traced } from '../tracing.ts';

/** The only way to the stores: in one transaction, or for reading what is committed. */
export interface UnitOfWork<Stores> {
  /** Runs `work` in one transaction; whatever it throws rolls everything back, and so does the end of what is only tried. It may run again after a deadlock. */
  write<T>(work: (stores: Stores) => Promise<T>): Promise<T>;
  /** Runs `work` on committed data, outside any transaction. */
  read<T>(work: (stores: Stores) => Promise<T>): Promise<T>;
  /**
   * The same for what callers ask to see, which may be read from a replica of the database: what they get is no older, and
   * nothing is decided or written by it.
   */
  browse<T>(work: (stores: Stores) => Promise<T>): Promise<T>;
}

const ATTEMPTS = 8;
/** How long a unit of work waits for another process that holds the lock of SQLite, in milliseconds. */
const PATIENCE = 5_000;
/**
 * Units of work on `database`. `storesOf` makes the stores on a transaction or on the reading connection.
 * On SQLite they take turns: what runs beside another one on its one connection would be taken away by a rollback of that.
 */
export function unitOfWork<Stores>(
  database: Database,
  storesOf: (manager: EntityManager) => Stores,
  meters: Meters = NO_METERS,
  replica?: ReadReplica,
): UnitOfWork<Stores> {
  const transaction = transactionOf(database, meters);
  const reading = storesOf(database.reader.manager);
  const storesAt = madeOnce(storesOf);
  return {
    write: (work) => {
      const inUnit = unitFor(database, transaction);
      return measured(meters, 'write', (isOver) =>
        retried(meters, () => inUnit((manager) => inTimeToCommit(isOver, work(storesOf(manager))))),
      );
    },
    read: (work) => measured(meters, 'read', () => work(reading)),
    browse: (work) => {
      const here = (): ReturnType<typeof work> => work(reading);
      const there = (manager: EntityManager): ReturnType<typeof work> => work(storesAt(manager));
      return measured(meters, 'read', () => (replica === undefined ? here() : replica.read(there, here)));
    },
  };
}

/** What was made of the last argument is made once: the replica has one manager, and stores remember what they counted. */
function madeOnce<A, T>(make: (argument: A) => T): (argument: A) => T {
  let last: { readonly argument: A; readonly made: T } | undefined;
  return (argument) => {
    if (last?.argument !== argument) last = { argument, made: make(argument) };
    return last.made;
  };
}

type Transaction = Database['transaction'];

/** On SQLite units of work share one connection, and where they wait for it a transaction. */
function transactionOf(database: Database, meters: Meters): Transaction {
  if (database.kind !== 'sqlite') return database.transaction;
  const shared = sharedTransactions(database);
  meters.queue(shared.waiting);
  return shared.run;
}

/** Runs work in a transaction, of which nothing is left in the end where something is only tried. */
function unitFor(database: Database, transaction: Transaction): Transaction {
  const dryRun = dryRunUnderWay();
  const begin: Transaction = (work) =>
    transaction((manager) => underKnownSchema(database, manager, work), dryRun !== undefined);
  return dryRun === undefined
    ? begin
    : (work) => rolledBack(dryRun, (wrapped) => begin((manager) => wrapped(() => work(manager))));
}

/**
 * Commits nothing to a schema that another process has brought further, and says so to the whole process. Looked at last,
 * since most units of work have a statement that does it anyway, and after a failure, which may come of the other schema.
 */
async function underKnownSchema<T>(
  { superseded }: Database,
  manager: EntityManager,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  lookAtSchemaAgain(manager);
  try {
    const outcome = await work(manager).catch(async (error: unknown) => {
      if (error instanceof QueryFailedError && databaseFault(error) === undefined) await requireSchema(manager);
      throw error;
    });
    await requireSchema(manager);
    return outcome;
  } catch (error) {
    if (!(error instanceof SchemaVersionError)) throw error;
    superseded.abort(error);
    throw new Problem('unavailable', { detail: error.message, headers: { 'Retry-After': '5' } }, { cause: error });
  }
}

async function measured<T>(meters: Meters, kind: 'read' | 'write', task: (isOver: IsOver) => Promise<T>): Promise<T> {
  const end = meters.unitOfWork(kind);
  try {
    const outcome = await traced('unit of work', { 'clientele.kind': kind }, () => translated(task));
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
      const kind = databaseFault(error)?.kind;
      const isWorthIt = kind === 'busy' ? performance.now() < deadline : kind === 'conflict' && tries < ATTEMPTS;
      if (!isWorthIt) throw error;
      meters.retry();
      if (kind === 'busy') await sleep(Math.min(10 * tries, 100));
    }
  }
}

/** How long anything waits for the database, in milliseconds: a server that is frozen never answers. */
const DEADLINE = 15_000;

const inTime = deadline(DEADLINE);

/** Work whose caller has been told, or is told now, that it was not done is not committed. */
async function inTimeToCommit<T>(isOver: IsOver, work: Promise<T>): Promise<T> {
  const outcome = await work;
  if (!isOver()) return outcome;
  const detail = 'the database took too long, and nothing was written';
  throw new Problem('unavailable', { detail, headers: { 'Retry-After': '5' } });
}

async function translated<T>(task: (isOver: IsOver) => Promise<T>): Promise<T> {
  try {
    return await inTime(task);
  } catch (error) {
    const fault = databaseFault(error);
    if (fault === undefined) throw error;
    const { detail, retryAfter } = fault;
    const headers = retryAfter !== undefined && { headers: { 'Retry-After': String(retryAfter) } };
    throw new Problem('unavailable', { detail, ...headers }, { cause: error });
  }
}
