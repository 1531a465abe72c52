import { stoppedQuery } from '../../shared/database/database-fault.ts';
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
  /**
   * Runs a search when there is a place for it: who has no other one running goes first. Throws `unavailable` after a
   * second without.
   */
  run<T>(caller: string, search: () => Promise<T>): Promise<T>;
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
export const searchLane = (budget: number, places: Places): SearchLane => ({
  budget,
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
});

const busy = ({ number }: Places): string => `${number} searches that may read everything are under way: ${ADVICE}`;
