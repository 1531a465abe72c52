import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OPERATIONS } from '../../openapi/operations.gen.ts';
import { CODE_CLIENT, TUI_NEW_CLIENT } from '../fixtures/janssen.ts';
import { caller, documentIn, type Caller } from '../support/registry.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

const VALIDATE = `${CLIENTS}/validate`;
const WRITE = 'https://jans.io/oauth/config/openid/clients.write';
const ADMIN = 'https://jans.io/oauth/config/openid/clients.admin';

let service: TestService;
let token: string;
let clients: Caller;

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
  clients = caller(service, CLIENTS, token);
});
afterAll(() => service.stop());

async function validate(body: object, as = token): Promise<TestReply['body']> {
  const reply = await service.request('POST', VALIDATE, { token: as, body });
  expect(reply.status).toBe(200);
  return reply.body;
}

const rulesOf = (faults: { rule?: string }[]): (string | undefined)[] => faults.map(({ rule }) => rule);

describe('a client that would be registered', () => {
  const CLIENT = {
    inum: 'checked-1',
    displayName: 'Photo print shop',
    applicationType: 'WEB',
    redirectUris: ['https://print.example/cb', 'https://print.example/cb'],
    grantTypes: ['authorization_code'],
    responseTypes: ['code'],
    scopes: ['openid', 'email'],
    claims: ['email'],
    expirationDate: '2031-05-06T07:08:09+02:00',
    clientSecret: 'a-secret-of-the-caller',
    dn: 'ignored',
    attributes: { requirePkce: true },
  };

  it('is shown as it would be stored, without its secret', async () => {
    const { valid, client, errors } = await validate(CLIENT);
    expect({ valid, errors }).toEqual({ valid: true, errors: [] });
    expect(client).not.toHaveProperty('clientSecret');
    const { clientSecret, ...stored } = (await clients.create(CLIENT)).body;
    expect(clientSecret).toBe(CLIENT.clientSecret);
    expect(client).toEqual(documentIn(stored));
  });

  it('comes with a warning for each member that would be ignored', async () => {
    const { valid, warnings } = await validate({
      ...CLIENT,
      inum: 'checked-9',
      colour: 'red',
      backchannelLogoutUri: ['https://rp.example/logout'],
      attributes: { requirePKCE: true },
    });
    const ignored = warnings.filter((warning: { rule: string }) => warning.rule === 'known-members');
    const about = ({ pointer, detail }: { pointer: string; detail: string }): string[] => [pointer, detail];
    expect([valid, ignored.map(about)]).toEqual([
      true,
      [
        [
          '/attributes/requirePKCE',
          'would be ignored: it is no member of a client: did you mean /attributes/requirePkce?',
        ],
        ['/colour', 'would be ignored: it is no member of a client'],
        [
          '/backchannelLogoutUri',
          'would be ignored: it is no member of a client: did you mean /attributes/backchannelLogoutUri?',
        ],
      ],
    ]);
  });

  it('is not saved, and gets a made-up inum where it has none', async () => {
    const before = (await clients.list({ limit: '0' })).body.totalEntriesCount;
    const records = await auditRecords();
    const { client } = await validate({ redirectUris: [] });
    expect(client).toMatchObject({ inum: expect.any(String), grantTypes: [], applicationType: 'web' });
    expect((await clients.read(client.inum)).status).toBe(404);
    expect((await clients.list({ limit: '0' })).body.totalEntriesCount).toBe(before);
    expect(await auditRecords()).toBe(records);
  });

  it("may be one of Janssen's", async () => {
    for (const client of [CODE_CLIENT, TUI_NEW_CLIENT]) {
      expect(await validate(client)).toMatchObject({ valid: true, errors: [] });
    }
  });
});

async function auditRecords(): Promise<number> {
  const [row] = await service.database.reader.query<{ n: number | string }[]>(
    'SELECT count(*) AS n FROM audit_records',
  );
  return Number(row?.n);
}

describe('a client that would be refused', () => {
  it.each([
    ['broken rules', { redirectUris: ['javascript:x'], logoUri: 'data:,x', jwks: '{}', idTokenSignedResponseAlg: 'x' }],
    ['a date that does not exist', { redirectUris: [], expirationDate: '2031-02-30T00:00:00' }],
    ['an unknown scope and claim', { redirectUris: [], scopes: ['openid', 'nope'], claims: ['shoe_size'] }],
    ['a word of this API as its id', { redirectUris: [], inum: 'validate' }],
    [
      'all of that at once',
      { inum: 'validate', redirectUris: ['x'], expirationDate: '2031-02-30T00:00:00', scopes: ['x'] },
    ],
  ])('has the errors of the refusal: %s', async (_what, body) => {
    const refusal = await clients.create(body);
    expect(refusal.status).toBe(400);
    const { valid, errors } = await validate(body);
    expect(valid).toBe(false);
    expect(errors).toEqual(refusal.body.errors);
  });

  it('is shown as it is when only rules are broken, and not when it is open what it is', async () => {
    expect((await validate({ redirectUris: ['cb'] })).client).toMatchObject({ redirectUris: ['cb'] });
    expect(await validate({ redirectUris: ['cb'], scopes: ['nope'] })).not.toHaveProperty('client');
  });

  it('has names that contradict each other, where the request is strict', async () => {
    const body = { clientName: 'a', displayName: 'b' };
    const headers = { Prefer: 'handling=strict' };
    const { errors } = (await service.request('POST', VALIDATE, { token, headers, body })).body;
    expect(errors).toEqual([expect.objectContaining({ pointer: '/displayName', rule: 'aliases-agree' })]);
    const { valid, client, warnings } = await validate(body);
    expect([valid, client.clientName]).toEqual([true, 'b']);
    expect(warnings).toContainEqual(expect.objectContaining({ pointer: '/displayName', rule: 'aliases-agree' }));
  });

  it('has an id that is taken', async () => {
    await clients.create({ inum: 'taken', redirectUris: [] });
    const { errors } = await validate({ inum: 'taken', redirectUris: [] });
    expect(errors).toEqual([{ pointer: '/inum', detail: 'taken is taken', rule: 'client-exists' }]);
  });

  it('has a scope that the caller may not give', async () => {
    const writer = await service.adminToken(WRITE);
    const body = { redirectUris: [], scopes: ['openid', ADMIN, WRITE] };
    expect((await service.request('POST', CLIENTS, { token: writer, body })).status).toBe(403);
    const { valid, errors, client } = await validate(body, writer);
    expect(valid).toBe(false);
    expect(errors).toEqual([
      { pointer: '/scopes/1', detail: `the token does not have ${ADMIN}`, rule: 'insufficient-scope' },
    ]);
    expect(client.scopes).toHaveLength(3);
    expect((await validate(body)).valid).toBe(true);
  });

  it('names at most 100 errors', async () => {
    const redirectUris = Array.from({ length: 300 }, (_, index) => `cb${index}`);
    expect((await validate({ redirectUris })).errors).toHaveLength(100);
  });
});

