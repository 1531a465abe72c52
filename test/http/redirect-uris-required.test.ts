import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { manage, REGISTER, registered } from '../support/registration.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

let service: TestService;
let token: string;

beforeAll(async () => {
  service = await startService({ env: { REGISTRATION: 'open' } });
  token = await service.adminToken();
});
afterAll(() => service.stop());

const MACHINE = { grantTypes: ['client_credentials'] };
const REDIRECTING = [
  { grantTypes: ['authorization_code'] },
  { grantTypes: ['implicit'] },
  { ...MACHINE, responseTypes: ['code'] },
];
const NOTHING = [{}, { redirectUris: [] }, { redirectUris: null }];

const send = (method: string, path: string, body: unknown, type = 'application/json'): Promise<TestReply> =>
  service.request(method, path, { token, headers: { 'Content-Type': type }, body });
const create = (body: object): Promise<TestReply> => send('POST', CLIENTS, body);
const merge = (inum: string, body: object): Promise<TestReply> =>
  send('PATCH', `${CLIENTS}/${inum}`, body, 'application/merge-patch+json');
const read = async (inum: string): Promise<TestReply['body']> =>
  (await service.request('GET', `${CLIENTS}/${inum}`, { token })).body;

describe('a client that nothing redirects', () => {
  it.each(NOTHING)('does without redirect URIs at every door of administrators: %j', async (none) => {
    const made = await create({ ...MACHINE, ...none });
    expect(made.status).toBe(201);
    const { inum } = made.body;
    expect((await send('PUT', CLIENTS, { inum, ...MACHINE, ...none })).status).toBe(200);
    expect((await send('POST', `${CLIENTS}/validate`, { ...MACHINE, ...none })).body.valid).toBe(true);
    expect((await merge(inum, { redirectUris: ['https://a.example/cb'] })).status).toBe(200);
    expect((await merge(inum, { redirectUris: null })).status).toBe(200);
    expect((await send('PUT', CLIENTS, { ...(await read(inum)), description: 'sent back' })).status).toBe(200);
  });

  it('does without them where it registers itself, and can be sent back by an administrator', async () => {
    const reply = await service.request('POST', REGISTER, {
      body: { grant_types: ['client_credentials'], token_endpoint_auth_method: 'client_secret_basic' },
    });
    expect(reply.status).toBe(201);
    const client = await read(reply.body.client_id);
    expect((await send('PUT', CLIENTS, client)).status).toBe(200);
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
    const { inum } = (await create({ ...members, redirectUris: ['https://a.example/cb'] })).body;
    for (const none of NOTHING) {
      const bodies = [
        await create({ ...members, ...none }),
        await send('PUT', CLIENTS, { inum, ...members, ...none }),
        await merge(inum, { redirectUris: null }),
        await send('PATCH', `${CLIENTS}/${inum}`, [{ op: 'remove', path: '/redirectUris' }], JSON_PATCH),
      ];
      for (const { status, body } of bodies) expect([status, body]).toEqual([400, expect.objectContaining(refused)]);
      const { valid, errors } = (await send('POST', `${CLIENTS}/validate`, { ...members, ...none })).body;
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

const JSON_PATCH = 'application/json-patch+json';
