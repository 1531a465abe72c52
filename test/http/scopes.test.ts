import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADMINISTRATION_SCOPES, FORMER_SCOPES } from '../../openapi/operations.gen.ts';
import { caller, inumsOf, pointersOf, SCOPES, type Caller } from '../support/registry.ts';
import { startService, type TestReply, type TestService } from '../support/service.ts';

let service: TestService;
let token: string;
let scopes: Caller;

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
  scopes = caller(service, SCOPES, token);
});
afterAll(() => service.stop());

const auditOf = (inum: string): Promise<{ operation: string; caller: string; changed: string }[]> =>
  service.database.reader.query('SELECT operation, caller, changed FROM audit_records WHERE inum = ? ORDER BY id', [
    inum,
  ]);

describe('a scope', () => {
  it('is created, read, listed, replaced, patched and deleted', async () => {
    const reply = await scopes.create({ id: 'orders.read', description: 'See orders' });
    expect(reply.status).toBe(201);
    const { inum, creationDate } = reply.body;
    expect(reply.headers.get('location')).toBe(`${SCOPES}/${inum}`);
    expect(reply.body).toEqual({
      dn: `inum=${inum},ou=scopes,o=jans`,
      inum,
      id: 'orders.read',
      displayName: 'orders.read',
      description: 'See orders',
      scopeType: 'oauth',
      defaultScope: false,
      registration: 'never',
      groupClaims: false,
      creatorId: service.admin.clientId,
      creatorType: 'client',
      creationDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
      deletable: false,
      umaType: false,
      baseDn: `inum=${inum},ou=scopes,o=jans`,
    });
    const read = await scopes.read(inum);
    expect(read.body).toEqual(reply.body);
    expect(read.headers.get('etag')).toBe('"1-0"');

    const replaced = await scopes.replace({
      inum,
      id: 'orders.read',
      scopeType: 'UMA',
      expirationDate: '2031-01-01T00:00:00Z',
    });
    expect(replaced.body).toMatchObject({ scopeType: 'uma', umaType: true, deletable: true, creationDate });
    expect(replaced.body).not.toHaveProperty('description');
    expect(replaced.body.expirationDate).toBe('2031-01-01T00:00:00');

    const patched = await scopes.patch(inum, [
      { op: 'add', path: '/attributes', value: { spontaneousClientScopes: ['^a$', '^a$'] } },
    ]);
    expect(patched.body.attributes).toEqual({ spontaneousClientScopes: ['^a$'] });
    const merged = await scopes.merge(inum, {
      scopeType: null,
      expirationDate: null,
      attributes: { showInConfigurationEndpoint: true },
    });
    expect(merged.body).toMatchObject({ scopeType: 'oauth', deletable: false, umaType: false });
    expect(merged.body.attributes).toEqual({ spontaneousClientScopes: ['^a$'], showInConfigurationEndpoint: true });
    expect(merged.headers.get('etag')).toBe('"4-0"');

    expect((await scopes.remove(inum)).status).toBe(204);
    expect((await scopes.read(inum)).status).toBe(404);
    expect((await scopes.remove(inum)).body).toMatchObject({
      code: '404',
      message: "The requested scope doesn't exist",
    });
    expect((await auditOf(inum)).map(({ operation }) => operation)).toEqual([
      'post-oauth-scopes',
      'put-oauth-scopes',
      'patch-oauth-scopes-by-id',
      'patch-oauth-scopes-by-id',
      'delete-oauth-scopes-by-inum',
    ]);
  });

  it('takes what Janssen documents and what was read, and ignores what is not writable', async () => {
    const sample = {
      id: 'Scope5',
      displayName: 'Scope 5',
      scopeType: 'spontaneous',
      umaAuthorizationPolicies: ['inum=2DAF-F9A5,ou=scripts,o=jans'],
      creatorAttributes: { team: 'shop' },
      iconUrl: '',
      claims: null,
    };
    const scope = await scopes.created({
      ...sample,
      inum: 'chosen',
      dn: 'x',
      umaType: true,
      creatorId: 'x',
      creatorType: 'user',
    });
    const { iconUrl, claims, ...kept } = sample;
    expect(scope).toMatchObject({ ...kept, umaType: false, creatorId: service.admin.clientId, creatorType: 'client' });
    expect((await scopes.merge(scope.inum, { creatorId: 'x' })).status).toBe(400);
    expect(scope.inum).not.toBe('chosen');
    const headers = { Prefer: 'handling=strict' };
    const again = await service.request('PUT', SCOPES, {
      token,
      headers,
      body: { ...scope, clients: [], moreClients: true },
    });
    expect([again.status, again.body, again.headers.get('etag')]).toEqual([200, scope, '"1-0"']);
  });

  it('releases claims that are written by name or as DN', async () => {
    const { claims, inum } = await scopes.created({
      id: 'contact',
      scopeType: 'openid',
      claims: ['email', 'phone_number', 'email'],
    });
    expect(claims).toHaveLength(2);
    expect(claims[0]).toBe('inum=CAE3,ou=attributes,o=jans');
    const patched = await scopes.patch(inum, [
      { op: 'add', path: '/claims/-', value: claims[0] },
      { op: 'add', path: '/claims/-', value: 'name' },
    ]);
    expect(patched.body.claims).toEqual([...claims, expect.any(String)]);
    const refused = await scopes.merge(inum, { claims: ['email', 'shoe_size', 'inum=NOPE,ou=attributes,o=jans'] });
    expect([refused.status, refused.body.message]).toEqual([
      400,
      'Invalid claim in request -> [shoe_size, inum=NOPE,ou=attributes,o=jans]',
    ]);
    expect(pointersOf(refused)).toEqual(['/claims/1', '/claims/2']);
  });

  it('has an id that no other scope has, also when two are made at once', async () => {
    const { inum } = await scopes.created({ id: 'unique' });
    expect((await scopes.create({ id: 'unique' })).body).toMatchObject({
      status: 409,
      type: 'urn:clientele:problem:scope-exists',
    });
    expect((await scopes.merge(inum, { id: 'openid' })).status).toBe(409);
    expect((await scopes.replace({ inum, id: 'openid' })).status).toBe(409);
    expect((await scopes.read(inum)).body.id).toBe('unique');
    await scopes.created({ id: 'Unique' });
    const replies = await Promise.all(['twice', 'twice', 'twice'].map((id) => scopes.create({ id })));
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });
});

