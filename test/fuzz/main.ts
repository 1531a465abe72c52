import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createConnection } from 'mysql2/promise';
import pMap from 'p-map';
import { newKeyRingSpec } from '../../api/shared/keys/key-ring.ts';
import { findServer, startServer } from '../../scripts/machine/mariadb.mjs';
import { credentialsPath } from '../../api/setup/credentials-file.ts';
import { freePort } from '../support/ports.ts';
import { spawnService } from '../support/process.ts';
import { fuzz, type Finding } from './run.ts';

/** How many requests one service on one database gets: a database that grew for ever would only be slow. */
const ROUND = 20_000;
const USAGE =
  'usage: npm run fuzz -- [--requests <number>] [--seed <number>] [--from <number of a request>] [--database sqlite|mariadb]';

interface Options {
  readonly requests: number;
  readonly seed: number;
  readonly from: number;
  readonly database: 'sqlite' | 'mariadb';
}

function optionsOf(args: readonly string[]): Options | undefined {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({
      args: [...args],
      options: { requests: text, seed: text, from: text, database: text },
    });
    const { requests = '20000', seed = '1', from = '0', database = 'sqlite' } = values;
    if (database !== 'sqlite' && database !== 'mariadb') return undefined;
    const given = [requests, seed, from];
    if (!given.every((number) => /^\d{1,9}$/.test(number))) return undefined;
    return { requests: Number(requests), seed: Number(seed), from: Number(from), database };
  } catch {
    return undefined;
  }
}

/** One service of its own, in a process of its own, from its start to its end. */
async function round(
  { server, ...options }: Omit<Options, 'requests' | 'database'> & { to: number; server: string | undefined },
  stop: AbortSignal,
  onReply: () => void,
): Promise<Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-fuzz-'));
  const port = await freePort();
  const most = '1000000/min';
  const limits = {
    RATE_LIMIT: most,
    REGISTRATION_RATE_LIMIT: most,
    REGISTRATION_RATE_LIMIT_TOTAL: most,
    ACCESS_TOKEN_TTL: '3600',
  };
  const databaseEnv = server === undefined ? {} : await databaseOn(server, `fuzz_${options.from}`, folder);
  const env = {
    ...databaseEnv,
    PORT: String(port),
    DATA_DIR: folder,
    REGISTRATION: 'open',
    LOG_LEVEL: 'error',
    ...limits,
  };
  const service = spawnService(env);
  const url = `http://localhost:${port}`;
  try {
    await service.started;
    const token = (): Promise<string> => tokenOf(url, folder);
    const findings = await fuzz({ url, token, ...options, stop, onReply });
    if (service.child.exitCode !== null || service.child.signalCode !== null)
      console.log(`the service ended with ${await service.ended}:\n${service.errors().slice(-2_000)}`);
    return findings;
  } finally {
    service.child.kill();
    await service.ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startMariadb(): ReturnType<typeof startServer> {
  const program = findServer();
  if (program === undefined) throw new Error('there is no MariaDB here');
  return startServer(program);
}

/** The settings of a service on an empty database of this name on a server, with its secrets in `folder`. */
async function databaseOn(server: string, name: string, folder: string): Promise<Record<string, string>> {
  const connection = await createConnection(server);
  await connection.query(`CREATE DATABASE ${name}`);
  await connection.end();
  const url = new URL(server);
  url.pathname = `/${name}`;
  const secret = join(folder, 'admin.secret');
  writeFileSync(secret, randomBytes(32).toString('base64url'), { mode: 0o600 });
  return { DATABASE_URL: url.href, ENCRYPTION_KEY: newKeyRingSpec(), ADMIN_SECRET_FILE: secret };
}

async function tokenOf(url: string, folder: string): Promise<string> {
  const file = readFileSync(credentialsPath(folder), 'utf8');
  const { client_id: id, client_secret: secret } = JSON.parse(file) as { client_id: string; client_secret: string };
  const reply = await fetch(`${url}/jans-auth/restv1/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  if (!reply.ok) throw new Error(`the administrator gets no token: ${await reply.text()}`);
  return ((await reply.json()) as { access_token: string }).access_token;
}

function told({ number, request, faults }: Finding, seed: number): string {
  const { body, ...rest } = request;
  const content = JSON.stringify({ ...rest, body: body?.toString('latin1').slice(0, 1_000) });
  return `request ${number} of seed ${seed}: ${faults.join('; ')}\n  ${content}`;
}

async function run({ requests, seed, from, database }: Options, stop: AbortSignal): Promise<Finding[]> {
  const end = from + requests;
  const started = performance.now();
  let done = from;
  const onReply = (): void => {
    done += 1;
    const isLine = process.stdout.isTTY ? done % 100 === 0 : done % 10_000 === 0;
    const rate = Math.round(((done - from) * 1_000) / (performance.now() - started));
    if (isLine) process.stdout.write(`${done} of ${end} requests, ${rate}/s${process.stdout.isTTY ? '\r' : '\n'}`);
  };
  const findings: Finding[] = [];
  const server = database === 'mariadb' ? await startMariadb() : undefined;
  const firsts = Array.from({ length: Math.ceil(requests / ROUND) }, (_unused, at) => from + at * ROUND);
  // Each waits for its replies, one after the other, and those wait for the disk: fewer leave processors idle.
  const concurrency = 3 * availableParallelism();
  await pMap(
    firsts,
    async (first) => {
      if (findings.length > 0 || stop.aborted) return;
      const part = { seed, from: first, to: Math.min(first + ROUND, end), server: server?.url };
      findings.push(...(await round(part, stop, onReply)));
    },
    { concurrency },
  );
  await server?.stop();
  console.log(`${done - from} requests of seed ${seed}, ${findings.length} whose reply is not as it should be`);
  return findings;
}

const options = optionsOf(process.argv.slice(2));
if (options === undefined) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  const findings = await run(options, interrupted.signal);
  for (const finding of findings) console.log(told(finding, options.seed));
  process.exitCode = interrupted.signal.aborted ? 130 : Math.min(findings.length, 1);
}
