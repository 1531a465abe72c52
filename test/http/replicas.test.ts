import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newKeyRingSpec } from '../../api/shared/keys/key-ring.ts';
import { newClient, type TestClient } from '../support/clients.ts';
import { headerOf, REVOKE, tokenOf, withBasic } from '../support/issuer.ts';
import { basic, CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

const DAY = 86_400_000;
const ADMIN = 'https://jans.io/oauth/config/openid/clients.admin';
const ENCRYPTION_KEY = newKeyRingSpec();
const ISSUER = 'https://registry.example.com';

let first: TestService;
/** Another one on the same database, with the same settings. */
let second: TestService;

beforeAll(async () => {
  first = await startService({ env: { ENCRYPTION_KEY, ISSUER } });
  const { dataDir: DATA_DIR, databaseUrl } = first.ground.config;
  second = await startService({
    env: { ENCRYPTION_KEY, ISSUER, DATA_DIR },
    wrapDatabase: () => Promise.resolve(databaseUrl),
  });
});
afterAll(async () => {
  await second.stop();
  await first.stop();
});

const read = async (at: TestService, path: string, token: string): Promise<TestReply> =>
  at.request('GET', `${CLIENTS}${path}`, { token });

function advance(milliseconds: number): void {
  first.clock.advance(milliseconds);
  second.clock.advance(milliseconds);
}

describe('two replicas on one database', () => {
  it('know the clients of each other at once, and refuse writes to versions that are old', async () => {
    const client = await newClient(first, { clientName: 'At the first' });
    const token = await first.adminToken();
    const found = await read(second, `/${client.inum}`, token);
    expect([found.status, found.body.clientName]).toEqual([200, 'At the first']);
    expect((await read(second, '?pattern=at the first', token)).body.entries).toHaveLength(1);
    expect((await withBasic(second, client)).status).toBe(200);

    const etag = found.headers.get('etag') ?? '';
    const put = (at: TestService, clientName: string): Promise<TestReply> => {
      const body = { ...found.body, clientName, displayName: undefined };
      return at.request('PUT', CLIENTS, { token, headers: { 'If-Match': etag }, body });
    };
    const replies = await Promise.all([put(first, 'One'), put(second, 'Other')]);
    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 412]);
  });

  it('refuse an administrator within a second who is deactivated at the other', async () => {
    const administrator = await newClient(first, { scopes: [ADMIN] });
    const token = await tokenOf(first, administrator);
    for (const replica of [first, second]) expect((await read(replica, '', token)).status).toBe(200);
    const path = `${CLIENTS}/${administrator.inum}/deactivate`;
    expect((await first.request('POST', path, { token: await first.adminToken() })).status).toBe(200);
    advance(1_001);
    for (const replica of [first, second]) expect((await read(replica, '', token)).status).toBe(401);
    expect((await withBasic(second, administrator)).status).toBe(401);
  });

  it('refuse a token within a second that is revoked at the other', async () => {
    const client = await newClient(first, { scopes: [ADMIN] });
    const token = await tokenOf(first, client);
    expect((await read(second, '', token)).status).toBe(200);
    const headers = basic(client.inum, client.clientSecret);
    expect((await first.request('POST', REVOKE, { headers, form: { token } })).status).toBe(200);
    advance(1_001);
    expect((await read(second, '', token)).status).toBe(401);
  });

  it('both take the tokens of a signing key that one of them has made', async () => {
    const before = headerOf(await first.adminToken())['kid'];
    advance(89 * DAY + 60_000);
    await first.sweep();
    advance(DAY + 120_000);
    for (const [at, other] of [
      [first, second],
      [second, first],
    ] as const) {
      const token = await at.adminToken();
      expect(headerOf(token)['kid']).not.toBe(before);
      expect((await read(other, '', token)).status).toBe(200);
    }
    const keySets = await Promise.all([first, second].map((at) => at.request('GET', '/jans-auth/restv1/jwks')));
    expect(keySets[0]?.body).toEqual(keySets[1]?.body);
  });

  it('do a request with an idempotency key once', async () => {
    const token = await first.adminToken();
    const headers = { 'Idempotency-Key': randomUUID() };
    const body = { clientName: 'once-only', redirectUris: [] };
    const post = (at: TestService): Promise<TestReply> => at.request('POST', CLIENTS, { token, headers, body });
    const replies = await Promise.all([first, second, first, second, first, second].map(post));
    expect(replies.every(({ status }) => status === 201 || status === 409)).toBe(true);
    const [one, other] = [await post(first), await post(second)];
    expect([one.status, other.text]).toEqual([201, one.text]);
    expect((await read(first, '?pattern=once-only', token)).body.totalEntriesCount).toBe(1);
  });

  it('sweep at the same time, and leave nothing that has run out', async () => {
    const count = async (table: string): Promise<number> =>
      (await first.database.reader.query<object[]>(`SELECT * FROM ${table}`)).length;
    const clients: TestClient[] = [];
    for (let index = 0; index < 5; index += 1) clients.push(await newClient(first));
    for (const client of clients) {
      const token = await tokenOf(first, client);
      await first.request('POST', REVOKE, { headers: basic(client.inum, client.clientSecret), form: { token } });
    }
    expect(await count('revoked_tokens')).toBeGreaterThanOrEqual(5);
    advance(2 * DAY);
    await Promise.all([first.sweep(), second.sweep(), first.sweep(), second.sweep()]);
    for (const table of ['revoked_tokens', 'idempotent_requests'])
      expect([table, await count(table)]).toEqual([table, 0]);
    const faults = [...first.logLines, ...second.logLines].filter((line) => line.includes('"level":"error"'));
    expect(faults).toEqual([]);
  });
});
