import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { newKeyRingSpec } from '../../api/shared/keys/key-ring.ts';
import { change, newClient } from '../support/clients.ts';
import { assertionOf, keySet, newClientKey, tokenOf, withAssertion } from '../support/issuer.ts';
import { initialToken, register } from '../support/registration.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';
import { startCluster, type Cluster } from './cluster.ts';

const TRIES = 50;
const ADMIN = 'https://jans.io/oauth/config/openid/clients.admin';
const ENCRYPTION_KEY = newKeyRingSpec();
const ISSUER = 'https://registry.example.com';

let cluster: Cluster;
let folder: string;
/** One at each node. */
let services: readonly [TestService, TestService, TestService] | undefined;
/** The service at a node. */
const serviceAt = (index: 0 | 1 | 2): TestService => {
  if (services === undefined) throw new Error('the services did not start');
  return services[index];
};

beforeAll(async () => {
  cluster = await startCluster();
  folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
  const connection = await createConnection(cluster.nodes[0].url(''));
  await connection.query('CREATE DATABASE clientele');
  await connection.end();
  const start = (index: 0 | 1 | 2): Promise<TestService> =>
    startService({
      env: { ENCRYPTION_KEY, ISSUER, DATA_DIR: join(folder, 'data') },
      database: () => Promise.resolve({ url: cluster.nodes[index].url('clientele'), drop: () => Promise.resolve() }),
    });
  // At once: all of them migrate.
  services = await Promise.all([start(0), start(1), start(2)]);
});
afterAll(async () => {
  for (const service of services ?? []) await service.stop();
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Does something at two nodes at once, so often, at other pairs of nodes in turn. */
async function tries(race: (one: TestService, other: TestService, count: number) => Promise<void>): Promise<void> {
  for (let count = 0; count < TRIES; count += 1) {
    const [one, other] = [services?.[count % 3], services?.[(count + 1) % 3]];
    if (one !== undefined && other !== undefined) await race(one, other, count);
  }
}

const statusesOf = (...replies: TestReply[]): number[] => replies.map(({ status }) => status).sort();

const get = async (at: TestService, inum: string): Promise<TestReply> =>
  at.request('GET', `${CLIENTS}/${inum}`, { token: await at.adminToken() });

describe('services at three nodes of a cluster', () => {
  it('have migrated once, and made one administrator', async () => {
    expect(new Set([serviceAt(0), serviceAt(1), serviceAt(2)].map(({ admin }) => admin.clientId)).size).toBe(1);
    const [row] = await serviceAt(0).database.reader.query<{ count: string }[]>(
      "SELECT COUNT(*) AS count FROM audit_records WHERE operation = 'first-start'",
    );
    expect(Number(row?.count)).toBe(1);
  });

  it('give a lease to one of two that take it', async () => {
    await tries(async (one, other, count) => {
      const take = (at: TestService): Promise<unknown> =>
        at.work
          .write(({ leases }) => leases.take({ name: `try-${count}`, holder: at.url, time: at.clock }))
          .catch(() => undefined);
      const taken = await Promise.all([take(one), take(other)]);
      expect([count, taken.filter((lease) => lease !== undefined).length]).toEqual([count, 1]);
    });
  });

  it('see what was acknowledged at another node', async () => {
    await tries(async (one, other) => {
      const client = await newClient(one);
      const found = await get(other, client.inum);
      expect(found.status).toBe(200);
      await change(other, client.inum, { description: 'changed' });
      expect((await get(one, client.inum)).body.description).toBe('changed');
    });
  });

  it('keep both of two patches of one client', async () => {
    const client = await newClient(serviceAt(0));
    await tries(async (one, other, count) => {
      await Promise.all([
        change(one, client.inum, { description: `d${count}` }),
        change(other, client.inum, { clientName: `n${count}` }),
      ]);
      const { body } = await get(one, client.inum);
      expect([body.description, body.clientName]).toEqual([`d${count}`, `n${count}`]);
    });
  });

  it('leave an administrator when the last two are deactivated at once', async () => {
    const second = await newClient(serviceAt(0), { scopes: [ADMIN] });
    const first = { inum: serviceAt(0).admin.clientId, clientSecret: serviceAt(0).admin.clientSecret };
    const adminScopes = (await get(serviceAt(0), first.inum)).body.scopes as string[];
    await change(serviceAt(0), second.inum, { scopes: adminScopes });
    await tries(async (one, other, count) => {
      const tokens = [await tokenOf(one, first), await tokenOf(other, second)] as const;
      const act = (at: TestService, token: string, inum: string, what: string): Promise<TestReply> =>
        at.request('POST', `${CLIENTS}/${inum}/${what}`, { token });
      const [a, b] = await Promise.all([
        act(one, tokens[0], second.inum, 'deactivate'),
        act(other, tokens[1], first.inum, 'deactivate'),
      ]);
      expect([count, [a.status, b.status].filter((status) => status === 200)]).toEqual([count, [200]]);
      if (a.status === 200) await act(one, await tokenOf(one, first), second.inum, 'activate');
      else await act(other, await tokenOf(other, second), first.inum, 'activate');
    });
  });

  it('take a token for one use once', async () => {
    await tries(async (one, other, count) => {
      const { token } = await initialToken(one, { uses: 1 });
      const metadata = { redirect_uris: [`https://client.example/${count}`] };
      const replies = await Promise.all([register(one, metadata, token), register(other, metadata, token)]);
      expect([count, ...statusesOf(...replies)]).toEqual([count, 201, 401]);
    });
  });

  it('take an assertion once', async () => {
    const key = newClientKey();
    const members = { tokenEndpointAuthMethod: 'private_key_jwt', jwks: keySet(key) };
    const client = await newClient(serviceAt(0), members);
    await tries(async (one, other, count) => {
      const options = { key: key.privateKey, kid: key.jwk.kid, claims: { aud: ISSUER } };
      const assertion = await assertionOf(one, client.inum, options);
      const replies = await Promise.all([withAssertion(one, assertion), withAssertion(other, assertion)]);
      expect([count, ...statusesOf(...replies)]).toEqual([count, 200, 401]);
    });
  });

  it('do a request with an idempotency key once', async () => {
    const token = await serviceAt(0).adminToken();
    await tries(async (one, other, count) => {
      const headers = { 'Idempotency-Key': randomUUID() };
      const body = { clientName: `once-${count}-`, redirectUris: [] };
      const post = (at: TestService): Promise<TestReply> => at.request('POST', CLIENTS, { token, headers, body });
      const replies = await Promise.all([post(one), post(other)]);
      expect(replies.every(({ status }) => status === 201 || status === 409)).toBe(true);
      const found = await one.request('GET', `${CLIENTS}?pattern=once-${count}-`, { token });
      expect([count, found.body.totalEntriesCount]).toEqual([count, 1]);
    });
  });

  it('have done again what another node was faster with', async () => {
    const token = await serviceAt(0).adminToken();
    const { text } = await serviceAt(0).request('GET', '/metrics', { token });
    expect(Number(/^clientele_unit_of_work_retries_total (\d+)/m.exec(text)?.[1])).toBeGreaterThan(0);
  });
});

describe('a node that is killed during writes', () => {
  it('takes nothing with it that was acknowledged, and gets it when it comes back', async () => {
    const token = await serviceAt(0).adminToken();
    const acknowledged: string[] = [];
    const write = async (at: TestService, writer: number): Promise<void> => {
      for (let count = 0; count < 100; count += 1) {
        const inum = `kill-${writer}-${count}`;
        const made = await at.request('POST', CLIENTS, { token, body: { inum, redirectUris: [] } });
        if (made.status === 201) acknowledged.push(inum);
        if (acknowledged.length === 100) await cluster.nodes[2].kill();
      }
    };
    await Promise.all([serviceAt(0), serviceAt(1), serviceAt(2)].map(write));
    expect(acknowledged.length).toBeGreaterThan(200);
    const check = async (at: TestService): Promise<void> => {
      for (const inum of acknowledged) {
        const found = await at.request('GET', `${CLIENTS}/${inum}`, { token });
        expect([inum, found.status]).toEqual([inum, 200]);
      }
    };
    await check(serviceAt(0));
    await check(serviceAt(1));
    expect((await serviceAt(2).request('GET', `${CLIENTS}/none`, { token })).status).toBe(503);
    await cluster.nodes[2].start();
    while ((await cluster.nodes[0].status('wsrep_cluster_size')) !== '3') await sleep(100);
    await check(serviceAt(2));
  });
});
