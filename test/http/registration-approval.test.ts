import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { act } from '../support/clients.ts';
import { newClientKey, withBasic } from '../support/issuer.ts';
import {
  editable,
  initialToken,
  manage,
  register,
  registered,
  TOKENS,
  type Registered,
} from '../support/registration.ts';
import { CLIENTS, startService, type RequestOptions, type TestReply, type TestService } from '../support/service.ts';

const DAY = 86_400_000;
const SERVICE = { grant_types: ['client_credentials'], redirect_uris: undefined };

let service: TestService;
beforeAll(async () => {
  const env = {
    ...{ REGISTRATION: 'open', REGISTRATION_RATE_LIMIT: '1000/min' },
    ...{ REGISTRATION_APPROVAL: 'unvouched', REGISTRATION_REUSE: 'on' },
  };
  service = await startService({ env });
});
afterAll(() => service.stop());

async function administer(method: string, path: string, options: RequestOptions = {}): Promise<TestReply> {
  return service.request(method, `${CLIENTS}${path}`, { token: await service.adminToken(), ...options });
}
const read = async (id: string): Promise<TestReply['body']> => (await administer('GET', `/${id}`)).body;
const tokenStatus = async ({ id, secret }: Registered): Promise<number> =>
  (await withBasic(service, { inum: id, clientSecret: secret })).status;
const idsIn = async (state: string): Promise<string[]> => {
  const reply = await administer('GET', `?limit=200&fieldValuePair=approval.state=${state}`);
  return (reply.body.entries as { inum: string }[]).map(({ inum }) => inum);
};
const MERGE = { 'Content-Type': 'application/merge-patch+json' };
const JSON_PATCH = { 'Content-Type': 'application/json-patch+json' };

