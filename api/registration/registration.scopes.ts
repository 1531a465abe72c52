import { isAdministrationScope } from '../shared/contract/administration-scopes.ts';
import type { ScopeName } from '../scopes/scope.store.ts';
import type { RegistrationStores } from './registration.stores.ts';

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
 * The scopes of a registration: those of `requested` (names) that may be taken, or where none are requested the
 * default ones, or those that it has; and what is granted to it. The rest is left out, as the reply shows.
 * A scope that opens administration is never among them.
 */
export async function scopesFor(
  stores: Pick<RegistrationStores, 'scopes'>,
  requested: readonly string[] | undefined,
  { allowed, granted, mayTakeOffered }: ScopeAllowance,
): Promise<ScopeName[]> {
  const more = await stores.scopes.byInums([...allowed, ...granted]);
  const namesOf = (inums: readonly string[]): ScopeName[] =>
    inums.flatMap((wanted) => more.find(({ inum }) => inum === wanted) ?? []);
  const offered = mayTakeOffered ? await stores.scopes.registrable() : [];
  const unasked = mayTakeOffered ? offered.filter(({ registration }) => registration === 'default') : namesOf(allowed);
  const possible = new Map([...offered, ...more].map((scope) => [scope.id, scope]));
  const asked = requested?.flatMap((id) => possible.get(id) ?? []) ?? unasked;
  const isOpen = ({ id }: ScopeName): boolean => !isAdministrationScope(id);
  return [...asked, ...namesOf(granted)].filter(isOpen);
}
