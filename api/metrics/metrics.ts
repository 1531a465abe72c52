import { collectDefaultMetrics, Counter, Gauge, Histogram, register, Registry } from 'prom-client';
import type { Meters } from '../shared/meters.ts';
import type { Together } from '../shared/together.ts';
import { workerMetrics } from './sums.ts';
import { PlainText } from '../shared/contract/operation.ts';

/** How many connections to the database there are, and how many callers wait for one. */
export interface Connections {
  readonly open: number;
  readonly idle: number;
  readonly waiting: number;
}

export interface Metrics {
  readonly meters: Meters;
  /** Everything measured so far, in the text format of Prometheus. */
  readonly text: () => Promise<PlainText>;
}

const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8';
/** In seconds. */
const REQUESTS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const SIGNATURES = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05];

/** Telling what was measured here, or by all workers where there are several. */
function textOf(registries: Registry[], together: Together | undefined): () => Promise<string> {
  if (together === undefined) {
    const alone = new Registry();
    workerMetrics(alone, () => 1);
    return () => Registry.merge([...registries, alone]).metrics();
  }
  return together.joinMetrics(async () =>
    (await Promise.all(registries.map((registry) => registry.getMetricsAsJSON()))).flat(),
  );
}

/** The metrics of a service and of the process that it runs in. Labels have few values: none comes from a caller. */
export function serviceMetrics(connections?: () => Connections, together?: Together): Metrics {
  const registry = new Registry();
  if (register.getSingleMetric('process_cpu_seconds_total') === undefined) collectDefaultMetrics();
  // Sums of `nodejs_active_handles` and its like: gauges with the name of a counter, which checkers of metrics refuse.
  for (const what of ['handles', 'requests', 'resources']) register.removeSingleMetric(`nodejs_active_${what}_total`);
  const gauge = (name: string, help: string, value: () => number): void => {
    const collect = function (this: Gauge): void {
      this.set(value());
    };
    new Gauge({ name: `clientele_${name}`, help, registers: [registry], collect });
  };
  if (connections !== undefined) {
    gauge('database_connections', 'Connections to the database', () => connections().open);
    gauge('database_connections_idle', 'Connections that nobody uses', () => connections().idle);
    gauge('database_connections_waiting', 'Callers that wait for a connection', () => connections().waiting);
  }
  const text = textOf([register, registry], together);
  return {
    meters: {
      ...requestMeters(registry),
      ...workMeters(registry),
      ...cacheMeters(registry),
      replica: replicaMeter(registry),
      task: taskMeter(registry),
      script: scriptMeter(registry),
      secretsEnding: countedGauge(registry, {
        name: 'clientele_clients_secret_expiring',
        help: 'Enabled clients whose last secret ends within so many days, counted every five minutes; 0: it has ended',
        label: 'days',
      }),
      waiting: countedGauge(registry, {
        name: 'clientele_clients_awaiting_approval',
        help: 'Clients that wait for approval, and clients of which a change does',
        label: 'state',
      }),
      unusedClient: unusedMeter(registry),
      silentReporters: countedGauge(registry, {
        name: 'clientele_unused_clients_sweep_stopped',
        help: 'By who reports uses: 1 while unused clients are left alone, since this one has not for 26 hours',
        label: 'reporter',
      }),
      queue: (length) => gauge('database_write_queue', 'Units of work that wait for their turn on SQLite', length),
    },
    text: async () => new PlainText(await text(), PROMETHEUS),
  };
}

function requestMeters(registry: Registry): Pick<Meters, 'request' | 'signature' | 'searchStopped'> {
  const registers = [registry];
  const requests = new Histogram({
    name: 'clientele_http_request_duration_seconds',
    help: 'Requests by operation id and status; 499 when the caller has gone, unmatched where there is no operation',
    labelNames: ['operation', 'status'] as const,
    buckets: REQUESTS,
    registers,
  });
  const signatures = new Histogram({
    name: 'clientele_signature_duration_seconds',
    help: 'Signatures made and verified',
    labelNames: ['action', 'token'] as const,
    buckets: SIGNATURES,
    registers,
  });
  const stopped = new Counter({
    name: 'clientele_searches_stopped_total',
    help: 'Searches that were stopped because they took too long',
    registers,
  });
  return {
    request: (operation = 'unmatched', status, seconds) => requests.observe({ operation, status }, seconds),
    signature: (action, token) => signatures.startTimer({ action, token }),
    searchStopped: () => stopped.inc(),
  };
}

