import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ATTRIBUTES, caller, pointersOf, SCOPES, type Caller } from '../support/registry.ts';
import { TOKENS } from '../support/registration.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

let service: TestService;
let token: string;
let clients: Caller;

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
  clients = caller(service, CLIENTS, token);
});
afterAll(() => service.stop());

const strictly = (body: object, address = CLIENTS): Promise<TestReply> =>
  service.request('POST', address, { token, headers: { Prefer: 'handling=strict' }, body });

/** A client as it comes back from POST, PUT, strict POST, and as a check shows it: every document's way in. */
async function throughEveryDoor(members: object): Promise<TestReply['body'][]> {
  const body = { redirectUris: ['https://a.example/cb'], ...members };
  const { inum } = (await clients.create({ redirectUris: [] })).body;
  const replies = [
    await clients.create(body),
    await clients.replace({ ...body, inum }),
    await strictly(body),
    await service.request('POST', `${CLIENTS}/validate`, { token, body }),
  ];
  expect(replies.map(({ status }) => status)).toEqual([201, 200, 201, 200]);
  return replies.map(({ body: { client, ...rest } }) => client ?? rest);
}

describe('texts by language', () => {
  it.each([
    ['the map itself', { fr: 'Boutique', '': 'Shop' }, { '': 'Shop', fr: 'Boutique' }],
    [
      'what Janssen writes',
      { values: { '': 'Shop', fr: 'Boutique' }, value: 'Shop', languageTags: ['', 'fr'] },
      { '': 'Shop', fr: 'Boutique' },
    ],
    [
      'what is derived, beside the map',
      { value: 'Shop', languageTags: [''], fr: 'Boutique' },
      { '': 'Shop', fr: 'Boutique' },
    ],
    ['an absent text', { fr: 'Boutique', de: null, it: '' }, { fr: 'Boutique' }],
  ])('are kept: %s', async (_what, clientNameLocalized, values) => {
    for (const client of await throughEveryDoor({ clientNameLocalized }))
      expect(client.clientNameLocalized).toEqual({ values });
  });

  it('are refused by name when they are no texts', async () => {
    const reply = await clients.create({ redirectUris: [], clientNameLocalized: { fr: 7 } });
    expect([reply.status, pointersOf(reply)]).toEqual([400, ['/clientNameLocalized/values/fr']]);
  });
});

describe('members under former names', () => {
  const FORMER = {
    logoutUri: ['https://a.example/out'],
    requireAuthTime: true,
    exp: '2130-09-28T23:00:00Z[UTC]',
    attributes: { runIntrospectionScriptBeforeAccessTokenAsJwtCreationAndIncludeClaims: true, parLifetime: 60 },
  };

  it('go to their successors', async () => {
    for (const client of await throughEveryDoor(FORMER)) {
      expect(client).toMatchObject({
        frontChannelLogoutUri: 'https://a.example/out',
        expirationDate: '2130-09-28T23:00:00',
        attributes: { requireAuthTime: true, runIntrospectionScriptBeforeJwtCreation: true, parLifetime: 60 },
      });
    }
    const claim = await strictly({ name: 'formerly', jansMultivaluedAttr: true }, ATTRIBUTES);
    expect(claim.body.oxMultiValuedAttribute).toBe(true);
  });

  it.each([
    [
      { logoutUri: 'https://a.example/1', frontChannelLogoutUri: 'https://a.example/2' },
      '/logoutUri',
      '/frontChannelLogoutUri',
    ],
    [{ logoutUri: ['https://a.example/1', 'https://a.example/2'] }, '/logoutUri', '/frontChannelLogoutUri'],
    [
      { requireAuthTime: true, attributes: { requireAuthTime: false } },
      '/requireAuthTime',
      '/attributes/requireAuthTime',
    ],
  ])('yield to their successors, and are refused by strict requests: %j', async (members, former, successor) => {
    const body = { redirectUris: ['https://a.example/cb'], ...members };
    const kept = await clients.create(body);
    expect([kept.status, kept.body.logoutUri, kept.body.requireAuthTime]).toEqual([201, undefined, undefined]);
    const reply = await strictly(body);
    expect([reply.status, reply.body.detail]).toEqual([
      400,
      `${former} is no member of a client, it is ${successor} now`,
    ]);
  });

  it('say nothing where both say the same', async () => {
    const same = { logoutUri: 'https://a.example/out', frontChannelLogoutUri: 'https://a.example/out' };
    expect((await strictly({ redirectUris: ['https://a.example/cb'], ...same })).status).toBe(201);
    const noise = { action_message: 'x', softwareSection: {}, cibaSection: 1, tokenBindingSupported: false };
    expect((await strictly({ redirectUris: [], ...noise })).status).toBe(201);
  });
});

