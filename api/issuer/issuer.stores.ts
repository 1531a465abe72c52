import { CLIENT_STORES, type ClientStoreNeeds, type ClientStores } from '../clients/client.stores.ts';
import type { Makers } from '../shared/database/lazy.stores.ts';
import { revokedTokenStore, type RevokedTokenStore } from './revoked-token.store.ts';
import { signingKeyStore, type SigningKeyStore } from './keys/signing-key.store.ts';
import { usedAssertionStore, type UsedAssertionStore } from './authentication/used-assertion.store.ts';

/** The stores that a unit of work of the issuer has. */
export interface IssuerStores extends ClientStores {
  readonly signingKeys: SigningKeyStore;
  readonly usedAssertions: UsedAssertionStore;
  readonly revokedTokens: RevokedTokenStore;
}

export const ISSUER_STORES: Makers<IssuerStores, ClientStoreNeeds> = {
  ...CLIENT_STORES,
  signingKeys: (manager) => signingKeyStore(manager),
  usedAssertions: (manager) => usedAssertionStore(manager),
  revokedTokens: (manager) => revokedTokenStore(manager),
};
