import { join } from 'node:path';
import type { Ending } from './ending.ts';
import type { BenchGround } from './ground.ts';
import { freePort, startServer, type Server } from './servers.ts';

/** Headers of a reply that the reference sends by itself. */
const OWN = new Set(['content-type', 'content-length', 'cache-control', 'date', 'connection', 'keep-alive']);

/** Starts the server that the service is compared with, on the same data. */
export async function startReference(ground: BenchGround, service: Server, ending: Ending): Promise<Server> {
  const reply = await fetch(`${service.base}/jans-config-api/api/v1/health/live`);
  // The reference sends what helmet adds, and an id for the request, as constants.
  const constant = [...reply.headers].filter(([name]) => !OWN.has(name)).flat();
  const args = ['--import', 'tsx', 'scripts/bench/reference/reference.ts'];
  const env = { DATABASE_URL: ground.databaseUrl, HEADERS: JSON.stringify(constant) };
  const log = join(ground.folder, 'log');
  return startServer({ name: 'reference', port: await freePort(), args, env, log }, ending);
}
