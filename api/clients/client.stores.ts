import { SCOPE_STORES, type ScopeStoreNeeds, type ScopeStores } from '../scopes/scope.stores.ts';
import { SearchStore } from '../search/search.store.ts';
import { textIndex } from '../search/text/text-index.store.ts';
import type { Makers } from '../shared/database/lazy.stores.ts';
import type { IdempotencyStores } from '../shared/idempotency/claimed-request.ts';
import { idempotencyStore } from '../shared/idempotency/idempotency.store.ts';
import { CLIENTS_SEARCHED } from './document/client.fields.ts';
import { openings, type Opening } from './credentials/opening.store.ts';
import { ClientStore } from './client.store.ts';
import { keptProperties, type KeptProperties } from './values/kept-properties.store.ts';
import { clientCorridor, type ClientCorridor, type CorridorNeeds } from './corridor/client.corridor.ts';
import { issuedTokensStore, type IssuedTokensStore } from './credentials/issued-tokens.store.ts';
import { neighbourStore, type NeighbourStore } from './plan/neighbours.store.ts';
import { removedClientStore, type RemovedClientStore } from './removed/removed-client.store.ts';
import { findingStore, type FindingStore } from './profiles/finding.store.ts';
import { reportCounts, type ReportCounts } from './profiles/report-count.store.ts';
import { disuseStore, type DisuseStore } from './unused/disuse.store.ts';
import { reporterStore, type ReporterStore } from './unused/reporters.store.ts';
import { reportedUses, type ReportedUses } from './unused/reported-uses.store.ts';
import { scopeUsers } from './users/scope-users.store.ts';
import { scriptNames, type ScriptNames } from './scripts/script-names.store.ts';
import { scriptUsers, type ScriptUsers } from './users/script-users.store.ts';
import { secretStore, type SecretStore } from './secrets/secret.store.ts';

/** The stores that a unit of work on clients has. */
export interface ClientStores extends ScopeStores, IdempotencyStores {
  readonly clients: ClientStore;
  readonly corridor: ClientCorridor;
  readonly keptProperties: KeptProperties;
  readonly search: SearchStore;
  readonly secrets: SecretStore;
  /** Reads what a door has to know of a client, in one go; undefined when there is none. */
  readonly opening: (inum: string) => Promise<Opening | undefined>;
  readonly removed: RemovedClientStore;
  readonly scriptNames: ScriptNames;
  readonly scriptUsers: ScriptUsers;
  readonly neighbours: NeighbourStore;
  readonly issuedTokens: IssuedTokensStore;
  readonly findings: FindingStore;
  readonly reportCounts: ReportCounts;
  readonly disuse: DisuseStore;
  readonly reporters: ReporterStore;
  readonly reportedUses: ReportedUses;
}

/** What the stores of clients need beside a connection. */
export interface ClientStoreNeeds extends ScopeStoreNeeds, Pick<CorridorNeeds, 'secrets' | 'clock' | 'keepsRemoved'> {}

export const CLIENT_STORES: Makers<ClientStores, ClientStoreNeeds> = {
  ...SCOPE_STORES,
  clients: (manager) => new ClientStore(manager),
  corridor: (manager, needs, { audit, revisions }) => clientCorridor(manager, { ...needs, audit, revisions }),
  keptProperties: (manager) => keptProperties(manager),
  users: (manager, _needs, stores) => scopeUsers(manager, stores),
  search: (manager, { searching }) =>
    new SearchStore(manager, CLIENTS_SEARCHED, { ...searching, texts: textIndex(manager) }),
  secrets: (manager) => secretStore(manager),
  opening: (manager) => openings(manager),
  removed: (manager) => removedClientStore(manager),
  scriptNames: (manager) => scriptNames(manager),
  scriptUsers: (manager, _needs, stores) => scriptUsers(manager, stores),
  neighbours: (manager) => neighbourStore(manager),
  issuedTokens: (manager) => issuedTokensStore(manager),
  findings: (manager) => findingStore(manager),
  reportCounts: (manager) => reportCounts(manager),
  disuse: (manager) => disuseStore(manager),
  reporters: (manager) => reporterStore(manager),
  reportedUses: (manager) => reportedUses(manager),
  idempotency: (manager) => idempotencyStore(manager),
};
