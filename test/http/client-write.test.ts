import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_ATTRIBUTES } from '../support/defaults.ts';
import { caller, pointersOf, type Caller } from '../support/registry.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

let service: TestService;
let token: string;
let clients: Caller;

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
  clients = caller(service, CLIENTS, token, { redirectUris: [] });
});
afterAll(() => service.stop());

describe('defaults and derived members', () => {
  it('writes the five defaults into a client that says nothing', async () => {
    expect(await clients.created()).toMatchObject({
      applicationType: 'web',
      subjectType: 'public',
      tokenEndpointAuthMethod: 'client_secret_basic',
      grantTypes: [],
      attributes: {},
      deletable: false,
      authenticationMethod: 'client_secret_basic',
      allAuthenticationMethods: ['client_secret_basic'],
    });
  });

  it('applies the same defaults after PUT and PATCH', async () => {
    const { inum } = await clients.created({ applicationType: 'native', subjectType: 'pairwise' });
    expect((await clients.replace({ inum, redirectUris: [] })).body).toMatchObject({
      applicationType: 'web',
      subjectType: 'public',
    });
    await clients.merge(inum, { applicationType: 'native' });
    expect((await clients.merge(inum, { applicationType: null })).body.applicationType).toBe('web');
  });

  it('derives deletable, the names in the directory and the authentication methods', async () => {
    const client = await clients.created({
      inum: 'derived-1',
      expirationDate: '2031-05-06T07:08:09',
      tokenEndpointAuthMethod: 'private_key_jwt',
      attributes: { additionalTokenEndpointAuthMethods: ['client_secret_post', 'private_key_jwt'] },
    });
    expect(client).toMatchObject({
      dn: 'inum=derived-1,ou=clients,o=jans',
      baseDn: 'inum=derived-1,ou=clients,o=jans',
      deletable: true,
      allAuthenticationMethods: ['private_key_jwt', 'client_secret_post'],
    });
    expect((await clients.merge('derived-1', { expirationDate: null })).body.deletable).toBe(false);
  });

  it('ignores read-only members and takes values of enumerations in any case', async () => {
    const client = await clients.created({
      dn: 'x',
      deletable: true,
      ttl: 5,
      lastAccessTime: 'x',
      applicationType: 'NATIVE',
      grantTypes: ['Client_Credentials'],
    });
    expect(client).toMatchObject({ deletable: false, applicationType: 'native', grantTypes: ['client_credentials'] });
    expect(client).not.toHaveProperty('ttl');
  });

  it('removes duplicates from lists and keeps their order', async () => {
    const client = await clients.created({
      contacts: ['b@x', 'a@x', 'b@x'],
      attributes: { additionalAudience: ['z', 'y', 'z'] },
    });
    expect(client.contacts).toEqual(['b@x', 'a@x']);
    expect(client.attributes.additionalAudience).toEqual(['z', 'y']);
  });

  it.each([
    ['2031-05-06T07:08:09', '2031-05-06T07:08:09'],
    ['2031-05-06T07:08:09.987', '2031-05-06T07:08:09'],
    ['2031-05-06T07:08:09Z', '2031-05-06T07:08:09'],
    ['2031-05-06T07:08:09+02:00', '2031-05-06T05:08:09'],
  ])('takes the date %s as %s in UTC', async (given, shown) => {
    expect((await clients.created({ expirationDate: given })).expirationDate).toBe(shown);
  });

  it.each([
    '2031-02-30T00:00:00',
    '2031-13-01T00:00:00',
    '2031-01-01T25:00:00',
    '2031-01-01',
    'soon',
    '0001-01-01T00:00:00+23:59',
    '9999-12-31T23:00:00-23:00',
  ])('refuses the date %s', async (date) => {
    const reply = await clients.create({ expirationDate: date });
    expect(reply.status).toBe(400);
    expect(pointersOf(reply)).toEqual(['/expirationDate']);
  });
});

