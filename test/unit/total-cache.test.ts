import { describe, expect, it } from '@jest/globals';
import { searchLane } from '../../api/search/running/search-lane.ts';
import { StoppedBeforeError, totalCache, type TotalCache } from '../../api/search/running/total-cache.ts';
import { stoppedQuery } from '../../api/shared/database/database-fault.ts';
import { NO_METERS } from '../../api/shared/meters.ts';

/** What is asked for at a moment, in seconds: in which state, and whether it is counted then. */
type Asked = readonly [at: number, mark: string | undefined, among: number, isCounted: boolean, key?: string];

/** Lets what has been resolved go on. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A cache, the time that it sees, in seconds, and counts that end when they are told. */
function counting() {
  const clock = { now: 0 };
  const counts: { readonly end: (total: number) => void; readonly stop: () => void }[] = [];
  let leave = (): void => undefined;
  const totals = totalCache(
    NO_METERS,
    { now: () => (1 + clock.now) * 1_000 },
    () => new Promise<void>((resolve) => (leave = resolve)),
  );
  const begun = (): Promise<number> =>
    new Promise((resolve, reject) => counts.push({ end: resolve, stop: () => reject(stoppedQuery()) }));
  let writes = 0;
  const asked = (patience?: number, stays = false): Promise<number> =>
    totals.total('a search', { mark: String((writes += 1)), count: MANY }, begun, {
      ...(patience !== undefined && { patience }),
      stays,
    });
  /** Counts `total` from now on for so many seconds. */
  const counted = async (total: number, seconds: number): Promise<number> => {
    const answer = asked();
    clock.now += seconds;
    counts.at(-1)?.end(total);
    return answer;
  };
  return { clock, counts, asked, counted, leave: () => leave() };
}

const FEW = 10_000;
const MANY = 10_001;

describe('the total of a search', () => {
  it.each<readonly [string, readonly Asked[]]>([
    [
      'among few is counted again after each write',
      [
        [0, '1', FEW, true],
        [1, '1', FEW, false],
        [2, '2', FEW, true],
        [3, '2', FEW, false],
        [4, '1', FEW, true],
      ],
    ],
    [
      'among many is as it was for ten seconds, whatever is written',
      [
        [0, '1', MANY, true],
        [9.999, '2', MANY, false],
        [10.001, '3', MANY, true],
        [20, '4', MANY, false],
        [20.002, '5', MANY, true],
      ],
    ],
    [
      'ends by its age also where nothing is written',
      [
        [0, '1', FEW, true],
        [10, '1', FEW, false],
        [10.001, '1', FEW, true],
      ],
    ],
    [
      'is not made younger by being asked for',
      [
        [0, '1', MANY, true],
        [6, '1', MANY, false],
        [10.001, '1', MANY, true],
      ],
    ],
    [
      'is counted again among few where it was counted among many',
      [
        [0, '1', MANY, true],
        [1, '2', FEW, true],
      ],
    ],
    [
      'is not that of another search',
      [
        [0, '1', MANY, true, 'one'],
        [0, '1', MANY, true, 'other'],
        [1, '1', MANY, false, 'one'],
      ],
    ],
    [
      'is counted each time where nobody knows what was written',
      [
        [0, undefined, MANY, true],
        [1, undefined, MANY, true],
      ],
    ],
  ])('%s', async (_what, asked) => {
    let [now, counts] = [0, 0];
    // A clock that says 0 says nothing to the cache.
    const totals = totalCache(NO_METERS, { now: () => (1 + now) * 1_000 });
    let last = 0;
    for (const [at, mark, among, isCounted, key = 'a search'] of asked) {
      now = at;
      const before = counts;
      last = await ask(totals, { key, mark, among }, () => Promise.resolve((counts += 1)));
      expect([at, counts > before]).toEqual([at, isCounted]);
    }
    expect(last).toBeGreaterThan(0);
  });

  it('is one count for those who ask at the same moment, and none where that fails', async () => {
    const totals = totalCache(NO_METERS, { now: () => 1 });
    let counts = 0;
    const asking = { key: 'a search', mark: '1', among: FEW };
    const count = (): Promise<number> => {
      counts += 1;
      return counts === 1 ? Promise.reject(new Error('on purpose')) : Promise.resolve(7);
    };
    const failed = await Promise.allSettled([ask(totals, asking, count), ask(totals, asking, count)]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await Promise.all([ask(totals, asking, count), ask(totals, asking, count)])).toEqual([7, 7]);
    expect(counts).toBe(2);
  });
});

