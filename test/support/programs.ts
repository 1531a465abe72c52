import { describe, it } from '@jest/globals';
import { findProgram } from '../../scripts/programs.mjs';

/** Whether tests that call these programs run. With CI=true they do in any case: nothing that is missing goes unnoticed. */
export const areHere = (programs: readonly string[]): boolean =>
  process.env['CI'] === 'true' || programs.every((name) => findProgram(name) !== undefined);

/** `describe` for a suite whose tests call these programs. */
export const suiteWith = (...programs: string[]): typeof describe.skip =>
  areHere(programs) ? describe : describe.skip;

/** `it` for a test that calls these programs. */
export const testWith = (...programs: string[]): typeof it.skip => (areHere(programs) ? it : it.skip);
