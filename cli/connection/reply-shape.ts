import { EXIT, Failure } from '../failure.ts';

/** A member of a reply, where it has the type that it should have. */
export const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
export const numberIn = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

/** A reply that is not as the contract has it. */
export const otherShape = (what: string): Failure =>
  new Failure(EXIT.refused, `the server does not answer as the contract says: ${what}`);
