import type { FindReferents } from '../search/referrer.ts';
import { dnOf, inumOfDn } from '../shared/ids.ts';
import type { Members } from '../shared/contract/members.ts';
import type { Fault } from '../shared/problem.ts';
import type { ClaimStore } from './claims/claim.store.ts';
import { movedHint } from './moved-stock.ts';
import type { ScopeName, ScopeStore } from './scope.store.ts';

/** A scope or a claim as it is referred to. */
export interface Referent {
  readonly inum: string;
  /** The scope as it stands in tokens, or the name of the claim. */
  readonly name: string;
}

/** What references stand for, by the text as it was written. Unknown ones are missing. */
export type Referents = ReadonlyMap<string, Referent>;

/** A list of references in a resource. */
export interface ReferenceKind {
  readonly member: 'scopes' | 'claims';
  readonly tree: 'scopes' | 'attributes';
  readonly noun: 'scope' | 'claim';
}

export const SCOPE_REFERENCES: ReferenceKind = { member: 'scopes', tree: 'scopes', noun: 'scope' };
export const CLAIM_REFERENCES: ReferenceKind = { member: 'claims', tree: 'attributes', noun: 'claim' };

/** Splits written references into inums (of DNs) and names, for one lookup each. */
export function splitReferences(
  tree: ReferenceKind['tree'],
  written: readonly string[],
): { inums: string[]; names: string[] } {
  const inums = written.map((text) => inumOfDn(tree, text));
  return {
    inums: inums.filter((inum) => inum !== undefined),
    names: written.filter((_text, index) => inums[index] === undefined),
  };
}

/**
 * Looks up scopes that are written as DN or id. Not looked up again are those by DN that are among `held`, and those of
 * `guarded`, which nothing is stored by that is not so any more.
 */
export async function findScopes(
  scopes: ScopeStore,
  written: readonly string[],
  held: readonly ScopeName[] = [],
  guarded: readonly ScopeName[] = [],
): Promise<Referents> {
  const { inums, names } = splitReferences('scopes', written);
  const known = new Set([...held, ...guarded].map(({ inum }) => inum));
  const called = new Set(guarded.map(({ id }) => id));
  const byInum = await scopes.byInums(inums.filter((inum) => !known.has(inum)));
  const byId = await scopes.byIds(names.filter((name) => !called.has(name)));
  const found = [...held, ...guarded, ...byInum, ...byId];
  return byWrittenName(
    'scopes',
    written,
    found.map(({ inum, id }) => ({ inum, name: id })),
  );
}

/** Looks up claims that are written as DN or name; those with an inum of `held` are not looked up again, nor named. */
export async function findClaims(
  claims: ClaimStore,
  written: readonly string[],
  held: readonly string[] = [],
): Promise<Referents> {
  const { inums, names } = splitReferences('attributes', written);
  const others = await claims.byInums(inums.filter((inum) => !held.includes(inum)));
  const known = held.map((inum) => ({ inum, name: dnOf('attributes', inum) }));
  return byWrittenName('attributes', written, [...known, ...others, ...(await claims.byNames(names))]);
}

/** Finds the claims that a search for scopes refers to. */
export const claimReferents =
  ({ claims }: { readonly claims: ClaimStore }): FindReferents =>
  async (kind, written) =>
    kind === 'claims' ? findClaims(claims, written) : new Map();

function byWrittenName(
  tree: ReferenceKind['tree'],
  written: readonly string[],
  found: readonly Referent[],
): Map<string, Referent> {
  const byInum = new Map(found.map((referent) => [referent.inum, referent]));
  const byName = new Map(found.map((referent) => [referent.name, referent]));
  const entries = written.flatMap((text) => {
    const [inum] = splitReferences(tree, [text]).inums;
    const referent = inum === undefined ? byName.get(text) : byInum.get(inum);
    return referent === undefined ? [] : [[text, referent] as const];
  });
  return new Map(entries);
}

/** Rewrites a list of references in `draft` to DNs, each once, in their order. Unknown ones are faults. */
export function resolveList(draft: Members, { member, tree, noun }: ReferenceKind, known: Referents): Fault[] {
  const written = draft[member] as string[] | undefined;
  if (written === undefined) return [];
  draft[member] = [...new Set(written.map((text) => dnOf(tree, known.get(text)?.inum ?? '')))];
  return written.flatMap((text, index) =>
    known.has(text)
      ? []
      : [{ pointer: `/${member}/${index}`, detail: unknownDetail(tree, text), rule: `known-${noun}s` }],
  );
}

/** What is wrong with a reference to a scope or a claim that there is not. */
export const unknownDetail = (tree: ReferenceKind['tree'], text: string): string =>
  `there is no ${tree === 'scopes' ? 'scope' : 'claim'} ${text}${movedHint(tree, text)}`;

/** Janssen's message for the unknown references of a kind: `Invalid scope in request -> [a, b]`. */
export function unknownMessage(
  faults: readonly Fault[],
  draft: Members,
  { member, noun }: ReferenceKind,
): string | undefined {
  const unknown = faults.filter((fault) => fault.rule === `known-${noun}s`);
  if (unknown.length === 0) return undefined;
  const written = draft[member] as string[];
  const names = unknown.map((fault) => written[Number(fault.pointer?.split('/')[2])]);
  return `Invalid ${noun} in request -> [${names.join(', ')}]`;
}
