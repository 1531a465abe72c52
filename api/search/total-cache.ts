import { LRUCache } from 'lru-cache';

/** Totals of searches, by what was searched. */
export interface TotalCache {
  /**
   * The total of a search: what was counted before, as long as `mark` is the same, else what `count` says. Callers
   * page through one search, and counting is most of the work of a page.
   */
  total(key: string, mark: string, count: () => Promise<number>): Promise<number>;
}

const MOST = 1_000;
/** A write that is under way while we count may come to light under a mark that we have seen: for so long. */
const MILLISECONDS = 2_000;

export function totalCache(): TotalCache {
  const totals = new LRUCache<string, { mark: string; total: number }>({ max: MOST, ttl: MILLISECONDS });
  return {
    async total(key, mark, count) {
      const known = totals.get(key);
      if (known?.mark === mark) return known.total;
      const total = await count();
      totals.set(key, { mark, total });
      return total;
    },
  };
}
