import type { EntityManager } from 'typeorm';
import type { ScriptUsers } from '../../clients/users/script-users.store.ts';
import type { RegistryStores } from '../../scopes/registry.ts';
import { SearchStore, type SearchGround } from '../../search/search.store.ts';
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
export const scriptStores = (
  manager: EntityManager,
  searching: SearchGround,
): Pick<ScriptStores, 'scripts' | 'scriptSearch'> => ({
  scripts: new ScriptStore(manager),
  scriptSearch: new SearchStore(manager, SCRIPTS_SEARCHED, searching),
});
