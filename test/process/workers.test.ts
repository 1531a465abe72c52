import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newKeyRingSpec } from '../../api/shared/keys/key-ring.ts';
import { createDatabase, databaseKind, type TestDatabase } from '../support/database.ts';
import { freePort } from '../support/ports.ts';
import { spawnService, type ServiceProcess } from '../support/process.ts';
import { REGISTER } from '../support/registration.ts';
import { administratorIn, askForToken } from '../support/remote.ts';
import { basic, CLIENTS } from '../support/service.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).slice(0, -1);
const WORKERS = 2;
const FAILURES = 4;
const REGISTRATIONS = 6;
const LIVE = '/jans-config-api/api/v1/health/live';
const onMariadb = databaseKind() === 'mariadb' ? describe : describe.skip;

let folder: string;
let database: TestDatabase;
let url: string;
let monitoring: string;
let service: ServiceProcess;
let token: string;

const fileOf = (name: string): string => join(folder, name);

/** A request on a connection of its own, so that the workers take turns. */
const send = (
  path: string,
  init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
): Promise<Response> => fetch(url + path, { ...init, headers: { ...init.headers, Connection: 'close' } });

const pids = (): number[] =>
  execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(service.child.pid)], { encoding: 'utf8' })
    .split('\n')
    // What compiles sources for a program of a test is none of the workers.
    .filter((line) => line.trim() !== '' && !line.includes('esbuild'))
    .map((line) => Number.parseInt(line, 10));

/**
 * Leads workers that say `up` with their id when they are there and serve when they get SIGUSR2. The one that leads them has
 * to do without a folder to start in from one SIGUSR2 to the next, so that the system starts none.
 */
const LED = (hopeless: boolean): string => `
  import cluster from 'node:cluster';
  if (cluster.isPrimary) {
    const { lead } = await import('${ROOT}/api/workers/primary.ts');
    const { metricSums } = await import('${ROOT}/api/metrics/sums.ts');
    const { createLog } = await import('${ROOT}/api/shared/log/log.ts');
    // Workers of this program are JavaScript, and start sooner without what compiles it.
    cluster.setupPrimary({ execArgv: [] });
    let cwd;
    process.on('SIGUSR2', () => cluster.setupPrimary({ cwd: (cwd = cwd ? undefined : '/nowhere') }));
    await lead({
      program: import.meta.filename,
      workers: 2,
      log: createLog('info'),
      limits: {},
      backOff: { ended: () => ${hopeless ? 0 : 50}, hopeless: ${hopeless} },
      sums: metricSums,
      onServing: () => console.log('it is running'),
    });
  } else {
    process.on('SIGUSR2', () => process.send({ kind: 'ready', port: 1 }));
    console.log('up ' + process.pid);
  }`;
async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await sleep(50);
}

async function sample(series: string): Promise<number> {
  const text = await (await fetch(`${monitoring}/metrics`, { headers: { Connection: 'close' } })).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1) ?? NaN);
}

const allServe = (): Promise<void> => until(async () => (await sample('clientele_workers')) === WORKERS);

async function create(inum: string): Promise<number> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  return (await send(CLIENTS, { method: 'POST', headers, body: JSON.stringify({ inum, redirectUris: [] }) })).status;
}

