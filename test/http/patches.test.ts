import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newClient } from '../support/clients.ts';
import { tokenOf } from '../support/issuer.ts';
import { ATTRIBUTES, caller, pointersOf, SCOPES, type Caller } from '../support/registry.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

let service: TestService;
let token: string;
const callers: Record<string, Caller> = {};
let clients: Caller;

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
  for (const [noun, address] of [
    ['client', CLIENTS] as const,
    ['scope', SCOPES] as const,
    ['claim', ATTRIBUTES] as const,
  ])
    callers[noun] = caller(service, address, token);
  clients = callers['client'] as Caller;
});
afterAll(() => service.stop());

/** What each kind of resource is made of, with a member in every part that is patched here. */
const SAMPLES: Readonly<Record<string, (n: number) => object>> = {
  client: () => ({
    redirectUris: [],
    contacts: ['a@x'],
    description: 'x',
    scopes: ['openid'],
    expirationDate: '2031-01-01T00:00:00',
    clientNameLocalized: { values: { '': 'Shop', fr: 'Boutique' } },
    customAttributes: [{ name: 'a', values: ['x', 'y'] }],
    attributes: { requirePar: true },
  }),
  scope: (n) => ({ id: `patched.${n}`, claims: ['email'], attributes: { showInConfigurationEndpoint: true } }),
  claim: (n) => ({ name: `patched${n}`, viewType: ['admin'], attributeValidation: { minLength: 1 } }),
};
let count = 0;

async function made(
  noun: string,
  more: object = {},
): Promise<{ of: Caller; inum: string; read: () => Promise<TestReply> }> {
  const of = callers[noun] as Caller;
  const reply = await of.create({ ...SAMPLES[noun]?.((count += 1)), ...more });
  expect(reply.status).toBe(201);
  return { of, inum: reply.body.inum, read: () => of.read(reply.body.inum) };
}

/** Expects that a call is refused with these words in `detail`, and that nothing has changed. */
async function expectRefused(
  { read }: { read: () => Promise<TestReply> },
  call: () => Promise<TestReply>,
  detail: string,
  status = 400,
): Promise<TestReply> {
  const before = await read();
  const reply = await call();
  expect([reply.status, reply.body.detail]).toEqual([status, expect.stringContaining(detail)]);
  const after = await read();
  expect([after.text, after.headers.get('etag')]).toEqual([before.text, before.headers.get('etag')]);
  return reply;
}

const add = (path: string, value: unknown): object => ({ op: 'add', path, value });
const NO_MEMBER = 'is no member of a';

describe('a JSON Patch that names what is not there', () => {
  it.each([
    [
      'client',
      [{ op: 'move', from: '/contacts', path: '/contact' }],
      `/contact ${NO_MEMBER} client: did you mean /contacts?`,
    ],
    ['client', [add('/clientName', 'x'), add('/acessTokenLifetime', 60)], 'operation 1: /acessTokenLifetime'],
    ['client', [add('/attributes', { requirePar: true, requirePKCE: null })], `/attributes/requirePKCE ${NO_MEMBER}`],
    ['client', [add('/customAttributes/-', { name: 'b', valeus: ['x'] })], '/customAttributes/-/valeus'],
    ['client', [add('/action_message', 'x')], `/action_message ${NO_MEMBER} client`],
    ['scope', [add('/displayName', 'x'), add('/descripton', 'y')], 'operation 1: /descripton is no member of a scope'],
    ['scope', [add('/attributes/showInConfiguration', true)], 'did you mean /attributes/showInConfigurationEndpoint?'],
    ['claim', [add('/attributeValidation/maxLenght', 1)], 'did you mean /attributeValidation/maxLength?'],
    ['claim', [add('/viewTypes', ['user'])], `/viewTypes ${NO_MEMBER} claim: did you mean /viewType?`],
  ])('of a %s is refused whole: %j', async (noun, operations, detail) => {
    const one = await made(noun);
    const reply = await expectRefused(one, () => one.of.patch(one.inum, operations), detail);
    expect(reply.body.detail).toMatch(/^operation \d: /);
  });

  it('is told of each such name, by the operation', async () => {
    const one = await made('client');
    const operations = [add('/colour', 1), add('/description', 'y'), add('/tone', 1)];
    const reply = await expectRefused(one, () => clients.patch(one.inum, operations), 'operation 0: /colour');
    expect(pointersOf(reply)).toEqual(['/0', '/2']);
  });

  it('is told of a hundred when it has thousands of them', async () => {
    const one = await made('client');
    const names = Object.fromEntries(Array.from({ length: 12_000 }, (_unused, index) => [`redirectUriz${index}`, 1]));
    const merged = await expectRefused(one, () => clients.merge(one.inum, names), 'and 99 more');
    const operations = Array.from({ length: 500 }, (_unused, index) =>
      add(`/attributes`, { [`requirePkze${index}`]: 1 }),
    );
    const patched = await expectRefused(one, () => clients.patch(one.inum, operations), 'and 99 more');
    expect([pointersOf(merged).length, pointersOf(patched).length]).toEqual([100, 100]);
  });

  it('may use free names where the contract has them', async () => {
    const { inum } = await made('client');
    const patched = await clients.patch(inum, [add('/clientNameLocalized/values/x-any', 'Shop')]);
    expect(patched.body.clientNameLocalized.values['x-any']).toBe('Shop');
    const scope = await made('scope', { creatorAttributes: { team: 'a' } });
    const { body } = await scope.of.patch(scope.inum, [add('/creatorAttributes/any', 'b')]);
    expect(body.creatorAttributes).toEqual({ team: 'a', any: 'b' });
  });
});

