import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { newKeyRingSpec } from '../../api/shared/keys/key-ring.ts';
import { findServer, startServer } from '../../scripts/machine/mariadb.mjs';
import { compiledProgram } from '../support/compiled-program.ts';
import { freePort } from '../support/ports.ts';
import { spawnService, type ServiceProcess } from '../support/process.ts';

/*
 * Kills workers and whole replicas (kill -9), one after the other, while clients are created, changed and removed at all of
 * them, and then looks whether everything is there that was acknowledged. Ends with 1 when something is not.
 */
const { values } = parseArgs({ options: { kills: { type: 'string', default: '100' } } });
const KILLS = Number(values.kills);
const CLIENTS = '/jans-config-api/api/v1/openid/clients';
const WRITERS = 4;
/** Of so many kills one takes a replica with all its workers. */
const REPLICA_EVERY = 5;

const binary = findServer();
if (binary === undefined) throw new Error('no MariaDB server is here');
const database = await startServer(binary);
const folder = mkdtempSync(join(tmpdir(), 'clientele-kills-'));
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
      DATABASE_URL: `${database.url}kills`,
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

/** What is known of each client: the last state that was acknowledged, and the one that was asked for since. */
const clients = new Map<string, { acknowledged: string; asked?: string }>();
const counts = { acknowledged: 0, unanswered: 0, refused: 0 };
let done = false;

async function main(): Promise<void> {
  const { createConnection } = await import('mysql2/promise');
  const connection = await createConnection(database.url);
  await connection.query('CREATE DATABASE kills');
  await connection.end();
  const ports = [await freePort(), await freePort()];
  const replicas: Replica[] = [];
  for (const port of ports) replicas.push({ url: `http://localhost:${port}`, process: await startReplica(port) });
  const token = await askForToken(replicas[0]?.url ?? '');
  const writers = Array.from({ length: WRITERS }, (_, index) => write(replicas, token, index));
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const replica = replicas[kill % replicas.length];
    if (replica !== undefined) await killOne(replica, kill, ports[kill % ports.length] ?? 0);
  }
  done = true;
  await Promise.all(writers);
  const wrong = await check(replicas[0]?.url ?? '', token);
  for (const line of wrong) console.log(line);
  console.log(
    `${KILLS} kills, ${counts.acknowledged} writes acknowledged, ${counts.unanswered} unanswered, ` +
      `${counts.refused} refused, ${clients.size} clients looked at, ${wrong.length} not as acknowledged`,
  );
  process.exitCode = wrong.length === 0 ? 0 : 1;
  for (const replica of replicas) replica.process.child.kill('SIGTERM');
  await Promise.all(replicas.map((replica) => replica.process.ended));
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
  if (kill % REPLICA_EVERY === 0) {
    replica.process.child.kill('SIGKILL');
    await replica.process.ended;
    replica.process = await startReplica(port);
    return;
  }
  const [victim = 0] = workersOf(replica);
  process.kill(victim, 'SIGKILL');
  while (workersOf(replica).length < 2 || workersOf(replica).includes(victim)) await sleep(50);
}

async function write(replicas: readonly Replica[], token: string, writer: number): Promise<void> {
  for (let count = 0; !done; count += 1) {
    const inum = `c${writer}-${count}`;
    const at = replicas[count % replicas.length]?.url ?? '';
    if (!(await tried(inum, 'created', at, token))) continue;
    if (!(await tried(inum, 'changed', at, token))) continue;
    if (count % 3 === 0) await tried(inum, 'removed', at, token);
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

async function check(url: string, token: string): Promise<string[]> {
  const wrong: string[] = [];
  for (const [inum, { acknowledged, asked }] of clients) {
    const headers = { Authorization: `Bearer ${token}` };
    const reply = await fetch(`${url}${CLIENTS}/${inum}`, { headers });
    const { description } = (await reply.json()) as { description?: string };
    const found = reply.status === 404 ? ['absent', 'removed'] : description === 'changed' ? ['changed'] : ['created'];
    // What had no answer may have been done or not.
    if (!found.includes(acknowledged) && !(asked !== undefined && found.includes(asked)))
      wrong.push(`${inum} is ${found.join(' or ')}, and was acknowledged as ${acknowledged}`);
  }
  return wrong;
}

try {
  await main();
} finally {
  await database.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
