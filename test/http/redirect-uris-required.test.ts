import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { manage, REGISTER, registered } from '../support/registration.ts';
import { caller, type Caller } from '../support/registry.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

let service: TestService;
let token: string;
let clients: Caller;

beforeAll(async () => {
  service = await startService({ env: { REGISTRATION: 'open' } });
  token = await service.adminToken();
  clients = caller(service, CLIENTS, token);
});
afterAll(() => service.stop());

const MACHINE = { grantTypes: ['client_credentials'] };
const REDIRECTING = [
  { grantTypes: ['authorization_code'] },
  { grantTypes: ['implicit'] },
  { ...MACHINE, responseTypes: ['code'] },
];
const NOTHING = [{}, { redirectUris: [] }, { redirectUris: null }];

const validated = async (body: object): Promise<TestReply['body']> =>
  (await service.request('POST', `${CLIENTS}/validate`, { token, body })).body;

describe('a client that nothing redirects', () => {
  it.each(NOTHING)('does without redirect URIs at every door of administrators: %j', async (none) => {
    const made = await clients.create({ ...MACHINE, ...none });
    expect(made.status).toBe(201);
    const { inum } = made.body;
    expect((await clients.replace({ inum, ...MACHINE, ...none })).status).toBe(200);
    expect((await validated({ ...MACHINE, ...none })).valid).toBe(true);
    expect((await clients.merge(inum, { redirectUris: ['https://a.example/cb'] })).status).toBe(200);
    expect((await clients.merge(inum, { redirectUris: null })).status).toBe(200);
    expect((await clients.replace({ ...(await clients.read(inum)).body, description: 'sent back' })).status).toBe(200);
  });

  it('does without them where it registers itself, and can be sent back by an administrator', async () => {
    const reply = await service.request('POST', REGISTER, {
      body: { grant_types: ['client_credentials'], token_endpoint_auth_method: 'client_secret_basic' },
    });
    expect(reply.status).toBe(201);
    const client = (await clients.read(reply.body.client_id)).body;
    expect((await clients.replace(client)).status).toBe(200);
  });
});

describe('a client that something redirects', () => {
  const refused = {
    code: 'OCA001',
    message: 'A required attribute is missing.',
    description: 'The attribute redirectUris is required for this operation',
    errors: [expect.objectContaining({ pointer: '/redirectUris', rule: 'redirect-uri-required' })],
  };

  it.each(REDIRECTING)('needs one at every door of administrators: %j', async (members) => {
    const { inum } = (await clients.create({ ...members, redirectUris: ['https://a.example/cb'] })).body;
    for (const none of NOTHING) {
      const bodies = [
        await clients.create({ ...members, ...none }),
        await clients.replace({ inum, ...members, ...none }),
        await clients.merge(inum, { redirectUris: null }),
        await clients.patch(inum, [{ op: 'remove', path: '/redirectUris' }]),
      ];
      for (const { status, body } of bodies) expect([status, body]).toEqual([400, expect.objectContaining(refused)]);
      const { valid, errors } = await validated({ ...members, ...none });
      expect([valid, errors]).toEqual([false, refused.errors]);
    }
  });

  it.each([{}, { redirect_uris: [] }, { grant_types: ['client_credentials'], response_types: ['code'] }])(
    'needs one where it registers itself: %j',
    async (metadata) => {
      const reply = await service.request('POST', REGISTER, { body: metadata });
      expect([reply.status, reply.body.error]).toEqual([400, 'invalid_redirect_uri']);
      const client = await registered(service);
      const changed = await manage(service, 'PUT', client, { client_id: client.id, ...metadata });
      expect([changed.status, changed.body.error]).toEqual([400, 'invalid_redirect_uri']);
    },
  );
});