function workMeters(registry: Registry): Pick<Meters, 'unitOfWork' | 'retry'> {
  const registers = [registry];
  const units = new Histogram({
    name: 'clientele_unit_of_work_duration_seconds',
    help: 'Units of work on the database, waiting included; failed counts refusals as well',
    labelNames: ['kind', 'outcome'] as const,
    buckets: REQUESTS,
    registers,
  });
  const retries = new Counter({
    name: 'clientele_unit_of_work_retries_total',
    help: 'Units of work that were done again after a deadlock or a lock of another process',
    registers,
  });
  return {
    unitOfWork: (kind) => {
      const end = units.startTimer({ kind });
      return (outcome) => void end({ outcome });
    },
    retry: () => retries.inc(),
  };
}

const replicaMeter =
  (registry: Registry): Meters['replica'] =>
  (isRead) => {
    const registers = [registry];
    new Gauge({
      name: 'clientele_database_replica_read',
      help: '1 while the replica of the database is read, 0 while it is left out; of workers, 0 where one leaves it out',
      aggregator: 'min',
      registers,
      collect() {
        this.set(isRead() ? 1 : 0);
      },
    });
    const reads = new Counter({
      name: 'clientele_database_replica_reads_total',
      help: 'Reads that may be done at the replica of the database, by where they were done',
      labelNames: ['at'] as const,
      registers,
    });
    for (const at of ['replica', 'primary'] as const) reads.inc({ at }, 0);
    return (at) => reads.inc({ at });
  };

/** A gauge whose values are counted in the database, by their label, when somebody asks. */
const countedGauge =
  (registry: Registry, { label, ...named }: Record<'name' | 'help' | 'label', string>) =>
  (count: () => Promise<Readonly<Record<string, number>>>): void => {
    new Gauge({
      ...named,
      // Each worker counts the same rows.
      aggregator: 'max',
      labelNames: [label],
      registers: [registry],
      async collect() {
        // Without the database the other metrics are to be had.
        const counts = await count().catch(() => ({}));
        this.reset();
        for (const [value, clients] of Object.entries(counts)) this.set({ [label]: value }, clients);
      },
    });
  };

function taskMeter(registry: Registry): Meters['task'] {
  const labelNames = ['kind', 'outcome'] as const;
  const registers = [registry];
  const runs = new Counter({
    name: 'clientele_task_runs_total',
    help: 'Tasks that ended or failed',
    labelNames,
    registers,
  });
  const last = new Gauge({
    name: 'clientele_task_last_run_timestamp_seconds',
    help: 'When a task of the kind ended or failed here the last time',
    aggregator: 'max',
    labelNames,
    registers,
  });
  return (kind, outcome, now) => {
    runs.inc({ kind, outcome });
    last.set({ kind, outcome }, now / 1_000);
  };
}

function unusedMeter(registry: Registry): Meters['unusedClient'] {
  const gone = new Counter({
    name: 'clientele_unused_clients_total',
    help: 'Clients that nobody uses by what was done with them here: reported, disabled, removed, or enabled again',
    labelNames: ['to'] as const,
    registers: [registry],
  });
  return (to) => gone.inc({ to });
}

function cacheMeters(registry: Registry): Pick<Meters, 'cache'> {
  const registers = [registry];
  const sizes = new Map<string, (() => number)[]>();
  const lookups = new Counter({
    name: 'clientele_cache_lookups_total',
    help: 'Look-ups in caches',
    labelNames: ['cache', 'result'] as const,
    registers,
  });
  new Gauge({
    name: 'clientele_cache_entries',
    help: 'Entries of caches',
    labelNames: ['cache'] as const,
    registers,
    collect() {
      for (const [cache, all] of sizes)
        this.set(
          { cache },
          all.reduce((sum, size) => sum + size(), 0),
        );
    },
  });
  return {
    cache: (cache, size) => {
      sizes.set(cache, [...(sizes.get(cache) ?? []), size]);
      for (const result of ['hit', 'miss']) lookups.inc({ cache, result }, 0);
      return (isHit) => lookups.inc({ cache, result: isHit ? 'hit' : 'miss' });
    },
  };
}

/** In seconds, up to what a script may take. */
const SCRIPTS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3];

function scriptMeter(registry: Registry): Meters['script'] {
  const scripts = new Histogram({
    name: 'clientele_script_duration_seconds',
    help: 'Calls of interception scripts by function and outcome, waiting included; busy where too many waited',
    labelNames: ['function', 'outcome'] as const,
    buckets: SCRIPTS,
    registers: [registry],
  });
  return (name) => {
    const end = scripts.startTimer({ function: name });
    return (outcome) => end({ outcome });
  };
}
