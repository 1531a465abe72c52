import fc, { type Arbitrary } from 'fast-check';

/** Draws values that are the same for the same seed. */
export interface Chance {
  /** Whether something with this probability happens. */
  happens(probability: number): boolean;
  oneOf<T>(values: readonly T[]): T;
  /** From 0 to `most`. */
  upTo(most: number): number;
  any<T>(arbitrary: Arbitrary<T>): T;
}

export function chanceOf(seed: number): Chance {
  const [draw] = fc.sample(fc.gen(), { seed, numRuns: 1 });
  if (draw === undefined) throw new Error('there is nothing to draw from');
  const any = <T>(arbitrary: Arbitrary<T>): T => draw(() => arbitrary);
  // Small numbers and first entries would come far more often than others.
  const even = <T>(arbitrary: Arbitrary<T>): T => any(fc.noBias(arbitrary));
  return {
    any,
    happens: (probability) => even(fc.nat(999)) < probability * 1_000,
    oneOf: (values) => even(fc.constantFrom(...values)),
    upTo: (most) => even(fc.nat(most)),
  };
}
