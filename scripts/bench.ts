import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Request } from 'autocannon';
import { build } from './build.mjs';
import { endWithNpm } from './end-with-npm.mjs';
import { cpuSeconds } from './bench/load/cpu.ts';
import { newEnding, type Ending } from './bench/ending.ts';
import { administrator, benchGround, seed, type BenchGround } from './bench/ground.ts';
import { generator } from './bench/load/generator.ts';
import { CONNECTIONS, type Generator, type Load } from './bench/load/load.ts';
import { gather, requireLikeness } from './bench/material.ts';
import type { Material, Operation } from './bench/operations.ts';
import { benchOptions, USAGE, type BenchOptions } from './bench/options.ts';
import { resultOf, table, type Report, type Result, type ServerResult } from './bench/report.ts';
import { scaleRun } from './bench/scale/scale.ts';
import { measureBulk } from './bench/bulk-bench.ts';
import { measureScripts, SCRIPT_SETTINGS } from './bench/script-bench.ts';
import { withScript } from './bench/script.ts';
import { startReference } from './bench/reference-server.ts';
import { freePort, pinLoad, PINNING, startServer, type Server } from './bench/servers.ts';

/** In a round each server is warmed up for a moment before it is measured, in seconds. */
const WARM_UP = 1;
/** A server that has not answered enough until then is measured cold, in seconds. */
const LONGEST_WARM_UP = 60;
/** In milliseconds. */
const SETTLE = 300;

const say = (text: string): void => void process.stderr.write(text);

/** Measures what is asked for; the results go to a file when there is one. */
async function main(options: BenchOptions, ending: Ending): Promise<void> {
  if (options.scale === undefined) return compareAll(options, ending);
  const report = await scaleRun(options.scale, options, ending);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
}

/** Compares the service with a bare server that does the same work on the same data. */
async function compareAll(options: BenchOptions, ending: Ending): Promise<void> {
  const isApart = options.scripts || options.bulk;
  if (!isApart) pinLoad();
  const ground = await benchGround(options, ending);
  await seed(options.clients, ground.env, ending);
  if (options.scripts) return tryScripts(ground, options, ending);
  if (options.bulk) return tryBulk(ground, options, ending);
  const servers = await startServers(ground, options, ending);
  const material = await gather(servers.service, administrator(ground.folder));
  const load = generator(ground.folder);
  const results: Result[] = [];
  for (const operation of options.operations) {
    const scripted = { service: servers.service, token: material.token };
    const result = await withScript(scripted, operation.script, { config_api: 'true' }, () =>
      compare(operation, servers, { material, load, ground }, options),
    );
    results.push(result);
  }
  const report = { conditions: conditionsOf(ground, load, options), results };
  // First of all: what took minutes to measure is not lost with a file that cannot be written after all.
  process.stdout.write(table(report, options.earlier));
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
}

async function tryScripts(ground: BenchGround, options: BenchOptions, ending: Ending): Promise<void> {
  const unlimited = { ...ground, env: { ...ground.env, ...SCRIPT_SETTINGS } };
  const service = await startService(unlimited, options, ending);
  const { token, inums } = await gather(service, administrator(ground.folder));
  const { rounds, seconds } = options;
  process.stdout.write(await measureScripts({ service, token, inum: inums[0] ?? '', rounds, seconds, say }));
}

async function tryBulk(ground: BenchGround, options: BenchOptions, ending: Ending): Promise<void> {
  const service = await startService(ground, options, ending);
  const { token, inums } = await gather(service, administrator(ground.folder));
  process.stdout.write(await measureBulk({ service, token, inums, say }));
}

interface Servers {
  readonly service: Server;
  readonly reference: Server;
}

async function startService(
  { folder, env }: BenchGround,
  { profile, scripts, bulk }: BenchOptions,
  ending: Ending,
): Promise<Server> {
  const isFree = scripts || bulk;
  const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const args = [...profiling, 'dist/api/main.js'];
  const log = join(folder, 'log');
  return startServer({ name: 'service', port: await freePort(), args, env, log, isFree }, ending);
}

async function startServers(ground: BenchGround, options: BenchOptions, ending: Ending): Promise<Servers> {
  const service = await startService(ground, options, ending);
  return { service, reference: await startReference(ground, service, ending) };
}

interface Means {
  readonly material: Material;
  readonly load: Generator;
  readonly ground: BenchGround;
}