describe('what is not a scope', () => {
  it.each([
    ['no id', {}, '/id'],
    ['an absent id', { id: null }, '/id'],
    ['an empty id', { id: '' }, '/id'],
    ['an id with a space', { id: 'a b' }, '/id'],
    ['an id with a control character', { id: 'a\u0007' }, '/id'],
    ['an id with a line end', { id: 'a\n' }, '/id'],
    ['an id with a quote', { id: 'a"b' }, '/id'],
    ['an id beyond ASCII', { id: 'bücher' }, '/id'],
    ['an id that is too long', { id: 'x'.repeat(513) }, '/id'],
    ['an id that is no text', { id: 7 }, '/id'],
    ['a type that does not exist', { id: 'x1', scopeType: 'oath' }, '/scopeType'],
    ['a text for a boolean', { id: 'x1', defaultScope: 'yes' }, '/defaultScope'],
    ['a date that is none', { id: 'x1', expirationDate: '2031-02-30T00:00:00' }, '/expirationDate'],
    ['an address that runs a script', { id: 'x1', iconUrl: 'javascript:alert(1)' }, '/iconUrl'],
    ['an empty claim', { id: 'x1', claims: [''] }, '/claims/0'],
    ['a text for a list', { id: 'x1', claims: 'email' }, '/claims'],
    ['a description that is too long', { id: 'x1', description: 'x'.repeat(4097) }, '/description'],
  ])('%s is refused by its name', async (_what, body, pointer) => {
    const reply = await scopes.create(body);
    expect(reply.status).toBe(400);
    expect(pointersOf(reply)).toEqual([pointer]);
    expect(JSON.stringify(reply.body)).not.toMatch(/\\\\x2/);
  });

  it("says in Janssen's words that the id is missing", async () => {
    expect((await scopes.create({ displayName: 'x' })).body).toMatchObject({
      code: 'OCA001',
      message: 'A required attribute is missing.',
      description: 'The attribute id is required for this operation',
    });
    expect((await scopes.replace({ id: 'x' })).body).toMatchObject({
      code: 'OCA001',
      description: expect.stringContaining('inum'),
    });
    expect((await scopes.replace({ inum: 'nobody', id: 'x' })).status).toBe(404);
  });

  it('names unknown members when it is asked to', async () => {
    const headers = { Prefer: 'handling=strict' };
    const body = { id: 'strict', colour: 'red', attributes: { tone: 1 } };
    const reply = await service.request('POST', SCOPES, { token, headers, body });
    expect([reply.status, pointersOf(reply)]).toEqual([400, ['/colour', '/attributes/tone']]);
    expect(reply.headers.get('preference-applied')).toBe('handling=strict');
    const { inum } = await scopes.created(body);
    const merged = await scopes.merge(inum, { colour: 'red' }, headers);
    expect([merged.status, pointersOf(merged)]).toEqual([400, ['/colour']]);
  });

  it.each([
    ['a read-only member', [{ op: 'replace', path: '/dn', value: 'x' }], 400],
    ['the inum', [{ op: 'replace', path: '/inum', value: 'x' }], 400],
    ['a missing target', [{ op: 'replace', path: '/iconUrl', value: 'https://x.example' }], 400],
    ['the scope as a whole', [{ op: 'replace', path: '', value: {} }], 400],
    ['a forbidden name', [{ op: 'add', path: '/constructor/x', value: 1 }], 400],
    ['a test that fails', [{ op: 'test', path: '/id', value: 'x' }], 409],
    ['a bad result', [{ op: 'remove', path: '/id' }], 400],
  ])('a patch of %s changes nothing', async (_what, patch, status) => {
    const { inum } = await scopes.created({ id: `patched.${Math.random()}` });
    const before = await scopes.read(inum);
    expect((await scopes.patch(inum, patch)).status).toBe(status);
    const after = await scopes.read(inum);
    expect([after.text, after.headers.get('etag')]).toEqual([before.text, before.headers.get('etag')]);
  });
});

