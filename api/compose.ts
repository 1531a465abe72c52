import { openReplica, type Database } from '../entities/data-source.ts';
import { scopesByIssuer } from './access/granted-scopes.ts';
import { tokenVerifier } from './access/token-verifier.ts';
import { appSettings } from './app-settings.ts';
import { buildApp, type App } from './app.ts';
import { readiness } from './readiness.store.ts';
import { clientKeys, type ClientKeys } from './clients/rules/client-keys.ts';
import { sweepingClients } from './clients/client.sweeps.ts';
import { beginRebuild, rebuildingValues } from './clients/values/values-rebuild.ts';
import { clientHandlers } from './clients/client.handlers.ts';
import { bulkParts } from './clients/bulk/bulk-parts.ts';
import { changePlans } from './clients/plan/change-plan.ts';
import { clientCredentialsHandlers } from './clients/credentials/client-credentials.handlers.ts';
import { ClientCredentials, type ClientCredentialsNeeds } from './clients/credentials/client-credentials.service.ts';
import { gaugeClients } from './clients/gauges/client-gauges.ts';
import { ClientSecrets } from './clients/secrets/client.secrets.ts';
import { countingFindings } from './clients/profiles/counting.ts';
import { reportHandlers } from './clients/profiles/report.handlers.ts';
import { unusedClientsHandlers } from './clients/unused/unused.handlers.ts';
import { sweepRemoved } from './clients/removed/removed-clients.ts';
import { ClientService, type ClientServiceNeeds } from './clients/client.service.ts';
import { secretCodec, type SecretCodec } from './clients/secrets/secret.codec.ts';
import type { Config } from './config.ts';
import { knownMembersOf } from './known-members.ts';
import { normalisersOf } from './normalisers.ts';
import { registryHandlers } from './registries.ts';
import { healthHandlers } from './health/health.handlers.ts';
import { endpointsOf } from './shared/endpoints.ts';
import { registrable } from './issuer/metadata/registrable.ts';
import { builtInIssuer, type BuiltInIssuer } from './issuer/issuer.ts';
import { CHANGE_STORES, type ChangeStores } from './changes/change.stores.ts';
import { changesOf } from './changes/changes.ts';
import { changesHandlers } from './changes/changes.handlers.ts';
import { undoParts } from './undo/undo-parts.ts';
import { sweepingHistory } from './history/revision.sweep.ts';
import { ISSUER_STORES, type IssuerStores } from './issuer/issuer.stores.ts';
import type { SigningKeysNeeds } from './issuer/keys/signing-keys.ts';
import { serviceMetrics, type Metrics } from './metrics/metrics.ts';
import { deciding } from './registration/approval/approval.service.ts';
import type { RegistrationPolicy } from './registration/policy/registration.policy.ts';
import { unsupportedBy } from './registration/metadata/registration.support.ts';
import { REGISTRATION_STORES, type RegistrationStores } from './registration/registration.stores.ts';
import type { PlanNeeds } from './registration/registration.plan.ts';
import { dynamicRegistration, type DynamicRegistration } from './registration/registration.ts';
import { searchLane } from './search/running/search-lane.ts';
import { guardedFetcher, type GuardedFetch } from './shared/fetch/guarded-fetch.ts';
import type { Clock } from './shared/clock.ts';
import { nonces } from './shared/dpop/nonces.ts';
import { dpop, type Dpop } from './shared/dpop/proof.ts';
import { loadContract, type Contract } from './shared/contract/contract.ts';
import { idempotency, type Idempotency } from './shared/idempotency/idempotency.ts';
import { newInum } from './shared/ids.ts';
import type { KeyRing } from './shared/keys/key-ring.ts';
import { ownLimits, type Limits } from './shared/limits/limits.ts';
import type { Log } from './shared/log/log.ts';
import type { Meters } from './shared/meters.ts';
import type { Handlers } from './shared/contract/operation.ts';
import { documentHandlers } from './shared/contract/document.handlers.ts';
import type { Fault } from './shared/problem.ts';
import type { Together } from './shared/together.ts';
import { interception, type Interception } from './interception/interception.ts';
import { scriptRecords } from './interception/records/script-records.ts';
import { shownScript } from './interception/records/script.registry.ts';
import { scriptSecrets } from './interception/records/script.secrets.ts';
import { SCRIPT_STORES, type ScriptStores } from './interception/records/script.stores.ts';
import { cursors, type Cursors } from './search/cursor.ts';
import { lazyStores } from './shared/database/lazy.stores.ts';
import { followedBy, proposals, type CarryOut } from './shared/database/proposals.ts';
import { ReadReplica } from './shared/database/read-replica.ts';
import { tasksOf, type Tasks } from './tasks/tasks.ts';
import { sweeping } from './tasks/sweeping.ts';
import { TASK_STORES, type TaskStores } from './tasks/task.store.ts';
import { unitOfWork, type UnitOfWork } from './shared/database/unit-of-work.ts';

