import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newKeyRingSpec } from '../../api/shared/keys/key-ring.ts';
import { compiledProgram } from '../support/compiled-program.ts';
import { createDatabase, databaseKind, type TestDatabase } from '../support/database.ts';
import { freePort } from '../support/ports.ts';
import { spawnService, type ServiceProcess } from '../support/process.ts';

const run = promisify(execFile);
/** What is in files and settings only, or ends before there is a database, is the same for every database. */
const once = databaseKind() === 'sqlite' ? describe : describe.skip;

let folder: string;
let database: TestDatabase;
let env: Record<string, string>;
const running: ServiceProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
  database = await createDatabase(folder);
  const secretFile = join(folder, 'admin.secret');
  writeFileSync(secretFile, 'a-long+administrator%secret\n', { mode: 0o600 });
  env = {
    PORT: String(await freePort()),
    DATA_DIR: join(folder, 'data'),
    DATABASE_URL: database.url,
    ...(databaseKind() === 'mariadb' && { ENCRYPTION_KEY: newKeyRingSpec(), ADMIN_SECRET_FILE: secretFile }),
  };
});
afterAll(async () => {
  for (const service of running) service.child.kill('SIGKILL');
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

function start(more: Record<string, string> = {}): ServiceProcess {
  const service = spawnService({ ...env, ...more });
  running.push(service);
  return service;
}

describe('a first start', () => {
  it('says where everything is, keeps the credentials for their owner, and shows a command that works', async () => {
    const service = start();
    await service.started;
    const credentials = join(folder, 'data', 'admin-client.json');
    expect(service.output()).toContain(credentials);
    expect(service.output()).toContain(`http://localhost:${env['PORT']}/api-docs/`);
    expect(statSync(credentials).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
    const databaseFiles = readdirSync(folder).filter((name) => name.startsWith('clientele.sqlite'));
    expect(databaseFiles.length).toBe(databaseKind() === 'sqlite' ? 4 : 0);
    for (const name of databaseFiles) expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600]);
    const file = JSON.parse(readFileSync(credentials, 'utf8')) as Record<string, string>;
    expect(Object.keys(file)).toEqual(['client_id', 'client_secret', 'token_endpoint', 'scope']);

    const command = /^ {2}(curl .*)$/m.exec(service.output())?.[1] ?? '';
    const { stdout } = await run('sh', ['-c', command]);
    const list = JSON.parse(stdout) as { totalEntriesCount: number; entries: { clientName: string }[] };
    expect([list.totalEntriesCount, list.entries[0]?.clientName]).toEqual([1, 'Administrator']);

    service.child.kill('SIGTERM');
    expect(await service.ended).toBe(0);
    expect(service.errors()).toContain('"message":"stopped"');
    expect(service.errors() + service.output()).not.toContain(file['client_secret']);
  });

  it('is followed by others that find what it made', async () => {
    const before = readFileSync(join(folder, 'data', 'admin-client.json'), 'utf8');
    const service = start();
    await service.started;
    expect(readFileSync(join(folder, 'data', 'admin-client.json'), 'utf8')).toBe(before);
    service.child.kill('SIGINT');
    expect(await service.ended).toBe(0);
  });
});

once('another ISSUER', () => {
  it('is in the credentials after the next start, and the rest of them stays', async () => {
    const file = join(folder, 'data', 'admin-client.json');
    const before = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    const ISSUER = 'https://registry.example.com/clients';
    const service = start({ ISSUER });
    await service.started;
    const token_endpoint = `${ISSUER}/jans-auth/restv1/token`;
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ ...before, token_endpoint });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    service.child.kill('SIGTERM');
    expect(await service.ended).toBe(0);
    const back = start();
    await back.started;
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(before);
    back.child.kill('SIGTERM');
    expect(await back.ended).toBe(0);
  });
});

once('BUILTIN_ISSUER=off', () => {
  it('makes no administrator and says where tokens come from, until it is on', async () => {
    const apart = mkdtempSync(join(folder, 'apart-'));
    const empty = await createDatabase(apart);
    const DATA_DIR = join(apart, 'data');
    const issuer = 'https://login.example.com/realms/company';
    const off = { BUILTIN_ISSUER: 'off', TRUSTED_ISSUERS: `${issuer}|registry|https://jans.io/oauth/config/read-all` };
    const common = { DATA_DIR, DATABASE_URL: empty.url };
    const file = join(DATA_DIR, 'admin-client.json');
    const reset = [compiledProgram('scripts/commands/admin-reset')];
    const ended = async (service: ServiceProcess): Promise<void> => {
      service.child.kill('SIGTERM');
      expect(await service.ended).toBe(0);
    };

    // A secret for nobody is not asked for either.
    const first = start({ ...common, ...off, ADMIN_SECRET_FILE: '' });
    await first.started;
    expect([existsSync(file), first.output()]).toEqual([false, expect.stringContaining(`${issuer}, for registry`)]);
    expect(first.output()).toContain('clientele login --url');
    expect(first.output()).not.toMatch(/Administrator|curl/);
    await ended(first);
    const refused = spawnService({ ...env, ...common, ...off }, reset);
    expect([await refused.ended, refused.errors()]).toEqual([1, expect.stringContaining('could get no token')]);
    expect(existsSync(file)).toBe(false);

    const second = start(common);
    await second.started;
    expect([existsSync(file), second.output()]).toEqual([true, expect.stringContaining(file)]);
    await ended(second);

    // The secret that is there now is offered to nobody else.
    const third = start({ ...common, ...off });
    await third.started;
    const cli = spawnService({ DATA_DIR }, [compiledProgram('cli/main'), 'clients', 'list']);
    expect([await cli.ended, cli.errors()]).toEqual([3, expect.stringContaining('issues no tokens any more')]);
    await ended(third);
    await empty.drop();
  });
});

