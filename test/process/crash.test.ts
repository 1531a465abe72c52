import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase } from '../../entities/data-source.ts';
import { newKeyRingSpec } from '../../api/shared/keys/key-ring.ts';
import { createDatabase, databaseKind, type TestDatabase } from '../support/database.ts';
import { freePort } from '../support/ports.ts';
import { spawnService, type ServiceProcess } from '../support/process.ts';
import { basic, CLIENTS } from '../support/service.ts';

let folder: string;
let database: TestDatabase;
let env: Record<string, string>;
let url: string;
const running: ServiceProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
  database = await createDatabase(folder);
  const port = await freePort();
  url = `http://localhost:${port}`;
  writeFileSync(join(folder, 'admin.secret'), 'a-long-administrator-secret\n', { mode: 0o600 });
  env = {
    PORT: String(port),
    DATA_DIR: join(folder, 'data'),
    DATABASE_URL: database.url,
    LOG_LEVEL: 'error',
    ...(databaseKind() === 'mariadb' && {
      ENCRYPTION_KEY: newKeyRingSpec(),
      ADMIN_SECRET_FILE: join(folder, 'admin.secret'),
    }),
  };
});
afterAll(async () => {
  for (const service of running) service.child.kill('SIGKILL');
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<ServiceProcess> {
  const service = spawnService(env);
  running.push(service);
  await service.started;
  return service;
}

async function adminToken(): Promise<string> {
  const file = JSON.parse(readFileSync(join(folder, 'data', 'admin-client.json'), 'utf8')) as Record<string, string>;
  const headers = basic(file['client_id'] ?? '', file['client_secret'] ?? '');
  const reply = await fetch(`${url}/jans-auth/restv1/token`, {
    method: 'POST',
    headers,
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return ((await reply.json()) as { access_token: string }).access_token;
}

/** Creates and changes clients until the service is gone; returns what it acknowledged. */
async function writeUntilGone(
  token: string,
  worker: number,
  acknowledged: Map<string, string>,
  onWrite: () => void,
): Promise<void> {
  const headers = { Authorization: `Bearer ${token}` };
  try {
    for (let count = 0; count < 250; count += 1) {
      const inum = `w${worker}-${count}`;
      const body = JSON.stringify({ inum, redirectUris: [], scopes: ['openid', 'email'], description: 'created' });
      const created = await fetch(url + CLIENTS, {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json' },
        body,
      });
      if (created.status === 201) acknowledged.set(inum, 'created');
      onWrite();
      const patch = {
        method: 'PATCH',
        headers: { ...headers, 'Content-Type': 'application/merge-patch+json' },
        body: '{"description":"changed","scopes":["profile"]}',
      };
      if ((await fetch(`${url}${CLIENTS}/${inum}`, patch)).status === 200) acknowledged.set(inum, 'changed');
      onWrite();
    }
  } catch {
    // The service is gone.
  }
}

interface ClientRow {
  inum: string;
  version: number;
  document: string;
}

describe('a process that is killed in the middle of a thousand writes', () => {
  it('loses nothing that it acknowledged, and leaves nothing half done', async () => {
    const service = await start();
    const token = await adminToken();
    const acknowledged = new Map<string, string>();
    let writes = 0;
    const kill = (): void => {
      writes += 1;
      if (writes === 400) service.child.kill('SIGKILL');
    };
    await Promise.all([1, 2, 3, 4].map((worker) => writeUntilGone(token, worker, acknowledged, kill)));
    expect(await service.ended).toBe('SIGKILL');
    expect(acknowledged.size).toBeGreaterThan(100);

    const after = await start();
    const bearer = await adminToken();
    for (const [inum, state] of acknowledged) {
      const reply = await fetch(`${url}${CLIENTS}/${inum}`, { headers: { Authorization: `Bearer ${bearer}` } });
      const client = (await reply.json()) as { description?: string };
      // A change that was under way when the process ended may be there or not; one that was acknowledged is.
      expect([inum, reply.status, state === 'changed' ? client.description : 'created']).toEqual([inum, 200, state]);
    }
    after.child.kill('SIGTERM');
    await after.ended;

    const opened = await openDatabase(database.url);
    const clients = await opened.reader.query<ClientRow[]>(
      `SELECT inum, version, document FROM clients WHERE inum LIKE 'w%'`,
    );
    const rowsOf = async (sql: string): Promise<Record<string, string>[]> =>
      await opened.reader.query<Record<string, string>[]>(sql);
    const scopes = await rowsOf('SELECT inum, scope_inum FROM client_scopes');
    const secrets = await rowsOf('SELECT inum FROM client_secrets');
    const audit = await rowsOf('SELECT inum FROM audit_records');
    for (const { inum, version, document } of clients) {
      const stored = JSON.parse(document) as { description: string; scopes: string[] };
      const joined = scopes
        .filter((row) => row['inum'] === inum)
        .map((row) => `inum=${row['scope_inum']},ou=scopes,o=jans`);
      expect([inum, joined.sort()]).toEqual([inum, [...stored.scopes].sort()]);
      expect(secrets.filter((row) => row['inum'] === inum)).toHaveLength(1);
      expect(audit.filter((row) => row['inum'] === inum)).toHaveLength(version);
      expect(stored.description).toBe(version === 1 ? 'created' : 'changed');
    }
    await opened.close();
  });
});

/** Removes a client and restores it, and restores what it was, until the service is gone. */
async function restoreUntilGone(token: string, worker: number, onWrite: () => void): Promise<void> {
  const send = async (method: string, path: string, body?: object): Promise<void> => {
    const headers = {
      Authorization: `Bearer ${token}`,
      ...(body && { 'Content-Type': 'application/merge-patch+json' }),
    };
    await fetch(`${url}${CLIENTS}/${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    onWrite();
  };
  const inum = `w${worker}-0`;
  try {
    for (let count = 0; count < 500; count += 1) {
      await send('PATCH', inum, { description: `round ${count}`, scopes: count % 2 === 0 ? ['openid', 'email'] : [] });
      await send('POST', `${inum}/revisions/1/restore`);
      await send('DELETE', inum);
      await send('POST', `${inum}/restore`);
    }
  } catch {
    // The service is gone.
  }
}

describe('a process that is killed among restores', () => {
  it('leaves each client there or removed, and nothing half', async () => {
    const service = await start();
    const token = await adminToken();
    let writes = 0;
    const kill = (): void => {
      writes += 1;
      if (writes === 150) service.child.kill('SIGKILL');
    };
    await Promise.all([1, 2, 3, 4].map((worker) => restoreUntilGone(token, worker, kill)));
    expect(await service.ended).toBe('SIGKILL');
    expect(writes).toBeGreaterThanOrEqual(150);

    const opened = await openDatabase(database.url);
    const inumsIn = async (table: string): Promise<string[]> =>
      (
        await opened.reader.query<{ inum: string }[]>(`SELECT inum FROM ${table} WHERE inum LIKE 'w_-0' ORDER BY inum`)
      ).map(({ inum }) => inum);
    const [there, removed] = [await inumsIn('clients'), await inumsIn('removed_clients')];
    expect([...there, ...removed].sort()).toEqual(['w1-0', 'w2-0', 'w3-0', 'w4-0']);
    expect(await inumsIn('client_secrets')).toEqual(there);
    expect(new Set(await inumsIn('client_search'))).toEqual(new Set(there));
    for (const inum of [...there, ...removed]) {
      const newest = await opened.reader.query<{ document: unknown }[]>(
        "SELECT document FROM revisions WHERE kind = 'client' AND inum = ? ORDER BY number DESC LIMIT 1",
        [inum],
      );
      expect([inum, newest[0]?.document === null]).toEqual([inum, removed.includes(inum)]);
    }
    await opened.close();
    const after = await start();
    const headers = { Authorization: `Bearer ${await adminToken()}` };
    for (const inum of removed)
      expect((await fetch(`${url}${CLIENTS}/${inum}/restore`, { method: 'POST', headers })).status).toBe(200);
    for (const inum of [...there, ...removed])
      expect((await fetch(`${url}${CLIENTS}/${inum}/revisions/1/restore`, { method: 'POST', headers })).status).toBe(
        200,
      );
    after.child.kill('SIGTERM');
    await after.ended;
  });
});