describe('a client that nobody vouches for', () => {
  it('waits: it is told so, is found so, and is refused everywhere', async () => {
    const claimed = { status: 'approved', disabled: false, approval: { state: 'approved' } };
    const client = await registered(service, { ...SERVICE, ...claimed });
    expect(client.metadata).toMatchObject({ status: 'waiting' });
    expect(await read(client.id)).toMatchObject({
      disabled: true,
      approval: { state: 'waiting', at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) },
    });
    expect(await idsIn('waiting')).toContain(client.id);
    expect(await tokenStatus(client)).toBe(401);
    const own = await manage(service, 'GET', client);
    expect([own.status, own.body.status]).toEqual([200, 'waiting']);
    const changed = await manage(service, 'PUT', client, editable(client));
    expect([changed.status, changed.body.error]).toEqual([403, 'access_denied']);
    expect((await manage(service, 'DELETE', client)).status).toBe(204);
  });

  it('does not wait with an initial access token, unless that says so', async () => {
    const vouched = await registered(service, SERVICE, (await initialToken(service)).token);
    expect(vouched.metadata).not.toHaveProperty('status');
    expect(await tokenStatus(vouched)).toBe(200);
    const strict = await initialToken(service, { approval: true });
    expect((await registered(service, SERVICE, strict.token)).metadata).toMatchObject({ status: 'waiting' });
  });

  it('waits alone: the same software again is another client, which waits as well', async () => {
    const app = { client_name: 'Again', token_endpoint_auth_method: 'none', redirect_uris: ['http://127.0.0.1:1/cb'] };
    const ids = new Set<string>();
    // Of those that wait, were approved and were rejected none is anybody else's.
    for (const decision of ['approve', 'reject', undefined]) {
      const { id, metadata } = await registered(service, app);
      expect(metadata).toMatchObject({ status: 'waiting', registration_access_token: expect.any(String) });
      ids.add(id);
      ids.add((await registered(service, app)).id);
      if (decision !== undefined) expect((await administer('POST', `/${id}/${decision}`)).status).toBe(200);
    }
    expect(ids.size).toBe(6);
  });

  it('is let in by nothing but an approval', async () => {
    const client = await registered(service, SERVICE);
    const { id } = client;
    const { approval: _approval, ...whole } = await read(id);
    const ways: Record<string, () => Promise<TestReply>> = {
      activate: () => administer('POST', `/${id}/activate`),
      put: () => administer('PUT', '', { body: { ...whole, disabled: false } }),
      'put without it': () => administer('PUT', '', { body: { ...whole, disabled: undefined } }),
      'merge patch': () => administer('PATCH', `/${id}`, { body: { disabled: false }, headers: MERGE }),
      'merge patch to the default': () => administer('PATCH', `/${id}`, { body: { disabled: null }, headers: MERGE }),
      'JSON patch': () =>
        administer('PATCH', `/${id}`, {
          body: [{ op: 'replace', path: '/disabled', value: false }],
          headers: JSON_PATCH,
        }),
    };
    for (const [way, go] of Object.entries(ways)) {
      const reply = await go();
      expect([way, reply.status, reply.body.type]).toEqual([way, 409, 'urn:clientele:problem:approval-needed']);
    }
    for (const body of [
      { approval: { state: 'approved' } },
      { approval: null },
      { approval: { ...(await read(id)).approval, state: null } },
    ]) {
      expect((await administer('PATCH', `/${id}`, { body, headers: MERGE })).status).toBe(400);
    }
    const read2 = { ...(await read(id)), description: 'looked at', approval: { state: 'approved' } };
    expect((await administer('PUT', '', { body: read2 })).body).toMatchObject({
      description: 'looked at',
      disabled: true,
      approval: { state: 'waiting' },
    });
    expect((await administer('POST', `/${id}/deactivate`)).status).toBe(200);
    expect((await administer('DELETE', `/${id}`)).status).toBe(204);
    const restored = await administer('POST', `/${id}/restore`);
    expect(restored.body).toMatchObject({ disabled: true, approval: { state: 'waiting' } });
    expect((await administer('POST', `/${id}/activate`)).status).toBe(409);
    expect(await tokenStatus(client)).toBe(401);
    expect((await act(service, id, 'approve')).body).toMatchObject({
      disabled: false,
      approval: { state: 'approved' },
    });
  });

  it('can be used once it is approved, which its history tells', async () => {
    const client = await registered(service, SERVICE);
    const { id } = client;
    const tried = await administer('POST', `/${id}/approve?dryRun=true`);
    expect(tried.body).toMatchObject({ status: 200, result: { disabled: false } });
    expect(await tokenStatus(client)).toBe(401);
    const stale = await administer('POST', `/${id}/approve`, { headers: { 'If-Match': '"0-0"' } });
    expect(stale.status).toBe(412);
    const reply = await administer('POST', `/${id}/approve`, { body: { reason: 'known' } });
    const { approval } = reply.body;
    expect([reply.status, approval.state, approval.reason, approval.by]).toEqual([
      200,
      'approved',
      'known',
      service.admin.clientId,
    ]);
    expect(reply.headers.get('etag')).toBe('"2-0"');
    expect(await tokenStatus(client)).toBe(200);
    expect((await manage(service, 'GET', client)).body).toMatchObject({ status: 'approved' });
    const { entries } = (await administer('GET', `/${id}/history?limit=1`)).body;
    expect(entries[0]).toMatchObject({
      operation: 'approve-oauth-openid-client',
      reason: 'known',
      changed: expect.arrayContaining(['disabled', 'approval.state']),
    });
    const again = await administer('POST', `/${id}/approve`);
    expect([again.status, again.body.type]).toEqual([409, 'urn:clientele:problem:nothing-to-decide']);
    // From then on it is a client like others.
    expect((await administer('POST', `/${id}/deactivate`)).status).toBe(200);
    expect((await administer('POST', `/${id}/activate`)).status).toBe(200);
    const revision = await administer('POST', `/${id}/revisions/1/restore`);
    expect(revision.body).toMatchObject({ disabled: true, approval: { state: 'approved' } });
  });

  it('that is rejected stays out, until it is approved after all or its time is over', async () => {
    const [one, other] = [await registered(service, SERVICE), await registered(service, SERVICE)];
    for (const { id } of [one, other]) {
      const reply = await administer('POST', `/${id}/reject`, { headers: { 'X-Reason': 'unknown host' } });
      expect(reply.body).toMatchObject({ disabled: true, approval: { state: 'rejected', reason: 'unknown host' } });
      expect((await administer('POST', `/${id}/reject`)).status).toBe(409);
      expect((await administer('POST', `/${id}/activate`)).status).toBe(409);
    }
    expect((await manage(service, 'GET', one)).body).toMatchObject({ status: 'rejected' });
    expect(await tokenStatus(one)).toBe(401);
    expect((await act(service, other.id, 'approve')).status).toBe(200);
    expect(await tokenStatus(other)).toBe(200);
    service.clock.advance(29 * DAY);
    await service.sweep();
    expect((await administer('GET', `/${one.id}`)).status).toBe(200);
    service.clock.advance(2 * DAY);
    await service.sweep();
    expect((await administer('GET', `/${one.id}`)).status).toBe(404);
    expect((await administer('GET', `/${other.id}`)).status).toBe(200);
    const { entries } = (await administer('GET', `/${one.id}/history?limit=1`)).body;
    expect(entries[0]).toMatchObject({ operation: 'remove-rejected-client', caller: 'sweep' });
  });

  it('needs somebody who may write clients to be approved', async () => {
    const { id } = await registered(service, SERVICE);
    const reader = await service.adminToken('https://jans.io/oauth/config/openid/clients.readonly');
    expect((await administer('POST', `/${id}/approve`, { token: reader })).status).toBe(403);
    expect((await act(service, 'unknown', 'approve')).status).toBe(404);
    const { id: usual } = await registered(service, SERVICE, (await initialToken(service)).token);
    expect((await act(service, usual, 'reject')).body.detail).toMatch(/never had to wait/);
  });
});

