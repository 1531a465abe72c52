import type { ClientStores } from '../clients/client.stores.ts';
import type { Makers } from '../shared/database/lazy.stores.ts';
import { surroundingsStore, type SurroundingsStore } from './arrival/surroundings.store.ts';
import { initialTokenStore, type InitialTokenStore } from './initial-tokens/initial-token.store.ts';
import { softwareStatementStore, type SoftwareStatementStore } from './statements/software-statement.store.ts';
import { registrationStore, type RegistrationStore } from './registration.store.ts';

interface OwnStores extends SurroundingsStore {
  readonly registrations: RegistrationStore;
  readonly initialTokens: InitialTokenStore;
  readonly statements: SoftwareStatementStore;
}

/** The stores that a unit of work of registration has. */
export type RegistrationStores = ClientStores & OwnStores;

/** The stores that registration adds to those of clients. */
export const REGISTRATION_STORES: Makers<OwnStores, unknown, unknown> = {
  registrations: (manager) => registrationStore(manager),
  initialTokens: (manager) => initialTokenStore(manager),
  statements: (manager) => softwareStatementStore(manager),
  surroundings: (manager) => (asked) => surroundingsStore(manager).surroundings(asked),
};
