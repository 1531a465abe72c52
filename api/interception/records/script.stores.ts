import type { ScriptUsers } from '../../clients/users/script-users.store.ts';
import type { RegistryStores } from '../../scopes/registry.ts';
import type { ScopeStoreNeeds } from '../../scopes/scope.stores.ts';
import { SearchStore } from '../../search/search.store.ts';
import type { Makers } from '../../shared/database/lazy.stores.ts';
import type { SettingStore } from '../../shared/database/setting.store.ts';
import { SCRIPTS_SEARCHED } from './script.fields.ts';
import { ScriptStore } from './script.store.ts';

/** The stores that a unit of work on scripts has. */
export interface ScriptStores extends RegistryStores {
  readonly scripts: ScriptStore;
  readonly scriptSearch: SearchStore;
  readonly scriptUsers: ScriptUsers;
  readonly settings: SettingStore;
}

/** Those of them that clients do not have. */
export const SCRIPT_STORES: Makers<Pick<ScriptStores, 'scripts' | 'scriptSearch'>, ScopeStoreNeeds, unknown> = {
  scripts: (manager) => new ScriptStore(manager),
  scriptSearch: (manager, { searching }) => new SearchStore(manager, SCRIPTS_SEARCHED, searching),
};
