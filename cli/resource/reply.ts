import { otherShape, textIn } from '../connection/reply-shape.ts';
import type { Entry } from './entry.ts';

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

/** A fault, or advice. */
export interface Finding {
  readonly pointer?: string;
  readonly detail: string;
  readonly rule?: string;
  readonly profile?: string;
}

/** What a validation found. */
export interface Verdict {
  readonly isValid: boolean;
  /** As it would be stored, where it would be. */
  readonly client?: Entry;
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
  /** The reply as it came. */
  readonly entry: Entry;
}

export function asVerdict(value: unknown): Verdict {
  const entry = asEntry(value);
  const { client, errors, warnings } = entry;
  return {
    entry,
    isValid: entry['valid'] === true,
    errors: findingsIn(errors),
    warnings: findingsIn(warnings),
    ...(client !== undefined && { client: asEntry(client) }),
  };
}

/** Of each finding what is text. */
function findingsIn(value: unknown): Finding[] {
  return asEntries(value ?? []).map((finding) => {
    const texts = ['pointer', 'rule', 'profile'].map((name) => [name, textIn(finding[name])] as const);
    const given = Object.fromEntries(texts.filter(([, text]) => text !== undefined)) as Partial<Finding>;
    return { ...given, detail: textIn(finding['detail']) ?? 'is not accepted' };
  });
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing, or no JSON,';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
