import { findClaims, findScopes, type Referents } from '../scopes/references.ts';
import type { ScopeName } from '../scopes/scope.store.ts';
import { missingAttribute, Problem, type Fault } from '../shared/problem.ts';
import type { Mode } from './document/client.aliases.ts';
import type { ClientDocument, ClientInput, Members } from './document/client.document.ts';
import { normaliseClient } from './document/client.normalise.ts';
import { settle } from './client.settle.ts';
import type { Standing } from './last-administrator.ts';
import { REDIRECT_URI_REQUIRED } from './rules/rules.redirects.ts';
import { referenceMessage, splitReferences, writtenReferences, type References } from './client.references.ts';
import { writtenScripts } from './scripts/script-references.ts';
import type { ClientStores } from './client.stores.ts';

type LookupStores = Pick<ClientStores, 'scopes' | 'claims' | 'scriptNames'>;

/** The scopes of a stored client as they stand in tokens. */
export async function scopeIdsOf(stores: Pick<ClientStores, 'scopes'>, document: ClientDocument): Promise<string[]> {
  const { inums } = splitReferences('scopes', document.scopes ?? []);
  return (await stores.scopes.byInums(inums)).map((scope) => scope.id);
}

/** What a client refers to already: it is there as long as the client is in its version. */
interface Held {
  readonly scopes: readonly ScopeName[];
  readonly claims: readonly string[];
  /** Scopes as they were called lately, where nothing is stored by that when it is not so any more. */
  readonly guarded?: readonly ScopeName[] | undefined;
}

/**
 * Looks up everything that a draft refers to, and the scopes among it as they stand in tokens. What is held is not looked
 * up again.
 */
export async function findReferences(
  stores: LookupStores,
  draft: Members,
  held: Held = { scopes: [], claims: [] },
): Promise<{ references: References; scopeIds: string[] }> {
  const written = writtenReferences(draft);
  const scopes = await findScopes(stores.scopes, written.scopes, held.scopes, held.guarded);
  const claims = await findClaims(stores.claims, written.claims, held.claims);
  const scripts = await stores.scriptNames.typesOf(writtenScripts(draft));
  return { references: { scopes, claims, scripts }, scopeIds: [...scopes.values()].map((scope) => scope.name) };
}

/** How a draft becomes a client. */
export interface Settlement {
  readonly inum: string;
  readonly mode: Mode;
  readonly previous?: ClientDocument;
  /** The scopes that it has, where the client cannot be written any more when it has others. */
  readonly has?: readonly ScopeName[];
  /** Scopes as they were called lately, where the client is not stored when one is not called so any more. */
  readonly guarded?: readonly ScopeName[];
}

/** What an administrator has written, settled, with the scopes by how they were referred to. */
export interface SettledByAdmin extends Standing {
  readonly found: Referents;
}

/** Settles what an administrator has written, inside. Refuses with every fault that it has. */
export async function settledByAdmin(
  stores: LookupStores,
  draft: ClientInput,
  about: Settlement,
): Promise<SettledByAdmin> {
  const { has, guarded, ...settlement } = about;
  const claims = has && splitReferences('attributes', about.previous?.claims ?? []).inums;
  const held = { scopes: has ?? [], claims: claims ?? [], guarded };
  const { references, scopeIds } = await findReferences(stores, draft, held);
  const { document, faults } = settle({ draft, door: 'admin', references, ...settlement });
  refuseFaults(faults, draft);
  return { document, scopes: scopeIds, found: references.scopes };
}

/** Refuses a client that has faults, in Janssen's words where it has some. */
export function refuseFaults(faults: readonly Fault[], draft: Members): void {
  if (faults.length === 0) return;
  const message = referenceMessage(faults, draft);
  const isMissing = faults.some(({ rule }) => rule === REDIRECT_URI_REQUIRED);
  const words = { ...(isMissing && missingAttribute('redirectUris')), ...(message !== undefined && { message }) };
  throw new Problem('invalid-request', { errors: faults, ...words });
}

/** What a client was, as somebody would write it now. Refuses with every fault that its shape has by now. */
export function formerly(document: Members, shapeFaults: (input: unknown) => Fault[]): ClientInput {
  const draft = normaliseClient(document, false) as ClientInput;
  refuseFaults(shapeFaults(draft), draft);
  return draft;
}
