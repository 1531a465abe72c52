import type { Clock } from '../clock.ts';

/**
 * Does something whose failures are to look alike: where `isSuch`, one comes so many milliseconds after the beginning, or,
 * where that has passed already, after twice as many, and so on.
 */
export async function failingAtOneTime<T>(
  clock: Clock,
  { milliseconds, isSuch }: { readonly milliseconds: number; readonly isSuch: (error: unknown) => boolean },
  task: () => Promise<T>,
): Promise<T> {
  const begin = clock.elapsed();
  try {
    return await task();
  } catch (error) {
    if (isSuch(error)) {
      const taken = Math.max(0, clock.elapsed() - begin);
      await clock.wait(milliseconds - (taken % milliseconds));
    }
    throw error;
  }
}
