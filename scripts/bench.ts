import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from './build.mjs';
import { administrator, benchGround, seed, type BenchGround } from './bench/ground.ts';
import { CONNECTIONS, measure } from './bench/load.ts';
import { gather, requireLikeness } from './bench/material.ts';
import { OPERATIONS, type Material, type Operation } from './bench/operations.ts';
import { benchOptions, USAGE, type BenchOptions } from './bench/options.ts';
import { readReport, resultOf, table, type Report, type Result, type ServerResult } from './bench/report.ts';
import { freePort, pinLoad, PINNING, startServer, type Server } from './bench/servers.ts';

/** In a round each server is warmed up for a moment before it is measured. */
const WARM_UP = 1;
/** In milliseconds. */
const SETTLE = 300;

const say = (text: string): void => void process.stderr.write(text);

/** Compares the service with a bare server that does the same work on the same data. */
async function main(options: BenchOptions): Promise<void> {
  const chosen = OPERATIONS.filter(({ name }) => options.only?.includes(name) ?? true);
  const earlier = options.compare === undefined ? undefined : readReport(options.compare);
  build();
  pinLoad();
  const ground = await benchGround(options);
  try {
    seed(options.clients, ground.env);
    const servers = await startServers(ground, options);
    try {
      const material = await gather(servers.service, administrator(ground.folder));
      const results: Result[] = [];
      for (const operation of chosen) results.push(await compare(operation, servers, material, options));
      const report = { conditions: conditionsOf(ground, options), results };
      if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
      process.stdout.write(table(report, earlier));
    } finally {
      await Promise.all([servers.service.stop(), servers.reference.stop()]);
    }
  } finally {
    await ground.remove();
  }
}

interface Servers {
  readonly service: Server;
  readonly reference: Server;
}

async function startServers(ground: BenchGround, { profile }: BenchOptions): Promise<Servers> {
  const log = join(ground.folder, 'log');
  const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  if (profile !== undefined) mkdirSync(profile, { recursive: true });
  const args = [...profiling, 'dist/api/main.js'];
  const service = await startServer({ name: 'service', port: await freePort(), args, env: ground.env, log });
  try {
    return { service, reference: await startReference(service, ground, log) };
  } catch (error) {
    await service.stop();
    throw error;
  }
}

async function startReference(service: Server, ground: BenchGround, log: string): Promise<Server> {
  const reply = await fetch(`${service.base}/jans-config-api/api/v1/health/live`);
  // The reference sends what helmet adds, and an id for the request, as constants.
  const constant = [...reply.headers].filter(([name]) => !OWN.has(name)).flat();
  return startServer({
    name: 'reference',
    port: await freePort(),
    args: ['--import', 'tsx', 'scripts/bench/reference.ts'],
    env: { DATABASE_URL: ground.databaseUrl, HEADERS: JSON.stringify(constant) },
    log,
  });
}

const OWN = new Set(['content-type', 'content-length', 'cache-control', 'date', 'connection', 'keep-alive']);

async function compare(
  operation: Operation,
  servers: Servers,
  material: Material,
  { rounds, seconds, clients, database }: BenchOptions,
): Promise<Result> {
  const both = [servers.service, servers.reference];
  await requireLikeness(both, operation, material);
  const measured: { service: ServerResult; reference: ServerResult }[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const results: Partial<Record<Server['name'], ServerResult>> = {};
    // Who goes first changes: what the first one leaves in the caches serves the second.
    for (const server of round % 2 === 1 ? both : [...both].reverse()) {
      say(`\r${operation.name.padEnd(8)} round ${round} of ${rounds}: ${server.name.padEnd(9)}`);
      const next = operation.requests(material);
      await measure(server.base, { next, expect: operation.expect, seconds: WARM_UP });
      const result = await measure(server.base, { next, expect: operation.expect, seconds });
      const rss = server.rss();
      // Requests that were cut off at the end are still being worked on.
      await sleep(SETTLE);
      results[server.name] = { ...result, ...(rss !== undefined && { rss }) };
    }
    const { service, reference } = results;
    if (service !== undefined && reference !== undefined) measured.push({ service, reference });
  }
  say(`\r${''.padEnd(60)}\r`);
  return resultOf({ operation: operation.name, database, clients }, measured);
}

function conditionsOf(ground: BenchGround, { rounds, seconds }: BenchOptions): Report['conditions'] {
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    pinning: PINNING,
    database: ground.database,
    connections: CONNECTIONS,
    rounds,
    seconds,
    log: 'info, to a file',
  };
}

try {
  await main(benchOptions(process.argv.slice(2)));
} catch (error) {
  say(`\nbench: ${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  process.exitCode = 1;
}
