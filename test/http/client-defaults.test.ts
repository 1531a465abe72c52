import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CLAIM_PROPERTIES, CLIENT_PROPERTIES, SCOPE_PROPERTIES } from '../../openapi/properties.gen.ts';
import type { ClientProperty } from '../../openapi/property.ts';
import { DEFAULT_ATTRIBUTES, DEFAULT_MEMBERS, defaultsOf } from '../support/defaults.ts';
import { editable, manage, registered } from '../support/registration.ts';
import { ATTRIBUTES, caller, inumsOf, SCOPES, type Caller } from '../support/registry.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

const PROPERTIES: readonly ClientProperty[] = CLIENT_PROPERTIES;
/** The defaults in the terms of a registration. */
const METADATA = Object.fromEntries(
  PROPERTIES.flatMap(({ dcr, default: value }) =>
    dcr === undefined || value === undefined ? [] : [dcr.name, ...(dcr.also ?? [])].map((name) => [name, value]),
  ),
);

let service: TestService;
let clients: Caller;
beforeAll(async () => {
  service = await startService({ env: { REGISTRATION: 'open' } });
  clients = caller(service, CLIENTS, await service.adminToken(), { redirectUris: [] });
});
afterAll(() => service.stop());

/** The members that a client has by default, as they are shown. */
const shown = async (inum: string): Promise<unknown> => (await clients.read(inum)).body;

