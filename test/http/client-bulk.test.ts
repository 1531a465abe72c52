import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { compactDecrypt, exportJWK, generateKeyPair } from 'jose';
import { compose } from '../../api/compose.ts';
import { Problem } from '../../api/shared/problem.ts';
import { startIndependentIssuer, type IndependentIssuer } from '../support/independent-issuer.ts';
import { afterEachRead } from '../support/interleaving.ts';
import { REVOKE, TOKEN } from '../support/issuer.ts';
import { registered } from '../support/registration.ts';
import {
  basic,
  CLIENTS,
  startService,
  type RequestOptions,
  type TestReply,
  type TestService,
} from '../support/service.ts';

const P = 'https://jans.io/oauth/config/';
const BULK = `${CLIENTS}/bulk`;
const [SECOND, HOUR] = [1_000, 3_600_000];
const SCRIPTS = '/jans-config-api/api/v1/config/scripts';
const API = 'https://api.example';

let service: TestService;
let idp: IndependentIssuer;
let token: string;
beforeAll(async () => {
  idp = await startIndependentIssuer();
  service = await startService({
    env: {
      ...{ REGISTRATION: 'open', REGISTRATION_APPROVAL: 'all', CLIENT_SECRETS: 'recoverable' },
      TRUSTED_ISSUERS: `${idp.issuer}|${API}|${P}openid/clients.write`,
    },
  });
  token = await service.adminToken();
});
afterAll(async () => {
  await service.stop();
  await idp.stop();
});

const send = (method: string, path: string, body?: unknown, more: RequestOptions = {}): Promise<TestReply> =>
  service.request(method, path, { token, ...(body !== undefined && { body }), ...more });
const read = async (inum: string): Promise<TestReply['body']> => (await send('GET', `${CLIENTS}/${inum}`)).body;
const created = async (members: object): Promise<{ inum: string; clientSecret: string }> => {
  const reply = await send('POST', CLIENTS, { grantTypes: ['client_credentials'], redirectUris: [], ...members });
  expect(reply.status).toBe(201);
  return reply.body;
};

/** So many clients that one filter fits. */
let groups = 0;
async function group(size: number, members: (index: number) => object = () => ({})) {
  groups += 1;
  const softwareId = `group-${groups}`;
  const clients = [];
  for (let index = 0; index < size; index += 1) clients.push(await created({ softwareId, ...members(index) }));
  return {
    filter: `softwareId eq "${softwareId}"`,
    softwareId,
    clients,
    inums: clients.map(({ inum }) => inum).sort(),
  };
}

/** Plans, confirms what the plan says, and begins; the address of the run. */
async function begun(body: object, more: RequestOptions = {}): Promise<string> {
  const plan = await send('POST', BULK, body, more);
  expect([plan.status, plan.body.state]).toEqual([200, 'planned']);
  const reply = await send('POST', BULK, { ...body, confirm: plan.body.confirm }, more);
  expect([reply.status, reply.body.state]).toEqual([202, 'waiting']);
  return reply.headers.get('location') ?? '';
}
const run = (): Promise<void> => service.tasks.runner.run();
const at = async (address: string): Promise<TestReply['body']> => (await send('GET', address)).body;
const resultsOf = async (address: string): Promise<TestReply['body'][]> =>
  (await send('GET', `${address}/results?limit=200`)).body.entries;
async function done(body: object, more: RequestOptions = {}): Promise<TestReply['body']> {
  const address = await begun(body, more);
  await run();
  return at(address);
}
const counts = (some: object): object => ({
  ...{ waiting: 0, changed: 0, unchanged: 0, skipped: 0, failed: 0 },
  ...some,
});

/** Has something happen after each client that a run does, as if between two of its steps. */
const wait = (milliseconds: number): Promise<void> => Promise.resolve(milliseconds).then(() => undefined);
const afterEachClient = (happen: (count: number) => unknown): void => {
  let count = 0;
  Object.assign(service.clock, {
    wait: async () => {
      count += 1;
      await happen(count);
    },
  });
};
afterEach(() => void Object.assign(service.clock, { wait }));

