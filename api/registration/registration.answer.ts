import type { ClientDocument } from '../clients/document/client.document.ts';
import { splitReferences } from '../clients/client.references.ts';
import { needsSecret } from '../clients/secrets/secret.policy.ts';
import type { ScopeName } from '../scopes/scope.store.ts';
import { Overtaken } from '../shared/database/proposals.ts';
import type { Schemas } from '../shared/contract/operation.ts';
import { epochOf, metadataOf } from './metadata/registration.mapping.ts';
import type { RegistrationStores } from './registration.stores.ts';

export interface Credentials {
  /** The registration access token; left out for a client that several have, none of whom manages it. */
  readonly token?: string;
  /** The secret, in the reply that makes it known. */
  readonly secret?: string | undefined;
  /** The address of the registration endpoint. */
  readonly endpoint: string;
}

/** The scopes and claims of a client under their names, in the order that it has them. */
export interface Names {
  readonly scopes: readonly string[];
  readonly claims: readonly string[];
  /** Whether there are all of them. */
  readonly isComplete: boolean;
}

/** The names of a client that has no claims and only scopes of which it is known what they are `called`; else undefined. */
export function namesAsCalled(
  { scopes = [], claims = [] }: ClientDocument,
  called: readonly ScopeName[] = [],
): Names | undefined {
  const ids = new Map(called.map(({ inum, id }) => [inum, id]));
  const { inums } = splitReferences('scopes', scopes);
  const names = inums.flatMap((inum) => ids.get(inum) ?? []);
  const isComplete = claims.length === 0 && names.length === inums.length;
  return isComplete ? { scopes: names, claims: [], isComplete } : undefined;
}

/** Looks up what the scopes and claims of a client are called. */
export async function namesOf(
  { scopes, claims }: Pick<RegistrationStores, 'scopes' | 'claims'>,
  document: ClientDocument,
): Promise<Names> {
  const scopeInums = splitReferences('scopes', document.scopes ?? []).inums;
  const claimInums = splitReferences('attributes', document.claims ?? []).inums;
  const scopeNames = new Map((await scopes.byInums(scopeInums)).map(({ inum, id }) => [inum, id]));
  const claimNames = new Map((await claims.byInums(claimInums)).map(({ inum, name }) => [inum, name]));
  return {
    scopes: scopeInums.flatMap((inum) => scopeNames.get(inum) ?? []),
    claims: claimInums.flatMap((inum) => claimNames.get(inum) ?? []),
    isComplete: scopeNames.size === scopeInums.length && claimNames.size === claimInums.length,
  };
}

/** A registration as it is answered (RFC 7591 section 3.2.1, RFC 7592 section 3). */
export function answerOf(
  document: ClientDocument,
  { scopes, claims }: Names,
  { token, secret, endpoint }: Credentials,
): Schemas['RegistrationReply'] {
  const { inum, clientIdIssuedAt, clientSecretExpiresAt, ...rest } = document;
  const named = { ...rest, ...(rest.scopes && { scopes: [...scopes] }), ...(rest.claims && { claims: [...claims] }) };
  const expiry = clientSecretExpiresAt === undefined ? 0 : epochOf(clientSecretExpiresAt);
  return {
    client_id: inum,
    ...(secret !== undefined && { client_secret: secret }),
    // RFC 7591: exactly where there is a secret; 0 for one that does not end.
    ...(needsSecret(document) && { client_secret_expires_at: expiry }),
    ...(clientIdIssuedAt !== undefined && { client_id_issued_at: epochOf(clientIdIssuedAt) }),
    ...(token !== undefined && {
      registration_access_token: token,
      registration_client_uri: `${endpoint}?${new URLSearchParams({ client_id: inum }).toString()}`,
    }),
    // RFC 7591 section 3.2.1: what was left out is told, also when that is all of it.
    scope: '',
    ...metadataOf(named),
  };
}

/**
 * Inside: what a client that was planned outside refers to is still there. Where it has scopes only and is stored as they are
 * `called`, that is found then.
 */
export async function presentNamesOf(
  stores: RegistrationStores,
  document: ClientDocument,
  called?: readonly ScopeName[],
): Promise<Names> {
  const known = namesAsCalled(document, called);
  if (known) return known;
  const names = await namesOf(stores, document);
  if (!names.isComplete) throw new Overtaken();
  return names;
}