describe('names for the same value', () => {
  it('shows the name under both of its members', async () => {
    expect(await clients.created({ displayName: 'One' })).toMatchObject({ clientName: 'One', displayName: 'One' });
  });

  it('lets the member that differs from the stored value win', async () => {
    const client = await clients.created({ clientName: 'One' });
    expect((await clients.replace({ ...client, displayName: 'Two' })).body).toMatchObject({
      clientName: 'Two',
      displayName: 'Two',
    });
    expect((await clients.merge(client.inum, { clientName: 'Three' })).body).toMatchObject({
      clientName: 'Three',
      displayName: 'Three',
    });
  });

  it('takes the empty language of a localized member as the plain one', async () => {
    const client = await clients.created({
      logoUriLocalized: { values: { '': 'https://a.example/l', fr: 'https://a.example/fr' } },
    });
    expect(client.logoUri).toBe('https://a.example/l');
    const renamed = (await clients.merge(client.inum, { logoUri: 'https://a.example/m' })).body;
    expect(renamed.logoUriLocalized.values).toEqual({ '': 'https://a.example/m', fr: 'https://a.example/fr' });
    const without = (await clients.merge(client.inum, { logoUriLocalized: null })).body;
    expect(without).toMatchObject({ logoUri: 'https://a.example/m' });
    expect(without).not.toHaveProperty('logoUriLocalized');
  });

  it.each([
    [{ clientName: 'One', displayName: 'Two' }, 'Two'],
    [{ displayName: 'Two', clientName: 'One' }, 'One'],
    [{ clientName: 'One', clientNameLocalized: { values: { '': 'Three', fr: 'Trois' } } }, 'Three'],
    [{ clientNameLocalized: { values: { '': 'Three', fr: 'Trois' } }, displayName: 'Two', clientName: 'Two' }, 'Two'],
  ])('takes the later of two that differ in a new client: %j', async (names, counts) => {
    const client = await clients.created(names);
    expect(client).toMatchObject({ clientName: counts, displayName: counts });
    if ('clientNameLocalized' in names) expect(client.clientNameLocalized.values).toEqual({ '': counts, fr: 'Trois' });
  });

  it('refuses two new values that differ in a strict request, and in a change', async () => {
    const two = { clientName: 'One', displayName: 'Two' };
    const strict = await service.request('POST', CLIENTS, {
      token,
      headers: { Prefer: 'handling=strict' },
      body: two,
    });
    const { inum } = await clients.created({ clientName: 'Zero' });
    for (const reply of [strict, await clients.replace({ inum, ...two }), await clients.merge(inum, two)]) {
      expect(reply.status).toBe(400);
      expect(pointersOf(reply)).toEqual(['/displayName']);
    }
  });

  it('removes the value when a patch takes one of its members out', async () => {
    const client = await clients.created({ clientName: 'One' });
    const patched = (await clients.patch(client.inum, [{ op: 'remove', path: '/displayName' }])).body;
    expect(patched).not.toHaveProperty('clientName');
    expect(patched).not.toHaveProperty('displayName');
  });

  it('completes custom attributes from value or values', async () => {
    const client = await clients.created({
      customAttributes: [
        { name: 'a', value: 'x' },
        { name: 'b', values: ['p', 'q'] },
      ],
    });
    expect(client.customAttributes).toEqual([
      { name: 'a', multiValued: false, values: ['x'], value: 'x', displayValue: 'x' },
      { name: 'b', multiValued: true, values: ['p', 'q'], value: 'p', displayValue: 'p, q' },
    ]);
    client.customAttributes[0].value = 'y';
    expect((await clients.replace(client)).body.customAttributes[0]).toMatchObject({
      values: ['y'],
      value: 'y',
      displayValue: 'y',
    });
  });
});

describe('absence', () => {
  it.each([null, ''])('takes %j as absent, also in attributes', async (nothing) => {
    const client = await clients.created({
      description: nothing,
      accessTokenLifetime: nothing,
      attributes: { parLifetime: nothing, evidence: nothing },
    });
    expect(client).not.toHaveProperty('description');
    expect(client).not.toHaveProperty('accessTokenLifetime');
    expect(client.attributes).toEqual(DEFAULT_ATTRIBUTES);
  });

  it.each([[[null]], [['']]])('refuses %j in a list', async (contacts) => {
    const reply = await clients.create({ contacts });
    expect(reply.status).toBe(400);
    expect(pointersOf(reply)).toEqual(['/contacts/0']);
  });

  it('keeps empty lists', async () => {
    expect(await clients.created({ contacts: [] })).toMatchObject({ contacts: [], redirectUris: [] });
  });
});