/** What the service stands on: everything that a test may want to hold in its hands. */
export interface Ground {
  readonly config: Config;
  readonly database: Database;
  readonly ring: KeyRing;
  readonly clock: Clock;
  readonly log: Log;
  /** What it does together with the other workers of the service, where there are some. */
  readonly together?: Together;
  /** A certificate authority in PEM that fetches from addresses of clients trust beside the usual ones. */
  readonly fetchCa?: string;
  /** Where the pairs of keys that it signs with come from; new ones unless given. */
  readonly newKeyPair?: SigningKeysNeeds['newKeyPair'];
}

export interface Service {
  readonly app: App;
  readonly metrics: Metrics;
  /** Long work, such as the removal of what has run out. */
  readonly tasks: Tasks;
  /** Resolves when nothing is left to be written after replies. */
  idle(): Promise<void>;
  /** Ends what runs beside it. */
  close(): Promise<unknown>;
}

/** The units of work of the whole service, and the service for secrets on the same ground. */
export function foundations(
  ground: Ground,
  meters?: Meters,
  limits = ownLimits(ground.clock),
  replica?: ReadReplica,
): Foundations {
  const { config, database, ring, clock } = ground;
  const { apart } = database;
  const searching = {
    lane: searchLane(config.searchBudget, limits.scans),
    clock,
    ...(apart && { apart }),
    ...(meters && { meters }),
  };
  const codec = secretCodec(ring, clock);
  const secrets = new ClientSecrets({ codec, recoverable: config.recoverableSecrets });
  const needs = { secrets, clock, searching, keepsRemoved: config.removedKeep > 0 };
  const makers = { ...ISSUER_STORES, ...REGISTRATION_STORES, ...TASK_STORES, ...SCRIPT_STORES, ...CHANGE_STORES };
  const storesOf = lazyStores<Stores, typeof needs>(makers, needs);
  const work = unitOfWork(database, storesOf, meters, replica);
  return { work, carryOut: proposals(work), codec, secrets, endSearches: searching.lane.close };
}

type Stores = IssuerStores & RegistrationStores & TaskStores & ScriptStores & ChangeStores;

export interface Foundations {
  readonly work: UnitOfWork<Stores>;
  readonly carryOut: CarryOut<Stores>;
  readonly codec: SecretCodec;
  readonly secrets: ClientSecrets;
  readonly endSearches: () => Promise<void>;
}

/** Joins the features into one service. The one place that knows them all. */
export async function compose(ground: Ground): Promise<Service> {
  const { config, database, clock, log, ring } = ground;
  const metrics = serviceMetrics(database.connections, ground.together);
  const { meters } = metrics;
  const contract = loadContract();
  const common = commonParts(ground, contract, meters);
  const { work } = common;
  const known = knownMembersOf(contract);
  const scripts = composeScripts(ground, { ...common, contract, meters });
  await scripts.ready();
  const doors = { ...common, contract, known: known.client, policy: scripts.clientPolicy };
  const clients = composeClients(ground, doors);
  const issuer = composeIssuer(ground, common, meters);
  await issuer.ready();
  const many = composeMany(ground, { ...doors, issuers: scopesByIssuer(issuer.issuers, config.trustedIssuers) });
  const registration = composeRegistration(ground, { ...common, contract, meters, issuer, policy: scripts.policy });
  gaugeClients(meters, { work, clock, sweepsUnused: config.unused !== undefined });
  const repeats = idempotency({ work, ring, clock, log });
  const kinds = [
    ...sweepingWhatEnds({ issuer, registration, repeats }),
    ...sweepingClients(config, { ...common, clock, log, meters }),
    scripts.replaying,
    ...many.kinds,
    rebuildingValues({ work, log }),
    countingFindings({ work, clock }),
    ...sweepingThePast(config, { work, clock }),
  ];
  const tasks = tasksOf({ work, clock, log, meters, kinds });
  await beginRebuild({ work, log, tasks: tasks.service });
  const handlers: Handlers = {
    ...clientHandlers(clients),
    ...many.handlers(tasks),
    ...clientCredentialsHandlers(credentialsOf(ground, { ...common, flushTokens: issuer.flush })),
    ...tellingHandlers({ work, clock, cursors: cursors(ring) }),
    ...unusedClientsHandlers({ ...common, clock, rules: config.unused }),
    ...registryHandlers({ clock, work, contract, ring, known, cursors: cursors(ring), scripts }),
    ...issuer.handlers,
    ...registration.handlers,
    ...scripts.handlers(tasks.service),
    ...healthHandlers(readiness(database, work)),
    ...documentHandlers(contract, config.issuer),
    'get-metrics': async () => ({ status: 200, body: await metrics.text() }),
  };
  const verified = { ...config, issuer: issuer.id };
  const app = await buildApp({
    contract,
    handlers,
    idempotency: repeats,
    planOf: changePlans({ work, shown: SHOWN, clock, flushTokens: issuer.flush }),
    log,
    meters,
    known,
    normalisers: normalisersOf(contract),
    verifyToken: tokenVerifier({ clock, meters, fetch: common.issuerFetch, issuer, config: verified }),
    dpop: common.dpop,
    ...appSettings(config),
  });
  const close = (): Promise<unknown> => Promise.all([scripts.close(), common.endSearches(), common.replica?.close()]);
  return { app, metrics, tasks, idle: issuer.idle, close };
}