once('a key ring that is not the one of the database', () => {
  it('is one line that names the setting', async () => {
    const service = start({ ENCRYPTION_KEY: newKeyRingSpec().replace('k1:', 'k9:') });
    expect(await service.ended).toBe(1);
    expect(service.errors()).toContain(
      'clientele: ENCRYPTION_KEY does not fit the database: the key ring has no key k1',
    );
    expect(service.errors()).not.toContain('    at ');
  });
});

describe('a stop', () => {
  it('finishes the requests in flight', async () => {
    const service = start();
    await service.started;
    const { client_id, client_secret, token_endpoint } = JSON.parse(
      readFileSync(join(folder, 'data', 'admin-client.json'), 'utf8'),
    ) as Record<string, string>;
    const form = (): Promise<Response> =>
      fetch(token_endpoint ?? '', {
        method: 'POST',
        headers: {
          Authorization: `Basic ${Buffer.from(`${client_id}:${encodeURIComponent(client_secret ?? '')}`).toString('base64')}`,
        },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      });
    await form();
    const inFlight = Array.from({ length: 20 }, form);
    await new Promise((resolve) => setImmediate(resolve));
    service.child.kill('SIGTERM');
    const results = await Promise.allSettled(inFlight);
    const statuses = results.map((result) => (result.status === 'fulfilled' ? result.value.status : 'refused'));
    // What was not accepted any more is refused as a connection; what was accepted is answered.
    expect(statuses.every((status) => status === 200 || status === 'refused')).toBe(true);
    expect(await service.ended).toBe(0);
  });
});

once('a start that cannot be', () => {
  const linesOf = (service: ServiceProcess): string[] =>
    service
      .errors()
      .trim()
      .split('\n')
      .filter((line) => line.startsWith('clientele: '));

  it('says that the port is in use', async () => {
    const server: Server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const service = start({ PORT: String(port) });
    expect(await service.ended).toBe(1);
    expect(linesOf(service)).toEqual([`clientele: PORT ${port} on 127.0.0.1 is in use by another process`]);
    server.close();
  });

  it('says so as well when two start at the same time', async () => {
    const port = String(await freePort());
    const both = [start({ PORT: port }), start({ PORT: port })];
    const first = await Promise.race(both.map(async (service) => (await service.ended, service)));
    expect(linesOf(first)).toEqual([`clientele: PORT ${port} on 127.0.0.1 is in use by another process`]);
    expect(first.errors()).not.toContain('    at ');
    for (const service of both) service.child.kill('SIGTERM');
  });

  it('does not hang on a file system that takes no folder', async () => {
    const service = start({ DATA_DIR: '/proc/nowhere/data' });
    expect(await service.ended).toBe(1);
    expect(linesOf(service)).toEqual(['clientele: DATA_DIR cannot be written: /proc/nowhere/data (ENOENT)']);
  });

  it('says that the data folder cannot be written', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    chmodSync(file, 0o400);
    const service = start({ DATA_DIR: file });
    expect(await service.ended).toBe(1);
    expect(linesOf(service)).toEqual([`clientele: DATA_DIR cannot be written: ${file} (EEXIST)`]);
  });

  it.each([
    ['of no kind', 'postgres://x/y', 'DATABASE_URL must be sqlite:<file> or mysql://user:password@host:port/name'],
    ['where nobody listens', 'mysql://u:hidden-word@127.0.0.1:1/name', 'DATABASE_URL: nothing answers at 127.0.0.1:1'],
    [
      'in a folder that is not there',
      'sqlite:/nowhere/at/all.sqlite',
      'DATABASE_URL: the database cannot be opened (ENOENT)',
    ],
  ])('says that the database is one %s', async (_what, url, line) => {
    const service = start({
      DATABASE_URL: url,
      ENCRYPTION_KEY: newKeyRingSpec(),
      ADMIN_SECRET_FILE: join(folder, 'admin.secret'),
    });
    expect(await service.ended).toBe(1);
    expect(linesOf(service)).toHaveLength(1);
    expect(linesOf(service)[0]).toContain(line);
    expect(service.errors()).not.toContain('hidden-word');
  });

  it('lists everything that is wrong together', async () => {
    const service = start({ RATE_LIMIT: 'often', ISSUER: 'ftp://x', DATA_DIR: join(folder, 'a-file') });
    expect(await service.ended).toBe(1);
    expect(linesOf(service).map((line) => line.split(' ')[1])).toEqual(['ISSUER', 'RATE_LIMIT', 'DATA_DIR']);
    expect(service.output()).toBe('');
  });
});
