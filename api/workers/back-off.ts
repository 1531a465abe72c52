/** Decides when a worker that has ended is replaced. */
export interface BackOff {
  /**
   * Notes that a worker ended which had served for so many milliseconds, 0 when it never did. Returns in how many
   * milliseconds another one is to be started.
   */
  ended(served: number): number;
  /** Whether so many in a row have ended at once that another one will not do better. */
  readonly hopeless: boolean;
}

/** Who served for less than this has ended at once. */
const SHORT = 10_000;
const [FIRST_DELAY, LONGEST_DELAY] = [100, 10_000];
const HOPELESS = 6;

/** Starts at once after a worker that had served for a while; later and later when they end as soon as they start. */
export function backOff(): BackOff {
  let short = 0;
  return {
    ended: (served) => {
      short = served < SHORT ? short + 1 : 0;
      return short === 0 ? 0 : Math.min(FIRST_DELAY * 2 ** (short - 1), LONGEST_DELAY);
    },
    get hopeless() {
      return short >= HOPELESS;
    },
  };
}