describe('references', () => {
  const openid = 'inum=F0C4,ou=scopes,o=jans';

  it('takes scopes as DN or id and claims as DN or name, each once', async () => {
    const client = await clients.created({ scopes: ['openid', openid, 'email'], claims: ['email', 'name'] });
    expect(client.scopes).toEqual([openid, 'inum=764C,ou=scopes,o=jans']);
    expect(client.claims).toHaveLength(2);
    const again = await clients.replace({ ...client, scopes: [...client.scopes, 'profile'] });
    expect(again.body.scopes).toEqual([...client.scopes, 'inum=43F1,ou=scopes,o=jans']);
    expect(again.body.claims).toEqual(client.claims);
  });

  it('resolves them in patches of both kinds', async () => {
    const { inum } = await clients.created();
    expect((await clients.merge(inum, { scopes: ['openid'] })).body.scopes).toEqual([openid]);
    const reply = await clients.patch(inum, [
      { op: 'add', path: '/scopes/-', value: 'email' },
      { op: 'add', path: '/claims', value: ['email'] },
    ]);
    expect(reply.body.scopes).toEqual([openid, 'inum=764C,ou=scopes,o=jans']);
    expect(reply.body.claims[0]).toMatch(/^inum=\w+,ou=attributes,o=jans$/);
  });

  it.each(['nope', 'F0C4', 'inum=NOPE,ou=scopes,o=jans', 'inum=F0C4,ou=clients,o=jans', 'OPENID'])(
    'refuses the scope %s by its name',
    async (scope) => {
      const reply = await clients.create({ scopes: ['openid', scope] });
      expect(reply.status).toBe(400);
      expect(reply.body.message).toBe(`Invalid scope in request -> [${scope}]`);
      expect(pointersOf(reply)).toEqual(['/scopes/1']);
    },
  );

  it('names unknown claims, and reports them together with unknown scopes', async () => {
    const reply = await clients.create({ scopes: ['nope'], claims: ['email', 'shoe_size'] });
    expect(pointersOf(reply)).toEqual(['/scopes/0', '/claims/1']);
    const { inum } = await clients.created();
    expect((await clients.merge(inum, { claims: ['shoe_size'] })).body.message).toBe(
      'Invalid claim in request -> [shoe_size]',
    );
  });
});

describe('PUT', () => {
  it('removes what is left out and keeps the secret', async () => {
    const client = await clients.created({ description: 'x', contacts: ['a@b'], attributes: { requirePar: true } });
    const reply = await clients.replace({ inum: client.inum, redirectUris: [] });
    expect(reply.status).toBe(200);
    expect(reply.body).not.toHaveProperty('description');
    expect(reply.body).not.toHaveProperty('contacts');
    expect(reply.body.attributes).toEqual(DEFAULT_ATTRIBUTES);
    expect(reply.body).not.toHaveProperty('clientSecret');
  });

  it('never creates, and asks for inum', async () => {
    expect((await clients.replace({ inum: 'nobody' })).status).toBe(404);
    expect((await clients.replace({ redirectUris: [] })).body).toMatchObject({
      code: 'OCA001',
      message: 'A required attribute is missing.',
      description: 'The attribute inum is required for this operation',
    });
  });
});

