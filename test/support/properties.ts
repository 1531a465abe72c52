import fc from 'fast-check';

/** In milliseconds, well within the time that a test has. */
const ENOUGH = 60_000;
const PARTS = 10;

/**
 * Tries a property with `runs` cases, or with fewer where a minute is not enough for them: a tenth of them at least. So a
 * slow machine does not fail, and no case is still under way when the test has ended. Rejects with the smallest case
 * that breaks the property.
 */
export async function holds<T>(property: fc.IRawProperty<T>, runs: number): Promise<void> {
  const end = performance.now() + ENOUGH;
  for (let part = 0; part < PARTS && (part === 0 || performance.now() < end); part += 1) {
    // eslint-disable-next-line no-restricted-properties -- this is what is used in its place
    await fc.assert(property, { numRuns: Math.ceil(runs / PARTS) });
  }
}
