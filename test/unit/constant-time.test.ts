import { expect, it } from '@jest/globals';
import type { Clock } from '../../api/shared/clock.ts';
import { failingAtOneTime } from '../../api/shared/limits/constant-time.ts';

interface Run {
  readonly ends: number;
  readonly outcome: string;
}

/** Fails or succeeds after some milliseconds of a clock that only tasks and waiting move on. */
async function run(taken: number, outcome: 'done' | 'refused' | 'broken'): Promise<Run> {
  let at = 5_000;
  const clock: Clock = { now: () => at, elapsed: () => at, wait: (more) => Promise.resolve(void (at += more)) };
  const task = (): Promise<string> => {
    at += taken;
    return outcome === 'done' ? Promise.resolve(outcome) : Promise.reject(new Error(outcome));
  };
  const isSuch = (error: unknown): boolean => error instanceof Error && error.message === 'refused';
  const ended = await failingAtOneTime(clock, { milliseconds: 1_000, isSuch }, task).catch((error: unknown) =>
    String(error),
  );
  return { ends: at - 5_000, outcome: ended };
}

it.each([
  [0, 'refused', 1_000],
  [3, 'refused', 1_000],
  [999, 'refused', 1_000],
  [1_001, 'refused', 2_000],
  [3, 'done', 3],
  [3, 'broken', 3],
] as const)('what takes %i ms and is %s ends after %i', async (taken, outcome, ends) => {
  expect(await run(taken, outcome)).toEqual({ ends, outcome: outcome === 'done' ? outcome : `Error: ${outcome}` });
});
