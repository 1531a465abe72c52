import { stoppedQuery } from '../../shared/database/database-fault.ts';
import { PATIENCE } from '../../shared/limits/limits.ts';
import type { Places } from '../../shared/limits/places.ts';
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
  /** How long who asks waits for a count that has its own time: for a place, and then for the budget. */
  readonly patience: number;
  /**
   * Runs a search when there is a place for it: who has no other one running goes first. Throws `unavailable` after a
   * second without.
   */
  run<T>(caller: string, search: () => Promise<T>): Promise<T>;
  /**
   * Runs a count that goes on when its caller has gone, so that what was counted until then is not lost: one at a time may
   * take `LONGER` times the budget, and is told by `ended` when the process ends; others have the budget.
   */
  count<T>(count: (budget: number, ended?: AbortSignal) => Promise<T>): Promise<T>;
  /** Ends the count that goes on. */
  readonly close: () => Promise<void>;
}

const LONGER = 5;

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
export function searchLane(budget: number, places: Places): SearchLane {
  const ending = new AbortController();
  let isCounting = false;
  return {
    budget,
    patience: PATIENCE + budget,
    async run(caller, search) {
      const giveBack = await places.take(caller);
      if (giveBack === undefined)
        throw new Problem('unavailable', { detail: busy(places), headers: { 'Retry-After': '1' } });
      try {
        return await search();
      } finally {
        giveBack();
      }
    },
    async count(count) {
      if (isCounting) return count(budget);
      isCounting = true;
      try {
        return await count(LONGER * budget, ending.signal);
      } finally {
        isCounting = false;
      }
    },
    close: () => {
      ending.abort();
      return Promise.resolve();
    },
  };
}

const busy = ({ number }: Places): string => `${number} searches that may read everything are under way: ${ADVICE}`;
