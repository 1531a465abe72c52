import { cpus } from 'node:os';
import autocannon, { type Request, type Result } from 'autocannon';
import { CONNECTIONS, type Load, type Measured } from './load.ts';

/** The first core is that of the servers. */
const WORKERS = Math.max(1, cpus().length - 1);

/** Loads a server by autocannon, with a thread for each core that the servers leave. Throws an Error for other replies. */
export async function loadByAutocannon(base: string, { requests, expect, seconds }: Load): Promise<Measured> {
  const before = process.cpuUsage();
  const result = await autocannon({
    url: base,
    connections: CONNECTIONS,
    workers: WORKERS,
    duration: seconds,
    requests: requests as Request[],
  });
  const { user, system } = process.cpuUsage(before);
  refuseOthers(result, expect);
  const { duration, latency, requests: counts } = result;
  const busy = Math.min(1, (user + system) / 1e6 / duration / WORKERS);
  return { rps: counts.total / duration, p50: latency.p50, p99: latency.p99, requests: counts.total, busy };
}

function refuseOthers({ errors, statusCodeStats = {} }: Result, expect: number): void {
  const other = Object.keys(statusCodeStats).find((status) => Number(status) !== expect);
  if (other !== undefined) throw new Error(`a reply had status ${other} instead of ${expect}`);
  if (errors > 0) throw new Error(`${errors} requests failed`);
}
