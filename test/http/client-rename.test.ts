import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { prepare } from '../../api/setup/prepare.ts';
import type { ClientDocument } from '../../api/clients/document/client.document.ts';
import { ownOrigin } from '../../api/shared/log/origin.ts';
import { documentIn } from '../support/registry.ts';
import { basic, CLIENTS, startService, type TestService } from '../support/service.ts';

const CONFIG = 'https://jans.io/oauth/config';
const SCOPES = '/jans-config-api/api/v1/scopes';
const TOKEN = '/jans-auth/restv1/token';
const REGISTER = '/jans-auth/restv1/register';

let service: TestService;
let token: string;

beforeAll(async () => {
  service = await startService({ env: { REGISTRATION: 'open' } });
  token = await service.adminToken();
});
afterAll(() => service.stop());

describe('a client that is given another id while the service is stopped', () => {
  it('keeps what it has: members, secrets, scopes that it made, its use', async () => {
    const made = await service.request('POST', CLIENTS, {
      token,
      body: {
        inum: 'old-name',
        clientName: 'Signs',
        grantTypes: ['client_credentials'],
        tokenEndpointAuthMethod: 'client_secret_jwt',
        attributes: { additionalTokenEndpointAuthMethods: ['client_secret_basic'] },
        scopes: ['https://jans.io/oauth/config/scopes.write'],
      },
    });
    const secret = made.body.clientSecret as string;
    const grant = (id: string): Promise<{ status: number; body: { access_token: string } }> =>
      service.request('POST', TOKEN, { headers: basic(id, secret), form: { grant_type: 'client_credentials' } });
    const own = (await grant('old-name')).body.access_token;
    const scope = await service.request('POST', SCOPES, { token: own, body: { id: 'mine', displayName: 'Mine' } });
    expect(scope.body.creatorId).toBe('old-name');
    await service.idle();

    await prepare(service.ground, [{ from: 'old-name', to: 'new-name' }]);

    expect((await service.request('GET', `${CLIENTS}/old-name`, { token })).status).toBe(404);
    const { body, headers } = await service.request('GET', `${CLIENTS}/new-name`, { token });
    const { clientSecret: _shown, registrationAccessToken: _none, ...before } = made.body;
    expect(body).toMatchObject({
      ...documentIn(before),
      createdAt: before.createdAt,
      registrationMethod: 'admin',
      inum: 'new-name',
      dn: 'inum=new-name,ou=clients,o=jans',
    });
    expect(body.lastAccessTime).toEqual(expect.any(String));
    expect(headers.get('etag')).toMatch(/^"2-/);
    expect((await grant('old-name')).status).toBe(401);
    expect((await grant('new-name')).status).toBe(200);
    expect((await service.request('GET', `${SCOPES}/${scope.body.inum}`, { token })).body.creatorId).toBe('new-name');
    const past = await service.request('GET', `${CLIENTS}/old-name/revisions?limit=1`, { token });
    expect(past.body.entries[0]).toMatchObject({ revision: 2, removed: true, by: { id: 'migrate', kind: 'command' } });
    const first = await service.request('GET', `${CLIENTS}/new-name/revisions/1`, { token });
    expect(first.body.document).toMatchObject({ inum: 'new-name', clientName: 'Signs' });
    const [{ number }] = (await service.database.reader.query<{ number: number | string }[]>(
      `SELECT COUNT(*) AS number FROM revisions WHERE kind = 'scope' AND inum = '${scope.body.inum}'`,
    )) as [{ number: number | string }];
    expect(Number(number)).toBe(2);
    const found = await service.request('GET', `${CLIENTS}?pattern=new-name`, { token });
    expect(found.body.entries).toHaveLength(1);
    // That the caller was active is remembered for a second.
    service.clock.advance(1_001);
    expect((await service.request('GET', CLIENTS, { token: own })).status).toBe(401);
  });

  it('has no token back that was revoked, also when it gets its former id back', async () => {
    const { body } = await service.request('POST', CLIENTS, {
      token,
      body: { inum: 'there', grantTypes: ['client_credentials'], scopes: [`${CONFIG}/openid/clients.readonly`] },
    });
    const headers = basic('there', body.clientSecret as string);
    const reply = await service.request('POST', TOKEN, { headers, form: { grant_type: 'client_credentials' } });
    const own = reply.body.access_token as string;
    expect((await service.request('GET', `${CLIENTS}/there`, { token: own })).status).toBe(200);
    await service.request('POST', `${CLIENTS}/there/revoke-tokens`, { token });
    await prepare(service.ground, [{ from: 'there', to: 'back' }]);
    await prepare(service.ground, [{ from: 'back', to: 'there' }]);
    service.clock.advance(5_000);
    expect((await service.request('GET', `${CLIENTS}/there`, { token: own })).status).toBe(401);
  });

  it('keeps its registration', async () => {
    const { body } = await service.request('POST', REGISTER, { body: { grant_types: ['client_credentials'] } });
    await prepare(service.ground, [{ from: body.client_id, to: 'registrant' }]);
    const read = await service.request('GET', `${REGISTER}?client_id=registrant`, {
      token: body.registration_access_token,
    });
    expect([read.status, read.body.client_id]).toEqual([200, 'registrant']);
  });

  it('is refused an id that is taken, that is none, or when there is no such client', async () => {
    for (const [from, to, why] of [
      ['new-name', 'registrant', 'there is a client registrant already'],
      ['new-name', 'a/b', 'a/b cannot be the id of a client'],
      ['new-name', 'validate', 'validate cannot be the id of a client'],
      ['nobody', 'somebody', 'there is no client nobody'],
    ] as const)
      await expect(prepare(service.ground, [{ from, to }])).rejects.toThrow(why);
    expect((await service.request('GET', `${CLIENTS}/new-name`, { token })).status).toBe(200);
  });
});

describe('a client whose id has become a word of the addresses', () => {
  it('keeps the service from starting, which names it and what to do', async () => {
    const { text } = (await service.work.read(({ clients }) => clients.find('new-name'))) ?? { text: '{}' };
    const document = { ...(JSON.parse(text) as ClientDocument), inum: 'validate' };
    const creation = { document, source: 'admin', wish: {} } as const;
    await service.work.write(({ corridor }) => corridor.create(creation, ownOrigin('command', 'test')));
    await expect(prepare(service.ground)).rejects.toThrow('npm run migrate -- --rename validate=NEW-ID');
    await prepare(service.ground, [{ from: 'validate', to: 'was-validate' }]);
    await prepare(service.ground);
    expect((await service.request('GET', `${CLIENTS}/was-validate`, { token })).status).toBe(200);
  });
});
