import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ATTRIBUTES, caller, inumsOf, pointersOf, SCOPES, type Caller } from '../support/registry.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

let service: TestService;
let token: string;
let claims: Caller;
let scopes: Caller;
let clients: Caller;

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
  claims = caller(service, ATTRIBUTES, token);
  scopes = caller(service, SCOPES, token);
  clients = caller(service, CLIENTS, token);
});
afterAll(() => service.stop());

/** As Janssen's documentation has it, with the members that it answers beside those that were sent. */
const SAMPLE = {
  adminCanAccess: true,
  custom: true,
  dataType: 'string',
  description: 'QAAdded Attribute',
  displayName: 'QAAdded Attribute',
  editType: ['admin', 'user'],
  name: 'qaattribute',
  origin: 'jansPerson',
  jansMultivaluedAttr: false,
  status: 'active',
  urn: 'urn:mace:dir:attribute-def:qaattribute',
  viewType: ['user', 'WHITEPAGES'],
  attributeValidation: { maxLength: null, regexp: null, minLength: null },
  action_message: 'x',
};

describe('a claim', () => {
  it('is created, read, listed, replaced, patched and deleted', async () => {
    const headers = { Prefer: 'handling=strict' };
    const reply = await service.request('POST', ATTRIBUTES, { token, headers, body: SAMPLE });
    expect(reply.status).toBe(201);
    const { inum } = reply.body;
    expect(reply.headers.get('location')).toBe(`${ATTRIBUTES}/${inum}`);
    expect(reply.body).toEqual({
      dn: `inum=${inum},ou=attributes,o=jans`,
      selected: false,
      inum,
      name: 'qaattribute',
      displayName: 'QAAdded Attribute',
      description: 'QAAdded Attribute',
      status: 'active',
      dataType: 'string',
      oxMultiValuedAttribute: false,
      required: false,
      jansHideOnDiscovery: false,
      scimCustomAttr: false,
      viewType: ['user', 'whitePages'],
      editType: ['admin', 'user'],
      attributeValidation: {},
      origin: 'jansPerson',
      urn: 'urn:mace:dir:attribute-def:qaattribute',
      custom: false,
      adminCanView: false,
      adminCanEdit: true,
      adminCanAccess: true,
      userCanView: true,
      userCanEdit: true,
      userCanAccess: true,
      whitePagesCanView: true,
      baseDn: `inum=${inum},ou=attributes,o=jans`,
    });
    expect((await claims.read(inum)).body).toEqual(reply.body);
    expect((await claims.replace(reply.body)).headers.get('etag')).toBe('"1-0"');

    const replaced = await claims.replace({
      inum,
      name: 'renamed',
      attributeValidation: { minLength: 1, maxLength: 4 },
    });
    expect(replaced.body).toMatchObject({ name: 'renamed', displayName: 'renamed', userCanAccess: false });
    expect(replaced.body).not.toHaveProperty('urn');
    const patched = await claims.patch(inum, [
      { op: 'add', path: '/jansHideOnDiscovery', value: true },
      { op: 'remove', path: '/attributeValidation/maxLength' },
    ]);
    expect(patched.body).toMatchObject({ jansHideOnDiscovery: true, attributeValidation: { minLength: 1 } });
    expect((await claims.merge(inum, { status: 'INACTIVE' })).body.status).toBe('inactive');

    expect((await claims.remove(inum)).status).toBe(204);
    expect((await claims.read(inum)).body).toMatchObject({
      code: '404',
      message: "The requested attribute doesn't exist",
    });
    const audit = await service.database.reader.query<{ operation: string }[]>(
      'SELECT operation FROM audit_records WHERE inum = ? ORDER BY id',
      [inum],
    );
    expect(audit.map(({ operation }) => operation)).toEqual([
      'post-attributes',
      'put-attributes',
      'patch-attributes-by-inum',
      'patch-attributes-by-inum',
      'delete-attributes-by-inum',
    ]);
  });

  it('needs nothing but a name', async () => {
    expect(await claims.created({ name: 'bare' })).toMatchObject({
      displayName: 'bare',
      dataType: 'string',
      status: 'active',
    });
  });

  it('has a name that no other claim has', async () => {
    const { inum } = await claims.created({ name: 'once' });
    expect((await claims.create({ name: 'once' })).body.type).toBe('urn:clientele:problem:claim-exists');
    expect((await claims.merge(inum, { name: 'email' })).status).toBe(409);
    const replies = await Promise.all(['race', 'race'].map((name) => claims.create({ name })));
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('is not overwritten by who has read an older version', async () => {
    const { inum } = await claims.created({ name: 'versioned' });
    await claims.merge(inum, { description: 'x' });
    expect((await claims.merge(inum, { description: 'y' }, { 'If-Match': '"1-0"' })).status).toBe(412);
    const headers = { 'If-None-Match': '"2-0"' };
    expect((await service.request('GET', `${ATTRIBUTES}/${inum}`, { token, headers })).status).toBe(304);
  });
});

describe('what is not a claim', () => {
  it.each([
    ['no name', { displayName: 'x' }, '/name'],
    ['a name with a space', { name: 'a b' }, '/name'],
    ['a data type that does not exist', { name: 'x1', dataType: 'colour' }, '/dataType'],
    ['a viewer that does not exist', { name: 'x1', viewType: ['nobody'] }, '/viewType/0'],
    ['a negative length', { name: 'x1', attributeValidation: { minLength: -1 } }, '/attributeValidation/minLength'],
    [
      'lengths that exclude each other',
      { name: 'x1', attributeValidation: { minLength: 9, maxLength: 8 } },
      '/attributeValidation/maxLength',
    ],
    ['a pattern that is none', { name: 'x1', attributeValidation: { regexp: '(((' } }, '/attributeValidation/regexp'],
  ])('%s is refused by its name', async (_what, body, pointer) => {
    const reply = await claims.create(body);
    expect([reply.status, pointersOf(reply)]).toEqual([400, [pointer]]);
  });

  it("says in Janssen's words that the name is missing", async () => {
    expect((await claims.create({})).body).toMatchObject({
      code: 'OCA001',
      description: 'The attribute name is required for this operation',
    });
    const { inum } = await claims.created({ name: 'nameful' });
    expect((await claims.patch(inum, [{ op: 'remove', path: '/name' }])).status).toBe(400);
    expect((await claims.merge(inum, { adminCanView: true })).status).toBe(400);
    expect((await claims.replace({ inum: 'nobody', name: 'x' })).status).toBe(404);
  });
});

describe('the list', () => {
  it('is searched, filtered and paged', async () => {
    await claims.created({ name: 'department', claimName: 'dept_no', status: 'inactive' });
    const names = async (query: Record<string, string>): Promise<string[]> =>
      (await claims.list({ sortBy: 'name', ...query })).body.entries.map((entry: { name: string }) => entry.name);
    expect(await names({ pattern: 'DEPT' })).toEqual(['department']);
    expect(await names({ pattern: 'phone' })).toEqual(['phone_mobile_number', 'phone_number', 'phone_number_verified']);
    expect(await names({ pattern: 'department', status: 'active' })).toEqual([]);
    expect(await names({ pattern: 'department', status: 'INACTIVE' })).toEqual(['department']);
    expect(await names({ pattern: 'department', status: '' })).toEqual(['department']);
    expect(await names({ fieldValuePair: 'jansAttrName=birthdate,dataType=string' })).toEqual(['birthdate']);
    // What Janssen's text UI does at its start: it reads on until there is nothing more.
    const pages = [];
    for (let startIndex = 1; ; startIndex += 10) {
      const page = await claims.list({ limit: '10', startIndex: String(startIndex) });
      pages.push(...inumsOf(page));
      if (page.body.entriesCount === 0) break;
    }
    expect(pages).toEqual(inumsOf(await claims.list({ limit: '200' })).slice(1));
    expect((await claims.list({ status: 'odd' })).status).toBe(400);
  });
});

describe('a claim in use', () => {
  it('is not deleted while clients or scopes have it, and keeps them under another name', async () => {
    const claim = await claims.created({ name: 'badge' });
    const client = (await clients.create({ redirectUris: [], claims: ['badge'] })).body;
    const scope = (await scopes.create({ id: 'badges', claims: ['badge'] })).body;
    expect((await clients.list({ fieldValuePair: 'claims=badge' })).body.totalEntriesCount).toBe(1);
    expect((await claims.merge(claim.inum, { name: 'badge_number' })).status).toBe(200);
    expect((await clients.read(client.inum)).body.claims).toEqual([claim.dn]);
    expect((await clients.list({ fieldValuePair: 'claims=badge_number' })).body.totalEntriesCount).toBe(1);
    const refused = await claims.remove(claim.inum);
    expect([refused.status, refused.body.type, refused.body.detail]).toEqual([
      409,
      'urn:clientele:problem:in-use',
      'this claim is in use by 1 client and 1 scope',
    ]);
    await clients.merge(client.inum, { claims: [] });
    expect((await claims.remove(claim.inum)).body.detail).toBe('this claim is in use by 0 clients and 1 scope');
    await scopes.merge(scope.inum, { claims: null });
    expect((await claims.remove(claim.inum)).status).toBe(204);
  });

  it('is either removed or referred to, when both happen at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const claim = await claims.created({ name: `contended${round}` });
      const [removed, client, scope] = await Promise.all([
        claims.remove(claim.inum),
        clients.create({ redirectUris: [], claims: [claim.name] }),
        scopes.create({ id: `contended${round}`, claims: [claim.name] }),
      ]);
      const outcome = [removed.status, [client.status, scope.status].includes(201)];
      expect([
        [204, false],
        [409, true],
      ]).toContainEqual(outcome);
    }
  });

  it('of OpenID Connect is never deleted nor renamed', async () => {
    const [inum = ''] = inumsOf(await claims.list({ fieldValuePair: 'name=email' }));
    expect((await claims.remove(inum)).body.type).toBe('urn:clientele:problem:stock-resource');
    expect((await claims.merge(inum, { name: 'mail' })).status).toBe(409);
    expect((await claims.merge(inum, { status: 'inactive' })).status).toBe(200);
  });
});
