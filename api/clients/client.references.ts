import { dnOf, inumOfDn } from '../shared/ids.ts';
import type { Fault } from '../shared/problem.ts';
import type { Members } from './client.document.ts';

/** A scope or a claim as a client refers to it. */
export interface Referent {
  readonly inum: string;
  /** The scope as it stands in tokens, or the name of the claim. */
  readonly name: string;
}

/** What the references of a draft stand for: by the text as it was written. Unknown ones are missing. */
export interface References {
  readonly scopes: ReadonlyMap<string, Referent>;
  readonly claims: ReadonlyMap<string, Referent>;
}

const KINDS = [
  { member: 'scopes', tree: 'scopes', noun: 'scope' },
  { member: 'claims', tree: 'attributes', noun: 'claim' },
] as const;

/** The references that a draft has, as they were written. */
export function writtenReferences(draft: Members): { scopes: string[]; claims: string[] } {
  return { scopes: (draft['scopes'] ?? []) as string[], claims: (draft['claims'] ?? []) as string[] };
}

/** Splits written references into inums (of DNs) and names, for one lookup each. */
export function splitReferences(
  tree: 'scopes' | 'attributes',
  written: readonly string[],
): { inums: string[]; names: string[] } {
  const inums = written.map((text) => inumOfDn(tree, text));
  return {
    inums: inums.filter((inum) => inum !== undefined),
    names: written.filter((_text, index) => inums[index] === undefined),
  };
}

/** Rewrites the references of `draft` to DNs, each once, in their order. Unknown ones are faults. */
export function resolveReferences(draft: Members, references: References): Fault[] {
  return KINDS.flatMap(({ member, tree, noun }) => {
    const written = draft[member] as string[] | undefined;
    if (written === undefined) return [];
    const known = references[member];
    draft[member] = [...new Set(written.map((text) => dnOf(tree, known.get(text)?.inum ?? '')))];
    return written.flatMap((text, index) =>
      known.has(text)
        ? []
        : [{ pointer: `/${member}/${index}`, detail: `there is no ${noun} ${text}`, rule: `known-${noun}s` }],
    );
  });
}

/** Janssen's message for unknown references: `Invalid scope in request -> [a, b]`. */
export function referenceMessage(faults: readonly Fault[], draft: Members): string | undefined {
  for (const { member, noun } of KINDS) {
    const unknown = faults.filter((fault) => fault.rule === `known-${noun}s`);
    if (unknown.length === 0) continue;
    const written = draft[member] as string[];
    const names = unknown.map((fault) => written[Number(fault.pointer?.split('/')[2])]);
    return `Invalid ${noun} in request -> [${names.join(', ')}]`;
  }
  return undefined;
}
