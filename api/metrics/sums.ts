import { AggregatorRegistry, Counter, Gauge, Registry } from 'prom-client';

/** A metric as `getMetricsAsJSON` tells it, of which the types of prom-client have a part. */
interface Measured {
  readonly type: string;
  aggregator: string;
}

/** What grows only. */
const LASTING = new Set(['counter', 'histogram']);

/** The metrics of a service of several workers, each of which is told apart by a number. */
export interface MetricSums {
  /** Takes what a worker has measured so far, as `getMetricsAsJSON` tells it. */
  add(id: number, metrics: readonly object[]): void;
  /** A worker has gone: its gauges go as well, and what it has counted stays, or sums would fall and look like a restart. */
  forget(id: number): void;
  /** Counts a worker that has ended. */
  ended(outcome: 'died' | 'replaced'): void;
  /** In the text format of Prometheus. */
  text(): Promise<string>;
}

/** Adds up what workers have measured; of lags the longest counts. `serving` tells how many there are. */
export function metricSums(serving: () => number): MetricSums {
  const present = new Map<number, readonly Measured[]>();
  const own = ownMetrics(serving);
  let former: Promise<readonly object[]> = Promise.resolve([]);
  return {
    add: (id, metrics) => void present.set(id, (metrics as Measured[]).filter(isSummed).map(longest)),
    forget: (id) => {
      const lasting = (present.get(id) ?? []).filter(({ type }) => LASTING.has(type));
      present.delete(id);
      former = former.then((before) => AggregatorRegistry.aggregate([before, lasting]).getMetricsAsJSON());
    },
    ended: own.ended,
    text: async () => {
      const all = [...present.values(), await former, await own.registry.getMetricsAsJSON()];
      return AggregatorRegistry.aggregate(all).metrics();
    },
  };
}

/** The start that counts is that of the service. */
const isSummed = ({ aggregator }: Measured): boolean => aggregator !== 'omit';

/** One worker that stalls is not to vanish among those that do not. */
const longest = (metric: Measured): Measured =>
  metric.aggregator === 'average' ? { ...metric, aggregator: 'max' } : metric;

function ownMetrics(serving: () => number): Pick<MetricSums, 'ended'> & { readonly registry: Registry } {
  const registry = new Registry();
  const ends = workerMetrics(registry, serving);
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'Start time of the process since unix epoch in seconds.',
    registers: [registry],
  }).set(Math.round(performance.timeOrigin / 1_000));
  return { registry, ended: (outcome) => ends.inc({ outcome }) };
}

/** What a service tells of its workers: how many serve, and a counter of those that ended. */
export function workerMetrics(registry: Registry, serving: () => number): Counter<'outcome'> {
  const registers = [registry];
  new Gauge({
    name: 'clientele_workers',
    help: 'Processes that serve',
    registers,
    collect() {
      this.set(serving());
    },
  });
  const ends = new Counter({
    name: 'clientele_worker_ends_total',
    help: 'Workers that ended: by themselves, or since they were replaced',
    labelNames: ['outcome'] as const,
    registers,
  });
  for (const outcome of ['died', 'replaced'] as const) ends.inc({ outcome }, 0);
  return ends;
}
