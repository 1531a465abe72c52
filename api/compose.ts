import type { EntityManager } from 'typeorm';
import type { Database } from '../entities/data-source.ts';
import { tokenVerifier } from './access/token-verifier.ts';
import { buildApp, type App } from './app.ts';
import { clientHandlers } from './clients/client.handlers.ts';
import { normaliseClient } from './clients/client.normalise.ts';
import { ClientSecrets } from './clients/client.secrets.ts';
import { ClientService } from './clients/client.service.ts';
import { secretService, type SecretService } from './clients/secret.service.ts';
import type { Config } from './config.ts';
import { healthHandlers } from './health/health.handlers.ts';
import { docsPage } from './http/docs.ts';
import { builtInIssuer } from './issuer/issuer.ts';
import { issuerStores, type IssuerStores } from './issuer/issuer.stores.ts';
import { serviceMetrics, type Metrics } from './metrics/metrics.ts';
import { guardedFetcher } from './shared/guarded-fetch.ts';
import type { Clock } from './shared/clock.ts';
import { loadContract, type Contract } from './shared/contract.ts';
import { idempotency } from './shared/idempotency.ts';
import { newInum } from './shared/ids.ts';
import type { KeyRing } from './shared/key-ring.ts';
import type { Log } from './shared/log.ts';
import type { Meters } from './shared/meters.ts';
import { JsonText, type Handlers } from './shared/operation.ts';
import type { Fault } from './shared/problem.ts';
import { claimHandlers } from './scopes/claim.handlers.ts';
import { CLAIMS, normaliseClaim } from './scopes/claim.registry.ts';
import { RegistryService, type RegistryOptions } from './scopes/registry.service.ts';
import { scopeHandlers } from './scopes/scope.handlers.ts';
import { normaliseScope } from './scopes/scope.registry.ts';
import { ScopeService } from './scopes/scope.service.ts';
import type { ScopeStores } from './scopes/scope.stores.ts';
import { unitOfWork, within, type UnitOfWork } from './shared/unit-of-work.ts';

/** What the service stands on: everything that a test may want to hold in its hands. */
export interface Ground {
  readonly config: Config;
  readonly database: Database;
  readonly ring: KeyRing;
  readonly clock: Clock;
  readonly log: Log;
  /** A certificate authority in PEM that fetches from addresses of clients trust beside the usual ones. */
  readonly fetchCa?: string;
}

export interface Service {
  readonly app: App;
  readonly metrics: Metrics;
  /** Removes what has run out. To be called every hour. */
  sweep(): Promise<void>;
  /** Resolves when nothing is left to be written after replies. */
  idle(): Promise<void>;
}

/** The units of work of the whole service, and the service for secrets on the same ground. */
export function foundations(
  { database, ring, clock }: Ground,
  meters?: Meters,
): {
  work: UnitOfWork<IssuerStores>;
  secrets: SecretService;
} {
  return {
    work: unitOfWork(database, (manager: EntityManager) => issuerStores(manager, meters), meters),
    secrets: secretService(ring, clock),
  };
}

/** Joins the features into one service. The one place that knows them all. */
export async function compose(ground: Ground): Promise<Service> {
  const { config, database, clock, log, ring } = ground;
  const metrics = serviceMetrics(database.connections);
  const { meters } = metrics;
  const { work, secrets } = foundations(ground, meters);
  const contract = loadContract();
  const recoverable = config.recoverableSecrets;
  const clients = new ClientService({
    work,
    clock,
    newInum,
    recoverable,
    secrets: new ClientSecrets({ service: secrets, recoverable }),
    shapeFaults: (input) => contract.shapeFaults('ClientInput', input),
    unknownMembers: (input) => unknownMembers(contract, 'ClientInput', input),
  });
  const issuer = builtInIssuer({
    work,
    clock,
    ring,
    secrets,
    log,
    meters,
    issuer: config.issuer,
    audience: config.audience,
    accessTokenTtl: config.accessTokenTtl,
    enabled: config.builtInIssuer,
    trustedIssuers: config.trustedIssuers,
    rateLimit: config.rateLimit,
    fetch: guardedFetcher({ allow: config.fetchAllow, ...(ground.fetchCa !== undefined && { ca: ground.fetchCa }) }),
  });
  await issuer.ready();
  const handlers: Handlers = {
    ...clientHandlers(clients),
    ...registryHandlers(ground, work, contract),
    ...issuer.handlers,
    ...healthHandlers(() => reachable(database)),
    ...documentHandlers(contract),
    'get-metrics': async () => ({ status: 200, body: await metrics.text() }),
  };
  const repeats = idempotency({ work, ring, clock, log });
  const app = await buildApp({
    contract,
    handlers,
    idempotency: repeats,
    log,
    meters,
    normalisers: { client: normaliseClient, scope: normaliseScope, claim: normaliseClaim },
    verifyToken: tokenVerifier({ clock, log, meters, issuer, config }),
    resourceMetadata: `${new URL(config.issuer).origin}/.well-known/oauth-protected-resource`,
    corsOrigins: config.corsOrigins,
    trustProxy: config.trustProxy,
    ...(config.docs && { docs: docsPage({ tokenEndpoint: config.builtInIssuer }) }),
  });
  const sweep = async (): Promise<void> => {
    await issuer.sweep();
    await repeats.sweep();
  };
  return { app, metrics, sweep, idle: issuer.idle };
}

type RegistryHandlers = ReturnType<typeof scopeHandlers> & ReturnType<typeof claimHandlers>;

function registryHandlers({ clock }: Ground, work: UnitOfWork<ScopeStores>, contract: Contract): RegistryHandlers {
  const registry: RegistryOptions = {
    work,
    clock,
    newInum,
    shapeFaults: (schema, input) => contract.shapeFaults(schema, input),
    unknownMembers: (schema, input) => unknownMembers(contract, schema, input),
  };
  return { ...scopeHandlers(new ScopeService(registry)), ...claimHandlers(new RegistryService(CLAIMS, registry)) };
}

const unknownMembers = (contract: Contract, schema: string, input: unknown): Fault[] =>
  contract.unknownMembers(contract.document.components.schemas[schema] ?? {}, input);

function documentHandlers(contract: Contract): Pick<Handlers, 'get-openapi-document'> {
  const body = new JsonText<Record<string, unknown>>(contract.text);
  return { 'get-openapi-document': () => Promise.resolve({ status: 200, body }) };
}

/** In milliseconds: who asks for readiness does not wait for ever. */
const READY_DEADLINE = 2_000;

async function reachable(database: Database): Promise<boolean> {
  try {
    await within(READY_DEADLINE, database.reader.query('SELECT 1'));
    return true;
  } catch {
    return false;
  }
}
