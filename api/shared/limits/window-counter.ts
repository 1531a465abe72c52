import { LRUCache } from 'lru-cache';
import { ageing, type Clock } from '../clock.ts';

export interface Limit {
  /** How many are allowed within `seconds`. */
  readonly points: number;
  readonly seconds: number;
}

/** Counts what happens to a key in a window of time, which begins with the first of it. */
export interface WindowCounter {
  count(key: string): number;
  /** Counts one more, and returns how many there are with it. */
  add(key: string): number;
  /** In how many seconds the count begins anew: what `Retry-After` says. */
  secondsLeft(key: string): number;
}

/** Whoever has more addresses than these has as many counts anyway. */
const MOST_KEYS = 50_000;

/** A counter in memory that forgets the keys that were quiet for longest. */
export function windowCounter(seconds: number, clock: Clock): WindowCounter {
  let made: LRUCache<string, number> | undefined;
  // Made for the first key: it takes its memory at once, and most counters never count.
  const counts = (): LRUCache<string, number> =>
    (made ??= new LRUCache({
      max: MOST_KEYS,
      ttl: seconds * 1_000,
      ttlResolution: 0,
      noUpdateTTL: true,
      perf: ageing(clock),
    }));
  return {
    count: (key) => made?.get(key) ?? 0,
    add: (key) => {
      const next = (counts().get(key) ?? 0) + 1;
      counts().set(key, next);
      return next;
    },
    secondsLeft: (key) => Math.max(1, Math.ceil(counts().getRemainingTTL(key) / 1_000)),
  };
}