/** The operations that tell of all clients together. */
const tellingHandlers = (needs: { work: UnitOfWork<Stores>; clock: Clock; cursors: Cursors }) => ({
  ...changesHandlers((request) => changesOf(needs, request)),
  ...reportHandlers(needs),
});

const credentialsOf = (
  { config, clock }: Ground,
  { work, carryOut, secrets, flushTokens }: Foundations & Pick<ClientCredentialsNeeds, 'flushTokens'>,
): ClientCredentials =>
  new ClientCredentials({ work, carryOut, clock, secrets, flushTokens, accessTokenTtl: config.accessTokenTtl });

const asStored = (text: string): string => text;

/** How documents are shown, by their kind; those of other kinds are not. */
const SHOWN = { client: asStored, scope: asStored, claim: asStored, script: shownScript };

/** The kinds of tasks that remove what has run out. */
const sweepingWhatEnds = (by: { issuer: BuiltInIssuer; registration: DynamicRegistration; repeats: Idempotency }) => [
  sweeping('tokens', by.issuer.sweep),
  sweeping('software-statements', by.registration.sweep),
  sweeping('idempotency-keys', () => by.repeats.sweep()),
];

/** The kinds of tasks that end what is kept for a while. */
const sweepingThePast = ({ removedKeep, historyKeep }: Config, needs: { work: UnitOfWork<Stores>; clock: Clock }) => [
  sweeping('removed-clients', () => sweepRemoved({ ...needs, removedKeep })),
  ...(historyKeep ? [sweepingHistory(needs, historyKeep)] : []),
];

/** What several features stand on. */
interface CommonParts extends Foundations {
  readonly replica?: ReadReplica;
  readonly limits: Limits;
  readonly fetch: GuardedFetch;
  /** Fetches what an administrator has named: metadata and keys of trusted issuers. */
  readonly issuerFetch: GuardedFetch;
  readonly clientKeys: ClientKeys;
  readonly dpop: Dpop;
  readonly shapeFaults: (input: unknown) => Fault[];
}

function commonParts(ground: Ground, contract: Contract, meters: Meters): CommonParts {
  const { config, clock, ring, fetchCa } = ground;
  const limits = ground.together?.limits ?? ownLimits(clock);
  const trust = fetchCa === undefined ? {} : { ca: fetchCa };
  const fetch = guardedFetcher({ allow: config.fetchAllow, ...trust });
  const replica = replicaOf(ground, meters);
  const founded = foundations(ground, meters, limits, replica);
  const once = (digest: string, until: string): Promise<boolean> =>
    founded.work.write(({ usedAssertions }) => usedAssertions.use(digest, until));
  return {
    ...founded,
    ...(replica && { replica }),
    limits,
    dpop: dpop({ clock, nonces: nonces(ring, clock), once, base: config.issuer }),
    fetch,
    issuerFetch: guardedFetcher({ allow: [], configured: true, mostBytes: 256 * 1024, ...trust }),
    clientKeys: clientKeys({ fetch, clock, meters }),
    shapeFaults: (input) => contract.shapeFaults('ClientInput', input),
  };
}

/** The replica of the database, where the settings name one: from now on it is looked whether it can be read. */
function replicaOf({ config, database, log }: Ground, meters: Meters): ReadReplica | undefined {
  const { databaseReaderUrl: url, databaseReaderLag: lag, databaseCa: ca } = config;
  if (url === undefined) return undefined;
  const open = (look: Parameters<typeof openReplica>[2]): ReturnType<typeof openReplica> => openReplica(url, ca, look);
  const replica = new ReadReplica({ primary: database.reader, open, lag, log, meters });
  replica.watch();
  return replica;
}

const composeClients = (
  { config, clock, ring }: Ground,
  { work, carryOut, secrets, shapeFaults, known, policy }: CommonParts & Pick<ClientServiceNeeds, 'known' | 'policy'>,
): ClientService =>
  new ClientService({
    cursors: cursors(ring),
    recoverable: config.recoverableSecrets,
    unserved: (client) => unsupportedBy(registrable(config.authorizationServer, false), client),
    removedKeep: config.removedKeep,
    accessTokenTtl: config.accessTokenTtl,
    ...{ work, carryOut, clock, newInum, secrets, shapeFaults, known, policy },
  });

