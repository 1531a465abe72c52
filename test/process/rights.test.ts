import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { newKeyRingSpec } from '../../api/shared/key-ring.ts';
import { databaseKind } from '../support/database.ts';
import { freePort } from '../support/ports.ts';
import { spawnService } from '../support/process.ts';
import { administratorIn, askForToken } from '../support/remote.ts';
import { CLIENTS } from '../support/service.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { TEST_MARIADB_URL: SERVER = '', TEST_MARIADB_PID: OWN, TEST_MARIADB_DUMP: DUMP } = process.env;
/** Users are made on the server of the tests only. */
const onOwnServer = databaseKind() === 'mariadb' && OWN !== undefined ? describe : describe.skip;

const name = `t_${randomBytes(6).toString('hex')}`;
let folder: string;
let env: Record<string, string>;

/** The statements of the documentation, for a database of another name. */
const statements = (): string[] => {
  const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
  const block = /```sql\n([^`]*CREATE DATABASE[^`]*)```/.exec(page)?.[1] ?? '';
  return block
    .replaceAll('clientele', name)
    .split(';\n')
    .filter((statement) => statement.trim() !== '');
};

async function onServer(sql: readonly string[]): Promise<void> {
  const connection = await createConnection(SERVER);
  for (const statement of sql) await connection.query(statement);
  await connection.end();
}

function addressFor(user: string, password: string): string {
  const url = new URL(SERVER);
  [url.username, url.password, url.pathname] = [name + user, password, `/${name}`];
  return url.href;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
  writeFileSync(join(folder, 'admin.secret'), 'a-long-administrator-secret');
  env = {
    PORT: String(await freePort()),
    DATA_DIR: join(folder, 'data'),
    ENCRYPTION_KEY: newKeyRingSpec(),
    ADMIN_SECRET_FILE: join(folder, 'admin.secret'),
  };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

onOwnServer('the database users of the documentation', () => {
  beforeAll(() => onServer(statements()));
  afterAll(() =>
    onServer([`DROP DATABASE ${name}`, ...['', '_migrate', '_backup'].map((user) => `DROP USER ${name}${user}`)]),
  );

  it('have the rights that they need: one migrates, one serves, one dumps', async () => {
    const service = spawnService({ ...env, DATABASE_URL: addressFor('', 'a-password') });
    expect(await service.ended).toBe(1);
    expect(service.errors()).toMatch(/^clientele: .*CREATE command denied.*: run npm run migrate as one who may\n$/);

    const migrating = { ...env, DATABASE_URL: addressFor('_migrate', 'another-password') };
    const command = ['--import', 'tsx', 'scripts/migrate.ts'];
    const { stdout } = await run(process.execPath, command, { cwd: ROOT, env: { ...process.env, ...migrating } });
    expect(stdout).toContain('The schema is up to date.');

    const serving = spawnService({ ...env, DATABASE_URL: addressFor('', 'a-password') });
    await serving.started;
    const url = `http://localhost:${env['PORT']}`;
    const { token } = await askForToken(url, administratorIn(join(folder, 'data')));
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const body = JSON.stringify({ inum: 'served', redirectUris: [] });
    expect((await fetch(url + CLIENTS, { method: 'POST', headers, body })).status).toBe(201);
    expect((await fetch(`${url}${CLIENTS}?pattern=serv`, { headers })).status).toBe(200);
    expect((await fetch(`${url}${CLIENTS}/served`, { method: 'DELETE', headers })).status).toBe(204);
    serving.child.kill('SIGTERM');
    expect(await serving.ended).toBe(0);

    if (DUMP === undefined) return;
    const { hostname, port } = new URL(SERVER);
    const args = ['--no-defaults', '--single-transaction', '--hex-blob', '-h', hostname, '-P', port];
    const dumped = await run(DUMP, [...args, '-u', `${name}_backup`, name], {
      env: { ...process.env, MYSQL_PWD: 'a-third-password' },
      maxBuffer: 64 * 1024 * 1024,
    });
    expect(dumped.stdout).toContain('INSERT INTO `clients`');
  });
});
