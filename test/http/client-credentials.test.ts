import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { basic, CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';
import { caller, pointersOf, type Caller } from '../support/registry.ts';

const MERGE = { 'Content-Type': 'application/merge-patch+json' };
const READ = 'https://jans.io/oauth/config/openid/clients.readonly';
const WRITE = 'https://jans.io/oauth/config/openid/clients.write';
const MINUTE = 60_000;

let service: TestService;
let token: string;
let clients: Caller;

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
  clients = caller(service, CLIENTS, () => token, { redirectUris: [], grantTypes: ['client_credentials'] });
});
afterAll(() => service.stop());

interface Made {
  readonly inum: string;
  readonly clientSecret: string;
}

const made = async (body: object = {}): Promise<Made> => (await clients.created({ scopes: [READ], ...body })) as Made;

const tokenWith = (inum: string, secret: string): Promise<TestReply> =>
  service.request('POST', '/jans-auth/restv1/token', {
    headers: basic(inum, secret),
    form: { grant_type: 'client_credentials' },
  });

const tokenOf = async ({ inum, clientSecret }: Made): Promise<string> =>
  (await tokenWith(inum, clientSecret)).body.access_token as string;

const tokenFor = async ({ inum, clientSecret }: Made, scope: string): Promise<void> => {
  const headers = basic(inum, clientSecret);
  const reply = await service.request('POST', '/jans-auth/restv1/token', {
    ...{ headers, form: { grant_type: 'client_credentials', scope } },
  });
  expect(reply.status).toBe(200);
};

const statusWith = async (own: string): Promise<number> =>
  (await service.request('GET', `${CLIENTS}?limit=0`, { token: own })).status;

const at = (inum: string, rest: string): string => `${CLIENTS}/${inum}/${rest}`;

/** `act` tells a time, which is so many milliseconds after that of the call, in whole seconds. */
async function expectEnd(act: () => Promise<string>, after: number): Promise<void> {
  const before = service.clock.now();
  const ends = Date.parse(`${await act()}Z`);
  expect(ends).toBeGreaterThan(before + after - 1_000);
  expect(ends).toBeLessThan(service.clock.now() + after + 1_000);
}

/** As an administrator whose token has not ended, however far the clock was advanced. */
const send = async (method: string, path: string, body?: object, headers = {}): Promise<TestReply> => {
  token = await service.adminToken();
  return service.request(method, path, { token, ...(body && { body }), headers });
};