onMariadb('several workers on one port', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
    database = await createDatabase(folder);
    writeFileSync(fileOf('admin.secret'), 'a-long-administrator-secret\n', { mode: 0o600 });
    writeFileSync(fileOf('ring'), newKeyRingSpec(), { mode: 0o600 });
    const [port, metrics] = [await freePort(), await freePort()];
    [url, monitoring] = [`http://localhost:${port}`, `http://localhost:${metrics}`];
    service = spawnService({
      WORKERS: String(WORKERS),
      PORT: String(port),
      METRICS: String(metrics),
      DATA_DIR: fileOf('data'),
      DATABASE_URL: database.url,
      ENCRYPTION_KEY_FILE: fileOf('ring'),
      ADMIN_SECRET_FILE: fileOf('admin.secret'),
      RATE_LIMIT: `${FAILURES}/min`,
      REGISTRATION: 'open',
      REGISTRATION_RATE_LIMIT: `${REGISTRATIONS}/min`,
    });
    await service.started;
    token = (await askForToken(url, administratorIn(fileOf('data')))).token ?? '';
  });
  afterAll(async () => {
    service.child.kill('SIGTERM');
    await service.ended;
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are announced once, when all of them serve', async () => {
    expect(service.output().match(/is running/g)).toHaveLength(1);
    expect(pids()).toHaveLength(WORKERS);
    expect(await sample('clientele_workers')).toBe(WORKERS);
  });

  it('add up what they have measured, whoever is asked', async () => {
    const series = 'clientele_http_request_duration_seconds_count{operation="get-config-health-live",status="200"}';
    const before = (await sample(series)) || 0;
    for (let count = 0; count < 4 * WORKERS; count += 1) expect((await send(LIVE)).status).toBe(200);
    expect((await sample(series)) - before).toBe(4 * WORKERS);
    const reply = await send('/metrics', { headers: { Authorization: `Bearer ${token}` } });
    expect(await reply.text()).toContain(`clientele_workers ${WORKERS}\n`);
  });

  it('count failed authentications together', async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 3 * FAILURES; count += 1) {
      const body = new URLSearchParams({ grant_type: 'client_credentials' });
      const reply = await send('/jans-auth/restv1/token', { method: 'POST', headers: basic('nobody', 'wrong'), body });
      statuses.push(reply.status);
      if (reply.status === 429) expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(FAILURES);
    expect(statuses.slice(FAILURES).every((status) => status === 429)).toBe(true);
  });

  it('count registrations together, also when they come at once', async () => {
    const register = async (): Promise<number> =>
      (
        await send(REGISTER, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ redirect_uris: ['https://client.example/cb'] }),
        })
      ).status;
    const statuses = await Promise.all(Array.from({ length: 3 * REGISTRATIONS }, register));
    expect(statuses.filter((status) => status === 201)).toHaveLength(REGISTRATIONS);
    expect(statuses.filter((status) => status === 429)).toHaveLength(2 * REGISTRATIONS);
  });

  it('are replaced when they die, and nothing that was acknowledged is lost', async () => {
    const series = 'clientele_http_request_duration_seconds_count{operation="post-oauth-openid-client",status="201"}';
    const acknowledged: string[] = [];
    let killed = false;
    const write = async (writer: number): Promise<void> => {
      for (let count = 0; count < 20; count += 1) {
        const inum = `w${writer}-${count}`;
        // What a worker was doing when it died has no answer.
        if ((await create(inum).catch(() => 0)) === 201) acknowledged.push(inum);
        if (acknowledged.length > 30 && !killed) {
          killed = true;
          await sample(series);
          process.kill(pids()[0] ?? 0, 'SIGKILL');
        }
      }
    };
    await Promise.all([1, 2, 3, 4].map(write));
    await until(async () => (await sample('clientele_worker_ends_total{outcome="died"}')) === 1);
    await allServe();
    expect(acknowledged.length).toBeGreaterThan(70);
    for (const inum of acknowledged) {
      const reply = await send(`${CLIENTS}/${inum}`, { headers: { Authorization: `Bearer ${token}` } });
      expect([inum, reply.status]).toEqual([inum, 200]);
    }
    // What the dead one had measured before counts.
    expect(await sample(series)).toBeGreaterThan(30);
    expect(service.errors()).toMatch(/"how":"SIGKILL".*"message":"a worker ended"/);
  });

  it('are replaced one after the other at SIGHUP, while every request is answered', async () => {
    const before = pids();
    const series = 'clientele_http_request_duration_seconds_count{operation="get-config-health-live",status="200"}';
    const measured = await sample(series);
    service.child.kill('SIGHUP');
    let [done, answered] = [false, 0];
    const load = async (): Promise<void> => {
      while (!done) {
        expect((await send(LIVE)).status).toBe(200);
        answered += 1;
        await sleep(5);
      }
    };
    const keptAlive = async (): Promise<void> => {
      while (!done) {
        expect((await fetch(url + LIVE)).status).toBe(200);
        answered += 1;
        await sleep(100);
      }
    };
    const loads = [load(), load(), keptAlive()];
    await until(async () => (await sample('clientele_worker_ends_total{outcome="replaced"}')) === WORKERS);
    done = true;
    await Promise.all(loads);
    await allServe();
    expect(pids().filter((pid) => before.includes(pid))).toEqual([]);
    // Also what those had measured who have ended.
    expect((await sample(series)) - measured).toBe(answered);
  });

  it('stay as they are when new ones do not start, and end with a text when none is left', async () => {
    const ring = newKeyRingSpec().replace(/^[^:]*/, 'other');
    writeFileSync(fileOf('ring'), ring, { mode: 0o600 });
    const before = pids();
    service.child.kill('SIGHUP');
    await until(() => service.errors().includes('the workers are not replaced'));
    expect(pids().filter((pid) => before.includes(pid))).toEqual(before);
    expect((await send(LIVE)).status).toBe(200);
    for (const pid of before) process.kill(pid, 'SIGKILL');
    expect(await service.ended).toBe(1);
    expect(service.errors()).toMatch(/^clientele: workers end as soon as they start, the last one with 1/m);
  });
});

