import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection, type Connection } from 'mysql2/promise';
import { parse } from 'yaml';
import { findProgram } from '../../scripts/machine/programs.mjs';
import { selfSignedCertificate } from '../support/certificate.ts';
import { compiledProgram } from '../support/compiled-program.ts';
import { databaseKind } from '../support/database.ts';
import { composed, podOf, unit, type DeployedProcess } from '../support/deployed.ts';
import { commandBlocks } from '../support/documentation.ts';
import { nginxConfiguration } from '../support/nginx.ts';
import { freePort } from '../support/ports.ts';
import { spawnProgram, type ServiceProcess } from '../support/process.ts';
import { areHere } from '../support/programs.ts';
import { administratorIn, askForToken } from '../support/remote.ts';
import { basic, CLIENTS } from '../support/service.ts';

/*
 * The processes of deploy/, in its order and with the settings that its files give them. What cannot be the same on one
 * machine is put in the place of what is there: addresses, ports, folders and passwords.
 */
const read = (file: string): string => readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8');
const DOCUMENTATION = read('docs/operations.md');
const suite = databaseKind() === 'mariadb' ? describe : describe.skip;
const withNginx = areHere(['nginx', 'openssl']) ? it : it.skip;
const { cert, key } = selfSignedCertificate();

let folder: string;
let server: URL;
let root: Connection;
let bin: string;
let secrets: string;
/** What takes away again what was made in the server. */
const made: string[] = [];
const running: (ServiceProcess | { readonly child: ChildProcess })[] = [];

/** What the image of MariaDB grants to the user that it makes. */
const all = (): string => 'ALL';
const asDocumented = (user: string): string =>
  new RegExp(`^GRANT (.*) ON clientele\\.\\* TO ${user};$`, 'm').exec(DOCUMENTATION)?.[1] ?? '';

/** A database with users of these names, who may do what `rightsOf` says. Returns what has an address lead there. */
async function makeDatabase(
  name: string,
  rightsOf: (user: string) => string,
  users: readonly string[],
): Promise<(user: string) => string> {
  const database = `deployed_${name}`;
  made.push(`DROP DATABASE ${database}`);
  await root.query(`CREATE DATABASE ${database}`);
  const named = (user: string): string => `${user}_${name}`;
  for (const user of users) {
    made.push(`DROP USER ${named(user)}`);
    await root.query(`CREATE OR REPLACE USER ${named(user)} IDENTIFIED BY 'PASSWORD'`);
    await root.query(`GRANT ${rightsOf(user)} ON ${database}.* TO ${named(user)}`);
  }
  return (url) => {
    const address = new URL(url);
    Object.assign(address, { host: server.host, username: named(address.username), password: 'PASSWORD' });
    address.pathname = `/${database}`;
    return address.href;
  };
}

interface Here {
  readonly port: number;
  readonly data: string;
  readonly addressOf: (url: string) => string;
}

/** The environment of a process with addresses, folders and ports of this machine. */
async function here(
  { environment }: DeployedProcess,
  { port, data, addressOf }: Here,
): Promise<Record<string, string>> {
  const metrics: Record<string, string> =
    environment['METRICS'] === '0.0.0.0:9464' ? { METRICS: `127.0.0.1:${await freePort()}` } : {};
  const moved = Object.entries(environment).map(([name, value]): [string, string] => [
    name,
    value
      .replace(/^(\/run\/secrets\/clientele|\/run\/secrets|\/etc\/clientele)(?=\/)/, secrets)
      .replace(/^(\/data|\/var\/lib\/clientele)(?=\/|$)/, data)
      // The proxy of this machine.
      .replace(/^(172\.30\.80\.2|10\.244\.0\.0\/16)$/, '127.0.0.1'),
  ]);
  const settings = { ...Object.fromEntries(moved), PORT: String(port), ...metrics };
  return { ...settings, DATABASE_URL: addressOf(environment['DATABASE_URL'] ?? ''), LOG_LEVEL: 'warn' };
}