describe('JSON Patch', () => {
  it('applies operations in order, all or none', async () => {
    const { inum } = await clients.created({ contacts: ['a@x'] });
    const before = (await clients.read(inum)).body;
    const half = await clients.patch(inum, [
      { op: 'add', path: '/description', value: 'x' },
      { op: 'remove', path: '/organization' },
    ]);
    expect(half.status).toBe(400);
    expect(pointersOf(half)).toEqual(['/1']);
    expect((await clients.read(inum)).body).toEqual(before);
    const whole = await clients.patch(inum, [
      { op: 'test', path: '/contacts/0', value: 'a@x' },
      { op: 'add', path: '/contacts/-', value: 'c@x' },
      { op: 'add', path: '/contacts/1', value: 'b@x' },
      { op: 'copy', from: '/contacts/0', path: '/description' },
      { op: 'move', from: '/contacts/0', path: '/organization' },
    ]);
    expect(whole.body).toMatchObject({ contacts: ['b@x', 'c@x'], description: 'a@x', organization: 'a@x' });
  });

  it('answers 409 when a test fails', async () => {
    const { inum } = await clients.created({ description: 'x' });
    expect((await clients.patch(inum, [{ op: 'test', path: '/description', value: 'y' }])).status).toBe(409);
  });

  it.each([
    ['the id', { op: 'replace', path: '/inum', value: 'x' }],
    ['the use', { op: 'add', path: '/lastAccessTime', value: '2031-01-01T00:00:00' }],
    ['a missing parent', { op: 'add', path: '/nothing/here', value: 'x' }],
    ['a forbidden name', { op: 'add', path: '/__proto__/x', value: 'x' }],
    ['an index out of range', { op: 'add', path: '/contacts/5', value: 'x' }],
    ['an operation without value', { op: 'add', path: '/description' }],
    ['an unknown operation', { op: 'merge', path: '/description', value: 'x' }],
    ['a copy of the secret', { op: 'copy', from: '/clientSecret', path: '/description' }],
  ])('refuses %s and changes nothing', async (_what, operation) => {
    const { inum } = await clients.created({ description: 'x', contacts: ['a@x'] });
    const before = await clients.read(inum);
    const reply = await clients.patch(inum, [operation]);
    expect(reply.status).toBe(400);
    const after = await clients.read(inum);
    expect([after.text, after.headers.get('etag')]).toEqual([before.text, before.headers.get('etag')]);
  });

  it('ignores unknown members of an operation, and takes ~0 and ~1', async () => {
    const { inum } = await clients.created({ customAttributes: [] });
    const reply = await clients.patch(inum, [
      { op: 'add', path: '/clientNameLocalized', value: { values: {} }, note: 'x' },
      { op: 'add', path: '/clientNameLocalized/values/a~1b', value: 'n' },
    ]);
    expect(reply.body.clientNameLocalized.values).toEqual({ 'a/b': 'n' });
  });

  it('checks the result as a whole', async () => {
    const { inum } = await clients.created({
      grantTypes: ['authorization_code'],
      redirectUris: ['https://a.example/cb'],
    });
    const reply = await clients.patch(inum, [{ op: 'replace', path: '/redirectUris', value: [] }]);
    expect(reply.status).toBe(400);
    expect(reply.body.errors[0]).toMatchObject({ pointer: '/redirectUris', rule: 'redirect-uri-required' });
    expect((await clients.patch(inum, [{ op: 'add', path: '/accessTokenLifetime', value: 'long' }])).status).toBe(400);
    expect((await clients.patch(inum, [{ op: 'add', path: '/contacts', value: null }])).status).toBe(200);
  });

  it('keeps both of two changes to different members made at the same moment', async () => {
    const { inum } = await clients.created();
    const names = [
      'description',
      'organization',
      'clientUri',
      'tosUri',
      'policyUri',
      'softwareId',
      'softwareVersion',
      'initiateLoginUri',
    ];
    const replies = await Promise.all(
      names.map((name) => clients.patch(inum, [{ op: 'add', path: `/${name}`, value: 'https://x.example' }])),
    );
    expect(replies.map((reply) => reply.status)).toEqual(names.map(() => 200));
    const { body } = await clients.read(inum);
    for (const name of names) expect(body[name]).toBe('https://x.example');
  });
});

describe('the size of a client', () => {
  it('is bounded for a patch that copies what it has copied', async () => {
    const { inum } = await clients.created();
    const seed = { op: 'add', path: '/clientNameLocalized', value: { values: { a: 'x'.repeat(100) } } };
    const copies = Array.from({ length: 40 }, (_unused, index) => ({
      op: 'copy',
      from: '/clientNameLocalized/values',
      path: `/clientNameLocalized/values/c${index}`,
    }));
    const reply = await clients.patch(inum, [seed, ...copies]);
    expect([reply.status, reply.body.errors[0].detail]).toEqual([400, 'makes the client too large']);
  });

  it('is bounded over many patches', async () => {
    const { inum } = await clients.created();
    const statuses: number[] = [];
    for (const name of ['contacts', 'requestUris', 'groups']) {
      const list = Array.from({ length: 45 }, (_unused, index) => `https://a.example/${index}/${'x'.repeat(2_500)}`);
      statuses.push((await clients.merge(inum, { [name]: list })).status);
    }
    expect(statuses).toEqual([200, 200, 400]);
    const { body } = await clients.read(inum);
    expect((await clients.replace(body)).status).toBe(200);
  });

  it('leaves custom attributes editable however long they are', async () => {
    const values = Array.from({ length: 5 }, (_unused, index) => `${index}${'v'.repeat(1_500)}`);
    const client = await clients.created({ customAttributes: [{ name: 'long', values }] });
    const { body } = await clients.read(client.inum);
    expect((await clients.replace({ ...body, description: 'x' })).body.customAttributes[0].values).toEqual(values);
  });
});

