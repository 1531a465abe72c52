import { findClaims, findScopes } from '../scopes/references.ts';
import type { ClientDocument, Members } from './document/client.document.ts';
import { splitReferences, writtenReferences, type References } from './client.references.ts';
import { writtenScripts } from './scripts/script-references.ts';
import type { ClientStores } from './client.stores.ts';

type LookupStores = Pick<ClientStores, 'scopes' | 'claims' | 'scriptNames'>;

/** The scopes of a stored client as they stand in tokens. */
export async function scopeIdsOf(stores: Pick<ClientStores, 'scopes'>, document: ClientDocument): Promise<string[]> {
  const { inums } = splitReferences('scopes', document.scopes ?? []);
  return (await stores.scopes.byInums(inums)).map((scope) => scope.id);
}

/** Looks up everything that a draft refers to, and the scopes among it as they stand in tokens. */
export async function findReferences(
  stores: LookupStores,
  draft: Members,
): Promise<{ references: References; scopeIds: string[] }> {
  const written = writtenReferences(draft);
  const scopes = await findScopes(stores.scopes, written.scopes);
  const claims = await findClaims(stores.claims, written.claims);
  const scripts = await stores.scriptNames.typesOf(writtenScripts(draft));
  return { references: { scopes, claims, scripts }, scopeIds: [...scopes.values()].map((scope) => scope.name) };
}
