import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from './data-source.ts';
import { formerLock, type FormerLock } from './former-lock.ts';
import { ABANDONED, Lease, leaseState, RENEWED, takeLease, thisProcess, type LeaseState, type Time } from './lease.ts';
import { createLeases } from './migrations/lease-table.ts';
import { rightsError } from './schema-rights.ts';

const NAME = 'schema';
/** How often those that wait look, in milliseconds. */
const LOOK = 200;
/** Replicas that start together wait for a moment; after so long it is worth a word, and again every so often. */
const [FIRST_WORD, NEXT_WORD] = [1_000, 10_000];
/** For how long a holder may give no sign of life where it cannot be told whether it is still there. */
const SILENCE = 60_000;

/** The lock for changing the schema cannot be had; the message says who has it, and what to do. */
export class SchemaLockError extends Error {
  override readonly name = 'SchemaLockError';
}

/** Told again and again, while this process waits, which one it waits for. */
export type OnWait = (holder: string, since: string | undefined) => void;

export interface SchemaLockOptions {
  readonly time: Time;
  readonly onWait: OnWait;
  /** Ends the waiting, or the task before its next step. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `task` while no other process changes the schema: it holds a lease, which is renewed as long as this process
 * lives, and the lock of the version before. Rejects with a SchemaLockError when that cannot be had.
 */
export async function withSchemaLock<T>(
  database: Database,
  options: SchemaLockOptions,
  task: (lease: Lease) => Promise<T>,
): Promise<T> {
  const former = formerLock(database);
  const { manager } = database.reader;
  try {
    const lease = await waited(database, former, options);
    // Each step looks for itself. On SQLite this process has a transaction most of the time, and would wait for itself.
    const renew = (): void => {
      lease.keep(manager).catch(() => undefined);
    };
    const renewing = database.kind === 'sqlite' ? undefined : setInterval(renew, RENEWED);
    try {
      return await task(lease);
    } finally {
      clearInterval(renewing);
      // Where that fails it ends by itself.
      await lease.release(manager).catch(() => undefined);
    }
  } finally {
    await former.release();
  }
}

/** Resolves when this process has both the lease and the former lock. */
async function waited(database: Database, former: FormerLock, options: SchemaLockOptions): Promise<Lease> {
  const { time, onWait, signal } = options;
  const start = time.elapsed();
  let [seen, changed, spoken] = ['', start, -Infinity];
  const holder = thisProcess();
  for (;;) {
    signal?.throwIfAborted();
    const isAbandoned = time.elapsed() - changed >= ABANDONED;
    const outcome = await attempt(database, former, { name: NAME, holder, time, isAbandoned });
    if (outcome instanceof Lease) return outcome;
    const now = time.elapsed();
    const sign = JSON.stringify(outcome);
    if (sign !== seen) [seen, changed] = [sign, now];
    if (now - changed >= SILENCE) throw new SchemaLockError(silent(outcome));
    if (now - start >= FIRST_WORD && now - spoken >= NEXT_WORD) {
      onWait(outcome.holder || UNKNOWN, outcome.since || undefined);
      spoken = now;
    }
    await sleep(LOOK);
  }
}

const UNKNOWN = 'another process';

const silent = ({ holder, since }: LeaseState): string =>
  `${holder || UNKNOWN} has held the lock for changing the schema${since && ` since ${since}`}, and has given no sign of ` +
  `life for ${SILENCE / 1_000} seconds: look whether it still works, end it (kill -9) if it does not, and start again`;

const FREE: LeaseState = { holder: '', epoch: 0, since: '', expiresAt: '' };

interface Attempt {
  readonly name: string;
  readonly holder: string;
  readonly time: Time;
  readonly isAbandoned: boolean;
}

/** Takes the lease, or tells who has it. */
async function attempt({ reader }: Database, former: FormerLock, wanted: Attempt): Promise<Lease | LeaseState> {
  const isOurs = await former.take();
  let state = FREE;
  try {
    await createLeases(reader).catch((error: unknown) => {
      throw rightsError(error);
    });
    state = (await leaseState(reader.manager, wanted.name)) ?? FREE;
    // Somebody of the version before, or about to take the lease; or on SQLite one that lives.
    if (!isOurs && (former.endsWithProcess || state.holder === '')) return state;
    const isAbandoned = wanted.isAbandoned || (isOurs && former.endsWithProcess);
    const lease = await takeLease(reader.manager, { ...wanted, isAbandoned });
    if (lease === undefined) await former.release();
    return lease ?? state;
  } catch (error) {
    await former.release();
    if (isPassing(error)) return state;
    throw error;
  }
}

/** Whether it says only that others write the same thing, or to the same database, at this moment. */
function isPassing(error: unknown): boolean {
  const { code = '', errno = 0 } = error as { code?: string; errno?: number };
  return code.startsWith('SQLITE_BUSY') || CONFLICTS.has(errno);
}

/** Deadlock, which a cluster also says of the later of two commits; a row that changed; a lock that lasted too long. */
const CONFLICTS = new Set([1213, 1020, 1205]);
