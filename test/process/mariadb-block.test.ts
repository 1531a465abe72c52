import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { startServer, type StartedServer } from '../../scripts/machine/mariadb.mjs';
import { findProgram } from '../../scripts/machine/programs.mjs';
import { compiledProgram } from '../support/compiled-program.ts';
import { databaseKind } from '../support/database.ts';
import { commandBlocks } from '../support/documentation.ts';
import { freePort } from '../support/ports.ts';
import { spawnShell, type ServiceProcess } from '../support/process.ts';
import { suiteWith } from '../support/programs.ts';
import { administratorIn, askForToken } from '../support/remote.ts';
import { CLIENTS } from '../support/service.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Its users have the names of the documentation, so that they are made on a server of its own. */
const BINARY = databaseKind() === 'mariadb' ? process.env['TEST_MARIADB_BINARY'] : undefined;
const suite = BINARY === undefined ? describe.skip : suiteWith('mariadb', 'mariadb-dump', 'openssl');

/** The blocks of the documentation, which need nothing but another folder, and the address of the server. */
function blocks(etc: string, server: URL): string[] {
  return commandBlocks(readFileSync(join(ROOT, 'docs/operations.md'), 'utf8'))
    .filter(({ text }) => /\/etc\/clientele\/?.*\n[^]*(mariadb <<|npm run migrate)/.test(text))
    .map(({ text }) => text.replaceAll('/etc/clientele', etc).replaceAll('127.0.0.1:3306', server.host));
}

let folder: string;
let server: StartedServer;
let url: string;
let env: Record<string, string>;
let preparation = '';
let start = '';
const running: ServiceProcess[] = [];

/** Programs of the names that the block calls: the client of the server, as its root, and npm without a build. */
function writePrograms(bin: string): void {
  mkdirSync(bin);
  const program = (name: string, script: string): void =>
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const options = `--no-defaults --socket='${server.socket}' --user=root_of_test --password=a-password`;
  program('mariadb', `exec '${findProgram('mariadb')}' ${options} "$@"`);
  const exec = (name: string): string => `exec '${process.execPath}' '${compiledProgram(name)}'`;
  program(
    'npm',
    `case "$*" in start) ${exec('api/main')};; 'run migrate') ${exec('scripts/commands/migrate')};; esac\nexit 1`,
  );
}

beforeAll(async () => {
  if (BINARY === undefined) return;
  folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
  server = await startServer(BINARY);
  const connection = await createConnection(server.url);
  await connection.query("CREATE USER root_of_test@localhost IDENTIFIED BY 'a-password'");
  await connection.query('GRANT ALL ON *.* TO root_of_test@localhost WITH GRANT OPTION');
  await connection.query('DROP USER clientele@localhost, clientele@127.0.0.1');
  await connection.end();
  writePrograms(join(folder, 'bin'));
  const port = String(await freePort());
  url = `http://localhost:${port}`;
  [preparation = '', start = ''] = blocks(join(folder, 'etc'), new URL(server.url));
  env = { PATH: `${join(folder, 'bin')}:${process.env['PATH']}`, PORT: port, DATA_DIR: join(folder, 'data') };
});
afterAll(async () => {
  if (BINARY === undefined) return;
  running.forEach(endGroup);
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function paste(commands: string): ServiceProcess {
  const shell = spawnShell(env, commands);
  running.push(shell);
  return shell;
}

function endGroup({ child }: ServiceProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
  } catch {
    // It has ended.
  }
}

async function end(service: ServiceProcess): Promise<void> {
  endGroup(service);
  await service.ended;
}

const contents = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(folder, 'etc')).map((name) => [name, readFileSync(join(folder, 'etc', name), 'utf8')]),
  );

const password = (user: string): string => contents()[`${user}.password`]?.trim() ?? '';

/** Both lines of the second block that a new shell needs. */
const again = (): string =>
  start
    .split('\n')
    .filter((line) => !line.includes('migrate'))
    .join('\n');

suite('the MariaDB block of the documentation, pasted', () => {
  it('makes keys and users, for root only, and replaces none of them', async () => {
    expect(await paste(preparation).ended).toBe(0);
    const made = contents();
    expect(Object.keys(made)).toHaveLength(6);
    for (const name of ['.', ...Object.keys(made)]) {
      expect([name, statSync(join(folder, 'etc', name)).mode & 0o077]).toEqual([name, 0]);
    }
    const second = paste(preparation);
    expect([await second.ended, second.errors(), contents()]).toEqual([0, '', made]);
  });

  it('gives the service no right to change tables, which it says', async () => {
    const service = paste(again());
    expect(await service.ended).toBe(1);
    expect(service.errors()).toMatch(/^clientele: .*CREATE command denied.*: run npm run migrate as one who may\n$/);
  });

  it('ends with a service that works', async () => {
    const service = paste(start);
    await service.started;
    expect(service.output()).toContain('The schema is up to date.');
    const { token } = await askForToken(url, administratorIn(join(folder, 'data')));
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const body = JSON.stringify({ inum: 'served', redirectUris: [] });
    expect((await fetch(url + CLIENTS, { method: 'POST', headers, body })).status).toBe(201);
    expect((await fetch(`${url}${CLIENTS}?pattern=serv`, { headers })).status).toBe(200);
    expect((await fetch(`${url}${CLIENTS}/served`, { method: 'DELETE', headers })).status).toBe(204);
    await end(service);
  });

  it('survives the shell: another one starts the same service, with the same keys and administrator', async () => {
    const service = paste(again());
    await service.started;
    expect((await askForToken(url, administratorIn(join(folder, 'data')))).status).toBe(200);
    await end(service);
  });

  it('makes a user that dumps everything', async () => {
    const dump = findProgram('mariadb-dump') ?? '';
    const { hostname, port } = new URL(server.url);
    const args = ['--no-defaults', '--single-transaction', '--hex-blob', '-h', hostname, '-P', port];
    const { stdout } = await run(dump, [...args, '-u', 'clientele_backup', 'clientele'], {
      env: { ...process.env, MYSQL_PWD: password('clientele_backup') },
      maxBuffer: 64 * 1024 * 1024,
    });
    expect(stdout).toContain('INSERT INTO `clients`');
  });
});
