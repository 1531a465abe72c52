import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { newKeyRingSpec } from '../../api/shared/keys/key-ring.ts';
import { findServer } from '../../scripts/machine/mariadb.mjs';
import { compiledProgram } from '../support/compiled-program.ts';
import { freePort } from '../support/ports.ts';
import { ReplicatedDatabase } from '../support/replicated-database.ts';
import { spawnService, type ServiceProcess } from '../support/process.ts';

/*
 * Kills workers, whole replicas and the replica of the database (kill -9), one after the other, while clients are created,
 * changed and removed at all of them. Each write that was acknowledged is looked for at the other replica at once, and all of
 * them in the end. Ends with 1 when something is not there.
 */
const { values } = parseArgs({ options: { kills: { type: 'string', default: '100' } } });
const KILLS = Number(values.kills);
const CLIENTS = '/jans-config-api/api/v1/openid/clients';
const WRITERS = 4;
/** Of so many kills one takes a replica with all its workers. */
const REPLICA_EVERY = 5;
/** And of so many one takes the replica of the database. */
const READER_EVERY = 7;

const binary = findServer();
if (binary === undefined) throw new Error('no MariaDB server is here');
const folder = mkdtempSync(join(tmpdir(), 'clientele-kills-'));
const database = await ReplicatedDatabase.start(binary, folder, ['kills']);
writeFileSync(join(folder, 'admin.secret'), 'a-long-administrator-secret\n', { mode: 0o600 });
const ring = newKeyRingSpec();

interface Replica {
  readonly url: string;
  process: ServiceProcess;
}

async function startReplica(port: number): Promise<ServiceProcess> {
  const service = spawnService(
    {
      WORKERS: '2',
      PORT: String(port),
      ISSUER: 'https://registry.example.com',
      DATA_DIR: join(folder, 'data'),
      DATABASE_URL: database.url('kills'),
      DATABASE_READER_URL: database.readerUrl('kills'),
      ENCRYPTION_KEY: ring,
      ADMIN_SECRET_FILE: join(folder, 'admin.secret'),
      ACCESS_TOKEN_TTL: '3600',
      LOG_LEVEL: 'error',
    },
    [compiledProgram('api/main')],
  );
  await service.started;
  return service;
}

const workersOf = ({ process: { child } }: Replica): number[] =>
  execFileSync('sh', ['-c', `ps -o pid= --ppid ${child.pid} || true`], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(Number);

/** A worker of a replica, which may be about to start its workers. */
async function workerOf(replica: Replica): Promise<number> {
  const [worker] = workersOf(replica);
  if (worker !== undefined) return worker;
  if (replica.process.child.exitCode !== null) throw new Error(`${replica.url} has ended by itself`);
  await sleep(50);
  return workerOf(replica);
}

/** What is known of each client: the last state that was acknowledged, and the one that was asked for since. */
const clients = new Map<string, { acknowledged: string; asked?: string }>();
const replicas: Replica[] = [];
const counts = { acknowledged: 0, unanswered: 0, refused: 0, looked: 0 };
/** What was not found as it had just been acknowledged. */
const stale: string[] = [];
let done = false;

async function main(): Promise<void> {
  const ports = [await freePort(), await freePort()];
  for (const port of ports) replicas.push({ url: `http://localhost:${port}`, process: await startReplica(port) });
  const token = await askForToken(replicas[0]?.url ?? '');
  const writers = Array.from({ length: WRITERS }, (_, index) => write(replicas, token, index));
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const replica = replicas[kill % replicas.length];
    if (replica !== undefined) await killOne(replica, kill, ports[kill % ports.length] ?? 0);
    if (kill % 10 === 0) console.log(`${kill} of ${KILLS} kills, ${counts.acknowledged} writes acknowledged`);
  }
  done = true;
  await Promise.all(writers);
  const wrong = [...stale, ...(await check(replicas[0]?.url ?? '', token))];
  for (const line of wrong) console.log(line);
  console.log(
    `${KILLS} kills, ${counts.acknowledged} writes acknowledged, ${counts.unanswered} unanswered, ` +
      `${counts.refused} refused, ${counts.looked} looked for at once, ${clients.size} clients in the end, ${wrong.length} not as acknowledged`,
  );
  console.log(
    `${await readsAtReplica(replicas[0]?.url ?? '', token)} reads at the replica of the database by one of the two`,
  );
  process.exitCode = wrong.length === 0 ? 0 : 1;
}

async function askForToken(url: string): Promise<string> {
  const file = readFileSync(join(folder, 'data', 'admin-client.json'), 'utf8');
  const { client_id, client_secret } = JSON.parse(file) as Record<string, string>;
  const basic = Buffer.from(`${client_id}:${client_secret}`).toString('base64');
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const reply = await fetch(`${url}/jans-auth/restv1/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${basic}` },
    body,
  });
  return ((await reply.json()) as { access_token: string }).access_token;
}

