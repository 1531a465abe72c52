import { AsyncLocalStorage } from 'node:async_hooks';

/** A resource that a unit of work has written: its documents as JSON texts, where it has one before and after. */
export interface TriedWrite {
  readonly kind: string;
  readonly inum: string;
  readonly before?: string;
  readonly after?: string;
}

/** What the log would say of a write: which members changed. */
export interface TriedRecord {
  readonly kind: string;
  readonly inum: string;
  readonly changed: readonly string[];
}

/** What was written, and taken back, while something was tried. */
export interface DryRun {
  writes: TriedWrite[];
  records: TriedRecord[];
}

const current = new AsyncLocalStorage<DryRun | undefined>();

/** What stands in a plan for a secret that would be made. It is the secret while something is tried: none is made then. */
export const WOULD_BE_MADE = '(would be made)';

/**
 * Does something as a trial: every unit of work that it begins ends by being rolled back, whoever begins it, and what it
 * returns is what it would have been. `run` gets where the writes are noted.
 */
export function tried<T>(run: (dryRun: DryRun) => Promise<T>): Promise<T> {
  const dryRun: DryRun = { writes: [], records: [] };
  return current.run(dryRun, () => run(dryRun));
}

/** Does something for good also while something is tried: what nobody has asked for, and nobody sees a difference by. */
export const forGood = <T>(run: () => Promise<T>): Promise<T> => current.run(undefined, run);

/** The trial that is under way, or undefined where things are done. */
export const dryRunUnderWay = (): DryRun | undefined => current.getStore();

/** Ends the transaction of a trial, with what it has come to. */
class RolledBack<T> extends Error {
  constructor(readonly outcome: T) {
    super('a trial ends without a trace');
  }
}

/** Makes a transaction that leaves nothing behind out of one. */
export async function rolledBack<T>(
  dryRun: DryRun,
  transaction: (wrapped: (work: () => Promise<T>) => Promise<never>) => Promise<unknown>,
): Promise<T> {
  // One that is made again, as after a deadlock, is told of once.
  Object.assign(dryRun, { writes: [], records: [] });
  try {
    await transaction(async (work) => {
      throw new RolledBack(await work());
    });
  } catch (error) {
    if (error instanceof RolledBack) return error.outcome as T;
    throw error;
  }
  throw new Error('a trial was not rolled back');
}
