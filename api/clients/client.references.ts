import {
  CLAIM_REFERENCES,
  resolveList,
  SCOPE_REFERENCES,
  unknownMessage,
  type Referents,
} from '../scopes/references.ts';
import type { Fault } from '../shared/problem.ts';
import type { Members } from './document/client.document.ts';
import type { ScriptTypes } from './scripts/script-names.store.ts';
import { resolveScripts } from './scripts/script-references.ts';

export { splitReferences } from '../scopes/references.ts';

/** What the references of a draft stand for: by the text as it was written. Unknown ones are missing. */
export interface References {
  readonly scopes: Referents;
  readonly claims: Referents;
  readonly scripts: ScriptTypes;
}

/** The references that a draft has, as they were written. */
export function writtenReferences(draft: Members): { scopes: string[]; claims: string[] } {
  return { scopes: (draft['scopes'] ?? []) as string[], claims: (draft['claims'] ?? []) as string[] };
}

/**
 * Rewrites the references of `draft` to DNs, each once, in their order. Unknown ones are faults; of scripts only those
 * that `previous` does not have.
 */
export const resolveReferences = (
  draft: Members,
  { scopes, claims, scripts }: References,
  previous: Members | undefined,
): Fault[] => [
  ...resolveList(draft, SCOPE_REFERENCES, scopes),
  ...resolveList(draft, CLAIM_REFERENCES, claims),
  ...resolveScripts(draft, scripts, previous),
];

/** Janssen's message for unknown references: `Invalid scope in request -> [a, b]`. */
export const referenceMessage = (faults: readonly Fault[], draft: Members): string | undefined =>
  unknownMessage(faults, draft, SCOPE_REFERENCES) ?? unknownMessage(faults, draft, CLAIM_REFERENCES);
