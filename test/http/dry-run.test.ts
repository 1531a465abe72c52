import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OPERATIONS } from '../../openapi/operations.gen.ts';
import { ATTRIBUTES, caller, SCOPES, type Caller } from '../support/registry.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

const TOKENS = '/jans-config-api/api/v1/registration-tokens';
const SCRIPTS = '/jans-config-api/api/v1/config/scripts';
const P = 'https://jans.io/oauth/config/';
const MERGE = { 'Content-Type': 'application/merge-patch+json' };

let service: TestService;
let token: string;
let clients: Caller;

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
  clients = caller(service, CLIENTS, token, { redirectUris: [] });
});
afterAll(() => service.stop());

interface Asked {
  readonly body?: object;
  readonly headers?: Record<string, string>;
  readonly token?: string;
}

const tryOut = (method: string, path: string, asked: Asked = {}): Promise<TestReply> =>
  service.request(method, `${path}${path.includes('?') ? '&' : '?'}dryRun=true`, { token, ...asked });

/** A plan, which is 200 and says that nothing was done. */
async function planOf(method: string, path: string, asked: Asked = {}): Promise<TestReply['body']> {
  const reply = await tryOut(method, path, asked);
  expect([reply.status, reply.text]).toEqual([200, expect.anything()]);
  expect(reply.headers.get('preference-applied')).toMatch(/(^|, )dry-run$/);
  expect([reply.headers.get('etag'), reply.headers.get('location')]).toEqual([null, null]);
  return reply.body;
}

/** Everything that is kept, in the words of the tables. */
async function everything(): Promise<unknown> {
  const tables = ['clients', 'client_secrets', 'client_values', 'client_scopes', 'scopes', 'claims', 'revisions'];
  const more = ['audit_records', 'initial_access_tokens', 'removed_versions', 'idempotent_requests', 'client_counts'];
  const rows = await Promise.all(
    [...tables, ...more].map((table) => service.database.writer.query(`SELECT * FROM ${table}`)),
  );
  return JSON.parse(JSON.stringify(rows)) as unknown;
}