describe('custom attributes', () => {
  const of = async (attribute: object): Promise<unknown> =>
    (await clients.create({ redirectUris: [], customAttributes: [{ name: 'a', ...attribute }] })).body
      .customAttributes[0];

  it('keep what was given', async () => {
    expect(await of({ multiValued: true, values: ['x'] })).toMatchObject({ multiValued: true, displayValue: 'x' });
    expect(await of({ values: ['x', 'y'], displayValue: 'X and Y' })).toMatchObject({
      multiValued: true,
      displayValue: 'X and Y',
    });
    expect(await of({ multiValued: true })).toEqual({ name: 'a', multiValued: true, values: [] });
  });

  it('keep it through a round trip, and let what was made follow the values', async () => {
    const customAttributes = [
      { name: 'given', multiValued: true, values: ['x'], displayValue: 'X' },
      { name: 'made', value: 'x' },
    ];
    const client = (await clients.create({ redirectUris: [], customAttributes })).body;
    const edited = client.customAttributes.map((one: object) => ({ ...one, value: 'y' }));
    const { body } = await clients.replace({ ...client, customAttributes: edited });
    expect(body.customAttributes).toEqual([
      { name: 'given', multiValued: true, values: ['y'], value: 'y', displayValue: 'X' },
      { name: 'made', multiValued: false, values: ['y'], value: 'y', displayValue: 'y' },
    ]);
  });

  it.each([
    [{ values: [null] }, '/customAttributes/0/values/0', 'must be string, number or boolean'],
    [{ value: {} }, '/customAttributes/0/value', 'must be string, number or boolean'],
    [{ value: 'x'.repeat(4097) }, '/customAttributes/0/value', 'must NOT have more than 4096 characters'],
  ])('are told one fault for one: %j', async (attribute, pointer, detail) => {
    const customAttributes = [{ name: 'a', ...attribute }];
    const { inum } = (await clients.create({ redirectUris: [] })).body;
    for (const reply of [
      await clients.create({ redirectUris: [], customAttributes }),
      await clients.merge(inum, { customAttributes }),
    ]) {
      expect(reply.status).toBe(400);
      expect(reply.body.errors).toEqual([expect.objectContaining({ pointer, detail })]);
    }
  });
});

describe('booleans and integers as texts', () => {
  const TEXTS = {
    disabled: 'true',
    accessTokenLifetime: '3600',
    customAttributes: [{ name: 'a', multiValued: 'true', values: ['true', '7'] }],
    attributes: { requirePar: 'false', minimumAcrLevel: '-1' },
  };

  it('are taken for what they say', async () => {
    const { inum } = (await clients.create({ redirectUris: [] })).body;
    const replies = [
      await clients.create({ redirectUris: [], ...TEXTS }),
      await clients.replace({ inum, redirectUris: [], ...TEXTS }),
      await clients.merge(inum, TEXTS),
      await clients.patch(
        inum,
        Object.entries(TEXTS).map(([name, value]) => ({ op: 'add', path: `/${name}`, value })),
      ),
    ];
    for (const { body } of replies) {
      expect(body).toMatchObject({
        disabled: true,
        accessTokenLifetime: 3600,
        customAttributes: [{ multiValued: true, values: ['true', '7'] }],
        attributes: { requirePar: false, minimumAcrLevel: -1 },
      });
    }
    const scope = await caller(service, SCOPES, token).create({ id: 'texts', defaultScope: 'true' });
    expect(scope.body.defaultScope).toBe(true);
  });

  it('are taken, and refused by strict requests, in every other body of the Config-API', async () => {
    const { inum } = (await clients.create({ redirectUris: [], grantTypes: ['client_credentials'] })).body;
    for (const [path, body, status] of [
      [TOKENS, { label: 'Partner', uses: '5' }, 201],
      [`${CLIENTS}/${inum}/secret`, { overlapSeconds: '60' }, 200],
    ] as const) {
      const taken = await service.request('POST', path, { token, body });
      expect([path, taken.status]).toEqual([path, status]);
      expect(taken.body).toMatchObject(
        path === TOKENS ? { usesLeft: 5 } : { previousSecretExpiresAt: expect.any(String) },
      );
      const strict = await service.request('POST', path, { token, body, headers: { Prefer: 'handling=strict' } });
      expect([path, strict.status]).toEqual([path, 400]);
    }
  });

  it('are refused by strict requests', async () => {
    const pointers = ['/disabled', '/accessTokenLifetime', '/attributes/requirePar', '/attributes/minimumAcrLevel'];
    const reply = await strictly({ redirectUris: [], ...TEXTS });
    expect([reply.status, pointersOf(reply).sort()]).toEqual([
      400,
      [...pointers, '/customAttributes/0/multiValued'].sort(),
    ]);
    const { inum } = (await clients.create({ redirectUris: [] })).body;
    const merged = await clients.merge(inum, { disabled: 'true' }, { Prefer: 'handling=strict' });
    expect([merged.status, pointersOf(merged)]).toEqual([400, ['/disabled']]);
  });

  it.each([
    ...['TRUE', 'yes', '1', ' true'].map((text) => ['disabled', text]),
    ...['3600s', '1e3', '0x10', '007', '+5', '1.0', ' 5', '9'.repeat(400)].map((text) => ['accessTokenLifetime', text]),
  ])('are nothing else: %s %j', async (name, text) => {
    const reply = await clients.create({ redirectUris: [], [name]: text });
    expect([reply.status, pointersOf(reply)]).toEqual([400, [`/${name}`]]);
  });
});
