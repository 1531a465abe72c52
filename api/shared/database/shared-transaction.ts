import { AsyncResource } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { databaseFault } from './database-fault.ts';

/** Runs work in a transaction or, where it is that of one, in a savepoint. */
interface Transacting<Manager> {
  transaction<T>(work: (manager: Manager) => Promise<T>): Promise<T>;
}

/** `isInTransaction` says whether its transaction is still there. */
interface Shared<Manager> extends Transacting<Manager> {
  readonly isInTransaction?: () => boolean;
}

interface Waiting<Manager> {
  readonly work: (manager: Manager) => Promise<unknown>;
  readonly resolve: (outcome: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** So many units of work are in one transaction at most, and none begins in it after so many milliseconds. */
const [MOST, LATEST] = [16, 20];

export interface SharedTransactions<Manager> {
  readonly run: <T>(work: (manager: Manager) => Promise<T>) => Promise<T>;
  /** How many units of work wait for their turn. */
  readonly waiting: () => number;
}

/**
 * Units of work on the one connection of SQLite: one at a time, in the order in which they came. Those that wait when one
 * has ended go into the same transaction, each in a savepoint of its own, so that they share the wait for the disk of one
 * COMMIT; nobody waits for others to come. What one throws takes back nothing but its own; nothing is told of any before
 * the COMMIT, and when that fails it is told to all. Where one has lost all of it, also where it hides that, the others do
 * theirs again. `time` says how many milliseconds have passed since some moment.
 */
export function sharedTransactions<Manager extends Transacting<Manager>>(
  database: Shared<Manager>,
  time: Pick<typeof performance, 'now'> = performance,
): SharedTransactions<Manager> {
  const waiting: Waiting<Manager>[] = [];
  const isGone = (): boolean => database.isInTransaction?.() === false;
  let isRunning = false;

  const runAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      // Nothing in a unit of work waits for the outside: without a turn of the event loop between two of them, those that
      // wait would all run before anything else is read, answered or accepted.
      await nextTurn();
      await runSome();
    }
    isRunning = false;
  };

  const runSome = async (): Promise<void> => {
    const first = waiting.shift();
    if (first === undefined) return;
    const together = [first];
    try {
      const endings = await database.transaction(async (manager) => {
        const end = time.now() + LATEST;
        const outcome = await first.work(manager);
        const ended = [() => first.resolve(outcome)];
        // Where that is gone the COMMIT says why.
        while (!isGone() && waiting.length > 0 && ended.length < MOST && time.now() < end) {
          await nextTurn();
          const next = waiting.shift();
          if (next === undefined) break;
          together.push(next);
          ended.push(await inSavepoint(manager, next, isGone));
        }
        return ended;
      });
      for (const tell of endings) tell();
    } catch (error) {
      if (error instanceof TakenBack) waiting.unshift(...together.filter((one) => one !== error.by));
      else for (const { reject } of together) reject(error);
    }
  };

  return {
    run: <T>(work: (manager: Manager) => Promise<T>) =>
      new Promise<T>((resolve, reject) => {
        waiting.push({ work: AsyncResource.bind(work), resolve: resolve as Waiting<Manager>['resolve'], reject });
        if (isRunning) return;
        isRunning = true;
        void runAll();
      }),
    waiting: () => waiting.length,
  };
}

/** The transaction may be gone, with what others have done in it: they do it again. */
class TakenBack extends Error {
  constructor(readonly by: unknown) {
    super('a shared transaction was taken back');
  }
}

/** Runs one in its savepoint. Returns what tells how it ended. */
async function inSavepoint<Manager extends Transacting<Manager>>(
  manager: Manager,
  one: Waiting<Manager>,
  isGone: () => boolean,
): Promise<() => void> {
  try {
    const outcome = await manager.transaction(one.work);
    return () => one.resolve(outcome);
  } catch (error) {
    if (databaseFault(error) === undefined && !isGone()) return () => one.reject(error);
    // After a full disk and the like SQLite itself has rolled back all of it.
    one.reject(error);
    throw new TakenBack(one);
  }
}
