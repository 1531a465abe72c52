import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compose } from '../../api/compose.ts';
import { databaseKind } from '../support/database.ts';
import { change, newClient } from '../support/clients.ts';
import { withBasic } from '../support/issuer.ts';
import { editable, manage, registered, type Registered } from '../support/registration.ts';
import { CLIENTS, startService, type TestService, sweep } from '../support/service.ts';

const HOUR = 3_600_000;
const SERVICE = { grant_types: ['client_credentials'] };

let service: TestService;
beforeAll(async () => {
  service = await startService({ env: { REGISTRATION: 'open' } });
});
afterAll(() => service.stop());

const tokenStatus = async ({ id, secret }: Registered): Promise<number> =>
  (await withBasic(service, { inum: id, clientSecret: secret })).status;
const administeredStatus = async (id: string): Promise<number> =>
  (await service.request('GET', `${CLIENTS}/${id}`, { token: await service.adminToken() })).status;
async function patched(inum: string, body: object): Promise<void> {
  const headers = { 'Content-Type': 'application/json-patch+json' };
  const reply = await service.request('PATCH', `${CLIENTS}/${inum}`, {
    token: await service.adminToken(),
    body,
    headers,
  });
  expect(reply.status).toBe(200);
}
async function replaced(body: object): Promise<void> {
  const reply = await service.request('PUT', CLIENTS, { token: await service.adminToken(), body });
  expect(reply.status).toBe(200);
}
async function clientCount(): Promise<number> {
  const page = await service.request('GET', `${CLIENTS}?limit=0`, { token: await service.adminToken() });
  return page.body.totalEntriesCount as number;
}

