import { revisionStore, type RevisionStore } from '../history/revision.store.ts';
import { SearchStore, type SearchGround } from '../search/search.store.ts';
import { auditStore, type AuditStore } from '../shared/log/audit.store.ts';
import type { Makers } from '../shared/database/lazy.stores.ts';
import { settingStore, type SettingStore } from '../shared/database/setting.store.ts';
import { CLAIMS_SEARCHED } from './claims/claim.fields.ts';
import { ClaimStore } from './claims/claim.store.ts';
import { SCOPES_SEARCHED } from './scope.fields.ts';
import { ScopeStore } from './scope.store.ts';
import type { Users } from './users.ts';

/** The stores that a unit of work on scopes and claims has. */
export interface ScopeStores {
  readonly scopes: ScopeStore;
  readonly scopeSearch: SearchStore;
  readonly claims: ClaimStore;
  readonly claimSearch: SearchStore;
  readonly users: Users;
  readonly settings: SettingStore;
  readonly audit: AuditStore;
  readonly revisions: RevisionStore;
}

export interface ScopeStoreNeeds {
  readonly searching: SearchGround;
}

export const SCOPE_STORES: Makers<Omit<ScopeStores, 'users'>, ScopeStoreNeeds, unknown> = {
  scopes: (manager) => new ScopeStore(manager),
  scopeSearch: (manager, { searching }) => new SearchStore(manager, SCOPES_SEARCHED, searching),
  claims: (manager) => new ClaimStore(manager),
  claimSearch: (manager, { searching }) => new SearchStore(manager, CLAIMS_SEARCHED, searching),
  settings: (manager) => settingStore(manager),
  audit: (manager) => auditStore(manager),
  revisions: (manager) => revisionStore(manager),
};