/** Many clients are written through the doors for one, where secrets are shown to nobody. */
function composeMany(ground: Ground, parts: CommonParts & DoorParts) {
  const { config, clock, log, ring } = ground;
  const [plan, needs] = [planNeeds(config, parts.contract), { ...parts, clock, log, cursors: cursors(ring) }];
  const undo = undoParts({ ...needs, newId: newInum, removedKeep: config.removedKeep, budget: config.searchBudget });
  const bulk = bulkParts({
    ...needs,
    doors: (after) => {
      const carryOut = followedBy(parts.carryOut, after);
      const closed = { ...ground, config: { ...config, recoverableSecrets: false } };
      return {
        clients: composeClients(closed, { ...parts, carryOut }),
        decide: deciding({ work: parts.work, carryOut, clock, plan }),
      };
    },
  });
  const handlers = (tasks: Tasks) => ({ ...bulk.handlers(tasks), ...undo.handlers(tasks) });
  return { kinds: [bulk.kind, undo.kind], handlers };
}

interface DoorParts extends Pick<ClientServiceNeeds, 'known' | 'policy'> {
  readonly contract: Contract;
  /** The issuers whose tokens are taken, with the scopes that those of others can bring. */
  readonly issuers: ReadonlyMap<string, ReadonlySet<string>>;
}

function composeIssuer(
  { config, clock, log, ring, newKeyPair }: Ground,
  parts: CommonParts,
  meters: Meters,
): BuiltInIssuer {
  return builtInIssuer({
    ...(newKeyPair && { newKeyPair }),
    clock,
    ring,
    log,
    meters,
    work: parts.work,
    codec: parts.codec,
    clientKeys: parts.clientKeys,
    dpop: parts.dpop,
    base: config.issuer,
    ...(config.authorizationServer && { server: config.authorizationServer }),
    audience: config.audience,
    accessTokenTtl: config.accessTokenTtl,
    enabled: config.builtInIssuer,
    trustedIssuers: config.trustedIssuers,
    rateLimit: config.rateLimit,
    limits: parts.limits,
    registration: config.registration !== 'off',
  });
}

interface RegistrationParts extends CommonParts {
  readonly contract: Contract;
  readonly meters: Meters;
  readonly issuer: BuiltInIssuer;
  readonly policy: RegistrationPolicy;
}

function composeScripts(
  { config, clock, log, ring, fetchCa }: Ground,
  { work, contract, meters }: CommonParts & Pick<RegistrationParts, 'contract' | 'meters'>,
): Interception {
  const ground = { allow: config.fetchAllow, ...(fetchCa !== undefined && { ca: fetchCa }) };
  return interception({
    work,
    cursors: cursors(ring),
    plan: planNeeds(config, contract),
    records: scriptRecords({ work, clock, secrets: scriptSecrets(ring) }),
    clock,
    log,
    meters,
    fetchWithin: (within) => guardedFetcher({ ...ground, within }),
    ...(config.clientCertHeader !== undefined && { certHeader: config.clientCertHeader }),
  });
}

function composeRegistration({ config, clock, log, ring }: Ground, parts: RegistrationParts): DynamicRegistration {
  const { contract, issuer } = parts;
  return dynamicRegistration({
    work: parts.work,
    carryOut: parts.carryOut,
    clock,
    log,
    meters: parts.meters,
    ring,
    limits: parts.limits,
    fetch: parts.fetch,
    clientKeys: parts.clientKeys,
    codec: parts.codec,
    policy: parts.policy,
    settings: {
      mode: config.registration,
      approval: config.registrationApproval,
      rotate: config.rotateRegistrationToken,
      reuse: config.registrationReuse,
      endpoint: endpointsOf(config.issuer).registration,
      issuer: config.issuer,
      statementIssuers: config.statementIssuers,
      requireStatement: config.requireStatement,
      requireSigned: config.requireSigned,
      limits: config.registrationLimits,
    },
    plan: planNeeds(config, contract),
    ...(issuer.sign && { sign: issuer.sign }),
  });
}

/** What a client that registers itself is held to. */
const planNeeds = (config: Config, contract: Contract): PlanNeeds => ({
  shapeFaults: (input) => contract.shapeFaults('ClientInput', input),
  metadataFaults: (metadata) => contract.shapeFaults('RegistrationRequest', metadata),
  lifetime: config.registrationLifetime,
  redirects: config.registrationRedirects,
  support: registrable(config.authorizationServer, config.builtInIssuer),
});