async function compare(
  operation: Operation,
  servers: Servers,
  { material, load, ground }: Means,
  { rounds, seconds, warm, clients, database }: BenchOptions,
): Promise<Result> {
  const both = [servers.service, servers.reference];
  await requireLikeness(both, operation, material);
  const asking = { requests: requestsOf(operation, material), expect: operation.expect };
  for (const server of both) {
    say(`\r${operation.name.padEnd(8)} warming up: ${server.name.padEnd(9)}`);
    await warmUp(load, server, { ...asking, seconds: WARM_UP }, warm);
  }
  const measured: { service: ServerResult; reference: ServerResult }[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const results: Partial<Record<Server['name'], ServerResult>> = {};
    // Who goes first changes: what the first one leaves in the caches serves the second.
    for (const server of round % 2 === 1 ? both : [...both].reverse()) {
      say(`\r${operation.name.padEnd(8)} round ${round} of ${rounds}: ${server.name.padEnd(9)}`);
      const asked = { requests: requestsOf(operation, material), expect: operation.expect };
      await load.measure(server.base, { ...asked, seconds: WARM_UP });
      const before = [cpuSeconds(server.pid), cpuSeconds(ground.databasePid)];
      const result = await load.measure(server.base, { ...asked, seconds });
      const rss = server.rss();
      // Requests that were cut off at the end are still being worked on.
      await sleep(SETTLE);
      const after = [cpuSeconds(server.pid), cpuSeconds(ground.databasePid)];
      const [cpu, databaseCpu] = after.map((end, at) => perRequest(before[at], end, result.requests));
      results[server.name] = {
        ...result,
        ...(rss !== undefined && { rss }),
        ...(cpu !== undefined && { cpu }),
        ...(databaseCpu !== undefined && { databaseCpu }),
      };
    }
    const { service, reference } = results;
    if (service !== undefined && reference !== undefined) measured.push({ service, reference });
  }
  say(`\r${''.padEnd(60)}\r`);
  return resultOf({ operation: operation.name, database, clients }, measured);
}

/**
 * Loads a server until it has answered so many requests. A process that runs for days has its code compiled, a new one does it
 * meanwhile: the less code a server has, the sooner.
 */
async function warmUp(load: Generator, { base }: Server, asking: Load, wanted: number): Promise<void> {
  for (let answered = 0, turn = 0; answered < wanted && turn < LONGEST_WARM_UP / asking.seconds; turn += 1)
    answered += (await load.measure(base, asking)).requests;
}

/** So many that a server cannot keep the replies at hand, and few enough for the generator. */
const REQUESTS = 2_000;

function requestsOf(operation: Operation, material: Material): Request[] {
  const next = operation.requests(material);
  return Array.from({ length: REQUESTS }, () => next());
}

/** In milliseconds. */
const perRequest = (start: number | undefined, end: number | undefined, requests: number): number | undefined =>
  start === undefined || end === undefined ? undefined : ((end - start) * 1_000) / requests;

function conditionsOf(
  ground: BenchGround,
  load: Generator,
  { rounds, seconds, warm }: BenchOptions,
): Report['conditions'] {
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    pinning: PINNING,
    database: ground.database,
    load: load.name,
    connections: CONNECTIONS,
    rounds,
    seconds,
    warm,
    log: 'info, to a file',
  };
}

/** A run, of which nothing is left when it ends, also when a signal ends it. */
async function run(options: BenchOptions): Promise<void> {
  build();
  const ending = newEnding();
  let interrupted: Promise<void> | undefined;
  for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
    process.on(signal, () => {
      // The servers are under load, and what they have is thrown away.
      interrupted ??= ending.finish('SIGKILL').finally(() => process.exit(code));
    });
  }
  try {
    await main(options, ending);
  } catch (error) {
    if (interrupted === undefined) fail(error, 1);
  } finally {
    await (interrupted ?? ending.finish('SIGTERM'));
  }
}

function fail(error: unknown, code: number): void {
  say(`\nbench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = code;
}

function requested(): BenchOptions | 'help' | undefined {
  try {
    return benchOptions(process.argv.slice(2));
  } catch (error) {
    fail(error, 2);
    say(USAGE);
    return undefined;
  }
}

endWithNpm();
const options = requested();
if (options === 'help') process.stdout.write(USAGE);
else if (options !== undefined) await run(options);