describe('a JSON Patch that misses its target', () => {
  it.each([
    [{ op: 'replace', path: '/organization', value: 'x' }, 'operation 0: /organization is absent: use add'],
    [{ op: 'replace', path: '/inum', value: 'x' }, 'operation 0: /inum is read-only'],
    [{ op: 'replace', path: '', value: {} }, 'the client as a whole cannot be changed'],
  ])('says in one line what and why: %j', async (operation, detail) => {
    const one = await made('client');
    await expectRefused(one, () => clients.patch(one.inum, [operation]), detail);
  });

  it.each([['(not shown)'], ['a-secret-of-mine'], ['']])('never finds the secret to be %j', async (value) => {
    const one = await made('client', { clientSecret: 'a-secret-of-mine' });
    const test = { op: 'test', path: '/clientSecret', value };
    await expectRefused(one, () => clients.patch(one.inum, [test]), '/clientSecret cannot be read', 409);
  });

  it('tests the client as a whole as it is read', async () => {
    const { inum, read } = await made('client');
    const { body } = await read();
    expect((await clients.patch(inum, [{ op: 'test', path: '', value: body }])).status).toBe(200);
    const withMark = { ...body, clientSecret: '(not shown)' };
    expect((await clients.patch(inum, [{ op: 'test', path: '', value: withMark }])).status).toBe(409);
  });
});

describe('former names in a patch', () => {
  it('stand for their successors in a JSON Patch', async () => {
    const { inum } = await made('client', { redirectUris: ['https://a.example/cb'] });
    const { body, status } = await clients.patch(inum, [
      add('/logoutUri', ['https://a.example/out']),
      { op: 'test', path: '/logoutUri', value: 'https://a.example/out' },
      add('/requireAuthTime', true),
      add('/attributes/runIntrospectionScriptBeforeAccessTokenAsJwtCreationAndIncludeClaims', true),
      { op: 'replace', path: '/exp', value: '2032-01-01T00:00:00' },
      add('/clientNameLocalized/de', 'Laden'),
      { op: 'copy', from: '/clientNameLocalized/fr', path: '/description' },
      { op: 'replace', path: '/clientNameLocalized/value', value: 'Store' },
      add('/logoUriLocalized', { fr: 'https://a.example/fr', value: 'https://a.example/l', languageTags: [] }),
    ]);
    expect([status, body]).toEqual([200, expect.objectContaining({ description: 'Boutique', clientName: 'Store' })]);
    expect(body).toMatchObject({
      frontChannelLogoutUri: 'https://a.example/out',
      expirationDate: '2032-01-01T00:00:00',
      clientNameLocalized: { values: { '': 'Store', fr: 'Boutique', de: 'Laden' } },
      logoUriLocalized: { values: { '': 'https://a.example/l', fr: 'https://a.example/fr' } },
      attributes: { requireAuthTime: true, runIntrospectionScriptBeforeJwtCreation: true, requirePar: true },
    });
  });

  it('stand for their successors in a merge patch, also to take them out', async () => {
    const { inum } = await made('client', {
      frontChannelLogoutUri: 'https://a.example/out',
      redirectUris: ['https://a.example/cb'],
    });
    const { body } = await clients.merge(inum, {
      logoutUri: null,
      exp: null,
      requireAuthTime: true,
      clientNameLocalized: { fr: null, de: 'Laden' },
    });
    expect(body).toMatchObject({
      attributes: { requireAuthTime: true, requirePar: true },
      clientNameLocalized: { values: { '': 'Shop', de: 'Laden' } },
    });
    for (const name of ['frontChannelLogoutUri', 'expirationDate']) expect(body).not.toHaveProperty(name);
    expect(body.clientNameLocalized.values).not.toHaveProperty('fr');
  });

  it('are refused where the successor has another value, or no place for it', async () => {
    const one = await made('client');
    for (const conflict of [
      { logoutUri: 'https://a.example/1', frontChannelLogoutUri: 'https://a.example/2' },
      { logoutUri: ['https://a.example/1', 'https://a.example/2'] },
    ]) {
      const detail = `/logoutUri ${NO_MEMBER} client, it is /frontChannelLogoutUri now`;
      await expectRefused(one, () => clients.merge(one.inum, conflict), detail);
    }
  });
});