describe('warnings', () => {
  it('name the place, the rule, its source and the profile that asks for it', async () => {
    const { valid, warnings } = await validate({
      redirectUris: ['http://print.example/cb'],
      grantTypes: ['authorization_code'],
      tokenEndpointAuthMethod: 'none',
    });
    expect(valid).toBe(true);
    expect(warnings).toContainEqual({
      pointer: '/attributes/requirePkce',
      detail: 'should be true: nothing else protects the codes of a public client',
      rule: 'public-client-uses-pkce',
      reference: 'RFC 9700 section 2.1.1',
    });
    expect(warnings).toContainEqual({
      pointer: '/tokenEndpointAuthMethod',
      detail: 'should not be none: only confidential clients',
      rule: 'fapi-confidential-client',
      reference: 'FAPI 2.0 Security Profile section 5.3.2.1',
      profile: 'fapi2',
    });
    // Advice never sounds like a fault, also where it is one of a client that registers itself.
    expect(warnings.filter(({ detail }: { detail: string }) => /\bmust\b/.test(detail))).toEqual([]);
    expect(rulesOf(warnings)).toEqual(
      expect.arrayContaining(['redirect-uri-of-web-client', 'grants-have-response-types']),
    );
  });

  it('are none for a client that follows every advice', async () => {
    const { valid, warnings } = await validate({
      redirectUris: ['https://print.example/cb'],
      responseTypes: ['code'],
      grantTypes: ['authorization_code'],
      tokenEndpointAuthMethod: 'private_key_jwt',
      tokenEndpointAuthSigningAlg: 'ES256',
      jwksUri: 'https://print.example/keys',
      attributes: { requirePkce: true, requirePar: true, parLifetime: 60, dpopBoundAccessToken: true },
    });
    expect({ valid, warnings }).toEqual({ valid: true, warnings: [] });
  });
});

describe('the operation', () => {
  it('refuses a body of the wrong shape, and unknown members where that is asked for', async () => {
    const wrong = await service.request('POST', VALIDATE, { token, body: { redirectUris: 7, grantTypes: ['x'] } });
    expect(wrong.status).toBe(400);
    expect(wrong.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(
      expect.arrayContaining(['/redirectUris', '/grantTypes/0']),
    );
    const headers = { Prefer: 'handling=strict' };
    const strict = await service.request('POST', VALIDATE, { token, headers, body: { colour: 'red' } });
    expect(strict.status).toBe(400);
    expect(strict.body.errors).toMatchObject([{ pointer: '/colour' }]);
  });

  it('needs the scopes of a registration', async () => {
    const [validation, registration] = ['validate-oauth-openid-client', 'post-oauth-openid-client'].map((id) =>
      OPERATIONS.find((operation) => operation.id === id),
    );
    expect(validation?.scopes).toEqual(registration?.scopes);
  });

  it('is all that there is at its address', async () => {
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const reply = await fetch(service.url + VALIDATE, { method, headers: { Authorization: `Bearer ${token}` } });
      expect([method, reply.status, reply.headers.get('allow')]).toEqual([method, 405, 'POST']);
    }
  });
});

describe('by a security profile', () => {
  it('has what the client breaks of it, how that is mended and what breaks when it is enforced', async () => {
    const client = { clientName: 'By profile', grantTypes: ['implicit'], redirectUris: ['https://rp.example/cb'] };
    const reply = await service.request('POST', `${VALIDATE}?profile=oauth2.1`, { token, body: client });
    const found = reply.body.findings.find(({ rule }: { rule: string }) => rule === 'no-implicit-grant');
    expect(found).toEqual({
      rule: 'no-implicit-grant',
      severity: 'error',
      reference: 'draft-ietf-oauth-v2-1 section 10',
      pointer: '/grantTypes',
      detail: expect.stringMatching(/^must not hold implicit/),
      remedy: expect.stringMatching(/code flow with PKCE/),
      impact: expect.stringMatching(/are refused/),
    });
    expect(await validate(client)).not.toHaveProperty('findings');
    expect((await service.request('POST', `${VALIDATE}?profile=pci`, { token, body: client })).status).toBe(400);
  });
});