describe('versions of a scope', () => {
  it('are compared before reads and writes', async () => {
    const { inum } = await scopes.created({ id: 'versioned' });
    await scopes.merge(inum, { description: 'x' });
    const at = `${SCOPES}/${inum}`;
    const unchanged = await service.request('GET', at, { token, headers: { 'If-None-Match': '"2-0"' } });
    expect([unchanged.status, unchanged.text]).toEqual([304, '']);
    const stale = { 'If-Match': '"1-0"' };
    expect(
      (await service.request('PUT', SCOPES, { token, headers: stale, body: { inum, id: 'versioned' } })).status,
    ).toBe(412);
    expect((await scopes.merge(inum, { description: 'y' }, stale)).status).toBe(412);
    expect((await service.request('DELETE', at, { token, headers: stale })).status).toBe(412);
    expect((await scopes.merge(inum, { description: 'y' }, { 'If-Match': '"2-0"' })).headers.get('etag')).toBe('"3-0"');
  });

  it('keep both of two changes to different members made at the same moment', async () => {
    const { inum } = await scopes.created({ id: 'contended' });
    const changes = [
      { description: 'd' },
      { displayName: 'n' },
      { iconUrl: 'https://x.example/i' },
      { groupClaims: true },
    ];
    const replies = await Promise.all(changes.map((change) => scopes.merge(inum, change)));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await scopes.read(inum)).body).toMatchObject(Object.assign({}, ...changes));
  });
});

