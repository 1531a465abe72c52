import type { EntityManager } from 'typeorm';
import { scopeStores, type ScopeStores } from '../scopes/scope.stores.ts';
import { SearchStore } from '../search/search.store.ts';
import { textIndex } from '../search/text-index.store.ts';
import { CLIENTS_SEARCHED } from './client.fields.ts';
import { ClientStore } from './client.store.ts';
import { scopeUsers } from './scope-users.store.ts';
import { secretStore, type SecretStore } from './secret.store.ts';

/** The stores that a unit of work on clients has. */
export interface ClientStores extends ScopeStores {
  readonly clients: ClientStore;
  readonly search: SearchStore;
  readonly secrets: SecretStore;
}

export function clientStores(manager: EntityManager): ClientStores {
  const below = scopeStores(manager);
  const clients = new ClientStore(manager);
  return {
    ...below,
    clients,
    users: scopeUsers(manager, { clients, audit: below.audit }),
    search: new SearchStore(manager, CLIENTS_SEARCHED, textIndex(manager)),
    secrets: secretStore(manager),
  };
}
