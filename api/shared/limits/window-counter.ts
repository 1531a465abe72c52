import { LRUCache } from 'lru-cache';
import { ageing, type Clock } from '../clock.ts';

export interface Limit {
  /** How many are allowed within `seconds`. */
  readonly points: number;
  readonly seconds: number;
}

export interface Count {
  readonly count: number;
  /** In how many seconds the count begins anew: what `Retry-After` says. */
  readonly secondsLeft: number;
}

/** Counts what happens to a key in a window of time, which begins with the first of it. */
export interface WindowCounter {
  of(key: string): Promise<Count>;
  /** Counts one more, and returns how many there are with it. */
  add(key: string): Promise<Count>;
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
  const countOf = (key: string): Count => ({
    count: made?.get(key) ?? 0,
    secondsLeft: Math.max(1, Math.ceil((made?.getRemainingTTL(key) ?? 0) / 1_000)),
  });
  return {
    of: (key) => Promise.resolve(countOf(key)),
    add: (key) => {
      counts().set(key, (counts().get(key) ?? 0) + 1);
      return Promise.resolve(countOf(key));
    },
  };
}