describe('the list', () => {
  beforeAll(async () => {
    for (const [id, displayName, scopeType] of [
      ['list.alpha', 'Zürich 100%', 'uma'],
      ['list.beta', 'ångström', 'dynamic'],
      ['list.gamma', 'Apple', 'dynamic'],
    ] as const) {
      await scopes.created({ id, displayName, scopeType, description: `for ${id}` });
    }
  });
  const ids = (reply: TestReply): string[] => reply.body.entries.map((entry: { id: string }) => entry.id);

  it.each([
    [{ pattern: 'LIST.' }, ['list.alpha', 'list.beta', 'list.gamma']],
    [{ pattern: 'zürich' }, ['list.alpha']],
    [{ pattern: '0%' }, ['list.alpha']],
    [{ pattern: 'ÅNG,apple' }, ['list.beta', 'list.gamma']],
    [{ pattern: 'for list.b' }, ['list.beta']],
    [{ pattern: 'l_st' }, []],
    [{ pattern: 'list.', type: 'dynamic' }, ['list.beta', 'list.gamma']],
    [{ pattern: 'list.', type: 'DYNAMIC', sortBy: 'id', sortOrder: 'DESCENDING' }, ['list.gamma', 'list.beta']],
    [{ pattern: 'list.b', type: '' }, ['list.beta']],
    [{ pattern: 'list.', fieldValuePair: 'jansScopeTyp=uma' }, ['list.alpha']],
    [{ pattern: 'list.', fieldValuePair: 'scopeType=uma', type: 'dynamic' }, []],
    [{ pattern: 'list.', fieldValuePair: 'creatorType=client,id!=list.beta' }, ['list.alpha', 'list.gamma']],
    [{ fieldValuePair: 'jansId=openid' }, ['openid']],
    [{ fieldValuePair: 'claims=phone_number_verified,scopeType=openid' }, ['phone']],
    [{ fieldValuePair: 'attributes.showInConfigurationEndpoint=true,id=email' }, ['email']],
  ])('finds %j', async (query, expected) => {
    const reply = await scopes.list({ sortBy: 'id', ...query });
    expect(ids(reply)).toEqual(expected);
    expect(reply.body).toMatchObject({ start: 0, totalEntriesCount: expected.length, entriesCount: expected.length });
  });

  it('is in the order that is asked for, page by page', async () => {
    const query = { pattern: 'list.', sortBy: 'displayName', sortOrder: 'descending', limit: '2' };
    const first = await scopes.list(query);
    expect(ids(first)).toEqual(['list.beta', 'list.alpha']);
    const next = await service.request('GET', /<([^>]*)>/.exec(first.headers.get('link') ?? '')?.[1] ?? '', { token });
    expect(ids(next)).toEqual(['list.gamma']);
    expect(ids(await scopes.list({ ...query, startIndex: '1' }))).toEqual(['list.alpha', 'list.gamma']);
    const all = await scopes.list({ limit: '200' });
    expect(inumsOf(all)).toEqual([...inumsOf(all)].sort());
    expect(all.body.totalEntriesCount).toBe(all.body.entriesCount);
  });

  it.each([
    'type=oath',
    'limit=201',
    'sortBy=colour',
    'fieldValuePair=colour=red',
    'fieldValuePair=claims=nope',
    'colour=red',
    'withAssociatedClients=perhaps',
    'cursor=x',
  ])('refuses %s', async (query) => {
    const reply = await service.request('GET', `${SCOPES}?${query}`, { token });
    expect(reply.status).toBe(400);
    expect(reply.body.errors[0].parameter).toMatch(/^query:/);
  });

  it('of a maker and of a type are plain arrays', async () => {
    const made = await service.request('GET', `${SCOPES}/creator/${service.admin.clientId}`, { token });
    expect(made.body.map((scope: { id: string }) => scope.id)).toEqual(
      expect.arrayContaining(['list.alpha', 'list.beta', 'list.gamma']),
    );
    expect((await service.request('GET', `${SCOPES}/creator/nobody`, { token })).body).toEqual([]);
    const dynamic = await service.request('GET', `${SCOPES}/type/dynamic`, { token });
    expect(dynamic.body.map((scope: { id: string }) => scope.id).sort()).toEqual(['list.beta', 'list.gamma', 'role']);
    expect((await service.request('GET', `${SCOPES}/type/oath`, { token })).status).toBe(400);
  });
});