describe('what is planned', () => {
  it('says how many clients they are and what would become of some, and changes nothing', async () => {
    const { filter, inums } = await group(3);
    const body = {
      action: 'patch',
      filter,
      mergePatch: { contacts: ['ann@example.com'], policyUri: 'https://a.example/p' },
    };
    const { body: plan } = await send('POST', BULK, body);
    expect(plan).toMatchObject({
      state: 'planned',
      action: 'patch',
      filter,
      clients: 3,
      counts: counts({ waiting: 3 }),
    });
    expect(plan.confirm).toMatch(/^3-/);
    const changed = expect.arrayContaining(['contacts', 'policyUri']);
    expect(plan.sample).toEqual(inums.map((inum) => ({ inum, outcome: 'changed', changed })));
    expect((await read(inums[0] ?? '')).contacts).toBeUndefined();
    const list = await send('POST', BULK, { action: 'activate', inums: [...inums, inums[0]] });
    expect(list.body).toMatchObject({ clients: 3, sample: [{ outcome: 'unchanged' }, {}, {}] });
  });

  it('has to be confirmed as it is', async () => {
    const { filter, softwareId } = await group(2);
    const body = { action: 'deactivate', filter };
    const { confirm } = (await send('POST', BULK, body)).body;
    const others = [
      { ...body, confirm: '2-something' },
      { ...body, action: 'activate', confirm },
      { ...body, revokeTokens: true, confirm },
    ];
    for (const other of others) expect((await send('POST', BULK, other)).status).toBe(409);
    await created({ softwareId });
    const late = await send('POST', BULK, { ...body, confirm });
    expect([late.status, late.body.type, late.body.detail]).toEqual([
      ...[409, 'urn:clientele:problem:bulk-not-confirmed'],
      'it is about 3 clients by now, and 2 were confirmed: ask again without confirm',
    ]);
  });

  it('is refused where it cannot be meant, with what is wrong', async () => {
    const { publicKey, privateKey } = await generateKeyPair('RSA-OAEP-256', { extractable: true });
    const wrong: [object, string][] = [
      [{ action: 'delete' }, '/filter'],
      [{ action: 'delete', filter: 'nothing eq "x"' }, '/filter'],
      [{ action: 'delete', fieldValuePair: 'nothing=x' }, '/fieldValuePair'],
      [{ action: 'delete', filter: 'inum pr', inums: ['a'] }, '/inums'],
      [{ action: 'delete', inums: ['nobody'] }, '/inums/0'],
      [{ action: 'patch', filter: 'inum pr' }, '/mergePatch'],
      [{ action: 'patch', filter: 'inum pr', mergePatch: {}, jsonPatch: [] }, '/mergePatch'],
      [
        { action: 'patch', filter: 'inum pr', mergePatch: { clientSecret: 'one-for-all-of-them' } },
        '/mergePatch/clientSecret',
      ],
      [{ action: 'patch', filter: 'inum pr', jsonPatch: [{ op: 'remove', path: '/clientSecret' }] }, '/jsonPatch/0'],
      [{ action: 'activate', filter: 'inum pr', mergePatch: {} }, '/mergePatch'],
      [{ action: 'delete', filter: 'inum pr', reason: 'old' }, '/reason'],
      [{ action: 'rotate', filter: 'inum pr' }, '/encryptTo'],
      [{ action: 'rotate', filter: 'inum pr', encryptTo: await exportJWK(privateKey) }, '/encryptTo'],
      [{ action: 'rotate', filter: 'inum pr', encryptTo: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } }, '/encryptTo'],
      [
        { action: 'rotate', filter: 'inum pr', encryptTo: { ...(await exportJWK(publicKey)), use: 'sig' } },
        '/encryptTo',
      ],
      [{ action: 'nothing', filter: 'inum pr' }, '/action'],
    ];
    for (const [body, pointer] of wrong) {
      const reply = await send('POST', BULK, body);
      expect([body, reply.status, reply.body.errors?.[0]?.pointer]).toEqual([body, 400, pointer]);
    }
    const one = await created({});
    const plan = await send('POST', BULK, { action: 'activate', inums: [one.inum] });
    const unknown = await send('GET', `${BULK}/${one.inum}`);
    expect([plan.status, unknown.status]).toEqual([200, 404]);
  });
});

