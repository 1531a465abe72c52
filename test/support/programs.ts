import { describe, it } from '@jest/globals';
import { findProgram, isOptional } from '../../scripts/machine/programs.mjs';

/** Whether tests that call these programs run. With CI=true they do, but for those that are optional. */
export const areHere = (programs: readonly string[]): boolean =>
  programs.every((name) => findProgram(name) !== undefined || (process.env['CI'] === 'true' && !isOptional(name)));

/** `describe` for a suite whose tests call these programs. */
export const suiteWith = (...programs: string[]): typeof describe.skip =>
  areHere(programs) ? describe : describe.skip;

/** `it` for a test that calls these programs. */
export const testWith = (...programs: string[]): typeof it.skip => (areHere(programs) ? it : it.skip);
