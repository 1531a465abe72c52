import fc from 'fast-check';

/** How many times as much a random test tries as it does for every change; the night has more time. */
const TIMES = Number(process.env['TEST_TIMES'] ?? 1);

/** Whether there is time for what takes long and changes seldom. */
export const IS_THOROUGH = TIMES > 1;

/** In milliseconds, well within the time that a test has. */
const ENOUGH = 60_000;
const PARTS = 10;

/**
 * Tries a property with `runs` cases, as many times as there is time for, or with fewer where a minute is not enough for
 * them: a tenth of them at least. So a slow machine does not fail, and no case is still under way when the test has
 * ended. Rejects with the smallest case that breaks the property.
 */
export async function holds<T>(property: fc.IRawProperty<T>, runs: number): Promise<void> {
  const end = performance.now() + ENOUGH * Math.min(TIMES, 4);
  for (let part = 0; part < PARTS && (part === 0 || performance.now() < end); part += 1) {
    // eslint-disable-next-line no-restricted-properties -- this is what is used in its place
    await fc.assert(property, { numRuns: Math.ceil((runs * TIMES) / PARTS) });
  }
}