/** Kills a worker, or a replica, after some writes, and waits until it is there again. */
async function killOne(replica: Replica, kill: number, port: number): Promise<void> {
  const before = counts.acknowledged;
  while (counts.acknowledged < before + 20) await sleep(20);
  if (kill % READER_EVERY === 0) {
    process.kill(database.replicaPid, 'SIGKILL');
    await database.restartReplica();
    return;
  }
  if (kill % REPLICA_EVERY === 0) {
    replica.process.child.kill('SIGKILL');
    await replica.process.ended;
    replica.process = await startReplica(port);
    return;
  }
  const victim = await workerOf(replica);
  process.kill(victim, 'SIGKILL');
  while (workersOf(replica).length < 2 || workersOf(replica).includes(victim)) await sleep(50);
}

async function write(replicas: readonly Replica[], token: string, writer: number): Promise<void> {
  for (let count = 0; !done; count += 1) {
    const inum = `c${writer}-${count}`;
    const at = replicas[count % replicas.length]?.url ?? '';
    const other = replicas[(count + 1) % replicas.length]?.url ?? '';
    for (const state of ['created', 'changed', ...(count % 3 === 0 ? (['removed'] as const) : [])] as const) {
      if (!(await tried(inum, state, at, token))) break;
      await look(inum, state, other, token);
    }
  }
}

const REQUESTS = { created: ['POST', 201], changed: ['PATCH', 200], removed: ['DELETE', 204] } as const;

/** Asks for a write, once. Returns whether it was acknowledged. */
async function tried(inum: string, state: keyof typeof REQUESTS, at: string, token: string): Promise<boolean> {
  const [method, expected] = REQUESTS[state];
  const known = clients.get(inum) ?? { acknowledged: 'absent' };
  clients.set(inum, { ...known, asked: state });
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const headers = { Authorization: `Bearer ${token}`, Connection: 'close', 'Content-Type': type };
  const body = { created: { inum, redirectUris: [] }, changed: { description: 'changed' }, removed: undefined }[state];
  const address = method === 'POST' ? at + CLIENTS : `${at}${CLIENTS}/${inum}`;
  const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const status = await fetch(address, init).then(
    (reply) => reply.status,
    () => 0,
  );
  if (status === expected) {
    counts.acknowledged += 1;
    clients.set(inum, { acknowledged: state });
    return true;
  }
  if (status === 0) {
    counts.unanswered += 1;
    await sleep(50);
  } else {
    counts.refused += 1;
    console.log(`${method} ${inum}: ${status}`);
  }
  return false;
}

async function readsAtReplica(url: string, token: string): Promise<string | undefined> {
  const reply = await fetch(`${url}/metrics`, { headers: { Authorization: `Bearer ${token}` } });
  return /_replica_reads_total\{at="replica"\} (\d+)/.exec(await reply.text())?.[1];
}

/** What a client may be by what is answered about it. */
async function found(inum: string, at: string, token: string): Promise<readonly string[]> {
  const reply = await fetch(`${at}${CLIENTS}/${inum}`, {
    headers: { Authorization: `Bearer ${token}`, Connection: 'close' },
  });
  if (reply.status === 404) return ['absent', 'removed'];
  const { description } = (await reply.json()) as { description?: string };
  if (reply.status !== 200) return [`answered with ${reply.status}`];
  return description === 'changed' ? ['changed'] : ['created'];
}

const STARTING = 'answered with 503';

/** Looks for what was acknowledged a moment ago. */
async function look(inum: string, state: string, at: string, token: string): Promise<void> {
  const seen = await found(inum, at, token).catch(() => undefined);
  // The other one may have been killed, or be starting.
  if (seen === undefined || seen.includes(STARTING)) return;
  counts.looked += 1;
  if (!seen.includes(state)) stale.push(`${inum} was ${seen.join(' or ')} just after it was ${state}`);
}

async function check(url: string, token: string): Promise<string[]> {
  const wrong: string[] = [];
  for (const [inum, { acknowledged, asked }] of clients) {
    let seen = await found(inum, url, token).catch(() => undefined);
    // The last ones that were killed are on their way.
    while (seen === undefined || seen.includes(STARTING)) {
      await sleep(50);
      seen = await found(inum, url, token).catch(() => undefined);
    }
    // What had no answer may have been done or not.
    if (!seen.includes(acknowledged) && !(asked !== undefined && seen.includes(asked)))
      wrong.push(`${inum} is ${seen.join(' or ')}, and was acknowledged as ${acknowledged}`);
  }
  return wrong;
}

try {
  await main();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  for (const replica of replicas) replica.process.child.kill('SIGTERM');
  await Promise.all(replicas.map((replica) => replica.process.ended));
  await database.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