describe('the tokens of a client', () => {
  it('end within a second, and the client gets new ones', async () => {
    const client = await made({ accessTokenLifetime: 600 });
    const before = await tokenOf(client);
    expect(await statusWith(before)).toBe(200);
    const reply = await send('POST', at(client.inum, 'revoke-tokens'));
    expect(reply.status).toBe(200);
    service.clock.advance(1_001);
    expect(await statusWith(before)).toBe(401);
    const inspected = await service.request('POST', '/jans-auth/restv1/introspection', {
      headers: basic(client.inum, client.clientSecret),
      form: { token: before },
    });
    expect(inspected.body).toEqual({ active: false });
    const after = await tokenOf(client);
    expect(await statusWith(after)).toBe(200);
    await send('POST', at(client.inum, 'revoke-tokens'));
    service.clock.advance(1_001);
    expect([await statusWith(after), await statusWith(await tokenOf(client))]).toEqual([401, 200]);
    const history = await send('GET', at(client.inum, 'history'));
    expect(history.body.entries[0]).toMatchObject({
      operation: 'revoke-oauth-openid-client-tokens',
      changed: ['tokens'],
    });
  });

  it('are taken offline for as long as the reply says', async () => {
    const { inum } = await made({ accessTokenLifetime: 600 });
    const revoke = async (): Promise<string> =>
      ((await send('POST', at(inum, 'revoke-tokens'))).body as { offlineUntil: string }).offlineUntil;
    // It may have had another lifetime within the hour.
    await expectEnd(revoke, 60 * MINUTE);
    service.clock.advance(61 * MINUTE);
    await expectEnd(revoke, 10 * MINUTE);
  });

  it.each([
    ['a rotation', (inum: string) => send('POST', at(inum, 'secret'), { revokeTokens: true, overlapSeconds: 60 })],
    ['a patch', (inum: string) => send('PATCH', `${CLIENTS}/${inum}?revokeTokens=true`, { description: 'x' }, MERGE)],
    [
      'a deactivation',
      async (inum: string) => {
        const reply = await send('POST', `${at(inum, 'deactivate')}?revokeTokens=true`);
        await send('POST', at(inum, 'activate'));
        return reply;
      },
    ],
  ])('end with %s that says so, and with no other', async (_what, act) => {
    const client = await made();
    const own = await tokenOf(client);
    const other = await send('PATCH', `${CLIENTS}/${client.inum}`, { description: 'other' }, MERGE);
    expect(other.headers.get('tokens-offline-until')).toBeNull();
    service.clock.advance(1_001);
    expect(await statusWith(own)).toBe(200);
    service.clock.advance(61 * MINUTE);
    const fresh = await tokenOf(client);
    const acted = async (): Promise<string> => {
      const reply = await act(client.inum);
      expect(reply.status).toBe(200);
      return (reply.body.offlineUntil ?? reply.headers.get('tokens-offline-until')) as string;
    };
    await expectEnd(acted, 5 * MINUTE);
    expect(await statusWith(fresh)).toBe(401);
  });

  it('are counted by their scopes, until they expire or are revoked', async () => {
    const client = await made({ scopes: [READ, WRITE], accessTokenLifetime: 300 });
    const counted = async (): Promise<TestReply['body']> => (await send('GET', at(client.inum, 'tokens'))).body;
    expect(await counted()).toEqual({ inum: client.inum, atMost: 0, byScopes: [] });
    const first = service.clock.now();
    for (const scope of [READ, READ, `${READ} ${WRITE}`]) await tokenFor(client, scope);
    service.clock.advance(2 * MINUTE);
    await tokenFor(client, READ);
    const both = await counted();
    expect(both).toMatchObject({
      atMost: 4,
      byScopes: [
        { scopes: [READ], atMost: 3 },
        { scopes: [READ, WRITE], atMost: 1 },
      ],
    });
    expect(Math.abs(Date.parse(`${both.firstIssued as string}Z`) - first)).toBeLessThan(MINUTE);
    expect(
      Date.parse(`${both.lastIssued as string}Z`) - Date.parse(`${both.firstIssued as string}Z`),
    ).toBeGreaterThanOrEqual(2 * MINUTE - 1_000);
    expect(Date.parse(`${both.expire as string}Z`) - Date.parse(`${both.lastIssued as string}Z`)).toBe(300_000);
    const plan = await send('DELETE', `${CLIENTS}/${client.inum}?dryRun=true`);
    expect(plan.body.reach).toMatchObject({ liveTokens: 4 });
    service.clock.advance(4 * MINUTE);
    expect((await counted()).atMost).toBe(1);
    await send('POST', at(client.inum, 'revoke-tokens'));
    expect((await counted()).atMost).toBe(0);
    await tokenFor(client, READ);
    expect((await counted()).atMost).toBe(1);
    service.clock.advance(6 * MINUTE);
    await service.sweep();
    const rows = await service.database.reader.query<unknown[]>('SELECT inum FROM issued_tokens WHERE inum = ?', [
      client.inum,
    ]);
    expect(rows).toEqual([]);
    expect((await send('GET', at('nobody', 'tokens'))).status).toBe(404);
  });

  it('are written once a minute and client, however many there are', async () => {
    const client = await made({ scopes: [READ, WRITE] });
    await tokenFor(client, READ);
    await service.idle();
    const written = async (): Promise<number> => {
      const [row] = await service.database.reader.query<{ tokens: number | null }[]>(
        'SELECT SUM(tokens) AS tokens FROM issued_tokens WHERE inum = ?',
        [client.inum],
      );
      return Number(row?.tokens);
    };
    for (let count = 0; count < 3; count += 1) await tokenFor(client, WRITE);
    expect(await written()).toBe(1);
    service.clock.advance(MINUTE);
    await tokenFor(client, READ);
    await service.idle();
    expect(await written()).toBe(5);
  });

  it('stay when it is only tried, or refused', async () => {
    const client = await made();
    const own = await tokenOf(client);
    const plan = await send('POST', `${at(client.inum, 'revoke-tokens')}?dryRun=true`);
    expect(plan.body).toMatchObject({ status: 200, changes: [{ pointer: '/tokens' }] });
    expect((await send('POST', at(client.inum, 'revoke-tokens'), undefined, { 'If-Match': '"9-0"' })).status).toBe(412);
    expect((await send('POST', at('nobody', 'revoke-tokens'))).status).toBe(404);
    service.clock.advance(1_001);
    expect(await statusWith(own)).toBe(200);
  });
});