describe('administration scopes', () => {
  const P = 'https://jans.io/oauth/config/';
  const reserved = [
    ...Object.keys(ADMINISTRATION_SCOPES),
    ...Object.keys(FORMER_SCOPES),
    'https://jans.io/auth/ssa.admin',
    'https://jans.io/auth/ssa.portal',
  ];

  it('are never created and never the new name of another, in either spelling', async () => {
    const { inum } = await scopes.created({ id: 'harmless' });
    for (const id of reserved) {
      for (const reply of [
        await scopes.create({ id }),
        await scopes.replace({ inum, id }),
        await scopes.merge(inum, { id }),
      ]) {
        expect([id, reply.status, reply.body.errors]).toEqual([
          id,
          400,
          [expect.objectContaining({ pointer: '/id', rule: 'reserved-scope' })],
        ]);
      }
    }
    expect((await scopes.read(inum)).body.id).toBe('harmless');
  });

  it('cannot be changed, made default or deleted, whoever asks', async () => {
    for (const id of [`${P}openid/clients.write`, `${P}scopes.admin`, 'https://jans.io/auth/ssa.admin']) {
      const [inum = ''] = inumsOf(await scopes.list({ fieldValuePair: `id=${id}` }));
      const before = await scopes.read(inum);
      for (const change of [{ defaultScope: true }, { id: 'stolen' }, { description: 'x' }, { scopeType: 'openid' }]) {
        const reply = await scopes.merge(inum, change);
        expect([id, change, reply.body.type]).toEqual([id, change, 'urn:clientele:problem:stock-resource']);
        expect((await scopes.replace({ ...before.body, ...change })).status).toBe(409);
      }
      expect((await scopes.remove(inum)).status).toBe(409);
      expect((await scopes.remove(inum, '?force=true')).status).toBe(409);
      expect((await scopes.read(inum)).text).toBe(before.text);
      // What changes nothing is no change.
      expect((await scopes.replace(before.body)).status).toBe(200);
    }
  });
});

describe('stock scopes', () => {
  it('keep their id and stay, and can be described otherwise', async () => {
    for (const inum of ['F0C4', '43F1', '764C', 'C17A', 'D491', 'C4F6', '6D99', 'C4F5']) {
      expect((await scopes.remove(inum)).body).toMatchObject({
        status: 409,
        type: 'urn:clientele:problem:stock-resource',
      });
      expect((await scopes.remove(inum, '?force=true')).status).toBe(409);
      expect((await scopes.merge(inum, { id: `my.${inum}` })).status).toBe(409);
    }
    const reply = await scopes.merge('C17A', { description: 'Where you live.', claims: ['address', 'zoneinfo'] });
    expect([reply.status, reply.body.description, reply.body.claims.length]).toEqual([200, 'Where you live.', 2]);
  });
});

describe('how clients that register themselves get a scope', () => {
  type Written = { registration?: string; defaultScope?: boolean };
  it.each<[Written, Written, Written | string]>([
    [{}, {}, { registration: 'never', defaultScope: false }],
    [{ defaultScope: true }, {}, { registration: 'default', defaultScope: true }],
    [{ registration: 'default' }, { defaultScope: false }, { registration: 'never', defaultScope: false }],
    [{ registration: 'default' }, { registration: 'on-request' }, { registration: 'on-request', defaultScope: false }],
    [{ registration: 'on-request' }, { defaultScope: false }, { registration: 'on-request', defaultScope: false }],
    [{ registration: 'on-request' }, { defaultScope: true }, { registration: 'default', defaultScope: true }],
    [
      { registration: 'default' },
      { registration: 'on-request', defaultScope: true },
      { registration: 'on-request', defaultScope: false },
    ],
    [{ registration: 'on-request' }, { registration: 'never', defaultScope: true }, '/registration'],
  ])('is one thing under two names: %j, then %j', async (first, second, expected) => {
    const made = await scopes.create({ id: `registered.${randomUUID()}`, ...first });
    expect(made.status).toBe(201);
    const { inum } = made.body as { inum: string };
    const body = { ...(made.body as object), ...second };
    const reply = await service.request('PUT', SCOPES, { token, body });
    if (typeof expected === 'string') {
      expect([reply.status, reply.body.errors[0].pointer]).toEqual([400, expected]);
    } else {
      expect([reply.status, reply.body]).toEqual([200, expect.objectContaining({ inum, ...expected })]);
      const where = `fieldValuePair=registration=${expected.registration ?? ''},inum=${inum}`;
      const found = await service.request('GET', `${SCOPES}?${where}`, { token });
      expect(found.body.totalEntriesCount).toBe(1);
    }
  });
});