describe('a run', () => {
  it('does the same to all clients that a filter fits, each in the history with the run, and is told page by page', async () => {
    const { filter, inums } = await group(5);
    const other = await created({});
    const jsonPatch = [{ op: 'add', path: '/contacts', value: ['ann@example.com'] }];
    const more = { headers: { 'X-Reason': 'Ticket 4711' } };
    const address = await begun({ action: 'patch', filter, jsonPatch }, more);
    await run();
    const ended = await at(address);
    expect(ended).toMatchObject({ state: 'done', clients: 5, counts: counts({ changed: 5 }), failures: [] });
    expect(ended).toMatchObject({ filter, reason: 'Ticket 4711', caller: service.admin.clientId });
    for (const inum of inums) {
      expect((await read(inum)).contacts).toEqual(['ann@example.com']);
      const { entries } = (await send('GET', `${CLIENTS}/${inum}/history`)).body;
      expect(entries[0]).toMatchObject({
        operation: 'patch-oauth-openid-client-by-inum',
        caller: service.admin.clientId,
        ...{ changed: ['contacts'], requestId: ended.id, reason: 'Ticket 4711' },
      });
    }
    expect((await read(other.inum)).contacts).toBeUndefined();
    const seen: string[] = [];
    let next: string | undefined = `${address}/results?limit=2&outcome=changed`;
    while (next !== undefined) {
      const page: TestReply = await send('GET', next);
      for (const { inum } of page.body.entries as { inum: string }[]) seen.push(inum);
      next = /<([^>]+)>/.exec(page.headers.get('link') ?? '')?.[1];
    }
    expect(seen).toEqual(inums);
    const listed = (await send('GET', `${BULK}?limit=1`)).body.entries;
    expect(listed).toEqual([expect.objectContaining({ id: ended.id, counts: counts({ changed: 5 }) })]);
    expect(await done({ action: 'patch', filter, jsonPatch })).toMatchObject({ counts: counts({ unchanged: 5 }) });
    for (const verb of ['pause', 'resume', 'stop']) {
      const late = await send('POST', `${address}/${verb}`);
      expect([late.status, late.body.detail]).toEqual([409, 'the run is done']);
    }
  });

  it('activates, deactivates and deletes those of a list', async () => {
    const { inums, softwareId } = await group(3);
    expect(await done({ action: 'deactivate', inums, revokeTokens: true })).toMatchObject({
      counts: counts({ changed: 3 }),
    });
    expect((await read(inums[2] ?? '')).disabled).toBe(true);
    await send('POST', `${CLIENTS}/${inums[1]}/activate`);
    expect(await done({ action: 'activate', inums })).toMatchObject({ counts: counts({ changed: 2, unchanged: 1 }) });
    const address = await begun({ action: 'delete', inums });
    await send('DELETE', `${CLIENTS}/${inums[0]}`);
    await run();
    expect(await at(address)).toMatchObject({ counts: counts({ changed: 2, failed: 1 }), state: 'done' });
    const [gone] = await resultsOf(address);
    expect(gone).toMatchObject({
      inum: inums[0],
      problem: { type: 'urn:clientele:problem:client-not-found', status: 404 },
    });
    const left = await send('GET', `${CLIENTS}?filter=${encodeURIComponent(`softwareId eq "${softwareId}"`)}`);
    expect(left.body.totalEntriesCount).toBe(0);
  });

  it('decides about clients that wait, and says why', async () => {
    const names = ['a', 'b', 'c'].map((name) => `waits-${name}`);
    for (const client_name of names)
      await registered(service, { client_name, grant_types: ['client_credentials'], redirect_uris: undefined });
    const filter = (name: string): string => `clientName sw "${name}" and approval.state eq "waiting"`;
    const reason = 'their product team asked for it';
    expect(await done({ action: 'approve', filter: filter('waits-a'), reason })).toMatchObject({
      counts: counts({ changed: 1 }),
    });
    const rejected = await done({ action: 'reject', filter: filter('waits'), reason: 'nobody knows them' });
    expect(rejected).toMatchObject({ clients: 2, counts: counts({ changed: 2 }) });
    const { entries } = (
      await send('GET', `${CLIENTS}?sortBy=displayName&filter=${encodeURIComponent('clientName sw "waits"')}`)
    ).body;
    const approvals = (entries as TestReply['body'][]).map(({ approval, disabled }) => [
      approval.state,
      approval.reason,
      disabled,
    ]);
    expect(approvals).toEqual([
      ['approved', reason, false],
      ...['b', 'c'].map(() => ['rejected', 'nobody knows them', true]),
    ]);
    const again = await begun({ action: 'approve', inums: (entries as { inum: string }[]).map(({ inum }) => inum) });
    await run();
    const [first] = await resultsOf(again);
    expect(first).toMatchObject({ outcome: 'failed', problem: { type: 'urn:clientele:problem:nothing-to-decide' } });
  });

  it('leaves those as they are that a rule refuses, and stops where there are too many of them', async () => {
    const redirectUris = ['https://a.example/callback'];
    const { filter, inums } = await group(6, (index) => (index % 2 === 0 ? {} : { redirectUris }));
    const patch = {
      action: 'patch',
      filter,
      mergePatch: { grantTypes: ['authorization_code'], responseTypes: ['code'] },
    };
    const plan = (await send('POST', BULK, patch)).body;
    expect(plan.sample.filter(({ outcome }: { outcome: string }) => outcome === 'failed')).toHaveLength(3);
    const stopped = await done({ ...patch, stopAfterFailures: 1 });
    expect(stopped).toMatchObject({ state: 'stopped', detail: 'stopped after 1 failures', clients: 6 });
    expect(stopped.failures).toEqual([
      {
        ...{ inum: expect.any(String), outcome: 'failed' },
        problem: expect.objectContaining({
          ...{ status: 400, code: 'OCA001', requestId: stopped.id },
          errors: [expect.objectContaining({ pointer: '/redirectUris' })],
        }),
      },
    ]);
    const { waiting, changed, failed } = stopped.counts as Record<'waiting' | 'changed' | 'failed', number>;
    expect([waiting + changed + failed, failed, waiting > 0]).toEqual([6, 1, true]);
    const whole = await done(patch);
    expect(whole).toMatchObject({
      state: 'done',
      counts: counts({ changed: 3 - changed, unchanged: changed, failed: 3 }),
    });
    const grants = await Promise.all(inums.map(async (inum) => (await read(inum)).grantTypes[0]));
    expect(grants.filter((grant) => grant === 'client_credentials')).toHaveLength(3);
  });

  it('passes by a client that its filter does not fit any more, and does another that was changed', async () => {
    const { filter, inums, clients } = await group(5);
    const [, second = '', third = '', fourth = '', fifth = ''] = inums;
    const { clientSecret = '' } = clients.find(({ inum }) => inum === fifth) ?? {};
    const address = await begun({
      action: 'delete',
      filter: `${filter} and disabled eq false and not (lastAccessTime pr)`,
    });
    afterEachClient(async (count) => {
      if (count !== 1) return;
      await send('POST', `${CLIENTS}/${second}/deactivate`);
      const headers = { 'Content-Type': 'application/merge-patch+json' };
      await send('PATCH', `${CLIENTS}/${third}`, { clientName: 'Still here' }, { headers });
      await send('DELETE', `${CLIENTS}/${fourth}`);
      // A use is no new version.
      await service.request('POST', TOKEN, {
        headers: basic(fifth, clientSecret),
        form: { grant_type: 'client_credentials' },
      });
      await service.idle();
    });
    await run();
    expect(await at(address)).toMatchObject({ state: 'done', counts: counts({ changed: 2, skipped: 3 }) });
    const outcomes = (await resultsOf(address)).map(({ outcome }) => outcome as string);
    expect(outcomes).toEqual(['changed', 'skipped', 'changed', 'skipped', 'skipped']);
    expect((await send('GET', `${CLIENTS}/${third}`)).status).toBe(404);
    expect([(await read(second)).disabled, (await read(fifth)).inum]).toEqual([true, fifth]);
  });

  it('does nothing where more clients fit when it begins than were confirmed', async () => {
    const { filter, softwareId, inums } = await group(2);
    const address = await begun({ action: 'delete', filter });
    await created({ softwareId });
    await run();
    const { state, detail, counts: counted } = await at(address);
    expect([state, detail]).toEqual(['stopped', 'more clients fit by now, and 2 were confirmed: nothing was done']);
    expect(counted).toEqual(counts({ waiting: 2 }));
    expect((await read(inums[0] ?? '')).inum).toBe(inums[0]);
  });

  it('does nothing where as many clients fit as were confirmed, and others', async () => {
    const { filter: among, inums } = await group(4);
    const [first = '', second = '', third = '', fourth = ''] = inums;
    const toggled = async (verb: string, inum: string): Promise<void> => {
      expect((await send('POST', `${CLIENTS}/${inum}/${verb}`)).status).toBe(200);
    };
    await toggled('deactivate', fourth);
    const body = { action: 'delete', filter: `${among} and disabled eq false` };
    const { confirm } = (await send('POST', BULK, body)).body;
    await toggled('deactivate', first);
    await toggled('activate', fourth);
    const late = await send('POST', BULK, { ...body, confirm });
    expect([late.status, late.body.detail]).toEqual([409, expect.stringContaining('or other clients')]);
    const address = await begun(body);
    await toggled('activate', first);
    await toggled('deactivate', second);
    await run();
    const { state, detail, counts: counted } = await at(address);
    expect([state, detail]).toEqual(['stopped', 'other clients fit by now than were confirmed: nothing was done']);
    expect(counted).toEqual(counts({ waiting: 3 }));
    expect((await read(third)).inum).toBe(third);
  });

  it('is paused between two clients, goes on from there, and is stopped for good', async () => {
    const { filter } = await group(6);
    const address = await begun({ action: 'deactivate', filter });
    let verb = 'pause';
    afterEachClient(async (count) => {
      if (count % 2 === 1) return;
      expect((await send('POST', `${address}/${verb}`)).status).toBe(200);
    });
    await run();
    expect(await at(address)).toMatchObject({ state: 'paused', counts: counts({ waiting: 4, changed: 2 }) });
    await run();
    verb = 'stop';
    expect((await send('POST', `${address}/resume`)).body.state).toBe('waiting');
    await run();
    const left = { state: 'stopped', counts: counts({ waiting: 2, changed: 4 }) };
    expect(await at(address)).toMatchObject(left);
    const { entries } = (await send('GET', BULK)).body;
    expect(entries.find(({ id }: { id: string }) => address.endsWith(id))).toMatchObject(left);
    expect((await send('POST', `${address}/resume`)).status).toBe(409);
  });

  it('goes on where it was when its process dies, and does nothing twice', async () => {
    const { filter, inums } = await group(5);
    const address = await begun({
      action: 'patch',
      filter,
      jsonPatch: [{ op: 'add', path: '/contacts', value: ['a@b.example'] }],
    });
    afterEachClient((count) => {
      if (count === 2) throw new Error('killed');
    });
    await run();
    expect(await at(address)).toMatchObject({ state: 'waiting', counts: counts({ waiting: 3, changed: 2 }) });
    service.clock.advance(40 * SECOND);
    await run();
    const ended = await at(address);
    expect(ended).toMatchObject({ state: 'done', counts: counts({ changed: 5 }) });
    for (const inum of inums) {
      const { entries } = (await send('GET', `${CLIENTS}/${inum}/history`)).body;
      expect((entries as { requestId: string }[]).filter(({ requestId }) => requestId === ended.id)).toHaveLength(1);
    }
  });

  it('waits some seconds for what passes by itself, and goes on from there', async () => {
    const { filter } = await group(3);
    const address = await begun({ action: 'deactivate', filter });
    const headers = { 'Retry-After': '1' };
    for (let times = 1; times <= 3; times += 1) {
      afterEachClient((count) => {
        if (times <= 2 && count === 1) throw new Problem('unavailable', { detail: 'too many wait', headers });
      });
      await run();
      service.clock.advance(5 * SECOND);
      if (times > 2) break;
      expect(await at(address)).toMatchObject({
        state: 'running',
        counts: counts({ waiting: 3 - times, changed: times }),
      });
    }
    expect(await at(address)).toMatchObject({ state: 'done', counts: counts({ changed: 3 }) });
  });

  it('tries a client that others change again and again a little later, and not for ever', async () => {
    const { inums } = await group(2);
    const [, second = ''] = inums;
    const body = { action: 'patch', inums, mergePatch: { contacts: ['ann@example.com'] } };
    const headers = { 'Content-Type': 'application/merge-patch+json' };
    let times = 0;
    const change = (): Promise<unknown> => {
      times += 1;
      return send('PATCH', `${CLIENTS}/${second}`, { description: `Change ${times}` }, { headers });
    };
    const address = await begun(body);
    const between = afterEachRead(service, second, change);
    await run();
    between.end();
    expect(await at(address)).toMatchObject({ state: 'running', counts: counts({ waiting: 1, changed: 1 }) });
    service.clock.advance(2 * SECOND);
    await run();
    expect(await at(address)).toMatchObject({ state: 'done', counts: counts({ changed: 2 }) });
    const never = await begun({ ...body, mergePatch: { contacts: [] } });
    const always = afterEachRead(service, second, change);
    for (let tries = 1; tries <= 4; tries += 1) {
      await run();
      service.clock.advance(2 * SECOND);
    }
    always.end();
    expect(await at(never)).toMatchObject({ state: 'done', counts: counts({ changed: 1, failed: 1 }) });
    expect((await resultsOf(never))[1]).toMatchObject({ problem: { type: 'urn:clientele:problem:client-changing' } });
  });

  it('is judged by scripts as its plan is: without headers, as what a task does', async () => {
    const { filter } = await group(1);
    const script = `const updateClient = (ctx) => ctx.request.isTask === !ctx.request.headers['x-ticket'];`;
    const made = await send('POST', SCRIPTS, {
      ...{ name: 'tasks only', scriptType: 'client_registration', programmingLanguage: 'javascript', enabled: true },
      ...{ script, configurationProperties: [{ value1: 'config_api', value2: 'true' }] },
    });
    expect(made.status).toBe(201);
    service.clock.advance(SECOND);
    const more = { headers: { 'X-Ticket': '4711' } };
    const body = { action: 'patch', filter, mergePatch: { contacts: ['ann@example.com'] } };
    const { sample } = (await send('POST', BULK, body, more)).body;
    const ended = await done(body, more);
    expect((await send('DELETE', `${SCRIPTS}/${made.body.inum}`)).status).toBe(204);
    service.clock.advance(SECOND);
    expect(sample).toMatchObject([{ outcome: 'changed' }]);
    expect(ended).toMatchObject({ counts: counts({ changed: 1 }) });
  });

  it('takes back what it is about to do where another process has done it', async () => {
    const { filter, inums } = await group(3);
    const [, second = ''] = inums;
    const address = await begun({ action: 'deactivate', filter });
    afterEachClient(async (count) => {
      const item = { position: 2, state: 'changed', result: {} };
      if (count === 1)
        await service.work.write(({ taskItems }) => taskItems.finish(address.split('/').at(-1) ?? '', item));
    });
    await run();
    expect(await at(address)).toMatchObject({ state: 'done', counts: counts({ changed: 3 }) });
    const disabled = await Promise.all(inums.map(async (inum) => (await read(inum)).disabled as boolean));
    expect(disabled).toEqual([true, false, true]);
    const { entries } = (await send('GET', `${CLIENTS}/${second}/history`)).body;
    expect(entries).toHaveLength(1);
  });

  it('is undone as a whole', async () => {
    const { filter, inums } = await group(3);
    const undo = '/jans-config-api/api/v1/openid/changes/undo';
    const patched = await done({
      action: 'patch',
      filter,
      mergePatch: { contacts: ['ann@example.com'], disabled: true },
    });
    const undone = await send('POST', undo, { requestId: patched.id });
    expect([undone.status, undone.body.undone, undone.body.left]).toEqual([200, 3, 0]);
    const { contacts, disabled } = await read(inums[0] ?? '');
    expect([contacts, disabled]).toEqual([undefined, false]);
    const removed = await done({ action: 'delete', filter });
    expect((await send('POST', undo, { requestId: removed.id })).body).toMatchObject({ undone: 3 });
    expect((await read(inums[2] ?? '')).inum).toBe(inums[2]);
  });

  it('is begun once for each idempotency key', async () => {
    const { filter } = await group(1);
    const { confirm } = (await send('POST', BULK, { action: 'deactivate', filter })).body;
    const headers = { 'Idempotency-Key': 'b7b1f3a2-6f1d-4f4e-9d5a-2f6c1c0e8a11' };
    const begin = (): Promise<TestReply> => send('POST', BULK, { action: 'deactivate', filter, confirm }, { headers });
    const [first, again] = [await begin(), await begin()];
    expect([first.status, again.body, again.headers.get('location')]).toEqual([
      ...[202, first.body],
      first.headers.get('location'),
    ]);
  });
});

