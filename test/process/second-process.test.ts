import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import libsql from 'libsql';
import { newKeyRingSpec } from '../../api/shared/keys/key-ring.ts';
import { compiledProgram } from '../support/compiled-program.ts';
import { createDatabase, databaseKind, type TestDatabase } from '../support/database.ts';
import { freePort } from '../support/ports.ts';
import { spawnService, type ServiceProcess } from '../support/process.ts';
import { REGISTER, TOKENS } from '../support/registration.ts';
import { administratorIn, askForToken } from '../support/remote.ts';
import { CLIENTS } from '../support/service.ts';
import { trials } from '../support/trials.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).slice(0, -1);
const run = promisify(execFile);
const onSqlite = databaseKind() === 'sqlite' ? it : it.skip;
const ROUNDS = trials(20);

let folder: string;
let database: TestDatabase;
let env: Record<string, string>;
/** Two services on one database. */
let urls: [string, string];
let token: string;
const running: ServiceProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
  database = await createDatabase(folder);
  writeFileSync(join(folder, 'admin.secret'), 'a-long-administrator-secret\n', { mode: 0o600 });
  const ports = [await freePort(), await freePort()] as const;
  urls = [`http://localhost:${ports[0]}`, `http://localhost:${ports[1]}`];
  env = {
    DATA_DIR: join(folder, 'data'),
    DATABASE_URL: database.url,
    ISSUER: urls[0],
    LOG_LEVEL: 'error',
    ...(databaseKind() === 'mariadb' && {
      ENCRYPTION_KEY: newKeyRingSpec(),
      ADMIN_SECRET_FILE: join(folder, 'admin.secret'),
    }),
  };
  // At the same moment, with nothing there.
  for (const port of ports) {
    const service = spawnService({
      ...env,
      PORT: String(port),
      REGISTRATION: 'token',
      REGISTRATION_RATE_LIMIT: '100000/min',
      REGISTRATION_RATE_LIMIT_TOTAL: '100000/min',
    });
    running.push(service);
  }
  await Promise.all(running.map(({ started }) => started));
  token = (await askForToken(urls[0], administratorIn(join(folder, 'data')))).token ?? '';
});
afterAll(async () => {
  for (const service of running) service.child.kill('SIGTERM');
  await Promise.all(running.map((service) => service.ended));
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

interface Reply {
  readonly status: number;
  readonly body: Record<string, string>;
}

async function send(method: 'POST' | 'PATCH', url: string, bearer: string, body: object): Promise<Reply> {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const headers = { Authorization: `Bearer ${bearer}`, 'Content-Type': type };
  const reply = await fetch(url, { method, headers, body: JSON.stringify(body) });
  return { status: reply.status, body: (await reply.json()) as Record<string, string> };
}

/** Registers a client with one token at both services at once, and changes it at the one that has not made it. */
async function round(index: number): Promise<string> {
  const made = await send('POST', urls[0] + TOKENS, token, { label: `Token ${index}`, uses: 1 });
  const metadata = { redirect_uris: ['https://client.example/cb'] };
  const replies = await Promise.all(
    urls.map((url) => send('POST', url + REGISTER, made.body['token'] ?? '', metadata)),
  );
  const maker = replies.findIndex(({ status }) => status === 201);
  const inum = replies[maker]?.body['client_id'] ?? '';
  const other = `${urls[maker === 0 ? 1 : 0]}${CLIENTS}/${inum}`;
  const patched = await send('PATCH', other, token, { description: 'Changed' });
  const statuses = [made.status, ...replies.map(({ status }) => status).sort(), patched.status];
  return statuses.join(' ');
}

const readinessOf = async (url: string): Promise<number> =>
  (await fetch(`${url}/jans-config-api/api/v1/health/ready`)).status;

async function command(name: string, ...args: string[]): Promise<string> {
  const { PATH = '' } = process.env;
  const words = [compiledProgram(`scripts/commands/${name}`), ...args];
  return (await run(process.execPath, words, { env: { PATH, ...env } })).stdout;
}

const RESET = /^There is a new administrator/;

/** Makes a key ring, or takes the one that is there, in each of so many folders. */
const RINGS = (folders: number): string => `
  import { keyRingFile } from '${ROOT}/api/setup/data-folder.ts';
  const rings = Array.from({ length: ${folders} }, (_, number) => keyRingFile(process.argv[1] + '/' + number, true));
  console.log(rings.join('\\n'));`;

describe('two processes on one database', () => {
  onSqlite('have one key ring, also where both make it at the same moment', async () => {
    const rings = mkdtempSync(join(folder, 'rings-'));
    for (let number = 0; number < 300; number += 1) mkdirSync(join(rings, String(number)));
    const words = ['--import', 'tsx', '--input-type=module', '-e', RINGS(300), rings];
    const said = await Promise.all([1, 2, 3].map(() => run(process.execPath, words)));
    const [one, ...others] = said.map(({ stdout }) => stdout);
    expect(one).toMatch(/^(k1:\S+\n){300}$/);
    expect(others).toEqual([one, one]);
    expect(readdirSync(join(rings, '0'))).toEqual(['encryption.key']);
  });

  it('take turns: every write of both is done or refused as it should be, whatever fails beside it', async () => {
    const outcomes: string[] = [];
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < ROUNDS) {
        next += 1;
        outcomes.push(await round(next));
      }
    };
    const resets = async (): Promise<string[]> => {
      const said: string[] = [];
      while (next < ROUNDS) said.push(await command('admin-reset'));
      return said;
    };
    const [said] = await Promise.all([resets(), worker(), worker(), worker(), worker()]);
    expect([...new Set(outcomes)]).toEqual(['201 201 401 200']);
    expect(said.filter((text) => !RESET.test(text))).toEqual([]);
    expect(said.length).toBeGreaterThan(0);
  });

  it('are ready afterwards, and the log has been put into the database', async () => {
    for (const url of urls) {
      expect([url, await readinessOf(url)]).toEqual([url, 200]);
      const created = await send('POST', url + CLIENTS, token, { redirectUris: [] });
      expect([url, created.status]).toEqual([url, 201]);
    }
    const log = join(folder, 'clientele.sqlite-wal');
    if (existsSync(log)) expect(statSync(log).size).toBeLessThan(8 * 1024 * 1024);
  });

  it('have tasks that a command shows, holds and lets go on', async () => {
    expect(await command('tasks', 'rebuild-values')).toMatch(/^rebuild-values {2}(waiting|running)/m);
    expect(await command('tasks', 'pause', 'rebuild-values')).toMatch(/^rebuild-values {2}paused/);
    expect(await command('tasks')).toMatch(/^rebuild-values {2}paused/m);
    expect(await command('tasks', 'resume', 'rebuild-values')).toMatch(/^rebuild-values {2}waiting/);
    const stopped = command('tasks', 'stop', 'rebuild-values');
    await expect(stopped).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('pause it instead') });
  });

  onSqlite('let commands wait for the lock, longer than the service would', async () => {
    const other = new libsql(join(folder, 'clientele.sqlite'));
    // The service may be writing.
    other.pragma('busy_timeout = 5000');
    other.exec('BEGIN IMMEDIATE');
    setTimeout(() => other.exec('COMMIT'), 7_000);
    const said = await Promise.all(['admin-reset', 'rekey'].map((name) => command(name)));
    expect(said).toEqual([expect.stringMatching(RESET), expect.stringMatching(/^\d+ values are now under/)]);
    other.close();
  });

  onSqlite('are not ready while neither can write', async () => {
    const other = new libsql(join(folder, 'clientele.sqlite'));
    other.exec('BEGIN IMMEDIATE');
    expect(await Promise.all(urls.map(readinessOf))).toEqual([503, 503]);
    other.exec('ROLLBACK');
    other.close();
    const written = await Promise.all(urls.map((url) => send('POST', url + CLIENTS, token, { redirectUris: [] })));
    expect(written.map(({ status }) => status)).toEqual([201, 201]);
    expect(await Promise.all(urls.map(readinessOf))).toEqual([200, 200]);
  });
});