describe('a member with a default', () => {
  it('is part of a client that says nothing, in every reply', async () => {
    const reply = await clients.create();
    expect(reply.body).toMatchObject(DEFAULT_MEMBERS);
    const { inum } = reply.body;
    expect(await shown(inum)).toMatchObject(DEFAULT_MEMBERS);
    const list = await clients.list({ pattern: inum });
    expect(list.body.entries).toEqual([expect.objectContaining({ ...DEFAULT_MEMBERS, inum })]);
    const validated = await service.request('POST', `${CLIENTS}/validate`, {
      token: await service.adminToken(),
      body: { redirectUris: [] },
    });
    expect(validated.body.client).toMatchObject(DEFAULT_MEMBERS);
  });

  it('is written where null or "" stands for nothing, and nothing else is', async () => {
    const nothing = Object.fromEntries(
      Object.keys(DEFAULT_MEMBERS).map((name, index) => [name, index % 2 ? null : '']),
    );
    const attributes = Object.fromEntries(Object.keys(DEFAULT_ATTRIBUTES).map((name) => [name, null]));
    const { inum } = await clients.created({ ...nothing, attributes });
    expect(await shown(inum)).toMatchObject(DEFAULT_MEMBERS);
    expect(await shown((await clients.created({ ...nothing, attributes: null })).inum)).toMatchObject(DEFAULT_MEMBERS);
    expect(await shown(inum)).not.toHaveProperty('accessTokenLifetime');
  });

  it('gets its default back from PUT and from a patch that takes it out', async () => {
    const { inum } = await clients.created({ disabled: true, attributes: { parLifetime: 60, requirePar: true } });
    await clients.merge(inum, { disabled: null, attributes: { parLifetime: null } });
    expect(await shown(inum)).toMatchObject({ disabled: false, attributes: { parLifetime: 600, requirePar: true } });
    await clients.patch(inum, [{ op: 'remove', path: '/attributes/requirePar' }]);
    expect(await shown(inum)).toMatchObject(DEFAULT_MEMBERS);
    await clients.merge(inum, { disabled: true });
    expect((await clients.replace({ inum, redirectUris: [] })).body).toMatchObject(DEFAULT_MEMBERS);
  });

  it.each([
    [[{ op: 'replace', path: '/disabled', value: true }], { disabled: true }],
    [[{ op: 'test', path: '/disabled', value: false }], {}],
    [[{ op: 'replace', path: '/attributes/requirePar', value: true }], { attributes: { requirePar: true } }],
    [
      [{ op: 'add', path: '/attributes/additionalAudience/-', value: 'a' }],
      { attributes: { additionalAudience: ['a'] } },
    ],
    [[{ op: 'copy', from: '/attributes/requirePar', path: '/attributes/requirePkce' }], {}],
  ])('is there for the patch %j of a fresh client', async (patch, result) => {
    const { inum } = await clients.created();
    expect((await clients.patch(inum, patch)).status).toBe(200);
    const attributes = { ...DEFAULT_ATTRIBUTES, ...(result as { attributes?: object }).attributes };
    expect(await shown(inum)).toMatchObject({ ...DEFAULT_MEMBERS, ...result, attributes });
  });

  it('is found by its default, and is never absent', async () => {
    const { inum } = await clients.created();
    const found = async (fieldValuePair: string): Promise<string[]> =>
      inumsOf(await clients.list({ pattern: inum, fieldValuePair }));
    for (const filter of ['disabled=false', 'attributes.requirePar=false', 'attributes.parLifetime=600']) {
      expect([filter, await found(filter)]).toEqual([filter, [inum]]);
    }
    for (const filter of ['disabled=', 'attributes.requirePar=', 'attributes.parLifetime=', 'rptAsJwt=true']) {
      expect([filter, await found(filter)]).toEqual([filter, []]);
    }
    expect(await found('attributes.minimumAcrLevel<0')).toEqual([inum]);
  });

  it('makes no difference whether it was written or left out', async () => {
    const { inum: silent } = await clients.created();
    service.clock.advance(1_000);
    const { inum: explicit } = await clients.created({ ...DEFAULT_MEMBERS });
    const texts = await Promise.all([silent, explicit].map(async (inum) => (await clients.read(inum)).text));
    const [first = '', second = ''] = texts.map((text) => text.replaceAll(/"(created|updated)At":"[^"]*"/g, '"$1At"'));
    expect(second.replaceAll(explicit, silent)).toBe(first);
    // A write that says what is there already is no new version.
    expect((await clients.replace({ inum: silent, redirectUris: [] })).headers.get('etag')).toBe('"1-0"');
  });

  it('is not told as a change of a client that is made', async () => {
    const { inum } = await clients.created({ clientName: 'Told', accessTokenAsJwt: true, rptAsJwt: false });
    const history = await service.request('GET', `${CLIENTS}/${inum}/history`, { token: await service.adminToken() });
    const { changed } = history.body.entries[0];
    expect(changed).toEqual(expect.arrayContaining(['clientName', 'accessTokenAsJwt']));
    expect(changed).not.toEqual(expect.arrayContaining(['rptAsJwt']));
  });
});

describe('a registration', () => {
  it('stores the defaults and answers with them', async () => {
    const client = await registered(service, { grant_types: [], response_types: [] });
    expect(client.metadata).toMatchObject({ ...METADATA, grant_types: [] });
    expect(await shown(client.id)).toMatchObject(DEFAULT_MEMBERS);
    const changed = await manage(service, 'PUT', client, { ...editable(client), require_par: true });
    expect(changed.body).toMatchObject({ require_par: true, require_pushed_authorization_requests: true });
    const { attributes } = (await clients.read(client.id)).body;
    expect(attributes).toEqual({ ...DEFAULT_ATTRIBUTES, requirePar: true });
  });
});

describe('scopes and claims', () => {
  it.each([
    [SCOPES, { id: 'defaults' }, SCOPE_PROPERTIES, 'groupClaims'],
    [ATTRIBUTES, { name: 'defaults' }, CLAIM_PROPERTIES, 'scimCustomAttr'],
  ])('have them as well: %s', async (address, body, properties, flag) => {
    const defaults = defaultsOf(properties);
    const entries = caller(service, address, await service.adminToken());
    const { inum, ...rest } = (await entries.create({ description: 'x', ...body })).body;
    expect(rest).toMatchObject(defaults);
    expect((await entries.patch(inum, [{ op: 'replace', path: `/${flag}`, value: true }])).status).toBe(200);
    expect((await entries.merge(inum, { [flag]: null })).body).toMatchObject(defaults);
  });
});
