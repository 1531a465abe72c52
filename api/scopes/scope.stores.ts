import type { EntityManager } from 'typeorm';
import { revisionStore, type RevisionStore } from '../history/revision.store.ts';
import { SearchStore, type SearchGround } from '../search/search.store.ts';
import { auditStore, type AuditStore } from '../shared/log/audit.store.ts';
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

export const scopeStores = (manager: EntityManager, searching: SearchGround): Omit<ScopeStores, 'users'> => ({
  scopes: new ScopeStore(manager),
  scopeSearch: new SearchStore(manager, SCOPES_SEARCHED, searching),
  claims: new ClaimStore(manager),
  claimSearch: new SearchStore(manager, CLAIMS_SEARCHED, searching),
  settings: settingStore(manager),
  audit: auditStore(manager),
  revisions: revisionStore(manager),
});