describe('the secrets of a client', () => {
  const listed = async (inum: string): Promise<Record<string, unknown>[]> =>
    (await send('GET', at(inum, 'secrets'))).body.entries as Record<string, unknown>[];

  it('are listed without themselves, and several work after one was added', async () => {
    const client = await made({ inum: 'with-secrets' });
    const [first] = await listed(client.inum);
    expect(first).toEqual({
      ...{ id: expect.any(String), created: expect.any(String), createdBy: service.admin.clientId },
      ...{ state: 'current', safeToRemove: false },
    });
    const reply = await send('POST', at(client.inum, 'secrets'), {
      ...{ label: 'Frankfurt', clientSecretExpiresAt: '2099-01-01T00:00:00' },
    });
    expect(reply.status).toBe(201);
    expect(reply.headers.get('location')).toBe(at(client.inum, `secrets/${reply.body.id as string}`));
    expect(reply.body).toMatchObject({ label: 'Frankfurt', expires: '2099-01-01T00:00:00' });
    const { clientSecret } = reply.body as Made;
    for (const secret of [client.clientSecret, clientSecret])
      expect((await tokenWith(client.inum, secret)).status).toBe(200);
    const both = await listed(client.inum);
    expect(both.map(({ state, label }) => [state, label])).toEqual([
      ['current', 'Frankfurt'],
      ['live', undefined],
    ]);
    expect(JSON.stringify(both)).not.toContain(clientSecret);
  });

  it('are safe to remove once another one was used for an hour, and then they can be', async () => {
    const client = await made();
    await tokenOf(client);
    await service.idle();
    const added = (await send('POST', at(client.inum, 'secrets'), {})).body as Made & { id: string };
    expect((await listed(client.inum)).map(({ safeToRemove }) => safeToRemove)).toEqual([false, false]);
    service.clock.advance(61 * MINUTE);
    await tokenWith(client.inum, added.clientSecret);
    await service.idle();
    const [, old] = await listed(client.inum);
    expect(old).toMatchObject({ state: 'live', safeToRemove: true, lastUsed: expect.any(String) as unknown });
    expect((await send('DELETE', at(client.inum, `secrets/${String(old?.['id'])}`))).status).toBe(204);
    expect((await tokenWith(client.inum, client.clientSecret)).status).toBe(401);
    expect((await tokenWith(client.inum, added.clientSecret)).status).toBe(200);
    const last = await send('DELETE', at(client.inum, `secrets/${added.id}`));
    expect([last.status, last.body.type]).toEqual([409, 'urn:clientele:problem:in-use']);
    expect((await send('DELETE', at(client.inum, 'secrets/none'))).status).toBe(404);
  });

  it('keep the end that the client states when the newest is removed', async () => {
    const client = await made({ clientSecretExpiresAt: '2098-01-01T00:00:00' });
    const added = await send('POST', at(client.inum, 'secrets'), { clientSecretExpiresAt: '2099-01-01T00:00:00' });
    expect((await send('GET', `${CLIENTS}/${client.inum}`)).body.clientSecretExpiresAt).toBe('2099-01-01T00:00:00');
    await send('DELETE', at(client.inum, `secrets/${added.body.id as string}`));
    expect((await send('GET', `${CLIENTS}/${client.inum}`)).body.clientSecretExpiresAt).toBe('2098-01-01T00:00:00');
    expect((await tokenWith(client.inum, client.clientSecret)).status).toBe(200);
  });

  it('are found, sorted and counted by when the last one ends', async () => {
    const now = service.clock.now();
    const days = (count: number): string => new Date(now + count * 24 * 60 * MINUTE).toISOString().slice(0, 19);
    const group = 'secrets that end';
    const ending = (inum: string, clientSecretExpiresAt?: string): Promise<Made> =>
      made({ inum, description: group, ...(clientSecretExpiresAt && { clientSecretExpiresAt }) });
    await ending('ends-later', days(60));
    await ending('ends-soon', days(20));
    await ending('ends-never');
    // The other one goes on.
    await ending('ends-second', days(3));
    await send('POST', at('ends-second', 'secrets'), { clientSecretExpiresAt: days(25) });
    await ending('ends-elsewhere', days(3));
    await send('POST', at('ends-elsewhere', 'secrets'), {});
    await ending('ends-first', days(2));
    await ending('ends-disabled', days(2));
    await send('POST', at('ends-disabled', 'deactivate'));
    const found = async (query: string): Promise<string[]> => {
      const reply = await send('GET', `${CLIENTS}?pattern=${encodeURIComponent(group)}&${query}`);
      expect(reply.status).toBe(200);
      return (reply.body.entries as Made[]).map(({ inum }) => inum);
    };
    const filter = (text: string): string => `fieldValuePair=${encodeURIComponent(text)}&sortBy=secrets.expiresAt`;
    expect(await found(filter('secrets.expiresAt<+30d'))).toEqual([
      'ends-disabled',
      'ends-first',
      'ends-soon',
      'ends-second',
    ]);
    expect(await found(filter('secrets.expiresAt>=+30d'))).toEqual(['ends-later']);
    expect(await found(filter('secrets.expiresAt=never'))).toEqual(['ends-elsewhere', 'ends-never']);
    expect(await found(filter(`secrets.expiresAt<=${days(20)}`))).toContain('ends-soon');
    expect(await found('sortBy=secrets.expiresAt&sortOrder=descending&limit=3&startIndex=2')).toEqual([
      ...['ends-later', 'ends-second', 'ends-soon'],
    ]);
    service.clock.advance(2 * 24 * 60 * MINUTE + 6 * MINUTE);
    const { text } = await send('GET', '/metrics');
    const counted = [...text.matchAll(/^clientele_clients_secret_expiring\{days="(\d+)"\} (\d+)$/gm)];
    expect(counted.map(([, within, clientsThen]) => [within, clientsThen])).toEqual([
      ['0', '1'],
      ['7', '1'],
      ['30', '3'],
    ]);
  });

  it('are two after a rotation with an overlap, and five at most', async () => {
    const { inum } = await made();
    await send('POST', at(inum, 'secret'), { overlapSeconds: 3_600 });
    expect((await listed(inum)).map(({ state }) => state)).toEqual(['current', 'live']);
    for (let count = 2; count < 5; count += 1) expect((await send('POST', at(inum, 'secrets'), {})).status).toBe(201);
    expect((await send('POST', at(inum, 'secrets'), {})).status).toBe(400);
    service.clock.advance(61 * MINUTE);
    expect((await listed(inum)).at(-1)).toMatchObject({ state: 'expired', safeToRemove: true });
    expect((await send('POST', at(inum, 'secrets'), {})).status).toBe(201);
    const without = await clients.created({ tokenEndpointAuthMethod: 'none', grantTypes: [] });
    expect((await send('POST', at(without.inum as string, 'secrets'), {})).status).toBe(409);
  });

  it.each([
    '$2b$12$abcdefghijklmnopqrstuv',
    '********',
    '****',
    '${CLIENT_SECRET}',
    '${A}',
    '$argon2id$v=19$m=65536',
    '{{ secret }}',
  ])('are themselves, and not %s', async (secret) => {
    const { inum } = await made();
    const replies = [
      await clients.create({ clientSecret: secret }),
      await send('PATCH', `${CLIENTS}/${inum}`, { clientSecret: secret }, MERGE),
      await send('POST', at(inum, 'secret'), { clientSecret: secret }),
      await send('POST', at(inum, 'secrets'), { clientSecret: secret }),
    ];
    expect(replies.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
    expect(replies.map(pointersOf)).toEqual(replies.map(() => ['/clientSecret']));
    expect(replies.filter(({ text }) => !text.includes('send the secret itself'))).toEqual([]);
    const says = replies.map(({ text }) => text.includes('clientSecretHash'));
    expect(says).toEqual(replies.map(() => /^\$\w/.test(secret)));
  });
});
