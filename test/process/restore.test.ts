import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { createConnection } from 'mysql2/promise';
import { newKeyRingSpec } from '../../api/shared/keys/key-ring.ts';
import { compiledProgram } from '../support/compiled-program.ts';
import { createDatabase, databaseKind, type TestDatabase } from '../support/database.ts';
import { JWT_BEARER } from '../support/issuer.ts';
import { freePort } from '../support/ports.ts';
import { spawnService, type ServiceProcess } from '../support/process.ts';
import { administratorIn, askForToken, type Credentials } from '../support/remote.ts';
import { CLIENTS } from '../support/service.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DUMP = process.env['TEST_MARIADB_DUMP'];
const ADMIN_SECRET = 'a-long-administrator-secret';
const onSqlite = databaseKind() === 'sqlite';
/** With CI=true nothing that is missing goes unnoticed. */
const drill = onSqlite || DUMP !== undefined || process.env['CI'] === 'true' ? describe : describe.skip;

let folder: string;
let url: string;
let port: string;
const databases: TestDatabase[] = [];
const running: ServiceProcess[] = [];
const ring = newKeyRingSpec();

/** Lines without those about another test that has the lock of the whole server, which former versions had. */
const withoutWaiting = (lines: string): string => lines.replace(/^.*"message":"waiting for the process.*\n/gm, '');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
  port = String(await freePort());
  url = `http://localhost:${port}`;
  writeFileSync(join(folder, 'admin.secret'), ADMIN_SECRET, { mode: 0o600 });
});
afterAll(async () => {
  for (const service of running) service.child.kill('SIGKILL');
  await Promise.all(running.map((service) => service.ended));
  for (const database of databases) await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** An empty place: a data folder, and on MariaDB an empty database. */
interface Place {
  readonly dataDir: string;
  readonly env: Record<string, string>;
}

async function newPlace(name: string): Promise<Place> {
  const dataDir = join(folder, name);
  mkdirSync(dataDir, { mode: 0o700 });
  const common = { PORT: port, DATA_DIR: dataDir };
  if (onSqlite) return { dataDir, env: common };
  const database = await createDatabase(dataDir);
  databases.push(database);
  const secrets = { ENCRYPTION_KEY: ring, ADMIN_SECRET_FILE: join(folder, 'admin.secret') };
  return { dataDir, env: { ...common, ...secrets, DATABASE_URL: database.url } };
}

function start(env: Record<string, string>): ServiceProcess {
  const service = spawnService(env);
  running.push(service);
  return service;
}

async function stop(service: ServiceProcess): Promise<void> {
  service.child.kill('SIGTERM');
  expect(await service.ended).toBe(0);
}

/** What the tools of MariaDB need to know, with the password where no process list shows it. */
function mariadbArguments(databaseUrl = ''): { args: string[]; env: NodeJS.ProcessEnv; name: string } {
  const { hostname, port: number, username, password, pathname } = new URL(databaseUrl);
  const args = ['--no-defaults', '-h', hostname, '-P', number, '-u', username];
  return { args, env: { ...process.env, MYSQL_PWD: decodeURIComponent(password) }, name: pathname.slice(1) };
}

const run = (script: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> =>
  promisify(execFile)(process.execPath, [compiledProgram(`scripts/commands/${script}`), ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
  }).then(
    () => '',
    (error: unknown) => String((error as { stderr?: string }).stderr),
  );

// They end before there is a database.
(onSqlite ? describe : describe.skip)('a command for an installation', () => {
  it('makes none where there is none', async () => {
    const place = await newPlace('nowhere');
    expect(await run('backup', [join(folder, 'copy')], place.env)).toContain('there is no database');
    expect(await run('admin-reset', [], place.env)).toContain('there is no database');
    expect(existsSync(join(folder, 'copy'))).toBe(false);
    expect(existsSync(join(place.dataDir, 'admin-client.json'))).toBe(false);
  });

  it.each(['backup', 'admin-reset', 'rekey', 'migrate', 'after-restore', 'tasks'])(
    '%s shows its usage',
    async (name) => {
      const said = await run(name, ['--help'], { DATA_DIR: folder });
      expect(said).toMatch(/^clientele: usage: npm run /);
      expect(said).toContain(name.replace('-reset', ':reset'));
    },
  );

  it.each([
    { words: [] },
    { words: ['yesterday'] },
    { words: ['2999-01-01T00:00:00Z'] },
    { words: ['2026-01-31T12:00:00Z', 'x'] },
  ])('after-restore is told when the backup was taken, not $words', async ({ words }) => {
    const args = words.length === 0 ? [] : ['--backup-taken', ...words];
    expect(await run('after-restore', args, { DATA_DIR: folder })).toContain('usage: npm run -s after-restore');
  });
});

async function backUp({ env }: Place, file: string): Promise<void> {
  if (onSqlite) {
    const command = [compiledProgram('scripts/commands/backup'), file];
    const { stdout } = await promisify(execFile)(process.execPath, command, {
      cwd: ROOT,
      env: { ...process.env, ...env },
    });
    expect(stdout).toContain(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    return;
  }
  const { args, env: variables, name } = mariadbArguments(env['DATABASE_URL']);
  const dump = spawn(DUMP ?? 'mariadb-dump', [...args, '--single-transaction', '--hex-blob', name], { env: variables });
  await pipeline(dump.stdout, createWriteStream(file));
  expect(dump.exitCode ?? (await once(dump, 'exit'))[0]).toBe(0);
}

async function restore(file: string, from: Place, { dataDir, env }: Place): Promise<void> {
  if (onSqlite) {
    cpSync(file, join(dataDir, 'clientele.sqlite'));
    cpSync(join(from.dataDir, 'encryption.key'), join(dataDir, 'encryption.key'));
    return;
  }
  const { args, env: variables, name } = mariadbArguments(env['DATABASE_URL']);
  const tool = join(dirname(DUMP ?? ''), DUMP?.endsWith('mysqldump') === true ? 'mysql' : 'mariadb');
  const client = spawn(tool, [...args, name], { env: variables, stdio: ['pipe', 'ignore', 'inherit'] });
  await pipeline(createReadStream(file), client.stdin);
  expect(client.exitCode ?? (await once(client, 'exit'))[0]).toBe(0);
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

const [REGISTER, TOKENS, SSA] = [
  '/jans-auth/restv1/register',
  '/jans-config-api/api/v1/registration-tokens',
  '/jans-auth/restv1/ssa',
];

/** A client that registers itself. */
const METADATA = { redirect_uris: ['https://c.example/cb'] };

async function call(token: string | undefined, method: string, path: string, body?: object): Promise<Answer> {
  return send(token, method, CLIENTS + path, body);
}

async function send(token: string | undefined, method: string, path: string, body?: object): Promise<Answer> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const reply = await fetch(url + path, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
}

async function register(token: string | undefined, more: object): Promise<Credentials> {
  const body = { redirectUris: [], grantTypes: ['client_credentials'], ...more };
  const reply = await call(token, 'POST', '', body);
  expect(reply.status).toBe(201);
  return { id: String(reply.body['inum']), secret: String(reply.body['clientSecret']) };
}

/** A token for a client that signs its assertion with its secret, of which the service needs the clear value. */
async function statusWithAssertion({ id, secret }: Credentials): Promise<number> {
  const assertion = await new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(id)
    .setSubject(id)
    .setAudience(`${url}/jans-auth/restv1/token`)
    .setJti(crypto.randomUUID())
    .setExpirationTime('1m')
    .sign(Buffer.from(secret));
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: JWT_BEARER,
    client_assertion: assertion,
  });
  return (await fetch(`${url}/jans-auth/restv1/token`, { method: 'POST', body })).status;
}

drill('a backup of a running service', () => {
  let old: Place;
  let fresh: Place;
  let administrator: Credentials;
  let digested: Credentials;
  let encrypted: Credentials;
  let token: string | undefined;
  const file = (): string => join(folder, 'backup');

  it('is restored in a fresh place, where tokens, secrets and clients go on', async () => {
    old = await newPlace('old');
    const service = start(old.env);
    await service.started;
    administrator = administratorIn(old.dataDir);
    ({ token } = await askForToken(url, administrator));
    digested = await register(token, { clientName: 'Ångström & Söhne 🖨', description: 'in the backup' });
    encrypted = await register(token, { tokenEndpointAuthMethod: 'client_secret_jwt' });
    const before = await call(token, 'GET', `/${digested.id}`);
    await backUp(old, file());
    const late = await register(token, {});
    await stop(service);

    fresh = await newPlace('fresh');
    await restore(file(), old, fresh);
    const restored = start(fresh.env);
    await restored.started;
    expect(await call(token, 'GET', `/${digested.id}`)).toEqual(before);
    expect((await call(token, 'GET', `/${late.id}`)).status).toBe(404);
    const found = await call(token, 'GET', `?pattern=${encodeURIComponent('söhne')}`);
    expect(found.body['totalEntriesCount']).toBe(1);
    for (const client of [administrator, digested]) expect((await askForToken(url, client)).status).toBe(200);
    expect(await statusWithAssertion(encrypted)).toBe(200);
    await register(token, { clientName: 'after the restore' });
    await stop(restored);
  });

  it('brings back what was used, rotated and revoked since, which a command ends', async () => {
    const [before, restored] = [await newPlace('before'), await newPlace('restored')];
    const settings = { REGISTRATION: 'open', ROTATE_REGISTRATION_TOKEN: 'on' };
    const running = start({ ...before.env, ...settings });
    await running.started;
    const admin = administratorIn(before.dataDir);
    const { token: issued = '' } = await askForToken(url, admin);
    const [used, unused] = [
      await send(issued, 'POST', TOKENS, { label: 'a' }),
      await send(issued, 'POST', TOKENS, { label: 'b', uses: 9 }),
    ];
    const { ssa } = (await send(issued, 'POST', SSA, { org_id: 'o' })).body;
    const leaked = await register(issued, { clientName: '=leaked' });
    const registered = (await send(String(unused.body['token']), 'POST', REGISTER, METADATA)).body;
    const copy = join(folder, 'earlier-backup');
    await backUp(before, copy);
    const taken = new Date().toISOString();

    const withStatement = { ...METADATA, software_statement: ssa };
    expect((await send(String(used.body['token']), 'POST', REGISTER, withStatement)).status).toBe(201);
    const rotated = await send(issued, 'POST', `${CLIENTS}/${leaked.id}/secret`, {});
    expect((await askForToken(url, leaked)).status).toBe(401);
    await stop(running);

    await restore(copy, before, restored);
    const args = ['--backup-taken', taken];
    const command = [compiledProgram('scripts/commands/after-restore'), ...args];
    const env = { ...process.env, ...restored.env };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, command, { cwd: ROOT, env });
    expect(withoutWaiting(stderr)).toMatch(
      /^1 signing keys .*\n2 initial access tokens .*\n1 software statements .*\n0 registration/,
    );
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(',').slice(0, 4).join(','));
    expect(rows[0]).toBe('inum,clientName,administrator,disabled');
    expect(rows).toContain(`${leaked.id},'=leaked,false,false`);
    expect(rows).toContain(`${admin.id},Administrator,true,false`);

    const again = start({ ...restored.env, ...settings });
    await again.started;
    expect((await call(issued, 'GET', '')).status).toBe(401);
    for (const { body } of [used, unused])
      expect((await send(String(body['token']), 'POST', REGISTER, METADATA)).status).toBe(401);
    const { token: next = '' } = await askForToken(url, admin);
    const fresh = await send(next, 'POST', TOKENS, { label: 'c' });
    expect((await send(String(fresh.body['token']), 'POST', REGISTER, withStatement)).status).toBe(400);
    // Nobody but a person knows which secrets were rotated: they are on the list.
    expect((await askForToken(url, leaked)).status).toBe(200);
    expect((await askForToken(url, { id: leaked.id, secret: String(rotated.body['clientSecret']) })).status).toBe(401);
    const address = `${REGISTER}?client_id=${String(registered['client_id'])}`;
    const own = String(registered['registration_access_token']);
    expect((await send(own, 'GET', address)).status).toBe(200);
    // What was made since is left alone, also when the command runs again; registration tokens end when that is wanted.
    await stop(again);
    expect(await run('after-restore', [...args, '--end-registration-tokens'], restored.env)).toBe('');
    const last = start({ ...restored.env, ...settings });
    await last.started;
    expect((await send(own, 'GET', address)).status).toBe(401);
    expect((await send(String(fresh.body['token']), 'POST', REGISTER, METADATA)).status).toBe(201);
    await stop(last);
  });

  it('is of no use without its key ring, which is said in one line', async () => {
    const ways: [Record<string, string>, RegExp][] = [
      [{ ENCRYPTION_KEY: newKeyRingSpec().replace('k1', 'k7') }, /the key ring has no key k1$/],
      [{ ENCRYPTION_KEY: newKeyRingSpec() }, /the key k1 of the key ring is not the one that was encrypted with$/],
    ];
    if (onSqlite) {
      rmSync(join(fresh.dataDir, 'encryption.key'));
      ways.push([{}, /there is no \S+\/encryption\.key, and the database is not new$/]);
    }
    for (const [env, message] of ways) {
      const service = start({ ...fresh.env, ...env });
      expect(await service.ended).toBe(1);
      const lines = withoutWaiting(service.errors()).trim().split('\n');
      expect(lines).toEqual([expect.stringMatching(/^clientele: ENCRYPTION_KEY does not fit the database: /)]);
      expect(lines[0]).toMatch(message);
    }
  });

  it('is put to use with another ring, where the first is lost, by giving up what was encrypted', async () => {
    const statement = 'DELETE FROM signing_keys';
    if (onSqlite) {
      const { default: Libsql } = await import('libsql');
      const database = new Libsql(join(fresh.dataDir, 'clientele.sqlite'));
      database.exec(statement);
      database.close();
    } else {
      const connection = await createConnection(fresh.env['DATABASE_URL'] ?? '');
      await connection.query(statement);
      await connection.end();
    }
    const service = start({ ...fresh.env, ENCRYPTION_KEY: newKeyRingSpec() });
    await service.started;
    expect((await call(token, 'GET', '')).status).toBe(401);
    const next = (await askForToken(url, administrator)).token;
    expect((await askForToken(url, digested)).status).toBe(200);
    const rotated = await call(next, 'POST', `/${encrypted.id}/secret`, {});
    expect(rotated.status).toBe(200);
    expect(await statusWithAssertion({ ...encrypted, secret: String(rotated.body['clientSecret']) })).toBe(200);
    await stop(service);
  });
});