describe('merge patch', () => {
  it('removes with null, merges objects and replaces lists', async () => {
    const { inum } = await clients.created({
      description: 'x',
      contacts: ['a@x', 'b@x'],
      attributes: { requirePar: true, parLifetime: 60 },
    });
    const { body } = await clients.merge(inum, {
      description: null,
      contacts: ['c@x'],
      attributes: { parLifetime: null, requirePkce: true },
    });
    expect(body).not.toHaveProperty('description');
    expect(body.contacts).toEqual(['c@x']);
    expect(body.attributes).toEqual({ ...DEFAULT_ATTRIBUTES, requirePar: true, requirePkce: true });
  });

  it.each([{ dn: 'x' }, { inum: 'x' }, { deletable: null }, { attributes: { cimdClient: true } }])(
    'refuses the read-only member in %j',
    async (body) => {
      const { inum } = await clients.created();
      expect((await clients.merge(inum, body)).status).toBe(400);
    },
  );

  it('refuses what is no object', async () => {
    const { inum } = await clients.created();
    expect((await clients.merge(inum, ['x'])).status).toBe(400);
  });
});

describe('strictness', () => {
  const strict = { Prefer: 'handling=strict' };

  it('names each unknown member, wherever it is', async () => {
    const body = {
      redirectUris: [],
      requirePkce: true,
      attributes: { 'b/c': 1, requirePar: true },
      customAttributes: [{ name: 'a', q: 1 }],
    };
    const reply = await clients.create(body, strict);
    expect(reply.status).toBe(400);
    expect(pointersOf(reply)).toEqual(['/requirePkce', '/attributes/b~1c', '/customAttributes/0/q']);
    expect((await clients.create(body)).status).toBe(201);
  });

  it('holds for patches', async () => {
    const { inum } = await clients.created();
    const reply = await clients.merge(inum, { colour: 'red' }, strict);
    expect(reply.status).toBe(400);
    expect(pointersOf(reply)).toEqual(['/colour']);
  });
});

describe('versions', () => {
  it('answers 304 while nothing has changed', async () => {
    const { inum } = await clients.created();
    const etag = (await clients.read(inum)).headers.get('etag') ?? '';
    expect(etag).toBe('"1-0"');
    const unchanged = await clients.read(inum, { 'If-None-Match': etag });
    expect(unchanged.status).toBe(304);
    await clients.merge(inum, { description: 'x' });
    const changed = await clients.read(inum, { 'If-None-Match': etag });
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"2-0"']);
  });

  it('refuses a write of another version with 412, for every operation that writes', async () => {
    const { inum } = await clients.created({ inum: 'versioned' });
    await clients.merge(inum, { description: 'x' });
    const stale = { 'If-Match': '"1-0"' };
    const attempts: [string, string, object][] = [
      ['PUT', CLIENTS, { body: { inum, redirectUris: [] }, headers: stale }],
      [
        'PATCH',
        `${CLIENTS}/${inum}`,
        { body: { description: 'y' }, headers: { ...stale, 'Content-Type': 'application/merge-patch+json' } },
      ],
      ['POST', `${CLIENTS}/${inum}/activate`, { headers: stale }],
      ['POST', `${CLIENTS}/${inum}/deactivate`, { headers: stale }],
      ['POST', `${CLIENTS}/${inum}/secret`, { headers: stale }],
      ['DELETE', `${CLIENTS}/${inum}`, { headers: stale }],
    ];
    for (const [method, path, options] of attempts) {
      expect([method, (await service.request(method, path, { token, ...options })).status]).toEqual([method, 412]);
    }
    const reply = await clients.merge(inum, { description: 'y' }, { 'If-Match': '"9-9", "2-7"' });
    expect([reply.status, reply.headers.get('etag')]).toEqual([200, '"3-0"']);
  });

  it('changes nothing by a PUT that is to create only', async () => {
    const { inum } = await clients.created();
    const put = (tag: string, id = inum): Promise<TestReply> =>
      service.request('PUT', CLIENTS, {
        token,
        body: { inum: id, redirectUris: [] },
        headers: { 'If-None-Match': tag },
      });
    expect([(await put('*')).status, (await put('"1-0"')).status, (await put('*', 'nobody')).status]).toEqual([
      412, 412, 404,
    ]);
    expect((await put('"2-0"')).status).toBe(200);
  });

  it('never gives the ETag of a client to another one that is made under its id', async () => {
    await clients.created({ inum: 'again' });
    await clients.merge('again', { description: 'x' });
    const before = (await clients.read('again')).headers.get('etag') ?? '';
    await clients.remove('again');
    await clients.created({ inum: 'again', description: 'another' });
    await clients.merge('again', { description: 'yet another' });
    const headers = { 'If-None-Match': before };
    expect((await clients.read('again', headers)).status).toBe(200);
    const reply = await clients.merge('again', { contacts: [] }, { 'If-Match': before });
    expect(reply.status).toBe(412);
  });

  it('keeps the version when a write changes nothing', async () => {
    const client = await clients.created();
    expect((await clients.merge(client.inum, {})).headers.get('etag')).toBe('"1-0"');
    expect((await service.request('POST', `${CLIENTS}/${client.inum}/activate`, { token })).headers.get('etag')).toBe(
      '"1-0"',
    );
  });

  it('answers HEAD like GET, without a body', async () => {
    const { inum } = await clients.created();
    const reply = await service.request('HEAD', `${CLIENTS}/${inum}`, { token });
    expect([reply.status, reply.text, reply.headers.get('etag')]).toEqual([200, '', '"1-0"']);
  });
});

