import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { newKeyRingSpec } from '../../api/shared/keys/key-ring.ts';
import { findServer } from '../../scripts/machine/mariadb.mjs';
import { freePort } from '../support/ports.ts';
import { LASTING, ReplicatedDatabase } from '../support/replicated-database.ts';
import { Replica } from './replica.ts';
import { inTime, until } from './waiting.ts';
import { Writes } from './writes.ts';

/*
 * Kills workers, whole replicas, the replica of the database and the database itself (kill -9), one after the other, while
 * clients are created, changed and removed at all of them. Each write that was acknowledged is looked for at the other
 * replica at once, and all of them in the end. Ends with 1 when something is not there, or somebody ends by itself.
 */
const { values } = parseArgs({
  options: { kills: { type: 'string', default: '100' }, 'database-kills': { type: 'string', default: '5' } },
});
/** Of the service and of the replica of the database; and beside those, of the database. */
const [KILLS, DATABASE_KILLS] = [Number(values.kills), Number(values['database-kills'])];
const WRITERS = 4;
/** So many are acknowledged between two kills. */
const WRITES = 20;
/** Of so many kills one takes a replica with all its workers. */
const REPLICA_EVERY = 5;
/** And of so many one takes the replica of the database. */
const READER_EVERY = 7;

const binary = findServer();
if (binary === undefined) throw new Error('no MariaDB server is here');
const folder = mkdtempSync(join(tmpdir(), 'clientele-kills-'));
const dataFolder = join(folder, 'data');
const database = await ReplicatedDatabase.start(binary, folder, ['kills'], LASTING);
const replicas: Replica[] = [];

async function main(): Promise<void> {
  const env = settings();
  for (const port of [await freePort(), await freePort()]) {
    const replica = new Replica(port, env);
    replicas.push(replica);
    await replica.start();
  }
  const urls = replicas.map(({ url }) => url);
  const token = await askForToken(urls[0] ?? '');
  const writes = new Writes(urls, token);
  const writing = writes.run(WRITERS);
  for (let kill = 1; kill <= KILLS; kill += 1) {
    await someWrites(writes);
    await killOne(kill);
    if (isTurnOfDatabase(kill)) {
      await someWrites(writes);
      await killServer(database.primary);
    }
    if (kill % 10 === 0) console.log(`${kill} of ${KILLS} kills, ${writes.acknowledged} writes acknowledged`);
  }
  writes.end();
  await inTime('the last writes', writing);
  await writes.check();
  report(writes);
  console.log(`${await readsAtReplica(urls[0] ?? '', token)} reads at the replica of the database by one of the two`);
  process.exitCode = writes.wrong.length === 0 ? 0 : 1;
}

function settings(): Record<string, string> {
  const secret = join(folder, 'admin.secret');
  writeFileSync(secret, 'a-long-administrator-secret\n', { mode: 0o600 });
  return {
    ISSUER: 'https://registry.example.com',
    DATA_DIR: dataFolder,
    DATABASE_URL: database.url('kills'),
    DATABASE_READER_URL: database.readerUrl('kills'),
    ENCRYPTION_KEY: newKeyRingSpec(),
    ADMIN_SECRET_FILE: secret,
    ACCESS_TOKEN_TTL: '3600',
    LOG_LEVEL: 'error',
  };
}

async function askForToken(url: string): Promise<string> {
  const file = readFileSync(join(dataFolder, 'admin-client.json'), 'utf8');
  const { client_id, client_secret } = JSON.parse(file) as Record<string, string>;
  const basic = Buffer.from(`${client_id}:${client_secret}`).toString('base64');
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const headers = { Authorization: `Basic ${basic}` };
  const reply = await fetch(`${url}/jans-auth/restv1/token`, { method: 'POST', headers, body });
  return ((await reply.json()) as { access_token: string }).access_token;
}

async function someWrites(writes: Writes): Promise<void> {
  const before = writes.acknowledged;
  await until(`${WRITES} writes to be acknowledged`, () => writes.acknowledged >= before + WRITES);
}

/** Kills a worker, a replica, or the replica of the database, and waits until it is there again. */
async function killOne(kill: number): Promise<void> {
  const replica = replicas[kill % replicas.length];
  if (kill % READER_EVERY === 0) await killServer(database.replica);
  else if (kill % REPLICA_EVERY === 0) await replica?.kill();
  else await replica?.killWorker(Math.floor(kill / replicas.length));
}

/** The kills of the database are spread over the others. */
const isTurnOfDatabase = (kill: number): boolean =>
  Math.floor((kill * DATABASE_KILLS) / KILLS) > Math.floor(((kill - 1) * DATABASE_KILLS) / KILLS);

async function killServer(server: ReplicatedDatabase['primary']): Promise<void> {
  process.kill(server.pid, 'SIGKILL');
  await inTime('a server of the database to be there again', server.restart());
}

function report(writes: Writes): void {
  for (const line of writes.wrong) console.log(line);
  console.log(
    `${KILLS} kills and ${DATABASE_KILLS} of the database: ${writes.acknowledged} writes acknowledged, ` +
      `${writes.unanswered} unanswered, ${writes.refused} refused, ${writes.looked} looked for at once, ` +
      `${writes.inAll} clients in the end, ${writes.wrong.length} not as acknowledged`,
  );
}

async function readsAtReplica(url: string, token: string): Promise<string | undefined> {
  const reply = await fetch(`${url}/metrics`, { headers: { Authorization: `Bearer ${token}` } });
  return /_replica_reads_total\{at="replica"\} (\d+)/.exec(await reply.text())?.[1];
}

/** Rejects when a signal ends the trial. */
const interrupted = new Promise<never>((_resolve, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.once(signal, () => reject(new Error(`ended by ${signal}`)));
});

try {
  await Promise.race([main(), interrupted]);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await Promise.allSettled(replicas.map((replica) => replica.stop()));
  await inTime('the servers of the database to end', database.stop()).catch(console.error);
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