describe('a plan', () => {
  it('is there for whatever an administrator can write', () => {
    const without = OPERATIONS.filter(
      (row) => row.method !== 'GET' && !('public' in row) && !('dryRun' in row.query),
    ).map(({ id }) => id);
    expect(without).toEqual([
      ...['start', 'pause', 'resume', 'stop'].map((verb) => `${verb}-oauth-openid-clients-bulk`),
      ...['post-openid-client-use', 'validate-oauth-openid-client'],
      ...['pause', 'resume', 'stop'].map((verb) => `${verb}-oauth-openid-changes-undo`),
      ...['post-register-ssa', 'delete-ssa'],
    ]);
  });

  it('writes nothing, whatever is tried', async () => {
    const { inum } = await clients.created({ clientName: 'Kept', scopes: ['openid'] });
    const scope = (await caller(service, SCOPES, token).created({ id: 'tried.scope' })) as { inum: string };
    const claim = (await caller(service, ATTRIBUTES, token).created({ name: 'triedClaim' })) as { inum: string };
    const made = await service.request('POST', TOKENS, { token, body: { label: 'Partner', uses: 2 } });
    const client = `${CLIENTS}/${inum}`;
    await service.idle();
    const before = await everything();
    const plans = [
      await planOf('POST', CLIENTS, { body: { clientName: 'New', redirectUris: [] } }),
      await planOf('PUT', CLIENTS, { body: { inum, clientName: 'Other', redirectUris: [] } }),
      await planOf('PATCH', client, { headers: MERGE, body: { clientName: 'Other', scopes: ['email'] } }),
      await planOf('POST', `${client}/deactivate`),
      await planOf('POST', `${client}/secret`, { body: { overlapSeconds: 60 } }),
      await planOf('DELETE', client),
      await planOf('POST', SCOPES, { body: { id: 'another.scope' } }),
      await planOf('PATCH', `${SCOPES}/${scope.inum}`, { headers: MERGE, body: { description: 'x' } }),
      await planOf('DELETE', `${SCOPES}/${scope.inum}`),
      await planOf('POST', ATTRIBUTES, { body: { name: 'anotherClaim' } }),
      await planOf('DELETE', `${ATTRIBUTES}/${claim.inum}`),
      await planOf('POST', TOKENS, { body: { label: 'Next', uses: 1 } }),
      await planOf('DELETE', `${TOKENS}/${made.body.id as string}`),
    ];
    expect(plans.map(({ status }) => status)).toEqual([
      201, 200, 200, 200, 200, 204, 201, 200, 204, 201, 204, 201, 204,
    ]);
    expect(plans.filter(({ changes }) => changes.length === 0)).toEqual([]);
    expect(await everything()).toEqual(before);
  });

  it('has the resource as it would be, and what changes, but no secret', async () => {
    const made = await planOf('POST', CLIENTS, { body: { inum: 'tried-1', clientName: 'New', redirectUris: [] } });
    expect(made).toMatchObject({
      status: 201,
      result: { inum: 'tried-1', clientName: 'New', clientSecret: '(would be made)' },
    });
    expect(made.changes).toContainEqual({ kind: 'client', inum: 'tried-1', pointer: '/clientName', after: 'New' });
    expect(made.changes).toContainEqual({ kind: 'client', inum: 'tried-1', pointer: '/clientSecret', after: 'set' });
    expect((await clients.read('tried-1')).status).toBe(404);

    const chosen = 'a-secret-that-the-caller-has-chosen';
    const given = await tryOut('POST', CLIENTS, { body: { redirectUris: [], clientSecret: chosen } });
    expect(given.text).not.toContain(chosen);

    const { inum } = await clients.created({ clientName: 'One', attributes: { requirePkce: false } });
    const changed = await planOf('PATCH', `${CLIENTS}/${inum as string}`, {
      headers: MERGE,
      body: { clientName: 'Two', attributes: { requirePkce: true } },
    });
    expect(changed.changes).toContainEqual({
      kind: 'client',
      inum,
      pointer: '/clientName',
      before: 'One',
      after: 'Two',
    });
    expect(changed.changes).toContainEqual({
      ...{ kind: 'client', inum, pointer: '/attributes/requirePkce' },
      ...{ before: false, after: true },
    });
    const rotated = await planOf('POST', `${CLIENTS}/${inum as string}/secret`, { body: {} });
    expect(rotated.result).toEqual({ inum, clientSecret: '(would be made)' });
    expect(rotated.changes).toEqual([{ kind: 'client', inum, pointer: '/clientSecret', after: 'changed' }]);
    const issued = await planOf('POST', TOKENS, { body: { label: 'Next', uses: 1 } });
    expect(issued.result).toMatchObject({ label: 'Next', token: '(would be made)' });
  });

  it('has why a write would be refused, and advice', async () => {
    const refused = await planOf('POST', CLIENTS, {
      body: { grantTypes: ['authorization_code'], scopes: ['no-such'] },
    });
    expect(refused).toMatchObject({
      status: 400,
      changes: [],
      result: { type: 'urn:clientele:problem:invalid-request' },
    });
    expect(refused.findings).toContainEqual(
      expect.objectContaining({ severity: 'error', pointer: '/redirectUris', section: expect.any(String) as unknown }),
    );
    const taken = await clients.created();
    const again = await planOf('POST', CLIENTS, { body: { inum: taken.inum, redirectUris: [] } });
    expect(again.findings).toEqual([{ severity: 'error', rule: 'client-exists', detail: `${taken.inum} is taken` }]);
    const advised = await planOf('POST', CLIENTS, {
      body: {
        ...{ grantTypes: ['authorization_code', 'implicit'], responseTypes: ['code', 'token'] },
        redirectUris: ['https://a.example/'],
      },
    });
    expect(advised.findings).toContainEqual(
      expect.objectContaining({ severity: 'warning', pointer: '/grantTypes', section: 'RFC 9700 section 2.1.2' }),
    );
  });

  it('says whom it reaches', async () => {
    const redirectUris = ['https://shared.example/one', 'http://localhost:3000/'];
    const uris = { redirectUris, jwksUri: 'https://keys.example/jwks' };
    const one = await clients.created({ inum: 'reach-1', ...uris, scopes: ['openid', 'profile'] });
    await clients.created({ inum: 'reach-2', ...uris, redirectUris: ['https://shared.example/two'] });
    await clients.created({ inum: 'reach-3', redirectUris: ['http://localhost:3000/'] });
    const plan = await planOf('PATCH', `${CLIENTS}/${one.inum as string}`, {
      headers: MERGE,
      body: { scopes: ['openid', 'email'] },
    });
    expect(plan.reach).toEqual({
      ...{ scopesGained: ['email'], scopesLost: ['profile'], locksOutAdministrators: false },
      ...{ sharesKeys: ['reach-2'], sharesRedirectHosts: ['reach-2'] },
    });
    const removal = await planOf('DELETE', `${CLIENTS}/${service.admin.clientId}`);
    expect(removal).toMatchObject({ status: 409, reach: { locksOutAdministrators: true } });
    expect(removal.reach.lastAccessTime).toMatch(/^\d{4}-/);
  });

  it('shows no hidden value of a script, neither clear nor as it is kept', async () => {
    const usual = { name: 'tried', scriptType: 'consent_gathering', programmingLanguage: 'python' };
    const property = { value1: 'password', value2: 'hidden-value-one', hide: true };
    const made = await service.request('POST', SCRIPTS, {
      token,
      body: { ...usual, configurationProperties: [property] },
    });
    const body = { configurationProperties: [{ ...property, value2: 'hidden-value-two' }] };
    const path = `${SCRIPTS}/${made.body.inum as string}`;
    const plans = [await planOf('PATCH', path, { headers: MERGE, body }), await planOf('DELETE', path)];
    const shown = { before: [{ ...property, value2: '********' }], after: [{ ...property, value2: '********' }] };
    expect(plans[0].changes).toContainEqual(expect.objectContaining({ pointer: '/configurationProperties', ...shown }));
    expect(plans[1].changes[0].before.configurationProperties).toEqual(shown.before);
    expect(plans[1].reach).toEqual({ clients: 0, locksOutAdministrators: false });
  });

  it('tells who may not read a resource its members and no values', async () => {
    const scope = (await caller(service, SCOPES, token).created({ id: 'unread.scope' })) as { inum: string };
    const members = { clientName: 'Unread', contacts: ['ann@unread.example'], scopes: ['unread.scope'] };
    const { inum } = (await clients.created(members)) as { inum: string };
    const deletes = await service.adminToken(`${P}openid/clients.delete ${P}scopes.delete`);
    const removal = await planOf('DELETE', `${CLIENTS}/${inum}`, { token: deletes });
    expect(removal).toEqual({
      ...{ status: 204, result: {}, findings: [], reach: { locksOutAdministrators: false } },
      changes: [{ kind: 'client', inum, pointer: '' }],
    });
    const release = await planOf('DELETE', `${SCOPES}/${scope.inum}?force=true`, { token: deletes });
    expect(release.changes).toEqual([
      { kind: 'client', inum, pointer: '/scopes' },
      { kind: 'scope', inum: scope.inum, pointer: '' },
    ]);
    expect(release.reach).toEqual({ clients: 1, locksOutAdministrators: false });
  });

  it('counts the clients that a scope is taken from', async () => {
    const scope = (await caller(service, SCOPES, token).created({ id: 'reach.scope' })) as { inum: string };
    await clients.created({ inum: 'scoped-1', scopes: ['reach.scope'] });
    const held = await planOf('DELETE', `${SCOPES}/${scope.inum}`);
    expect(held).toMatchObject({ status: 409, reach: { clients: 1 } });
    const forced = await planOf('DELETE', `${SCOPES}/${scope.inum}?force=true`);
    expect(forced).toMatchObject({ status: 204, result: {}, reach: { clients: 1 } });
    expect(forced.changes.map(({ kind, inum }: { kind: string; inum: string }) => [kind, inum])).toEqual([
      ['client', 'scoped-1'],
      ['scope', scope.inum],
    ]);
  });
});

