import { isAdministrationScope } from '../shared/contract/administration-scopes.ts';
import type { ScopeName } from '../scopes/scope.store.ts';
import { isOffered, type FoundScope } from './arrival/surroundings.store.ts';

/** What a registration may bring beside the default scopes, as inums of scopes. */
export interface ScopeAllowance {
  /** May be asked for. */
  readonly allowed: readonly string[];
  /** Is given without being asked for. */
  readonly granted: readonly string[];
  /** Whether scopes that everybody may have can be taken. A client that changes itself gets no more than it has. */
  readonly mayTakeOffered: boolean;
}

/**
 * The scopes of a registration, among those that were `found`: those of `requested` (names) that may be taken, or where none
 * are requested the default ones, or those that it has; and what is granted to it. The rest is left out, as the reply shows.
 * A scope that opens administration is never among them.
 */
export function scopesFor(
  found: readonly FoundScope[],
  requested: readonly string[] | undefined,
  { allowed, granted, mayTakeOffered }: ScopeAllowance,
): ScopeName[] {
  const named = (inums: readonly string[]): FoundScope[] =>
    inums.flatMap((wanted) => found.find(({ inum }) => inum === wanted) ?? []);
  const offered = mayTakeOffered ? found.filter(isOffered) : [];
  const unasked = mayTakeOffered ? offered.filter(({ registration }) => registration === 'default') : named(allowed);
  const possible = new Map([...offered, ...named([...allowed, ...granted])].map((scope) => [scope.id, scope]));
  const asked = requested?.flatMap((id) => possible.get(id) ?? []) ?? unasked;
  return [...asked, ...named(granted)]
    .filter(({ id }) => !isAdministrationScope(id))
    .map(({ inum, id }) => ({ inum, id }));
}
