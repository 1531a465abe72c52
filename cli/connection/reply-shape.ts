import { EXIT, Failure } from '../failure.ts';
import type { Entry } from '../output/entry.ts';

/** The value as one thing of the service; throws when a server answered something else. */
export function asEntry(value: unknown): Entry {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Entry;
  throw otherShape(`${kindOf(value)} where one thing should be`);
}

/** The value as a list of things. */
export function asEntries(value: unknown): Entry[] {
  if (Array.isArray(value)) return value.map(asEntry);
  throw otherShape(`${kindOf(value)} where a list should be`);
}

/** A member of a reply, where it has the type that it should have. */
export const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
export const numberIn = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

export interface Finding {
  readonly pointer?: string;
  readonly detail: string;
  readonly rule?: string;
  readonly profile?: string;
}

/** What a validation found, of each what is text. */
export function findingsIn(value: unknown): Finding[] {
  return asEntries(value ?? []).map((finding) => {
    const texts = ['pointer', 'rule', 'profile'].map((name) => [name, textIn(finding[name])] as const);
    const given = Object.fromEntries(texts.filter(([, text]) => text !== undefined)) as Partial<Finding>;
    return { ...given, detail: textIn(finding['detail']) ?? 'is not accepted' };
  });
}

/** A reply that is not as the contract has it. */
export const otherShape = (what: string): Failure =>
  new Failure(EXIT.refused, `the server does not answer as the contract says: ${what}`);

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing, or no JSON,';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