describe('what stays an error', () => {
  it.each(['dryrun=true', 'dryRun=1', 'dryRun=TRUE', 'dryRun=', 'dryRun', 'dryRun=true&dryRun=true', 'dry_run=true'])(
    '?%s on whatever writes, and nothing is written',
    async (query) => {
      const { inum } = await clients.created({ clientName: 'Kept' });
      const before = await everything();
      const client = `${CLIENTS}/${inum as string}`;
      const asked: [string, string, Asked][] = [
        ['DELETE', client, {}],
        ['PATCH', client, { headers: MERGE, body: { clientName: 'x' } }],
        ['PUT', CLIENTS, { body: { inum, redirectUris: [] } }],
        ['POST', CLIENTS, { body: { redirectUris: [] } }],
        ['POST', `${client}/deactivate`, {}],
        ['POST', `${client}/secret`, { body: {} }],
        ['DELETE', `${SCOPES}/x`, {}],
        ['DELETE', `${ATTRIBUTES}/x`, {}],
        ['DELETE', `${TOKENS}/x`, {}],
        ['DELETE', '/jans-auth/restv1/register', {}],
      ];
      for (const [method, path, options] of asked) {
        const reply = await service.request(method, `${path}?${query}`, { token, ...options });
        expect([method, path, reply.status]).toEqual([method, path, 400]);
      }
      expect(await everything()).toEqual(before);
    },
  );

  it('is what is malformed, not authorized, not there, or of another version', async () => {
    const { inum } = await clients.created();
    const client = `${CLIENTS}/${inum as string}`;
    const patch = (body: object, headers = {}) => tryOut('PATCH', client, { headers: { ...MERGE, ...headers }, body });
    expect((await patch({ clientName: 5 })).status).toBe(400);
    expect((await patch({ noSuchMember: 1 })).status).toBe(400);
    expect((await patch({ clientName: 'x' }, { 'If-Match': '"99-0"' })).status).toBe(412);
    expect((await tryOut('DELETE', `${CLIENTS}/nobody`)).status).toBe(404);
    const reading = await service.adminToken('https://jans.io/oauth/config/openid/clients.readonly');
    expect((await tryOut('DELETE', client, { token: reading })).status).toBe(403);
    const writing = await service.adminToken('https://jans.io/oauth/config/openid/clients.write');
    const grant = { headers: MERGE, body: { scopes: ['https://jans.io/oauth/config/write-all'] }, token: writing };
    expect((await tryOut('PATCH', client, grant)).status).toBe(403);
  });

  it('is an idempotency key with it', async () => {
    const headers = { 'Idempotency-Key': '3b241101-e2bb-4255-8caf-4136c566a962' };
    const reply = await tryOut('POST', CLIENTS, { body: { redirectUris: [] }, headers });
    expect([reply.status, reply.body.errors[0].parameter]).toEqual([400, 'header:idempotency-key']);
  });

  it('does not hide that an operation was done: dryRun=false does it', async () => {
    const { inum } = await clients.created();
    expect((await clients.remove(inum as string, '?dryRun=false')).status).toBe(204);
  });
});

describe('around it', () => {
  it('holds If-Match and strictness, and the log says that it was tried', async () => {
    const { inum } = await clients.created();
    const headers = { ...MERGE, 'If-Match': '"1-0"', Prefer: 'handling=strict' };
    const reply = await tryOut('PATCH', `${CLIENTS}/${inum as string}`, { headers, body: { clientName: 'x' } });
    expect([reply.status, reply.headers.get('preference-applied')]).toEqual([200, 'handling=strict, dry-run']);
    const lines = service.logLines.filter((line) => line.includes('"dryRun":true') && line.includes(inum as string));
    expect(lines).toHaveLength(1);
  });

  it('lets others write at the same time', async () => {
    const { inum } = await clients.created({ clientName: 'Zero' });
    const path = `${CLIENTS}/${inum as string}`;
    await Promise.all([
      planOf('PATCH', path, { headers: MERGE, body: { clientName: 'Tried' } }),
      clients.merge(inum as string, { description: 'Done' }),
      planOf('DELETE', path),
      clients.merge(inum as string, { softwareId: 'done' }),
    ]);
    expect((await clients.read(inum as string)).body).toMatchObject({
      ...{ clientName: 'Zero', description: 'Done', softwareId: 'done' },
    });
  });
});
