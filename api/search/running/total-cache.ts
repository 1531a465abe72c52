import { countedCache } from '../../shared/limits/counted-cache.ts';
import type { Meters } from '../../shared/meters.ts';
import type { State } from '../asked.ts';

/** Totals of searches, by what was searched. */
export interface TotalCache {
  /**
   * The total of a search: what was counted before, as long as nothing was written or, among many resources, for some
   * seconds, else what `count` says. Callers page through one search, and counting is most of the work of a page.
   * Without a mark nothing is remembered.
   */
  total(key: string, state: State, count: () => Promise<number>): Promise<number>;
}

interface Counted {
  readonly mark: string;
  readonly total: Promise<number>;
}

const MOST = 1_000;
/** For so long a total is remembered: the uses of clients change no mark. */
const MILLISECONDS = 10_000;
/** Among more than so many resources, whatever is written: there is always somebody who writes, and counting takes long. */
const MANY = 10_000;

/** `time` says how many milliseconds have passed since some moment. */
export function totalCache(meters: Meters, time: Pick<typeof performance, 'now'> = performance): TotalCache {
  const ages = { ttl: MILLISECONDS, ttlResolution: 0, perf: time };
  const totals = countedCache<string, Counted>(meters, 'search_totals', { max: MOST, ...ages });
  return {
    total(key, { mark, count: all }, count) {
      if (mark === undefined) return count();
      const known = totals.get(key);
      if (known !== undefined && (known.mark === mark || all > MANY)) return known.total;
      // Those who ask at the same moment share one count.
      const total = count();
      totals.set(key, { mark, total });
      total.catch(() => totals.delete(key));
      return total;
    },
  };
}
