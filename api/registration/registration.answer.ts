import type { ClientDocument } from '../clients/document/client.document.ts';
import { splitReferences } from '../clients/client.references.ts';
import { needsSecret } from '../clients/secrets/secret.policy.ts';
import type { Schemas } from '../shared/contract/operation.ts';
import { epochOf, metadataOf } from './metadata/registration.mapping.ts';
import type { RegistrationStores } from './registration.stores.ts';

export interface Credentials {
  /** The registration access token. */
  readonly token: string;
  /** The secret, in the reply that makes it known. */
  readonly secret?: string | undefined;
  /** The address of the registration endpoint. */
  readonly endpoint: string;
}

/** A registration as it is answered (RFC 7591 section 3.2.1, RFC 7592 section 3). */
export async function answerOf(
  stores: Pick<RegistrationStores, 'scopes' | 'claims'>,
  document: ClientDocument,
  { token, secret, endpoint }: Credentials,
): Promise<Schemas['RegistrationReply']> {
  const { inum, clientIdIssuedAt, clientSecretExpiresAt, ...rest } = await withNames(stores, document);
  const expiry = clientSecretExpiresAt === undefined ? 0 : epochOf(clientSecretExpiresAt);
  return {
    client_id: inum,
    ...(secret !== undefined && { client_secret: secret }),
    // RFC 7591: exactly where there is a secret; 0 for one that does not end.
    ...(needsSecret(document) && { client_secret_expires_at: expiry }),
    ...(clientIdIssuedAt !== undefined && { client_id_issued_at: epochOf(clientIdIssuedAt) }),
    registration_access_token: token,
    registration_client_uri: `${endpoint}?${new URLSearchParams({ client_id: inum }).toString()}`,
    ...metadataOf(rest),
  };
}

/** The client with scopes and claims under their names, in the order that it has them. */
async function withNames(
  { scopes, claims }: Pick<RegistrationStores, 'scopes' | 'claims'>,
  document: ClientDocument,
): Promise<ClientDocument> {
  const scopeInums = splitReferences('scopes', document.scopes ?? []).inums;
  const claimInums = splitReferences('attributes', document.claims ?? []).inums;
  const scopeNames = new Map((await scopes.byInums(scopeInums)).map(({ inum, id }) => [inum, id]));
  const claimNames = new Map((await claims.byInums(claimInums)).map(({ inum, name }) => [inum, name]));
  return {
    ...document,
    ...(document.scopes && { scopes: scopeInums.flatMap((inum) => scopeNames.get(inum) ?? []) }),
    ...(document.claims && { claims: claimInums.flatMap((inum) => claimNames.get(inum) ?? []) }),
  };
}
