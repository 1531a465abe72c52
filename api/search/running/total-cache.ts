import { countedCache } from '../../shared/limits/counted-cache.ts';
import type { Meters } from '../../shared/meters.ts';

/** Totals of searches, by what was searched. */
export interface TotalCache {
  /**
   * The total of a search: what was counted before, as long as `mark` is the same, else what `count` says. Callers
   * page through one search, and counting is most of the work of a page. Without a mark nothing is remembered.
   */
  total(key: string, mark: string | undefined, count: () => Promise<number>): Promise<number>;
}

const MOST = 1_000;
/** A write that is under way while we count may come to light under a mark that we have seen: for so long. */
const MILLISECONDS = 5_000;

export function totalCache(meters: Meters): TotalCache {
  const totals = countedCache<string, Promise<number>>(meters, 'search_totals', { max: MOST, ttl: MILLISECONDS });
  return {
    total(key, mark, count) {
      if (mark === undefined) return count();
      const name = `${mark} ${key}`;
      const known = totals.get(name);
      if (known !== undefined) return known;
      // Those who ask at the same moment share one count.
      const total = count();
      totals.set(name, total);
      total.catch(() => totals.delete(name));
      return total;
    },
  };
}