describe('identity', () => {
  it('tells ids apart byte by byte', async () => {
    for (const inum of ['Case', 'case', 'case.']) await clients.created({ inum, description: inum });
    expect((await clients.read('Case')).body.description).toBe('Case');
    expect((await clients.read('case')).body.description).toBe('case');
    expect((await clients.read('CASE')).status).toBe(404);
  });

  it('lets one of two creations with the same id through', async () => {
    const replies = await Promise.all([1, 2, 3].map(() => clients.create({ inum: 'twice' })));
    expect(replies.map((reply) => reply.status).sort()).toEqual([201, 409, 409]);
    expect(replies.find((reply) => reply.status === 409)?.body.type).toBe('urn:clientele:problem:client-exists');
  });

  it.each(['a/b', 'a b', 'ü', 'x'.repeat(129), 'a\u0000'])('refuses the id %j', async (inum) => {
    expect((await clients.create({ inum })).status).toBe(400);
    expect((await clients.read(encodeURIComponent(inum))).status).toBe(400);
  });
});

describe('the list', () => {
  it('pages by offset in the order of ids', async () => {
    for (const inum of ['page-a', 'page-b', 'page-c']) await clients.created({ inum });
    const all = await clients.list({ limit: '200' });
    const inums = all.body.entries.map((entry: { inum: string }) => entry.inum);
    expect(inums).toEqual([...inums].sort());
    const start = inums.indexOf('page-a');
    const page = await clients.list({ limit: '2', startIndex: String(start) });
    expect(page.body).toMatchObject({ start, entriesCount: 2, totalEntriesCount: inums.length });
    expect(page.body.entries.map((entry: { inum: string }) => entry.inum)).toEqual(['page-a', 'page-b']);
    expect((await clients.list({ limit: '0' })).body).toMatchObject({
      entriesCount: 0,
      entries: [],
    });
    expect((await clients.list({ startIndex: '100000' })).body.entries).toEqual([]);
  });

  it.each([
    'limit=201',
    'limit=-1',
    'limit=abc',
    'limit=1.5',
    'startIndex=-1',
    'limit=1&limit=2',
    'colour=red',
    'sortOrder=down',
  ])('refuses %s', async (query) => {
    const reply = await service.request('GET', `${CLIENTS}?${query}`, { token });
    expect(reply.status).toBe(400);
    expect(reply.body.errors[0].parameter).toMatch(/^query:/);
  });

  it("says what the most is, in Janssen's words", async () => {
    const reply = await clients.list({ limit: '201' });
    expect(reply.body.message).toBe('Maximum number of results per page is 200');
  });
});
