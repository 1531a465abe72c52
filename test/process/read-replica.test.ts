import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { preflight } from '../../api/preflight.ts';
import { newKeyRingSpec } from '../../api/shared/keys/key-ring.ts';
import { databaseKind } from '../support/database.ts';
import { newClient } from '../support/clients.ts';
import { freePort } from '../support/ports.ts';
import { ReplicatedDatabase } from '../support/replicated-database.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

/** Two servers of its own, of which one follows the other. */
const BINARY = process.env['TEST_MARIADB_BINARY'];
const suite = databaseKind() === 'mariadb' && BINARY !== undefined ? describe : describe.skip;
/** For a replica on a machine that has much else to do. */
const LAG = 1_500;
const ENCRYPTION_KEY = newKeyRingSpec();
const ISSUER = 'https://registry.example.com';
const SCOPES = '/jans-config-api/api/v1/scopes';
const CHANGES = '/jans-config-api/api/v1/openid/changes';

let folder: string;
let servers: ReplicatedDatabase;
/** Waits for the replica for as long as it takes. */
let patient: TestService;
/** Another process on the same database, which leaves the replica out soon. */
let hasty: TestService;
let token: string;

const get = (at: TestService, path: string, headers: Record<string, string> = {}): Promise<TestReply> =>
  at.request('GET', path, { token, headers });

async function sample(at: TestService, series: string): Promise<number> {
  const { text } = await get(at, '/metrics');
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1) ?? NaN);
}

const reads = (at: TestService, where: 'replica' | 'primary'): Promise<number> =>
  sample(at, `clientele_database_replica_reads_total{at="${where}"}`);

async function untilRead(at: TestService, isRead: boolean): Promise<void> {
  while ((await sample(at, 'clientele_database_replica_read')) !== Number(isRead)) await sleep(50);
}

/** What `at` has logged of the replica, the last line first. */
const logged = (at: TestService): string[] =>
  at.logLines.filter((line) => line.includes('the replica of the database')).reverse();

async function rename(at: TestService, inum: string, clientName: string): Promise<string> {
  const headers = { 'Content-Type': 'application/merge-patch+json' };
  const reply = await at.request('PATCH', `${CLIENTS}/${inum}`, { token, headers, body: { clientName } });
  expect(reply.status).toBe(200);
  return reply.headers.get('etag') ?? '';
}

/** Hands connections to servers on these ports in turn, and counts them. */
async function balance(ports: readonly number[], counts: Map<number, number>): Promise<Server> {
  let last = 0;
  const balancer = createServer((caller) => {
    const port = ports[(last += 1) % ports.length] ?? 0;
    counts.set(port, (counts.get(port) ?? 0) + 1);
    const server = connect(port, '127.0.0.1');
    caller.pipe(server).pipe(caller);
    for (const [socket, other] of [
      [caller, server],
      [server, caller],
    ] as const)
      socket.on('error', () => undefined).on('close', () => other.destroy());
  });
  await once(balancer.listen(await freePort(), '127.0.0.1'), 'listening');
  return balancer;
}

