/**
 * How often a test tries what goes wrong now and then only: so many times more often where TRIALS says how many, as in
 * `.ci/nightly`, than in `npm test`.
 */
export const trials = (few: number): number => few * Number(process.env['TRIALS'] ?? 1);