describe('a client with a lifetime', () => {
  it('ends with it, its secret and its registration too, and is removed a day later', async () => {
    const client = await registered(service, { ...SERVICE, lifetime: 3_600 });
    const lasting = await registered(service, SERVICE);
    const { client_id_issued_at: issued, client_secret_expires_at: end } = client.metadata as Record<string, number>;
    expect((end ?? 0) - (issued ?? 0)).toBe(3_600);
    const seen = await service.request('GET', `${CLIENTS}/${client.id}`, { token: await service.adminToken() });
    expect(seen.body).toMatchObject({ deletable: true, expirationDate: seen.body.clientSecretExpiresAt });
    service.clock.advance(HOUR - 30_000);
    expect(await tokenStatus(client)).toBe(200);
    service.clock.advance(60_000);
    expect(await tokenStatus(client)).toBe(401);
    expect((await manage(service, 'GET', client)).status).toBe(403);
    expect((await manage(service, 'PUT', client, editable(client))).status).toBe(403);
    await service.sweep();
    expect(await administeredStatus(client.id)).toBe(200);
    service.clock.advance(24 * HOUR);
    await service.sweep();
    expect(await administeredStatus(client.id)).toBe(404);
    expect((await manage(service, 'GET', client)).status).toBe(401);
    expect(await tokenStatus(lasting)).toBe(200);
    const audit = await service.database.reader.query<{ operation: string; caller: string }[]>(
      `SELECT operation, caller FROM audit_records WHERE inum = '${client.id}' ORDER BY id`,
    );
    expect(audit.at(-1)).toMatchObject({ operation: 'remove-expired-client', caller: 'sweep' });
  });

  it('stays when an administrator gives it another end', async () => {
    const client = await registered(service, { ...SERVICE, lifetime: 60 });
    service.clock.advance(HOUR);
    const later = new Date(service.clock.now() + 365 * 24 * HOUR).toISOString();
    await change(service, client.id, { expirationDate: later, clientSecretExpiresAt: later });
    service.clock.advance(25 * HOUR);
    await service.sweep();
    expect(await tokenStatus(client)).toBe(200);
  });

  it.each<[string, (end: string, stored: Record<string, unknown>) => Promise<unknown>]>([
    ['a merge patch', (end, { inum }) => change(service, String(inum), { expirationDate: end })],
    [
      'a patch',
      async (end, { inum }) => patched(String(inum), [{ op: 'replace', path: '/expirationDate', value: end }]),
    ],
    ['a replacement', async (end, stored) => replaced({ ...stored, expirationDate: end })],
  ])('has its secret live as long as itself when %s gives it another end', async (_how, move) => {
    const client = await registered(service, { ...SERVICE, lifetime: 60 });
    const read = async (): Promise<Record<string, unknown>> => {
      const { body } = await service.request('GET', `${CLIENTS}/${client.id}`, { token: await service.adminToken() });
      return body as Record<string, unknown>;
    };
    service.clock.advance(HOUR);
    expect(await tokenStatus(client)).toBe(401);
    const end = new Date(service.clock.now() + 48 * HOUR).toISOString().slice(0, 19);
    await move(end, await read());
    expect(await read()).toMatchObject({ expirationDate: end, clientSecretExpiresAt: end });
    expect(await tokenStatus(client)).toBe(200);
    await change(service, client.id, { expirationDate: null });
    expect(await read()).not.toHaveProperty('clientSecretExpiresAt');
  });

  it('keeps the end of a secret that was given one of its own', async () => {
    const client = await registered(service, { ...SERVICE, lifetime: 3_600 });
    const [own, end] = [30, 48].map((hours) => new Date(service.clock.now() + hours * HOUR).toISOString().slice(0, 19));
    await change(service, client.id, { expirationDate: end, clientSecretExpiresAt: own });
    await change(service, client.id, { expirationDate: null });
    const seen = await service.request('GET', `${CLIENTS}/${client.id}`, { token: await service.adminToken() });
    expect([seen.body.clientSecretExpiresAt, seen.body.expirationDate]).toEqual([own, undefined]);
  });

  it('that administrators made is removed as well', async () => {
    const expirationDate = new Date(service.clock.now() + HOUR).toISOString();
    const { inum } = await newClient(service, { expirationDate });
    service.clock.advance(26 * HOUR);
    await service.sweep();
    expect(await administeredStatus(inum)).toBe(404);
  });

  it('that is given an end in the past is kept for a day all the same', async () => {
    const expirationDate = new Date(service.clock.now() - 100 * 24 * HOUR).toISOString();
    const [kept, mended] = [await newClient(service, { expirationDate }), await newClient(service, { expirationDate })];
    service.clock.advance(23 * HOUR);
    await service.sweep();
    expect(await administeredStatus(kept.inum)).toBe(200);
    await change(service, mended.inum, { description: 'not yet' });
    service.clock.advance(2 * HOUR);
    await service.sweep();
    expect([await administeredStatus(kept.inum), await administeredStatus(mended.inum)]).toEqual([404, 200]);
    await change(service, mended.inum, { expirationDate: null });
  });

  it('is removed once by several replicas that sweep at the same time', async () => {
    const clients: Registered[] = [];
    for (let count = 0; count < 12; count += 1) clients.push(await registered(service, { ...SERVICE, lifetime: 60 }));
    const before = await clientCount();
    service.clock.advance(25 * HOUR);
    // An embedded database has one process; there are several sweeps in it then.
    const replica = databaseKind() === 'sqlite' ? service : await compose(service.ground);
    await Promise.all([service, replica, replica].map(sweep));
    for (const { id } of clients) expect(await administeredStatus(id)).toBe(404);
    expect(await clientCount()).toBe(before - clients.length);
    const ids = clients.map(({ id }) => `'${id}'`).join(',');
    const audit: unknown[] = await service.database.reader.query(
      `SELECT inum FROM audit_records WHERE operation = 'remove-expired-client' AND inum IN (${ids})`,
    );
    expect(audit).toHaveLength(clients.length);
  });
});

describe('a lifetime in the settings', () => {
  let bounded: TestService;
  beforeAll(async () => {
    bounded = await startService({ env: { REGISTRATION: 'open', REGISTRATION_LIFETIME: '1000' } });
  });
  afterAll(() => bounded.stop());

  it.each([
    [{}, 1_000],
    [{ lifetime: 0 }, 1_000],
    [{ lifetime: 10 }, 10],
    [{ lifetime: 5_000 }, 1_000],
  ])('is the longest, and what a client without a wish gets: %j', async (members, seconds) => {
    const { metadata } = await registered(bounded, members);
    expect(metadata.lifetime).toBe(seconds);
    expect(metadata.client_secret_expires_at - metadata.client_id_issued_at).toBe(seconds);
  });
});