suite('a replica of the database', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
    servers = await ReplicatedDatabase.start(BINARY ?? '', folder, ['registry', 'other']);
    const database = (): Promise<{ url: string; drop: () => Promise<void> }> =>
      Promise.resolve({ url: servers.url('registry'), drop: () => Promise.resolve() });
    const env = { ENCRYPTION_KEY, ISSUER, DATABASE_READER_URL: servers.readerUrl('registry') };
    patient = await startService({ env: { ...env, DATABASE_READER_LAG: '10000' }, database });
    hasty = await startService({ env: { ...env, DATABASE_READER_LAG: String(LAG) }, database, admin: patient.admin });
    token = await patient.adminToken();
  });
  afterAll(async () => {
    await hasty.stop();
    await patient.stop();
    await servers.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is read for what is listed, searched and got, by a user who may do nothing else', async () => {
    const { inum } = await newClient(patient, {});
    await untilRead(patient, true);
    const paths = [
      `${CLIENTS}/${inum}`,
      CLIENTS,
      `${CLIENTS}?pattern=${inum}`,
      `${CLIENTS}/${inum}/history`,
      `${CLIENTS}/${inum}/revisions`,
      `${CLIENTS}/${inum}/secrets`,
      `${CLIENTS}/removed`,
      `${CLIENTS}/unused`,
      CHANGES,
      SCOPES,
    ];
    const before = await reads(patient, 'replica');
    for (const path of paths) expect([path, (await get(patient, path)).status]).toEqual([path, 200]);
    expect((await reads(patient, 'replica')) - before).toBe(paths.length);
    expect(logged(patient)).toEqual(['{"level":"info","message":"the replica of the database is read"}']);
  });

  it('has what any process was told was written, also where it takes its time', async () => {
    await servers.replica.query('STOP SLAVE');
    await servers.replica.query('CHANGE MASTER TO MASTER_DELAY = 1');
    await servers.replica.query('START SLAVE');
    const { inum } = await newClient(hasty, {});
    const before = await reads(patient, 'replica');
    const found = await get(patient, `${CLIENTS}/${inum}`);
    const etag = await rename(hasty, inum, 'Renamed elsewhere');
    const again = await get(patient, `${CLIENTS}/${inum}`, { 'If-None-Match': found.headers.get('etag') ?? '' });
    expect([found.status, again.status, again.body.clientName]).toEqual([200, 200, 'Renamed elsewhere']);
    expect(again.headers.get('etag')).toBe(etag);
    expect((await get(patient, `${CLIENTS}?pattern=renamed elsewhere`)).body.entries).toHaveLength(1);
    expect((await get(patient, `${CLIENTS}/${inum}`, { 'If-None-Match': etag })).status).toBe(304);
    expect((await reads(patient, 'replica')) - before).toBe(4);
    await servers.replica.query('STOP SLAVE');
    await servers.replica.query('CHANGE MASTER TO MASTER_DELAY = 0');
    await servers.replica.query('START SLAVE');
  });

  it('is left out while it is behind, and read again when it has caught up', async () => {
    await untilRead(hasty, true);
    const { inum } = await newClient(hasty, {});
    await servers.replica.query('STOP SLAVE');
    await rename(hasty, inum, 'Not yet there');
    expect((await get(hasty, `${CLIENTS}/${inum}`)).body.clientName).toBe('Not yet there');
    expect(await sample(hasty, 'clientele_database_replica_read')).toBe(0);
    expect(JSON.parse(logged(hasty)[0] ?? '')).toEqual({
      level: 'warn',
      message: 'the replica of the database is left out',
      reason: `Behind: it is more than ${LAG} ms behind`,
    });
    await servers.replica.query('START SLAVE');
    await untilRead(hasty, true);
    expect(logged(hasty)[0]).toContain('the replica of the database is read');
  });

  it('is left out while it does not answer, and nobody waits for it', async () => {
    await untilRead(hasty, true);
    process.kill(servers.replica.pid, 'SIGSTOP');
    try {
      await newClient(hasty, {});
      const replies = await Promise.all([get(hasty, CLIENTS), get(hasty, `${CLIENTS}?pattern=a`), get(hasty, SCOPES)]);
      expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(await sample(hasty, 'clientele_database_replica_read')).toBe(0);
    } finally {
      process.kill(servers.replica.pid, 'SIGCONT');
    }
    await untilRead(hasty, true);
  });

  it('is left out when it is killed, with every read answered, and read again when it is back', async () => {
    await untilRead(hasty, true);
    let done = false;
    const statuses = new Set<number>();
    const load = async (): Promise<void> => {
      while (!done) statuses.add((await get(hasty, CLIENTS)).status);
    };
    const loads = [load(), load()];
    process.kill(servers.replica.pid, 'SIGKILL');
    await untilRead(hasty, false);
    done = true;
    await Promise.all(loads);
    expect([...statuses]).toEqual([200]);
    const { inum } = await newClient(hasty, {});
    await servers.replica.restart();
    await untilRead(hasty, true);
    const before = await reads(hasty, 'replica');
    while ((await reads(hasty, 'replica')) === before)
      expect((await get(hasty, `${CLIENTS}/${inum}`)).status).toBe(200);
  });

  describe('at the address of several servers', () => {
    it('is read where the server that is read has what was written, also where one of them takes its time', async () => {
      const other = await servers.another();
      const connections = new Map<number, number>();
      const balancer = await balance([servers.replica.port, other.port], connections);
      const port = (balancer.address() as AddressInfo).port;
      const url = servers.readerUrl('registry', { port });
      const database = (): Promise<{ url: string; drop: () => Promise<void> }> =>
        Promise.resolve({ url: servers.url('registry'), drop: () => Promise.resolve() });
      const env = { ENCRYPTION_KEY, ISSUER, DATABASE_READER_URL: url, DATABASE_READER_LAG: '10000' };
      const balanced = await startService({ env, database, admin: patient.admin });
      const { inum } = await newClient(patient, {});
      await other.query('STOP SLAVE');
      await other.query('CHANGE MASTER TO MASTER_DELAY = 1');
      await other.query('START SLAVE');
      await untilRead(balanced, true);
      const before = await reads(balanced, 'replica');
      for (const clientName of ['Here', 'There', 'Everywhere']) {
        await rename(patient, inum, clientName);
        const seen = await Promise.all(Array.from({ length: 8 }, () => get(balanced, `${CLIENTS}/${inum}`)));
        expect(seen.map(({ body }) => body.clientName)).toEqual(Array.from({ length: 8 }, () => clientName));
      }
      expect((await reads(balanced, 'replica')) - before).toBe(24);
      expect([...connections.values()].filter((count) => count > 1)).toHaveLength(2);
      await balanced.stop();
      balancer.close();
      await other.stop();
    });
  });

  describe('that is none', () => {
    const faultsOf = async (url: string): Promise<readonly string[]> => {
      const secret = join(folder, 'admin.secret');
      writeFileSync(secret, 'a-long-administrator-secret\n', { mode: 0o600 });
      const env = { ENCRYPTION_KEY, ADMIN_SECRET_FILE: secret, DATA_DIR: join(folder, 'data') };
      const checked = await preflight(
        { ...env, DATABASE_URL: servers.url('registry'), DATABASE_READER_URL: url },
        'worker',
      );
      if ('faults' in checked) return checked.faults;
      await checked.database.close();
      return [];
    };

    it('keeps a service from starting, which says why; one that is away does not', async () => {
      expect(await faultsOf(servers.readerUrl('registry'))).toEqual([]);
      await servers.primary.query('CREATE TABLE other.settings SELECT * FROM registry.settings');
      await servers.primary.query('CREATE TABLE other.audit_records SELECT * FROM registry.audit_records LIMIT 1');
      const other = ['DATABASE_READER_URL: the replica is of another database, or from before this one was restored'];
      expect(await faultsOf(servers.readerUrl('other'))).toEqual(other);
      await servers.primary.query('DELETE FROM other.audit_records');
      await servers.primary.query('INSERT INTO other.audit_records SELECT * FROM registry.audit_records');
      expect(await faultsOf(servers.readerUrl('other'))).toEqual([]);
      await servers.primary.query(
        'INSERT INTO other.audit_records SELECT * FROM registry.audit_records ORDER BY id LIMIT 1',
      );
      await servers.primary.query('UPDATE other.audit_records SET id = 1000000000 ORDER BY id LIMIT 1');
      expect(await faultsOf(servers.readerUrl('other'))).toEqual(other);
      const own = new URL(servers.url('registry'));
      own.hostname = 'localhost';
      expect(await faultsOf(own.href)).toEqual([
        'DATABASE_READER_URL: the replica follows no server by GTID (CHANGE MASTER TO … MASTER_USE_GTID = slave_pos)',
      ]);
      const wrong = await faultsOf(servers.readerUrl('registry', { password: 'another-password' }));
      expect(wrong).toEqual([
        'DATABASE_READER_URL: the server does not let looker in: the name or the password is wrong, or it wants TLS, ' +
          'which needs DATABASE_CA_FILE',
      ]);
      expect(await faultsOf(`mysql://looker:secret@127.0.0.1:${await freePort()}/registry`)).toEqual([]);
    });
  });
});
