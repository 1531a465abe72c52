import { stoppedQuery } from '../../shared/database/database-fault.ts';
import { Problem } from '../../shared/problem.ts';
import { ADVICE } from '../text/quick-search.ts';

/** The time of one search. */
export interface Budget {
  /** The milliseconds that are left. Throws what a stopped query throws when there are none. */
  left(): number;
}

/** Few places for searches that may read all there is, so that they take little from everybody else. */
export interface SearchLane {
  /** How long a search may take, in milliseconds. */
  readonly budget: number;
  /**
   * Runs a search when there is a place for it: who has no other one running goes first. Throws `unavailable` after a
   * second without.
   */
  run<T>(caller: string, search: () => Promise<T>): Promise<T>;
}

/** At once, in this process. */
const PLACES = 2;
/** How long a search waits for a place, in milliseconds. */
const PATIENCE = 1_000;

interface Waiting {
  readonly caller: string;
  readonly start: () => void;
}

/** The time from now on. */
export function budgetOf(milliseconds: number): Budget {
  const end = performance.now() + milliseconds;
  return {
    left: () => {
      const left = Math.ceil(end - performance.now());
      if (left <= 0) throw stoppedQuery();
      return left;
    },
  };
}

/** A lane in which a search may take `budget` milliseconds. */
export function searchLane(budget: number): SearchLane {
  const running: string[] = [];
  const waiting: Waiting[] = [];
  const runningOf = (caller: string): number => running.filter((one) => one === caller).length;
  const next = (): void => {
    const fewest = Math.min(...waiting.map(({ caller }) => runningOf(caller)));
    const at = waiting.findIndex(({ caller }) => runningOf(caller) === fewest);
    waiting.splice(at, at < 0 ? 0 : 1)[0]?.start();
  };
  const place = (caller: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const start = (): void => {
        clearTimeout(late);
        running.push(caller);
        resolve();
      };
      const entry = { caller, start };
      const late = setTimeout(() => {
        waiting.splice(waiting.indexOf(entry), 1);
        reject(new Problem('unavailable', { detail: BUSY, headers: { 'Retry-After': '1' } }));
      }, PATIENCE);
      if (running.length < PLACES) start();
      else waiting.push(entry);
    });
  return {
    budget,
    async run(caller, search) {
      await place(caller);
      try {
        return await search();
      } finally {
        running.splice(running.indexOf(caller), 1);
        next();
      }
    },
  };
}

const BUSY = `${PLACES} searches that may read everything are under way: ${ADVICE}`;
