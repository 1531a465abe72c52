import { setTimeout as passed } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { stoppedQuery } from '../../shared/database/database-fault.ts';
import type { Meters } from '../../shared/meters.ts';
import type { State } from '../asked.ts';
import { isStopped } from './walk.ts';

/** Totals of searches, by what was searched. */
export interface TotalCache {
  /**
   * The total of a search: what was counted before, as long as nothing was written or, among many resources, for a time that
   * grows with what counting took; else what `count` says, which is one count for all who ask meanwhile. Who has waited for
   * `patience` milliseconds is rejected as a stopped query is, and the count goes on. Without a mark nothing is remembered.
   */
  total(key: string, state: State, count: () => Promise<number>, waiting?: Waiting): Promise<number>;
}

/** How a total is waited for. */
export interface Waiting {
  /** For how many milliseconds, where not to the end. */
  readonly patience?: number;
  /** Whether `count` must not go on when who asks has the number from before: it takes what only the asker has. */
  readonly stays?: boolean;
}

/** What a count is rejected with that was stopped a moment ago, and not begun again. */
export class StoppedBeforeError extends Error {
  override readonly name = 'StoppedBeforeError';
  readonly code = 'SQLITE_INTERRUPT';

  /** It will be begun again in so many `seconds`. */
  constructor(
    readonly seconds: number,
    cause: unknown,
  ) {
    super('the query was stopped', { cause });
  }
}

interface Marked {
  readonly mark: string;
}

interface Total {
  readonly number?: Marked & { readonly value: number; readonly since: number; readonly life: number };
  readonly running?: Marked & { readonly count: Promise<number> };
  readonly stopped?: Marked & { readonly error: unknown; readonly until: number };
}

const MOST = 1_000;
/** Among more than so many resources, whatever is written: there is always somebody who writes, and counting takes long. */
export const MANY = 10_000;
/** For so long, in milliseconds, a total is remembered that took no time: the uses of clients change no mark. */
const SHORT = 10_000;
const LONG = 60_000;
/** And for so many times what it took: a question that is asked all the time costs a two hundredth of a core. */
const TIMES = 200;
/** The oldest total that is ever given, and the longest time in which a count that was stopped is not begun again. */
const [OLDEST, LONGEST] = [2 * LONG, 60_000];
/** What was stopped is not begun again for so many times what it took. */
const REST = 10;

const lifeOf = (cost: number): number => Math.min(LONG, Math.max(SHORT, TIMES * cost));

/** `time` says how many milliseconds have passed since some moment, `after` resolves when so many more have. */
export function totalCache(
  meters: Meters,
  time: Pick<typeof performance, 'now'>,
  after: (milliseconds: number, signal: AbortSignal) => Promise<unknown> = (milliseconds, signal) =>
    passed(milliseconds, undefined, { signal }),
): TotalCache {
  const totals = new LRUCache<string, Total>({ max: MOST, ttl: OLDEST, ttlResolution: 0, perf: time });
  const look = meters.cache('search_totals', () => totals.size);
  const set = (key: string, part: Total): unknown => totals.set(key, { ...totals.get(key), ...part });
  const begin = (key: string, mark: string, count: () => Promise<number>): Promise<number> => {
    const since = time.now();
    const running = { mark, count: count() };
    set(key, { running });
    const end = (part: Total): void => {
      const { running: last, ...rest } = totals.get(key) ?? {};
      totals.set(key, { ...rest, ...(last !== undefined && last !== running && { running: last }), ...part });
    };
    running.count.then(
      (value) => end({ number: { mark, value, since, life: lifeOf(time.now() - since) } }),
      (error: unknown) => {
        const until = time.now() + Math.min(LONGEST, REST * (time.now() - since));
        end(isStopped(error) ? { stopped: { mark, error, until } } : {});
      },
    );
    return running.count;
  };
  return {
    total(key, { mark, count: all }, count, { patience, stays = false } = {}) {
      if (mark === undefined) return count();
      const { number, running, stopped } = totals.get(key) ?? {};
      const holds = (one: Marked | undefined): boolean => one?.mark === mark || (one !== undefined && all > MANY);
      const now = time.now();
      const age = number !== undefined && holds(number) ? now - number.since : Infinity;
      const life = number?.life ?? 0;
      look(age <= life);
      if (number !== undefined && age <= life) return Promise.resolve(number.value);
      const going = (): Promise<number> => {
        if (running !== undefined && holds(running)) return running.count;
        if (stopped !== undefined && holds(stopped) && now < stopped.until)
          return Promise.reject(new StoppedBeforeError(Math.ceil((stopped.until - now) / 1_000), stopped.error));
        return begin(key, mark, count);
      };
      const counted = going();
      if (number === undefined || age > OLDEST) return patient(counted, patience, after);
      // What took long is counted again while the number from before is given.
      const old = number.value;
      const late = counted.catch(() => old);
      return life > SHORT && age <= 2 * life && !stays
        ? Promise.resolve(old)
        : patient(late, patience, after).catch(() => old);
    },
  };
}

async function patient(
  count: Promise<number>,
  milliseconds: number | undefined,
  after: (milliseconds: number, signal: AbortSignal) => Promise<unknown>,
): Promise<number> {
  if (milliseconds === undefined) return count;
  const counted = new AbortController();
  const over = after(milliseconds, counted.signal).then(() => Promise.reject(stoppedQuery()));
  try {
    return await Promise.race([count, over]);
  } finally {
    counted.abort();
  }
}