describe('new secrets', () => {
  it.each([
    ['RSA', 'RSA-OAEP-256', {}],
    ['EC', 'ECDH-ES+A256KW', { crv: 'P-256' }],
  ])('come as JWEs for the owner of an %s key, and nobody else', async (_kty, alg, options) => {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true, ...options });
    const { filter, clients } = await group(2);
    const none = await created({ tokenEndpointAuthMethod: 'none' });
    const encryptTo = { ...(await exportJWK(publicKey)), kid: 'mine' };
    const { sample } = (await send('POST', BULK, { action: 'rotate', filter, encryptTo })).body;
    expect(sample[0]).toMatchObject({ outcome: 'changed', changed: ['clientSecret'] });
    expect(sample[0]).not.toHaveProperty('secret');
    const address = await begun({ action: 'rotate', filter: `${filter} or inum eq "${none.inum}"`, encryptTo });
    await run();
    const results = await resultsOf(address);
    expect(results.find(({ inum }) => inum === none.inum)).toMatchObject({
      problem: { type: 'urn:clientele:problem:no-secret' },
    });
    const works = async (inum: string, secret: string): Promise<number> =>
      (
        await service.request('POST', TOKEN, {
          headers: basic(inum, secret),
          form: { grant_type: 'client_credentials' },
        })
      ).status;
    for (const { inum, clientSecret } of clients) {
      const { secret } = results.find((result) => result.inum === inum);
      const { plaintext, protectedHeader } = await compactDecrypt(secret, privateKey);
      expect(protectedHeader).toMatchObject({ alg, enc: 'A256GCM', kid: 'mine' });
      const opened = JSON.parse(new TextDecoder().decode(plaintext));
      expect([opened.inum, await works(inum, opened.clientSecret), await works(inum, clientSecret)]).toEqual([
        inum,
        200,
        401,
      ]);
      expect(JSON.stringify(results)).not.toContain(opened.clientSecret);
    }
  });

  it('are given by no patch that nobody could read them of', async () => {
    const { publicKey, privateKey } = await generateKeyPair('RSA-OAEP-256', { extractable: true });
    const { filter } = await group(1, () => ({ tokenEndpointAuthMethod: 'none' }));
    const body = { action: 'patch', filter, mergePatch: { tokenEndpointAuthMethod: 'client_secret_basic' } };
    const refused = await done(body);
    expect(refused.failures).toMatchObject([{ problem: { errors: [{ pointer: '/encryptTo' }] } }]);
    const address = await begun({ ...body, encryptTo: await exportJWK(publicKey) });
    await run();
    const [{ secret }] = await resultsOf(address);
    expect((await compactDecrypt(secret, privateKey)).plaintext.length).toBeGreaterThan(40);
  });
});

