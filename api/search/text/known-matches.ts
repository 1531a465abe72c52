import type { LRUCache } from 'lru-cache';
import { countedCache } from '../../shared/limits/counted-cache.ts';
import type { Meters } from '../../shared/meters.ts';

/** By terms: the ids of the texts that contained them when they were looked at, in the order of their inums. */
export type KnownMatches = LRUCache<string, Uint32Array>;

/** Ids in all, of four bytes each. */
const MOST = 2_000_000;
/** In milliseconds. */
const OLDEST = 120_000;

/** `time` says how many milliseconds have passed since some moment. */
export const knownMatches = (meters: Meters, time: Pick<typeof performance, 'now'>): KnownMatches =>
  countedCache<string, Uint32Array>(meters, 'search_matches', {
    maxSize: MOST,
    sizeCalculation: ({ length }) => length + 100,
    ttl: OLDEST,
    ttlResolution: 0,
    perf: time,
  });
