import type { EntityManager } from 'typeorm';
import { clientStores, type ClientStoreNeeds, type ClientStores } from '../clients/client.stores.ts';
import { revokedTokenStore, type RevokedTokenStore } from './revoked-token.store.ts';
import { signingKeyStore, type SigningKeyStore } from './keys/signing-key.store.ts';
import { usedAssertionStore, type UsedAssertionStore } from './authentication/used-assertion.store.ts';

/** The stores that a unit of work of the issuer has. */
export interface IssuerStores extends ClientStores {
  readonly signingKeys: SigningKeyStore;
  readonly usedAssertions: UsedAssertionStore;
  readonly revokedTokens: RevokedTokenStore;
}

export const issuerStores = (manager: EntityManager, needs: ClientStoreNeeds): IssuerStores => ({
  ...clientStores(manager, needs),
  signingKeys: signingKeyStore(manager),
  usedAssertions: usedAssertionStore(manager),
  revokedTokens: revokedTokenStore(manager),
});