describe('whoever begins a run', () => {
  it('needs the scope of the operation on one client, and one that reads clients for a filter', async () => {
    const { filter, inums } = await group(1);
    const [writes, deletes] = await Promise.all(
      ['write', 'delete'].map((word) => service.adminToken(`${P}openid/clients.${word}`)),
    );
    const reads = await service.adminToken(`${P}openid/clients.readonly`);
    const status = async (body: object, as: string | undefined): Promise<number> =>
      (await send('POST', BULK, body, { token: as ?? '' })).status;
    expect(await status({ action: 'delete', inums }, writes)).toBe(403);
    expect(await status({ action: 'deactivate', inums }, deletes)).toBe(403);
    expect(await status({ action: 'delete', filter }, deletes)).toBe(403);
    expect(await status({ action: 'delete', inums }, deletes)).toBe(200);
    expect(await status({ action: 'deactivate', filter }, writes)).toBe(200);
    expect(await status({ action: 'deactivate', filter }, reads)).toBe(403);
    const address = await begun({ action: 'delete', inums });
    const control = async (as: string | undefined): Promise<number> =>
      (await send('POST', `${address}/stop`, undefined, { token: as ?? '' })).status;
    expect([await control(writes), await control(deletes)]).toEqual([403, 200]);
    expect((await send('GET', address, undefined, { token: reads })).status).toBe(200);
  });

  it('cannot do more with it than one by one', async () => {
    const weak = await service.adminToken(`${P}openid/clients.write`);
    const strong = await created({ scopes: [`${P}scopes.write`], softwareId: 'strong' });
    const body = { action: 'deactivate', inums: [strong.inum, service.admin.clientId] };
    const { failures } = await done(body, { token: weak });
    const types = (failures as TestReply['body'][]).map(({ problem }) => problem.type);
    expect(types).toEqual(['urn:clientele:problem:insufficient-scope', 'urn:clientele:problem:insufficient-scope']);
    const last = await done({ action: 'deactivate', inums: [service.admin.clientId] });
    expect(last.failures[0].problem.type).toBe('urn:clientele:problem:last-administrator');
  });

  const SCOPES = [`${P}openid/clients.delete`, `${P}openid/clients.readonly`];
  const merge = { headers: { 'Content-Type': 'application/merge-patch+json' } };

  it.each<[string, (helper: { inum: string; clientSecret: string }, token: string) => Promise<TestReply>]>([
    ['is deactivated', ({ inum }) => send('POST', `${CLIENTS}/${inum}/deactivate`)],
    ['has no tokens any more', ({ inum }) => send('POST', `${CLIENTS}/${inum}/revoke-tokens`)],
    [
      'has revoked the token',
      ({ inum, clientSecret }, its) =>
        service.request('POST', REVOKE, { headers: basic(inum, clientSecret), form: { token: its } }),
    ],
    [
      'may not find clients any more',
      ({ inum }) => send('PATCH', `${CLIENTS}/${inum}`, { scopes: SCOPES.slice(0, 1) }, merge),
    ],
  ])('has to be able to do it still at each step: not who %s', async (_what, lose) => {
    const { filter } = await group(3);
    const helper = await created({ scopes: SCOPES });
    const asked = await service.request('POST', TOKEN, {
      headers: basic(helper.inum, helper.clientSecret),
      form: { grant_type: 'client_credentials' },
    });
    const as = { token: asked.body.access_token as string };
    const address = await begun({ action: 'delete', filter }, as);
    afterEachClient(async () => {
      expect((await lose(helper, as.token)).status).toBeLessThan(300);
      service.clock.advance(SECOND);
    });
    await run();
    expect(await at(address)).toMatchObject({
      ...{ state: 'stopped', counts: counts({ waiting: 2, changed: 1 }) },
      detail: 'whoever does it may not do this any more',
    });
  });

  it('has a token of another issuer that is trusted with less by now, and may not do it any more', async () => {
    const theirs = { token: await idp.token(API, `${P}openid/clients.write`) };
    const address = await begun({ action: 'deactivate', inums: [(await created({})).inum] }, theirs);
    const { ground } = service;
    const trustedIssuers = ground.config.trustedIssuers.map((entry) => ({
      ...entry,
      scopes: [`${P}openid/clients.readonly`],
    }));
    const other = await compose({ ...ground, config: { ...ground.config, trustedIssuers } });
    await other.tasks.runner.run();
    await other.close();
    expect(await at(address)).toMatchObject({ state: 'stopped', counts: counts({ waiting: 1 }) });
  });

  it('has a token of another issuer, which is good for an hour after its end and while that is trusted: then somebody has to resume it', async () => {
    const theirs = { token: await idp.token(API, `${P}openid/clients.write`) };
    const [first, second] = [await group(2), await group(1)];
    const address = await begun({ action: 'deactivate', filter: first.filter }, theirs);
    const untrusted = await begun({ action: 'deactivate', filter: second.filter }, theirs);
    await send('POST', `${address}/pause`);
    const { ground } = service;
    const other = await compose({ ...ground, config: { ...ground.config, trustedIssuers: [] } });
    await other.tasks.runner.run();
    await other.close();
    expect(await at(untrusted)).toMatchObject({ state: 'stopped', counts: counts({ waiting: 1 }) });
    await send('POST', `${address}/resume`, undefined, theirs);
    service.clock.advance(3 * HOUR);
    token = await service.adminToken();
    await run();
    const held = await at(address);
    expect(held).toMatchObject({ state: 'paused', counts: counts({ waiting: 2 }) });
    expect(held.detail).toContain('another issuer');
    const deletes = await service.adminToken(`${P}openid/clients.delete`);
    expect((await send('POST', `${address}/resume`, undefined, { token: deletes })).status).toBe(403);
    expect((await send('POST', `${address}/resume`)).body).not.toHaveProperty('detail');
    await run();
    const { clientId } = service.admin;
    expect(await at(address)).toMatchObject({
      ...{ state: 'done', counts: counts({ changed: 2 }) },
      ...{ caller: `${idp.issuer} their-client`, resumedBy: clientId },
    });
    const { entries } = (await send('GET', `${CLIENTS}/${first.inums[0]}/history`)).body;
    expect(entries[0]).toMatchObject({ caller: clientId });
  });

  it('has at most twenty runs that have not ended, and those that stay paused for thirty days end', async () => {
    const { inum, clientSecret } = await created({ scopes: [`${P}openid/clients.write`] });
    const its = async (): Promise<{ token: string }> => {
      const form = { grant_type: 'client_credentials' };
      return {
        token: (await service.request('POST', TOKEN, { headers: basic(inum, clientSecret), form })).body.access_token,
      };
    };
    const as = await its();
    const body = { action: 'deactivate', inums: [(await created({})).inum] };
    const { confirm } = (await send('POST', BULK, body, as)).body;
    const begin = (by: { token: string }): Promise<TestReply> => send('POST', BULK, { ...body, confirm }, by);
    const runs: string[] = [];
    for (let n = 0; n < 20; n += 1) runs.push((await begin(as)).headers.get('location') ?? '');
    for (const one of runs) await send('POST', `${one}/pause`, undefined, as);
    const refused = await begin(as);
    expect([refused.status, refused.body.type]).toEqual([409, 'urn:clientele:problem:too-many-runs']);
    expect((await begin({ token })).status).toBe(202);
    service.clock.advance(30 * 24 * HOUR + HOUR);
    token = await service.adminToken();
    await run();
    expect((await at(runs[0] ?? '')).state).toBe('stopped');
    expect((await begin(await its())).status).toBe(202);
    await run();
  });

  it('learns no members of clients by what it may only delete', async () => {
    const { inum } = await created({ contacts: ['ann@unread.example'] });
    const as = { token: await service.adminToken(`${P}openid/clients.delete`) };
    const { sample } = (await send('POST', BULK, { action: 'delete', inums: [inum] }, as)).body;
    expect(sample).toEqual([{ inum, outcome: 'changed' }]);
  });

  it('does not go on by itself where it is paused while somebody else resumes it', async () => {
    const address = await begun({ action: 'deactivate', inums: [(await created({})).inum] });
    const weak = await service.adminToken(`${P}openid/clients.write`);
    const { service: tasks } = service.tasks;
    const find = tasks.find.bind(tasks);
    const spy = jest.spyOn(tasks, 'find').mockImplementationOnce(async (id) => {
      const found = await find(id);
      expect((await send('POST', `${address}/pause`)).body.state).toBe('paused');
      return found;
    });
    const reply = await send('POST', `${address}/resume`, undefined, { token: weak });
    spy.mockRestore();
    expect([reply.status, reply.body.detail]).toEqual([409, 'the run is paused']);
    await run();
    expect((await at(address)).state).toBe('paused');
    await send('POST', `${address}/stop`);
  });

  it('has no more with it than who has resumed it', async () => {
    const strong = await created({ scopes: [`${P}scopes.write`] });
    const address = await begun({ action: 'deactivate', inums: [strong.inum] });
    await send('POST', `${address}/pause`);
    const weak = await service.adminToken(`${P}openid/clients.write`);
    expect((await send('POST', `${address}/resume`, undefined, { token: weak })).status).toBe(200);
    await run();
    const [refused] = await resultsOf(address);
    expect(refused).toMatchObject({ problem: { type: 'urn:clientele:problem:insufficient-scope' } });
  });
});