onMariadb('several workers that are told to end', () => {
  it('answer what they have begun', async () => {
    folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
    database = await createDatabase(folder);
    writeFileSync(fileOf('admin.secret'), 'a-long-administrator-secret\n', { mode: 0o600 });
    const port = await freePort();
    url = `http://localhost:${port}`;
    const env = { PORT: String(port), DATA_DIR: fileOf('data'), DATABASE_URL: database.url, WORKERS: '2' };
    const secrets = { ENCRYPTION_KEY: newKeyRingSpec(), ADMIN_SECRET_FILE: fileOf('admin.secret') };
    service = spawnService({ ...env, ...secrets });
    await service.started;
    const administrator = administratorIn(fileOf('data'));
    token = (await askForToken(url, administrator)).token ?? '';
    const writes = Array.from({ length: 20 }, (_, index) => create(`last-${index}`).catch(() => 'refused'));
    await Promise.race(writes);
    service.child.kill('SIGTERM');
    expect(await service.ended).toBe(0);
    const outcomes = await Promise.all(writes);
    expect(outcomes.filter((outcome) => outcome !== 201 && outcome !== 'refused')).toEqual([]);
    expect(service.errors()).not.toContain('"level":"error"');
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });
});

onMariadb('workers whose database does not answer', () => {
  it('end, and so does the service, which says why', async () => {
    folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
    writeFileSync(fileOf('admin.secret'), 'a-long-administrator-secret\n', { mode: 0o600 });
    const away = await freePort();
    service = spawnService({
      WORKERS: '2',
      PORT: String(await freePort()),
      DATA_DIR: fileOf('data'),
      DATABASE_URL: `mysql://clientele:secret@127.0.0.1:${away}/clientele`,
      ENCRYPTION_KEY: newKeyRingSpec(),
      ADMIN_SECRET_FILE: fileOf('admin.secret'),
    });
    expect(await service.ended).toBe(1);
    expect(service.errors()).toContain(`clientele: DATABASE_URL: nothing answers at 127.0.0.1:${away}\n`);
    rmSync(folder, { recursive: true, force: true });
  });
});

onMariadb('whoever keeps the workers', () => {
  /** Those that have come up, in that order. */
  const up = (): number[] => [...service.output().matchAll(/^up (\d+)$/gm)].map(([, pid]) => Number(pid));

  /** The one with this number, when it is there. */
  async function nth(number: number): Promise<number> {
    await until(() => up().length >= number || service.child.exitCode !== null);
    return up()[number - 1] ?? NaN;
  }

  async function begin(hopeless: boolean): Promise<void> {
    folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
    writeFileSync(fileOf('led.mjs'), LED(hopeless));
    service = spawnService({}, ['--import', 'tsx', fileOf('led.mjs')]);
    for (const number of [1, 2]) process.kill(await nth(number), 'SIGUSR2');
    await service.started;
  }

  async function end(code: number): Promise<void> {
    expect(await service.ended).toBe(code);
    rmSync(folder, { recursive: true, force: true });
  }

  it('waits for those that are about to serve before there is no hope left', async () => {
    await begin(true);
    process.kill(await nth(1), 'SIGKILL');
    const third = await nth(3);
    process.kill(await nth(2), 'SIGKILL');
    await until(() => !pids().includes(up()[1] ?? 0));
    process.kill(third, 'SIGUSR2');
    const fourth = await nth(4);
    expect(pids()).toEqual(expect.arrayContaining([third, fourth]));
    process.kill(third, 'SIGKILL');
    await until(() => !pids().includes(third));
    process.kill(fourth, 'SIGKILL');
    await end(1);
    expect(service.errors()).toMatch(/^clientele: workers end as soon as they start, the last one with SIGKILL/m);
  });

  it('tries again when the system starts none', async () => {
    await begin(false);
    service.child.kill('SIGUSR2');
    process.kill(await nth(1), 'SIGKILL');
    await until(() => (service.errors().match(/"how":"ENOENT"/g) ?? []).length > 1);
    service.child.kill('SIGUSR2');
    const third = await nth(3);
    expect(pids()).toEqual(expect.arrayContaining([await nth(2), third]));
    service.child.kill('SIGTERM');
    await end(0);
  });
});