describe('the total of a search that takes long to count', () => {
  it.each([
    // Seconds: what counting took, how long it is given as it is, and until when while it is counted again.
    [0.005, 10, undefined],
    [0.05, 10, undefined],
    [0.1, 20, 40],
    [0.3, 60, 120],
    [2, 60, 120],
  ])('of %d s is remembered for %d s, and given until %d while it is counted again', async (cost, life, late) => {
    const { clock, counts, asked, counted } = counting();
    await counted(7, cost);
    clock.now = life - 0.001;
    expect([await asked(), counts.length]).toEqual([7, 1]);
    clock.now = life + 0.001;
    const next = asked();
    expect(counts).toHaveLength(2);
    if (late !== undefined) {
      expect(await next).toBe(7);
      clock.now = late - 0.001;
      expect([await asked(), counts.length]).toEqual([7, 2]);
    }
    clock.now = (late ?? life) + 0.001;
    const waiting = asked();
    counts[1]?.end(8);
    expect([await waiting, counts.length]).toEqual([8, 2]);
  });

  it('is counted again before it is given where the count cannot go on without who asks', async () => {
    const { clock, counts, asked, counted } = counting();
    await counted(7, 2);
    clock.now = 61;
    const next = asked(2_000, true);
    counts[1]?.end(8);
    expect([await next, counts.length]).toEqual([8, 2]);
  });

  it('is one count for all who ask meanwhile, whatever is written', async () => {
    const { clock, counts, asked } = counting();
    const answers = [asked(), asked(2_000)];
    clock.now = 1;
    answers.push(asked());
    counts[0]?.end(7);
    expect([await Promise.all(answers), counts.length]).toEqual([[7, 7, 7], 1]);
  });

  it('is counted to its end when nobody waits for it any more', async () => {
    const { clock, counts, asked, leave } = counting();
    const gone = asked(2_000);
    leave();
    await expect(gone).rejects.toMatchObject(stoppedQuery());
    clock.now = 8;
    counts[0]?.end(7);
    await turn();
    expect([await asked(), counts.length]).toEqual([7, 1]);
  });

  it.each([
    // Seconds: when it was stopped, and when it is begun again.
    [0.1, 1.1],
    [2, 22],
    [10, 70],
  ])('stopped after %d s is not begun again until %d', async (stopped, again) => {
    const { clock, counts, asked } = counting();
    const first = asked();
    clock.now = stopped;
    counts[0]?.stop();
    await expect(first).rejects.toMatchObject(stoppedQuery());
    clock.now = again - 0.5;
    await expect(asked()).rejects.toMatchObject({ seconds: 1, message: stoppedQuery().message });
    await expect(asked()).rejects.toBeInstanceOf(StoppedBeforeError);
    expect(counts).toHaveLength(1);
    clock.now = again + 0.001;
    const next = asked();
    counts[1]?.end(7);
    expect([await next, counts.length]).toEqual([7, 2]);
  });

  it('is the one before for two minutes where it cannot be counted again', async () => {
    const { clock, counts, asked, counted } = counting();
    await counted(7, 0.005);
    clock.now = 100;
    const next = asked();
    counts[1]?.stop();
    expect(await next).toBe(7);
    clock.now = 119.9;
    const later = asked();
    counts[2]?.stop();
    expect(await later).toBe(7);
    clock.now = 120.1;
    const last = asked();
    counts[3]?.stop();
    await expect(last).rejects.toMatchObject(stoppedQuery());
  });
});

describe('a count that may take long', () => {
  it('has longer than a search, one at a time, and is told when the process ends', async () => {
    const lane = searchLane(2_000, { number: 2, take: () => Promise.resolve(() => undefined) });
    const had: [budget: number, ended: AbortSignal | undefined][] = [];
    let end = (): void => undefined;
    const count = (budget: number, ended?: AbortSignal): Promise<void> => {
      had.push([budget, ended]);
      return new Promise((resolve) => (end = resolve));
    };
    const first = lane.count(count);
    const endFirst = end;
    void lane.count(count);
    endFirst();
    await first;
    void lane.count(count);
    await lane.close();
    expect(had.map(([budget, ended]) => [budget, ended?.aborted])).toEqual([
      [10_000, true],
      [2_000, undefined],
      [10_000, true],
    ]);
  });
});

const ask = (
  totals: TotalCache,
  { key, mark, among }: { readonly key: string; readonly mark: string | undefined; readonly among: number },
  count: () => Promise<number>,
): Promise<number> => totals.total(key, { count: among, ...(mark !== undefined && { mark }) }, count);
