import type { EntityManager } from 'typeorm';
import { claimStore, type ClaimStore } from '../scopes/claim.store.ts';
import { scopeStore, type ScopeStore } from '../scopes/scope.store.ts';
import { SearchStore } from '../search/search.store.ts';
import { auditStore, type AuditStore } from '../shared/audit.store.ts';
import type { IdempotencyStores } from '../shared/claimed-request.ts';
import { idempotencyStore } from '../shared/idempotency.store.ts';
import type { Meters } from '../shared/meters.ts';
import { settingStore, type SettingStore } from '../shared/setting.store.ts';
import { ClientStore } from './client.store.ts';
import { secretStore, type SecretStore } from './secret.store.ts';

/** The stores that a unit of work on clients has. */
export interface ClientStores extends IdempotencyStores {
  readonly clients: ClientStore;
  readonly search: SearchStore;
  readonly secrets: SecretStore;
  readonly scopes: ScopeStore;
  readonly claims: ClaimStore;
  readonly settings: SettingStore;
  readonly audit: AuditStore;
}

export const clientStores = (manager: EntityManager, meters?: Meters): ClientStores => ({
  clients: new ClientStore(manager),
  search: new SearchStore(manager, meters),
  secrets: secretStore(manager),
  scopes: scopeStore(manager),
  claims: claimStore(manager),
  settings: settingStore(manager),
  audit: auditStore(manager),
  idempotency: idempotencyStore(manager),
});
