import { describe, expect, it } from '@jest/globals';
import { totalCache, type TotalCache } from '../../api/search/running/total-cache.ts';
import { NO_METERS } from '../../api/shared/meters.ts';

/** What is asked for at a moment, in seconds: in which state, and whether it is counted then. */
type Asked = readonly [at: number, mark: string | undefined, among: number, isCounted: boolean, key?: string];

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
    const totals = totalCache(NO_METERS, { now: () => 0 });
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

const ask = (
  totals: TotalCache,
  { key, mark, among }: { readonly key: string; readonly mark: string | undefined; readonly among: number },
  count: () => Promise<number>,
): Promise<number> => totals.total(key, { count: among, ...(mark !== undefined && { mark }) }, count);
