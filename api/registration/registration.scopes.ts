import { isAdministrationScope } from '../shared/contract/administration-scopes.ts';
import { dnOf } from '../shared/ids.ts';
import type { ScopeName } from '../scopes/scope.store.ts';
import type { RegistrationStores } from './registration.stores.ts';

/** What a registration may bring beside the default scopes, as inums of scopes. */
export interface ScopeAllowance {
  /** May be asked for. */
  readonly allowed: readonly string[];
  /** Is given without being asked for. */
  readonly granted: readonly string[];
}

/**
 * The scopes of a registration as DNs: those of `requested` (names) that are default scopes or allowed to it, or the
 * default scopes where none are requested; and what is granted to it. The rest is left out, as the reply shows.
 * A scope that opens administration is never among them.
 */
export async function scopesFor(
  stores: Pick<RegistrationStores, 'scopes'>,
  requested: readonly string[] | undefined,
  { allowed, granted }: ScopeAllowance,
): Promise<string[]> {
  const defaults = await stores.scopes.defaults();
  const more = await stores.scopes.byInums([...allowed, ...granted]);
  const possible = new Map([...defaults, ...more].map((scope) => [scope.id, scope]));
  const asked = requested?.flatMap((id) => possible.get(id) ?? []) ?? defaults;
  const given = granted.flatMap((wanted) => more.find(({ inum }) => inum === wanted) ?? []);
  const isOpen = ({ id }: ScopeName): boolean => !isAdministrationScope(id);
  return [...asked, ...given].filter(isOpen).map(({ inum }) => dnOf('scopes', inum));
}
