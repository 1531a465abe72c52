import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { compiledProgram } from '../support/compiled-program.ts';
import { databaseKind } from '../support/database.ts';
import { freePort } from '../support/ports.ts';
import { basic, CLIENTS, startService } from '../support/service.ts';
import { canMount, onSmallDisk, type OnSmallDisk } from '../support/small-disk.ts';

// InnoDB ends itself, a second or so later, where it finds no room to roll back: now and then on a disk this small.
jest.retryTimes(2);

let folder: string;
let disk: OnSmallDisk | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-disk-'));
});
afterEach(async () => {
  const { child } = disk ?? {};
  if (child !== undefined && child.exitCode === null) {
    const ended = once(child, 'exit');
    child.kill();
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

/**
 * Registers clients until one is refused, at most 2,000. Their documents fit into a page: InnoDB ends itself, without a
 * word to anybody, where it finds no room for one that does not.
 */
async function createUntilRefused(
  url: string,
  token: string,
): Promise<{ status: number; after: string | null; text: string }> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  for (let count = 1; ; count += 1) {
    const body = JSON.stringify({ redirectUris: [], description: 'x'.repeat(300) });
    const reply = await fetch(url + CLIENTS, { method: 'POST', headers, body });
    const text = await reply.text();
    if (reply.status !== 201 || count === 2_000)
      return { status: reply.status, after: reply.headers.get('retry-after'), text };
  }
}

async function expectFull(url: string, token: string): Promise<void> {
  const refused = await createUntilRefused(url, token);
  expect(refused).toMatchObject({ status: 503, after: null });
  expect(refused.text).toContain('the disk of the database is full');
  const read = await fetch(`${url + CLIENTS}?limit=1`, { headers: { Authorization: `Bearer ${token}` } });
  expect(read.status).toBe(200);
}

const where = canMount() ? describe : describe.skip;

where('a disk that is full (needs the right to mount)', () => {
  const onSqlite = databaseKind() === 'sqlite' ? it : it.skip;
  const onMariadb = databaseKind() === 'mariadb' && process.env['TEST_MARIADB_BINARY'] !== undefined ? it : it.skip;

  onSqlite('is told to callers, and is no reason to restart: the embedded database', async () => {
    const url = `http://localhost:${await freePort()}`;
    const env = { PORT: new URL(url).port, DATA_DIR: folder, LOG_LEVEL: 'error' };
    disk = onSmallDisk({ folder, megabytes: 16, env }, [compiledProgram('api/main')]);
    const { child } = disk;
    for await (const line of createInterface({ input: child.stdout ?? process.stdin }))
      if (/ is running/.test(line)) break;
    const file = readFileSync(`/proc/${child.pid}/root${folder}/admin-client.json`, 'utf8');
    const admin = JSON.parse(file) as Record<string, string>;
    const reply = await fetch(`${url}/jans-auth/restv1/token`, {
      method: 'POST',
      headers: basic(admin['client_id'] ?? '', admin['client_secret'] ?? ''),
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const { access_token: token } = (await reply.json()) as { access_token: string };
    disk.fill(100_000);
    await expectFull(url, token);
    disk.empty();
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const later = await fetch(url + CLIENTS, { method: 'POST', headers, body: '{"redirectUris":[]}' });
    expect(later.status).toBe(201);
  });

  onMariadb('is told to callers, and is no reason to restart: MariaDB', async () => {
    const binary = process.env['TEST_MARIADB_BINARY'] ?? '';
    disk = onSmallDisk({ folder, megabytes: 64, env: {} }, ['scripts/machine/mariadb-guard.mjs', binary]);
    const [line] = (await once(createInterface({ input: disk.child.stdout ?? process.stdin }), 'line')) as [string];
    const { url } = JSON.parse(line) as { url: string };
    const connection = await createConnection(url);
    // The tables alone are on the small disk: a server whose log or undo space finds no room ends itself.
    const [rows] = await connection.query<RowDataPacket[]>('SELECT @@datadir AS place');
    symlinkSync(folder, join(String(rows[0]?.['place']), 'small'));
    await connection.end();
    const service = await startService({ wrapDatabase: () => Promise.resolve(new URL('/small', url).href) });
    try {
      const token = await service.adminToken();
      await service.idle();
      disk.fill(100_000);
      await expectFull(service.url, token);
      disk.empty();
      expect((await service.request('POST', CLIENTS, { token, body: { redirectUris: [] } })).status).toBe(201);
    } finally {
      await service.stop();
    }
  });
});