describe('a client that was approved and changes itself', () => {
  async function approved(metadata: object = {}): Promise<Registered> {
    const client = await registered(service, { client_name: 'Shop', ...metadata });
    expect((await act(service, client.id, 'approve')).status).toBe(200);
    return client;
  }
  const put = (client: Registered, members: object): Promise<TestReply> =>
    manage(service, 'PUT', client, { ...editable(client), ...members });

  it.each<[string, object, object]>([
    ['host', { redirect_uris: ['https://other.example/cb'] }, { redirectUris: ['https://other.example/cb'] }],
    ['port', { redirect_uris: ['https://client.example:8443/'] }, { redirectUris: ['https://client.example:8443/'] }],
    ['name', { client_name: 'Bank' }, { clientName: 'Bank', displayName: 'Bank' }],
    ['keys', { jwks_uri: 'https://client.example/jwks' }, { jwksUri: 'https://client.example/jwks' }],
    ['logo', { logo_uri: 'https://client.example/logo' }, { logoUri: 'https://client.example/logo' }],
    ['home page', { client_uri: 'https://client.example/' }, { clientUri: 'https://client.example/' }],
    [
      'authentication',
      { token_endpoint_auth_method: 'client_secret_post' },
      { tokenEndpointAuthMethod: 'client_secret_post' },
    ],
  ])('goes on as it is while its new %s waits', async (_what, members, change) => {
    const client = await approved();
    const reply = await put(client, { ...members, contacts: ['ops@client.example'] });
    expect([reply.status, reply.body]).toMatchObject([
      200,
      { status: 'pending_change', client_name: 'Shop', redirect_uris: ['https://client.example/cb'] },
    ]);
    expect(reply.body).not.toHaveProperty('contacts');
    const waiting = await read(client.id);
    expect(waiting).toMatchObject({
      disabled: false,
      clientName: 'Shop',
      approval: { state: 'pending_change', change },
    });
    expect(await idsIn('pending_change')).toContain(client.id);
    const tried = await administer('POST', `/${client.id}/approve?dryRun=true`);
    expect(tried.body).toMatchObject({ status: 200, result: change });
    const made = await act(service, client.id, 'approve', { reason: 'theirs' });
    expect(made.body).toMatchObject({ ...change, contacts: ['ops@client.example'], approval: { state: 'approved' } });
    expect(made.body.approval).not.toHaveProperty('change');
    expect((await manage(service, 'GET', client)).body).toMatchObject({ ...members, status: 'approved' });
  });

  it('may change what is not guarded, and more of the same hosts, at once', async () => {
    const client = await approved();
    const members = { redirect_uris: ['https://client.example/other'], contacts: ['ops@client.example'] };
    expect((await put(client, members)).body).toMatchObject({ ...members, status: 'approved' });
  });

  it('drops a change that is rejected, or that it takes back', async () => {
    const client = await approved();
    await put(client, { client_name: 'Bank' });
    const rejected = await act(service, client.id, 'reject', { reason: 'no bank' });
    expect(rejected.body).toMatchObject({
      disabled: false,
      clientName: 'Shop',
      approval: { state: 'approved', reason: 'no bank' },
    });
    await put(client, { client_name: 'Bank' });
    expect((await put(client, {})).body).toMatchObject({ client_name: 'Shop', status: 'approved' });
    expect((await read(client.id)).approval).not.toHaveProperty('change');
  });

  it('is approved for what was looked at: another change since is another version', async () => {
    const client = await approved();
    await put(client, { client_name: 'Shop 2' });
    const etag = (await administer('GET', `/${client.id}`)).headers.get('etag') ?? '';
    await put(client, { client_name: 'Bank' });
    const late = await administer('POST', `/${client.id}/approve`, { headers: { 'If-Match': etag } });
    expect(late.status).toBe(412);
    expect((await read(client.id)).approval.change).toMatchObject({ clientName: 'Bank' });
  });

  it('gets its change by the rules, and beside what administrators changed meanwhile', async () => {
    const client = await approved();
    await put(client, { redirect_uris: ['https://client.example/cb', 'https://other.example/cb'] });
    const patch = { description: 'seen', grantTypes: ['client_credentials'], redirectUris: null, responseTypes: [] };
    expect((await administer('PATCH', `/${client.id}`, { body: patch, headers: MERGE })).status).toBe(200);
    expect((await act(service, client.id, 'approve')).body).toMatchObject({
      description: 'seen',
      grantTypes: ['client_credentials'],
      redirectUris: ['https://client.example/cb', 'https://other.example/cb'],
    });
    const other = await approved();
    await put(other, { client_name: 'Bank', application_type: 'web' });
    const broken = { applicationType: 'native', redirectUris: ['com.example.app:/cb'] };
    await administer('PATCH', `/${other.id}`, { body: broken, headers: MERGE });
    await administer('PATCH', `/${other.id}`, { body: { disabled: true }, headers: MERGE });
    const made = await act(service, other.id, 'approve');
    // Whoever was deactivated meanwhile stays so.
    expect([made.status, made.body.disabled, made.body.clientName]).toEqual([200, true, 'Bank']);
  });

  it('gets no change that breaks a rule by now', async () => {
    const client = await approved();
    await put(client, { jwks_uri: 'https://client.example/jwks' });
    const keys = JSON.stringify({ keys: [newClientKey().jwk] });
    await administer('PATCH', `/${client.id}`, { body: { jwks: keys }, headers: MERGE });
    const made = await act(service, client.id, 'approve');
    expect([made.status, made.body.errors]).toEqual([400, [expect.objectContaining({ pointer: '/jwks' })]]);
    expect((await read(client.id)).approval.state).toBe('pending_change');
  });

  it('has its statement verified and used once, when it is sent, unless that is revoked meanwhile', async () => {
    const SSA = '/jans-auth/restv1/ssa';
    const statement = async (): Promise<string> => {
      const body = { org_id: 'org-1', software_id: 'shop' };
      return (await service.request('POST', SSA, { token: await service.adminToken(), body })).body.ssa;
    };
    const [good, revoked] = [await statement(), await statement()];
    const client = await approved();
    const sent = { client_name: 'Shop 2', software_statement: good };
    expect((await put(client, { client_name: 'Shop 3', software_statement: good })).body.status).toBe('pending_change');
    expect((await put(client, sent)).body.status).toBe('pending_change');
    expect((await act(service, client.id, 'approve')).body).toMatchObject({ clientName: 'Shop 2', softwareId: 'shop' });
    expect((await put(client, { ...sent, contacts: ['ops@client.example'] })).body.status).toBe('approved');
    const other = await approved();
    await put(other, { client_name: 'Shop 4', software_statement: revoked });
    const revocation = await service.request('DELETE', `${SSA}?org_id=org-1`, { token: await service.adminToken() });
    expect(revocation.status).toBe(200);
    expect((await act(service, other.id, 'approve')).status).toBe(200);
    const again = await put(other, { client_name: 'Shop 4', software_statement: revoked });
    expect([again.status, again.body.error]).toEqual([400, 'invalid_software_statement']);
  });

  it('does not bring its change along when it is removed and restored', async () => {
    const client = await approved();
    await put(client, { client_name: 'Bank' });
    await administer('DELETE', `/${client.id}`);
    expect((await administer('POST', `/${client.id}/restore`)).body).toMatchObject({
      clientName: 'Shop',
      disabled: false,
    });
    expect((await act(service, client.id, 'approve')).body).toMatchObject({ clientName: 'Bank' });
  });
});