describe('a merge patch', () => {
  it.each([
    [
      'client',
      { clientName: 'x', acessTokenLifetime: 60 },
      `/acessTokenLifetime ${NO_MEMBER} client: did you mean /accessTokenLifetime?`,
    ],
    ['client', { contact: null }, 'did you mean /contacts?'],
    ['client', { attributes: { requirePKCE: null } }, 'did you mean /attributes/requirePkce?'],
    ['client', { customAttributes: [{ name: 'a', q: 1 }] }, `/customAttributes/0/q ${NO_MEMBER} client`],
    [
      'client',
      { clientNameLocalized: { values: { fr: 'x' }, de: 'y' } },
      `/clientNameLocalized/de ${NO_MEMBER} client`,
    ],
    ['client', { inum: 'x' }, '/inum is read-only'],
    ['client', { attributes: { cimdClient: true } }, '/attributes/cimdClient is read-only'],
    ['client', { deletable: null }, '/deletable is read-only'],
    ['scope', { defaultscopes: true }, 'did you mean /defaultScope?'],
    ['scope', { creatorId: 'x' }, '/creatorId is read-only'],
    ['claim', { attributeValidation: { regex: '^a$' } }, 'did you mean /attributeValidation/regexp?'],
  ])('of a %s is refused whole: %j', async (noun, patch, detail) => {
    const one = await made(noun);
    await expectRefused(one, () => one.of.merge(one.inum, patch), detail);
    await expectRefused(one, () => one.of.merge(one.inum, patch, { Prefer: 'handling=strict' }), detail);
  });

  it.each([['client'], ['scope'], ['claim']])('that is the %s as it was read changes nothing', async (noun) => {
    const { of, inum, read } = await made(noun);
    const before = await read();
    const noise = {
      action_message: 'x',
      ...(noun === 'client' && { softwareSection: '', cibaSection: null, expirable: [true] }),
    };
    for (const body of [before.body, { ...before.body, ...noise }]) {
      const reply = await of.merge(inum, body, { Prefer: 'handling=strict' });
      expect([reply.status, reply.text, reply.headers.get('etag')]).toEqual([
        200,
        before.text,
        before.headers.get('etag'),
      ]);
    }
  });

  it('that is a scope with its clients changes nothing', async () => {
    const { of, inum, read } = await made('scope');
    await clients.create({ redirectUris: [], scopes: [(await read()).body.id] });
    const { body } = await service.request('GET', `${SCOPES}/${inum}?withAssociatedClients=true`, { token });
    expect(body.clients).toHaveLength(1);
    expect((await of.merge(inum, body)).headers.get('etag')).toBe('"1-0"');
  });

  it('may carry an older reading of when the client was used, and no later one', async () => {
    const client = await newClient(service);
    const use = async (): Promise<TestReply['body']> => {
      await tokenOf(service, client);
      await service.idle();
      return (await clients.read(client.inum)).body;
    };
    const before = await use();
    service.clock.advance(61_000);
    const { lastAccessTime } = await use();
    expect(lastAccessTime > before.lastAccessTime).toBe(true);
    const merged = await clients.merge(client.inum, { ...before, description: 'y' });
    expect([merged.status, merged.body.description, merged.body.lastAccessTime]).toEqual([200, 'y', lastAccessTime]);
    expect((await clients.merge(client.inum, { lastAccessTime: '2999-01-01T00:00:00' })).status).toBe(400);
  });
});
