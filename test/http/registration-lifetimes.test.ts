import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClientEntity } from '../../entities/client.entity.ts';
import { act, change, newClient } from '../support/clients.ts';
import { withBasic } from '../support/issuer.ts';
import { editable, initialToken, manage, register, registered, type Registered } from '../support/registration.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

const [HOUR, DAY] = [3_600_000, 86_400_000];
const USE = '/jans-config-api/api/v1/openid/client-use';
const MACHINE = { grant_types: ['client_credentials'] };
const APP = {
  token_endpoint_auth_method: 'none',
  redirect_uris: ['http://127.0.0.1:8400/callback'],
  client_name: 'Editor',
};

let service: TestService;
beforeAll(async () => {
  service = await startService({
    env: {
      ...{ REGISTRATION: 'open', REGISTRATION_REUSE: 'on' },
      ...{ REGISTRATION_UNUSED_DAYS: '3,10', REGISTRATION_UNUSED_GRACE_DAYS: '2,4' },
    },
  });
});
afterAll(() => service.stop());

const get = async (path: string): Promise<TestReply> =>
  service.request('GET', path, { token: await service.adminToken() });
const read = async (inum: string): Promise<TestReply['body']> => (await get(`${CLIENTS}/${inum}`)).body;
const found = async (query: string): Promise<string[]> =>
  (await get(`${CLIENTS}?limit=200&${query}`)).body.entries.map(({ inum }: { inum: string }) => inum);

describe('what is known of every client', () => {
  it('says how it came, when, by whom, and when it was changed', async () => {
    const made = await newClient(service);
    const token = await initialToken(service);
    const [open, invited] = [await registered(service, MACHINE), await registered(service, MACHINE, token.token)];
    const { createdAt } = await read(made.inum);
    expect(createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    expect(await read(made.inum)).toMatchObject({
      ...{ registrationMethod: 'admin', registeredBy: service.admin.clientId, updatedAt: createdAt },
    });
    expect(await read(invited.id)).toMatchObject({ registrationMethod: 'initial-token', registeredBy: token.id });
    expect(await read(open.id)).toMatchObject({ registrationMethod: 'open' });
    expect((await read(open.id)).registeredBy).toBeUndefined();
    expect(await read(service.admin.clientId)).toMatchObject({ registrationMethod: 'setup' });
    service.clock.advance(2_000);
    await change(service, made.inum, { description: 'Changed' });
    const { updatedAt, ...changed } = await read(made.inum);
    expect([changed.createdAt, updatedAt > createdAt]).toEqual([createdAt, true]);
    expect(JSON.stringify((await manage(service, 'GET', open)).body)).not.toMatch(/registrationMethod|createdAt/);
  });

  it('is what lists are filtered and sorted by', async () => {
    const [first, second] = [await newClient(service), await newClient(service)];
    service.clock.advance(5_000);
    const third = await newClient(service);
    const { createdAt } = await read(third.inum);
    const pairs = (pair: string): Promise<string[]> => found(`fieldValuePair=${encodeURIComponent(pair)}`);
    expect(await pairs(`createdAt=${createdAt}`)).toEqual([third.inum]);
    expect(await pairs(`createdAt>${createdAt}`)).toEqual([]);
    expect(await pairs(`createdAt>=${createdAt}`)).toEqual([third.inum]);
    expect(await pairs(`createdAt<=${createdAt}`)).toContain(third.inum);
    expect(await pairs(`createdAt<${createdAt}`)).not.toContain(third.inum);
    expect(await pairs(`createdAt!=${createdAt},registrationMethod=admin`)).toEqual(
      expect.arrayContaining([first.inum, second.inum]),
    );
    expect(await pairs(`createdAt=${createdAt.slice(0, 10)},inum=${third.inum}`)).toEqual([third.inum]);
    const own = await pairs(`registeredBy=${service.admin.clientId}`);
    expect(own).toEqual(expect.arrayContaining([first.inum, third.inum]));
    expect((await get(`${CLIENTS}?fieldValuePair=registrationMethod=nobody`)).status).toBe(400);
    expect((await found('sortBy=createdAt')).at(-1)).toBe(third.inum);
    expect((await found('sortBy=createdAt&sortOrder=descending'))[0]).toBe(third.inum);
    await change(service, first.inum, { description: 'Later' });
    service.clock.advance(1_000);
    await change(service, second.inum, { description: 'Latest' });
    expect((await found('sortBy=updatedAt&sortOrder=descending')).slice(0, 1)).toEqual([second.inum]);
    const paged: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const { body } = await get(`${CLIENTS}?limit=2&sortBy=createdAt${cursor && `&cursor=${cursor}`}`);
      paged.push(...(body.entries as { inum: string }[]).map(({ inum }) => inum));
      cursor = body.nextCursor as string | undefined;
    }
    expect(paged).toEqual(await found('sortBy=createdAt'));
  });

  it('is read-only, and dropped from what is sent back', async () => {
    const { inum } = await newClient(service);
    const before = await read(inum);
    const token = await service.adminToken();
    const sent = { ...before, description: 'Sent back', createdAt: '2001-01-01T00:00:00', registrationMethod: 'open' };
    const put = await service.request('PUT', CLIENTS, { token, body: { ...sent, registeredBy: 'me' } });
    expect([put.status, put.body]).toEqual([
      200,
      { ...before, description: 'Sent back', updatedAt: put.body.updatedAt },
    ]);
    const headers = { 'Content-Type': 'application/merge-patch+json' };
    const patch = (body: object): Promise<TestReply> =>
      service.request('PATCH', `${CLIENTS}/${inum}`, { token, headers, body });
    expect((await patch({ registeredBy: 'me' })).status).toBe(400);
    // As it was read a while ago.
    expect((await patch({ ...before, description: 'Whole' })).status).toBe(200);
  });

  it('stays with a client that is removed and restored', async () => {
    const token = await initialToken(service);
    const { id } = await registered(service, MACHINE, token.token);
    await service.request('DELETE', `${CLIENTS}/${id}`, { token: await service.adminToken() });
    await act(service, id, 'restore');
    expect(await read(id)).toMatchObject({ registrationMethod: 'initial-token', registeredBy: token.id });
  });
});