describe('an initial access token', () => {
  const CURSOR = 'cursor://anysphere.cursor-retrieval/oauth/callback';
  const PUBLIC = { token_endpoint_auth_method: 'none', grant_types: ['authorization_code'] };

  it('says where its clients may have users sent back to, also later', async () => {
    const members = { uses: 9, redirectSchemes: ['cursor'], redirectHosts: ['*.Partner.example'] };
    const { id, token } = await initialToken(service, members);
    const record = await service.request('GET', `${TOKENS}/${id}`, { token: await service.adminToken() });
    expect(record.body).toMatchObject({ redirectSchemes: ['cursor'], redirectHosts: ['*.partner.example'] });
    const good = { ...PUBLIC, redirect_uris: [CURSOR, 'https://a.partner.example/cb'] };
    const client = await registered(service, good, token);
    expect(client.metadata).toMatchObject({ ...good, application_type: 'native' });
    for (const bad of ['https://other.example/cb', 'zed://x/cb']) {
      const reply = await register(service, { ...PUBLIC, redirect_uris: [CURSOR, bad] }, token);
      expect([reply.status, reply.body.error]).toEqual([400, 'invalid_redirect_uri']);
      expect(reply.body.error_description).toMatch(/redirect_uris\/1/);
    }
    expect((await register(service, { ...PUBLIC, redirect_uris: [CURSOR] })).status).toBe(400);
    await service.request('DELETE', `${TOKENS}/${id}`, { token: await service.adminToken() });
    const moved = { ...editable(client), redirect_uris: [CURSOR, 'https://other.example/cb'] };
    expect((await manage(service, 'PUT', client, moved)).status).toBe(400);
    expect((await manage(service, 'PUT', client, editable(client))).status).toBe(200);
  });

  it.each([
    [{ redirectSchemes: ['cursor', 'javascript'] }, '/redirectSchemes/1'],
    [{ redirectHosts: ['https://a.example'] }, '/redirectHosts/0'],
    [{ redirectHosts: ['a.example:8443'] }, '/redirectHosts/0'],
  ])('is not made with %j', async (members, pointer) => {
    const body = { label: 'Test', ...members };
    const reply = await service.request('POST', TOKENS, { token: await service.adminToken(), body });
    expect([reply.status, reply.body.errors]).toEqual([400, [expect.objectContaining({ pointer })]]);
  });
});

describe('the metrics', () => {
  it('tell how many wait', async () => {
    const before = (await idsIn('waiting')).length;
    await registered(service, SERVICE);
    const token = await service.adminToken();
    const { text } = await service.request('GET', '/metrics', { token });
    expect(text).toContain(`clientele_clients_awaiting_approval{state="waiting"} ${before + 1}\n`);
    expect(text).toMatch(/clientele_clients_awaiting_approval\{state="pending_change"\} \d+\n/);
  });
});