/** Starts a process by its command, in which `node` starts what was compiled for the tests. */
function start({ command: [file = '', ...args] }: DeployedProcess, env: Record<string, string>): ServiceProcess {
  const command = [file.replace(/^\/usr\/bin\/node$/, 'node'), ...args];
  const started = spawnProgram(['env', ...command], { PATH: `${bin}:${process.env['PATH']}`, ...env });
  running.push(started);
  return started;
}

/** What the documentation has before one of its commands to make secrets, run in a folder. */
function makeSecrets(before: string, place: string): void {
  const { text = '' } = commandBlocks(DOCUMENTATION).find((block) => block.text.includes(before)) ?? {};
  const [making = ''] = /^\(\n[^]*?^\)/m.exec(text) ?? [];
  mkdirSync(place);
  // They are the user's who runs the tests.
  execFileSync('bash', ['-c', making.replace(/^.*chown.*$/m, '')], { cwd: place });
}

suite('the processes of deploy/', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
    [bin, secrets] = [join(folder, 'bin'), join(folder, 'made', 'secrets')];
    mkdirSync(bin);
    const exec = (name: string): string => `exec '${process.execPath}' '${compiledProgram(name)}'`;
    const starts = `scripts/start.mjs) ${exec('api/main')};; 'scripts/run.mjs migrate') ${exec('scripts/commands/migrate')};;`;
    writeFileSync(join(bin, 'node'), `#!/bin/sh\ncase "$*" in ${starts} esac\nexit 1\n`, { mode: 0o755 });
    server = new URL(process.env['TEST_MARIADB_URL'] ?? '');
    root = await createConnection(server.href);
  });
  afterEach(async () => {
    for (const { child } of running.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  });
  afterAll(async () => {
    for (const statement of made) await root.query(statement);
    await root.end();
    rmSync(folder, { recursive: true, force: true });
  });

  describe('of compose.yaml', () => {
    let port: number;

    /** A request through nginx; undefined where it does not listen yet. */
    async function ask(
      method: string,
      path: string,
      headers: Record<string, string>,
      body = '',
    ): Promise<{ status: number; text: string } | undefined> {
      const options = { host: 'localhost', port, method, path, headers, ca: cert, agent: false as const };
      const sent = request(options).end(body);
      const [reply] = (await once(sent, 'response').catch(() => [])) as [
        (AsyncIterable<Buffer> & { statusCode?: number })?,
      ];
      if (reply === undefined) return undefined;
      let text = '';
      for await (const part of reply) text += String(part);
      return { status: reply.statusCode ?? 0, text };
    }

    withNginx('serve over TLS as soon as one of them does, and go on when one is killed', async () => {
      makeSecrets('docker compose up', join(folder, 'made'));
      const [, password = ''] =
        /^DATABASE_PASSWORD=(.*)$/m.exec(readFileSync(join(folder, 'made', '.env'), 'utf8')) ?? [];
      const processes = composed({ DATABASE_PASSWORD: password });
      expect([...processes.keys()].slice(0, 4)).toEqual(['database', 'clientele-1', 'clientele-2', 'nginx']);
      const initial = processes.get('database')?.environment ?? {};
      const addressOf = await makeDatabase('compose', all, [initial['MARIADB_USER'] ?? '']);
      const data = join(folder, 'volume');
      const upstreams: string[] = [];
      const replicas: ServiceProcess[] = [];
      for (const name of ['clientele-1', 'clientele-2']) {
        const replica = processes.get(name) ?? { command: [], environment: {} };
        const { username, password: given, pathname } = new URL(replica.environment['DATABASE_URL'] ?? '');
        expect([username, given, pathname]).toEqual([
          initial['MARIADB_USER'],
          initial['MARIADB_PASSWORD'],
          `/${initial['MARIADB_DATABASE']}`,
        ]);
        const own = await freePort();
        upstreams.push(`127.0.0.1:${own}`);
        replicas.push(start(replica, await here(replica, { port: own, data, addressOf })));
      }
      port = await freePort();
      for (const [name, text] of Object.entries({ crt: cert, key }))
        writeFileSync(join(folder, `registry.${name}`), text);
      const file = nginxConfiguration(folder, read('deploy/nginx.conf'), { upstreams, port });
      running.push({ child: spawn(findProgram('nginx') ?? '', ['-p', folder, '-c', file], { stdio: 'ignore' }) });

      await Promise.all(replicas.map(({ started }) => started));
      const { id, secret } = administratorIn(data);
      const form = { ...basic(id, secret), 'Content-Type': 'application/x-www-form-urlencoded' };
      const token = async (): Promise<string> => {
        for (;;) {
          const reply = await ask('POST', '/jans-auth/restv1/token', form, 'grant_type=client_credentials');
          if (reply?.status === 200) return (JSON.parse(reply.text) as { access_token: string }).access_token;
          await sleep(50);
        }
      };
      const headers = { Authorization: `Bearer ${await token()}`, 'Content-Type': 'application/json' };
      const body = JSON.stringify({ inum: 'through-nginx', redirectUris: [] });
      expect((await ask('POST', CLIENTS, headers, body))?.status).toBe(201);
      replicas[0]?.child.kill('SIGKILL');
      await replicas[0]?.ended;
      const replies = [1, 2, 3, 4].map(() => ask('GET', `${CLIENTS}/through-nginx`, headers));
      expect((await Promise.all(replies)).map((reply) => reply?.status)).toEqual([200, 200, 200, 200]);
    });
  });

  it('of kubernetes/ and systemd/ migrate first, as a user who may, and are one service', async () => {
    rmSync(join(folder, 'made'), { recursive: true, force: true });
    makeSecrets('kubectl apply -k', join(folder, 'made'));
    const secret = (name: string): string => readFileSync(join(secrets, name), 'utf8');
    const urls = { clientele: secret('database-url'), 'clientele-migrate': secret('migrate-url') };
    for (const name of ['encryption.key', 'admin.secret']) chmodSync(join(secrets, name), 0o440);
    const addressOf = await makeDatabase('pods', asDocumented, ['clientele', 'clientele_migrate']);
    const [data, port] = [join(folder, 'pod'), await freePort()];
    mkdirSync(data);

    const job = podOf('migrate/job.yaml', urls);
    const migration = start(job, await here(job, { port, data, addressOf }));
    expect([await migration.ended, migration.errors()]).toEqual([0, '']);
    const administrator = administratorIn(join(data, 'clientele'));
    expect(migration.output()).toContain(administrator.id);
    const deployment = podOf('service/deployment.yaml', urls);
    await start(deployment, await here(deployment, { port, data, addressOf })).started;
    const { token } = await askForToken(`http://127.0.0.1:${port}`, administrator);
    const probe = parse(read('deploy/kubernetes/service/deployment.yaml')) as {
      spec: { template: { spec: { containers: [{ readinessProbe: { httpGet: { path: string } } }] } } };
    };
    const { path } = probe.spec.template.spec.containers[0].readinessProbe.httpGet;
    expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(200);

    const [, environment = ''] = /cat > environment <<END\n([^]*?)END\n/.exec(DOCUMENTATION) ?? [];
    const unitPort = await shortPort();
    const other = unit(unitPort, environment);
    await start(other, await here(other, { port: unitPort, data: join(folder, 'unit'), addressOf })).started;
    const headers = { Authorization: `Bearer ${token}` };
    expect((await fetch(`http://127.0.0.1:${unitPort}${CLIENTS}`, { headers })).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:1${unitPort}/metrics`)).status).toBe(200);
  });
});

/** A free port of four digits, such as the unit of systemd is for: with a 1 in front of it, it is that of the metrics. */
async function shortPort(): Promise<number> {
  for (;;) {
    const port = 2_000 + Math.floor(Math.random() * 3_500);
    const isFree = await Promise.all([port, port + 10_000].map((one) => isOpen(one))).then(
      (open) => !open.includes(true),
    );
    if (isFree) return port;
  }
}

const isOpen = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}`).then(
    () => true,
    (error: unknown) => !String((error as { cause?: unknown }).cause).includes('ECONNREFUSED'),
  );