describe('the same software again', () => {
  const again = async (metadata: object = APP, token?: string): Promise<TestReply> =>
    register(service, metadata, token);
  let name = 0;
  const another = async (more: object = {}): Promise<[Registered, object]> => {
    const metadata = { ...APP, client_name: `Editor ${(name += 1)}`, ...more };
    return [await registered(service, metadata), metadata];
  };

  it('is the client that there is, which nobody but administrators changes from then on', async () => {
    const [first, metadata] = await another();
    expect((await manage(service, 'GET', first)).status).toBe(200);
    const second = await again(metadata);
    expect([second.status, second.body.client_id]).toEqual([201, first.id]);
    expect(second.body).not.toHaveProperty('registration_access_token');
    expect(second.body).not.toHaveProperty('registration_client_uri');
    const { registration_access_token: _token, registration_client_uri: _uri, ...told } = first.metadata;
    expect(second.body).toEqual(told);
    for (const method of ['GET', 'PUT', 'DELETE'] as const)
      expect((await manage(service, method, first, method === 'PUT' ? editable(first) : undefined)).status).toBe(401);
    expect((await again(metadata)).body.client_id).toBe(first.id);
    await change(service, first.id, { description: 'By an administrator' });
    expect((await again(metadata)).body.client_id).not.toBe(first.id);
  });

  it.each<[string, object]>([
    ['a secret', { token_endpoint_auth_method: 'client_secret_basic' }],
    [
      'keys',
      { jwks: { keys: [{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', kid: '1' }] } },
    ],
    ['an end', { lifetime: 3_600 }],
  ])('is another client with %s', async (_what, more) => {
    const [first, metadata] = await another(more);
    const second = await again(metadata);
    expect([second.status, second.body.client_id === first.id]).toEqual([201, false]);
    expect(second.body.registration_access_token).toEqual(expect.any(String));
  });

  it.each<[string, object]>([
    ['name', { client_name: 'Other' }],
    ['redirect URI', { redirect_uris: ['http://127.0.0.1:8401/callback'] }],
    ['scope', { scope: 'openid' }],
  ])('is another client with another %s', async (_what, more) => {
    const [first, metadata] = await another();
    expect((await again({ ...metadata, ...more })).body.client_id).not.toBe(first.id);
  });

  it('is another client with an initial access token, and to one that came with it', async () => {
    const [first, metadata] = await another();
    const { token } = await initialToken(service, { uses: 3 });
    const invited = (await again(metadata, token)).body;
    expect(invited.client_id).not.toBe(first.id);
    expect((await again(metadata, token)).body.client_id).not.toBe(invited.client_id);
    expect((await again(metadata)).body.client_id).toBe(first.id);
  });

  it.each<[string, (client: Registered) => Promise<unknown>]>([
    ['is disabled', ({ id }) => act(service, id, 'deactivate')],
    [
      'was disabled and is enabled again',
      async ({ id }) => [await act(service, id, 'deactivate'), await act(service, id, 'activate')],
    ],
    [
      'has changed itself',
      (client) => manage(service, 'PUT', client, { ...editable(client), client_uri: 'https://x.example' }),
    ],
    [
      'has changed itself, and back',
      async (client) => {
        await manage(service, 'PUT', client, { ...editable(client), client_uri: 'https://x.example' });
        return manage(service, 'PUT', client, editable(client));
      },
    ],
    ['is gone', (client) => manage(service, 'DELETE', client)],
    ['has lost its tokens', ({ id }) => act(service, id, 'revoke-tokens')],
  ])('is another client where the first %s', async (_what, spoil) => {
    const [first, metadata] = await another();
    await spoil(first);
    const second = await again(metadata);
    expect([second.status, second.body.client_id === first.id]).toEqual([201, false]);
    expect((await again(metadata)).body.client_id).toBe(second.body.client_id);
  });

  it('of a change at the same moment either the one counts or the other', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [first, metadata] = await another();
      const edit = { ...editable(first), redirect_uris: ['http://127.0.0.1:6666/thief'] };
      const [put, second] = await Promise.all([manage(service, 'PUT', first, edit), again(metadata)]);
      const wasFirst = second.body.client_id === first.id;
      expect([wasFirst, put.status === 200]).toEqual([wasFirst, !wasFirst]);
      expect(second.body.redirect_uris).toEqual(APP.redirect_uris);
      if (wasFirst) expect((await read(first.id)).redirectUris).toEqual(APP.redirect_uris);
    }
  });
});

interface Unused {
  readonly inum: string;
  readonly state: string;
}
/** Of every reporter that the metrics know, or of one, whether it has the sweep stopped. */
const stopped = async (reporter = '[^"]*'): Promise<number[]> => {
  const line = new RegExp(`^clientele_unused_clients_sweep_stopped\\{reporter="${reporter}"\\} (\\d)$`, 'gm');
  return [...(await get('/metrics')).text.matchAll(line)].map(([, value]) => Number(value));
};
const unused = async (): Promise<TestReply['body']> => (await get(`${CLIENTS}/unused?limit=200`)).body;
const stateOf = async (inum: string): Promise<string | undefined> =>
  ((await unused()).entries as Unused[]).find((entry) => entry.inum === inum)?.state;
const FORGET = `${CLIENTS}/unused/forget-reporter`;
type Report = (entries: object[]) => Promise<TestReply>;
/** Another authorization server that reports uses. */
async function anotherReporter(): Promise<{ inum: string; report: Report }> {
  const scope = 'https://jans.io/oauth/config/openid/client-use.write';
  const client = await newClient(service, { scopes: [scope] });
  const report: Report = async (entries) => {
    const token = (await withBasic(service, client)).body.access_token as string;
    return service.request('POST', USE, { token, body: { entries } });
  };
  return { inum: client.inum, report };
}
let main: Promise<{ report: Report }> | undefined;
/** The one that all tests have. */
const reporter = async (): Promise<Report> => (await (main ??= anotherReporter())).report;
const at = (milliseconds: number): string => new Date(service.clock.now() + milliseconds).toISOString();
/** From now on the others do not run. */
async function onlySweepUnused(): Promise<void> {
  await service.sweep();
  const { tasks } = await service.tasks.service.list({ startIndex: 0, limit: 100 });
  for (const { id } of tasks) if (id !== 'sweep-unused-clients') await service.tasks.service.pause(id);
}
/** Days in which the sweep runs and, where somebody reports, a report comes before each run. */
async function days(count: number, report?: () => Promise<unknown>): Promise<void> {
  for (let day = 0; day < count; day += 1) {
    service.clock.advance(DAY);
    await report?.();
    await service.tasks.runner.run();
  }
}

describe('clients that nobody uses', () => {
  it('are reported, disabled and removed, and each is undone in one call', async () => {
    await onlySweepUnused();
    const [gone, kept, used] = [
      await registered(service, MACHINE),
      await registered(service, MACHINE),
      await registered(service, MACHINE),
    ];
    const user = await registered(service, { client_name: 'With users' });
    const administered = await newClient(service);
    const invited = await registered(service, MACHINE, (await initialToken(service)).token);
    await withBasic(service, { inum: used.id, clientSecret: used.secret });
    await service.idle();
    await days(2);
    expect(await stateOf(gone.id)).toBeUndefined();
    await days(1);
    const all = [gone.id, kept.id, used.id, user.id, administered.inum, invited.id];
    expect(await Promise.all(all.map(stateOf))).toEqual([
      ...['reported', 'reported'],
      ...[undefined, undefined, undefined, undefined],
    ]);
    expect((await read(gone.id)).disabled).toBe(false);
    const listed = ((await unused()).entries as Unused[]).find(({ inum }) => inum === gone.id);
    const { since, until, registrationMethod } = listed as unknown as Record<
      'since' | 'until' | 'registrationMethod',
      string
    >;
    expect([registrationMethod, Date.parse(until) - Date.parse(since)]).toEqual(['open', 2 * DAY]);
    const reply = await act(service, kept.id, 'keep');
    expect([reply.status, reply.body.disabled]).toEqual([200, false]);
    await days(3);
    expect([await stateOf(gone.id), (await read(gone.id)).disabled]).toEqual(['disabled', true]);
    expect([await stateOf(kept.id), (await read(kept.id)).disabled]).toEqual(['reported', false]);
    expect((await withBasic(service, { inum: gone.id, clientSecret: gone.secret })).status).toBe(401);
    const enabled = await act(service, gone.id, 'keep');
    expect([enabled.body.disabled, await stateOf(gone.id)]).toEqual([false, undefined]);
    expect((await withBasic(service, { inum: gone.id, clientSecret: gone.secret })).status).toBe(200);
    await service.idle();
    await withBasic(service, { inum: used.id, clientSecret: used.secret });
    await service.idle();
    await days(2 + 3);
    expect(await stateOf(kept.id)).toBe('disabled');
    await days(1);
    expect((await get(`${CLIENTS}/${kept.id}`)).status).toBe(404);
    expect((await act(service, kept.id, 'restore')).body).toMatchObject({ inum: kept.id, registrationMethod: 'open' });
    expect([await stateOf(used.id), await stateOf(gone.id)]).toEqual([undefined, undefined]);
    const { entries } = (await get(`${CLIENTS}/${kept.id}/history`)).body;
    expect(entries.map(({ operation }: { operation: string }) => operation)).toContain('remove-unused-client');
    expect((await get(`${CLIENTS}/${used.id}`)).status).toBe(200);
  });

  it('are not those that administrators have disabled, trusted or given administration scopes', async () => {
    const theirs = await Promise.all([1, 2, 3].map(() => registered(service, MACHINE)));
    const [disabled, trusted, powerful] = theirs.map(({ id }) => id) as [string, string, string];
    await act(service, disabled, 'deactivate');
    await change(service, trusted, { trustedClient: true });
    await change(service, powerful, { scopes: ['https://jans.io/oauth/config/scopes.readonly'] });
    await days(4);
    expect(await Promise.all([disabled, trusted, powerful].map(stateOf))).toEqual([undefined, undefined, undefined]);
  });

  it('that were disabled for it are as anybody leaves them who has decided since', async () => {
    const [used, idle] = [await registered(service, MACHINE), await registered(service, MACHINE)];
    await days(6);
    expect([await stateOf(used.id), await stateOf(idle.id)]).toEqual(['disabled', 'disabled']);
    for (const client of [used, idle]) await act(service, client.id, 'activate');
    await withBasic(service, { inum: used.id, clientSecret: used.secret });
    await service.idle();
    for (const client of [used, idle]) await act(service, client.id, 'deactivate');
    await days(4);
    // Neither let in again nor removed.
    expect([(await read(used.id)).disabled, (await read(idle.id)).disabled]).toEqual([true, true]);
  });

  it.each<[string, (inum: string) => Promise<unknown>]>([
    ['deactivates', (inum) => act(service, inum, 'deactivate')],
    ['patches', (inum) => change(service, inum, { disabled: true })],
  ])('that were disabled for it are those of an administrator who %s them as well', async (_what, decide) => {
    const [theirs, edited] = [await registered(service, MACHINE), await registered(service, MACHINE)];
    await days(6);
    expect([await stateOf(theirs.id), await stateOf(edited.id)]).toEqual(['disabled', 'disabled']);
    await decide(theirs.id);
    await change(service, edited.id, { description: 'Says nothing of it' });
    expect([await stateOf(theirs.id), await stateOf(edited.id)]).toEqual([undefined, 'disabled']);
    const { entries } = (await get(`${CLIENTS}/${theirs.id}/history`)).body;
    expect(entries[0].changed).toEqual(['unused']);
    await days(10);
    expect((await read(theirs.id)).disabled).toBe(true);
    expect((await get(`${CLIENTS}/${edited.id}`)).status).toBe(404);
  });

  it('with users are known from reports only, from the first report on', async () => {
    const [gone, used] = [
      await registered(service, { client_name: 'Gone' }),
      await registered(service, { client_name: 'Used' }),
    ];
    await days(5);
    expect([await stateOf(gone.id), (await unused()).sweep.reportsSince]).toEqual([undefined, undefined]);
    const report = await reporter();
    expect((await report([])).body).toEqual({ received: 0, unknown: [] });
    await days(2, () => report([{ clientId: used.id, at: at(-HOUR) }]));
    expect(await stateOf(gone.id)).toBeUndefined();
    await days(1, () => report([]));
    expect([await stateOf(gone.id), await stateOf(used.id)]).toEqual(['reported', undefined]);
    const { state, detail } = (await unused()).sweep;
    expect([state, detail]).toEqual([
      'on',
      expect.stringMatching(/^The sweep is on for clients that came by [^]* later\.$/),
    ]);
    // The use of a client that is reported, and of one that is disabled when it is told of, comes in time.
    const early = await registered(service, { client_name: 'Early' });
    await days(3, () => report([]));
    expect([await stateOf(gone.id), await stateOf(early.id)]).toEqual(['disabled', 'reported']);
    await report([
      { clientId: gone.id, at: at(-4 * DAY) },
      { clientId: early.id, at: at(-HOUR) },
    ]);
    await days(4, () => report([]));
    expect([(await read(gone.id)).disabled, await stateOf(early.id)]).toEqual([false, undefined]);
  });

  it('are left alone while nobody reports, with a line in the log and a metric', async () => {
    const report = await reporter();
    await report([]);
    const { id } = await registered(service, { client_name: 'Silence' });
    await days(3, () => report([]));
    expect(await stateOf(id)).toBe('reported');
    await days(3);
    expect([await stateOf(id), (await unused()).sweep.state]).toEqual(['reported', 'stopped']);
    expect(service.logLines.some((line) => line.includes('unused clients are not swept'))).toBe(true);
    expect(await stopped()).toEqual([1]);
    // The days begin anew with the first report after it.
    await days(1, () => report([]));
    expect([await stateOf(id), (await read(id)).disabled]).toEqual([undefined, false]);
    expect(await stopped()).toEqual([0]);
  });

  it('are left alone by a run that goes on after everything was off for days', async () => {
    const report = await reporter();
    await report([]);
    const { id } = await registered(service, { client_name: 'Interrupted' });
    await days(4, () => report([]));
    expect(await stateOf(id)).toBe('reported');
    service.clock.advance(3 * DAY);
    const interrupted = JSON.stringify({ phase: 'reported', after: '', afterAt: '', left: 100 });
    await service.database.writer.query('UPDATE tasks SET checkpoint = ? WHERE id = ?', [
      interrupted,
      'sweep-unused-clients',
    ]);
    await service.tasks.runner.run();
    expect([await stateOf(id), (await read(id)).disabled]).toEqual(['reported', false]);
    await days(1, () => report([]));
  });

  it('are left alone while one of several reporters is silent, until somebody says that it is gone', async () => {
    const [report, other] = [await reporter(), await anotherReporter()];
    await Promise.all([report([]), other.report([])]);
    const { id } = await registered(service, { client_name: 'Used elsewhere' });
    await days(3, async () => Promise.all([report([]), other.report([])]));
    expect(await stateOf(id)).toBe('reported');
    await days(3, () => report([]));
    const { sweep } = await unused();
    expect(sweep.detail).toMatch(`The sweep has stopped: ${other.inum} has not reported uses since `);
    expect([await stateOf(id), sweep.state, sweep.reporters]).toEqual([
      'reported',
      'stopped',
      expect.arrayContaining([
        expect.objectContaining({ caller: other.inum, isSilent: true }),
        expect.objectContaining({ isSilent: false }),
      ]),
    ]);
    const named = service.logLines.filter((line) => line.includes('unused clients are not swept')).at(-1);
    expect(named).toContain(other.inum);
    expect(await stopped(other.inum)).toEqual([1]);
    const token = await service.adminToken();
    const gone = () => service.request('POST', FORGET, { token, body: { caller: other.inum } });
    const trial = await service.request('POST', `${FORGET}?dryRun=true`, { token, body: { caller: other.inum } });
    expect([trial.status, (await unused()).sweep.state]).toEqual([200, 'stopped']);
    expect([(await gone()).status, (await gone()).status]).toEqual([204, 404]);
    await days(1, () => report([]));
    expect([await stateOf(id), (await unused()).sweep.state]).toEqual(['disabled', 'on']);
    expect(await stopped()).toEqual([0]);
  });

  it('go on little at a time, and neither side of a use at the same moment is lost', async () => {
    const report = await reporter();
    const { id } = await registered(service, MACHINE);
    const clients = service.database.writer.getRepository(ClientEntity);
    const one = await clients.findOneByOrFail({ inum: id });
    const copies = Array.from({ length: 120 }, (_, index) => `copy-${index}`);
    const copied = copies.map((inum) =>
      Object.assign(new ClientEntity(), one, { inum, document: one.document.replaceAll(id, inum) }),
    );
    for (const copy of copied) await clients.createQueryBuilder().insert().values(copy).updateEntity(false).execute();
    await days(3, () => report([]));
    const found = async (): Promise<number> => {
      const { entries } = await unused();
      return (entries as Unused[]).filter(({ inum }) => inum === id || copies.includes(inum)).length;
    };
    // Those of other tests are among the hundred.
    expect([(await found()) <= 100, (await found()) > 90]).toEqual([true, true]);
    await days(1, () => report([]));
    expect(await found()).toBe(121);
    await clients.delete(copies);

    for (let round = 0; round < 2; round += 1) {
      const { id: inum, secret: clientSecret } = await registered(service, MACHINE);
      await days(4, () => report([]));
      expect(await stateOf(inum)).toBe('reported');
      service.clock.advance(DAY);
      await report([]);
      const use = withBasic(service, { inum, clientSecret });
      const [{ status }] = await Promise.all([use, service.tasks.runner.run()]);
      await service.idle();
      const isUsed = status === 200;
      // Who got a token is let in again at the latest when it would have been removed; who did not is disabled.
      await days(isUsed ? 4 : 0, () => report([]));
      expect([isUsed, (await read(inum)).disabled]).toEqual([isUsed, !isUsed]);
    }
  });

  it('are not all clients after a clock that was wrong', async () => {
    const { id } = await registered(service, MACHINE);
    await days(1);
    const right = service.clock.now();
    service.clock.set(right + 5_000 * DAY);
    await service.tasks.runner.run();
    await service.tasks.runner.run();
    expect(await stateOf(id)).toBeUndefined();
    service.clock.set(right + HOUR);
    await service.tasks.service.resume('sweep-unused-clients');
    await service.tasks.runner.run();
    expect([await stateOf(id), (await read(id)).disabled]).toEqual([undefined, false]);
  });
});

describe('a report of uses', () => {
  it('takes the latest use, never an earlier one, and names clients that there are not', async () => {
    const report = await reporter();
    const { inum } = await newClient(service);
    const lastAccessTime = async (): Promise<string> => (await read(inum)).lastAccessTime as string;
    const times = [at(-2 * HOUR), at(-HOUR), at(-3 * HOUR)];
    const entries = times.map((time) => ({ clientId: inum, at: time }));
    const reply = await report([...entries, { clientId: 'nobody', at: at(-HOUR) }]);
    expect([reply.status, reply.body]).toEqual([200, { received: 4, unknown: ['nobody'] }]);
    expect(await lastAccessTime()).toBe(times[1]?.slice(0, 19));
    const { etag } = Object.fromEntries((await get(`${CLIENTS}/${inum}`)).headers);
    await report([{ clientId: inum, at: at(-5 * HOUR) }]);
    expect([await lastAccessTime(), (await get(`${CLIENTS}/${inum}`)).headers.get('etag')]).toEqual([
      times[1]?.slice(0, 19),
      etag,
    ]);
    const zoned = `${new Date(service.clock.now() + 90 * 60_000).toISOString().slice(0, 19)}+02:00`;
    await report([{ clientId: inum, at: zoned }]);
    expect(await lastAccessTime()).toBe(new Date(zoned).toISOString().slice(0, 19));
    // A clock that is a little fast.
    await report([{ clientId: inum, at: at(30_000) }]);
    expect((await lastAccessTime()) <= at(0).slice(0, 19)).toBe(true);
  });

  it('is refused as a whole where a use is in the future, or is none', async () => {
    const report = await reporter();
    const { inum } = await newClient(service);
    const future = await report([
      { clientId: inum, at: at(-HOUR) },
      { clientId: inum, at: at(2 * HOUR) },
    ]);
    expect([future.status, future.body.errors[0].pointer]).toEqual([400, '/entries/1/at']);
    expect((await read(inum)).lastAccessTime).toBeUndefined();
    expect((await report([{ clientId: inum, at: '2026-02-31T00:00:00Z' }])).status).toBe(400);
    const many = Array.from({ length: 1_001 }, () => ({ clientId: inum, at: at(-HOUR) }));
    expect((await report(many)).status).toBe(400);
    expect((await report(many.slice(1))).status).toBe(200);
    const token = await service.adminToken('https://jans.io/oauth/config/openid/clients.admin');
    expect((await service.request('POST', USE, { token, body: { entries: [] } })).status).toBe(403);
  });
});
