import { generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { change } from '../support/clients.ts';
import { newClientKey } from '../support/issuer.ts';
import { startKeyServer, type KeyServer } from '../support/key-server.ts';
import { editable, manage, register, registered, REGISTER } from '../support/registration.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';
import { issuersFile, newPublisher, type Publisher } from '../support/software-statements.ts';

const WEB = { redirect_uris: ['https://client.example/cb'] };

const directory = newPublisher('https://directory.example');
const remote = newPublisher('https://remote.example');
let keys: KeyServer;
let service: TestService;
beforeAll(async () => {
  keys = await startKeyServer();
  keys.publish(JSON.stringify({ keys: [remote.key.jwk] }));
  const file = issuersFile([
    {
      issuer: directory.issuer,
      jwks: { keys: [directory.key.jwk] },
      grantedScopes: ['phone', 'address'],
      allowedClaims: ['nickname', 'website'],
    },
    { issuer: remote.issuer, jwksUri: keys.url },
  ]);
  const env = { REGISTRATION: 'open', FETCH_ALLOW: keys.host, SOFTWARE_STATEMENT_ISSUERS_FILE: file };
  service = await startService({ env, fetchCa: keys.ca });
});
afterAll(async () => {
  await service.stop();
  await keys.stop();
});

async function expectRefused(statement: string, error: string): Promise<void> {
  const reply = await register(service, { ...WEB, software_statement: statement });
  expect([reply.status, reply.body.error]).toEqual([400, error]);
}

const INVALID = 'invalid_software_statement';

describe('a software statement', () => {
  it('wins over what stands beside it, and is answered as it came', async () => {
    const software_statement = await directory.statement({
      client_name: 'Signed',
      'client_name#fr': 'Signé',
      software_id: 'app-7',
      redirect_uris: ['https://signed.example/cb'],
      require_pushed_authorization_requests: true,
      jwks: { keys: [newClientKey().jwk] },
    });
    const { metadata } = await registered(service, {
      software_statement,
      client_name: 'Forged',
      'client_name#fr': 'Faux',
      'client_name#de': 'Frei',
      software_id: 'another',
      require_par: false,
      jwks_uri: 'https://client.example/keys',
      tos_uri: 'https://signed.example/terms',
    });
    expect(metadata).toMatchObject({
      software_statement,
      client_name: 'Signed',
      'client_name#fr': 'Signé',
      'client_name#de': 'Frei',
      software_id: 'app-7',
      redirect_uris: ['https://signed.example/cb'],
      require_par: true,
      tos_uri: 'https://signed.example/terms',
    });
    expect(metadata).not.toHaveProperty('jwks_uri');
    for (const claim of ['iss', 'iat', 'exp', 'jti']) expect(metadata).not.toHaveProperty(claim);
  });

  it('brings the scopes that its issuer grants, and limits the user claims', async () => {
    const software_statement = await directory.statement();
    const one = await registered(service, {
      software_statement,
      scope: 'openid offline_access',
      claims: 'nickname gender',
    });
    expect([one.metadata.scope, one.metadata.claims]).toEqual(['openid offline_access phone address', 'nickname']);
    const other = await registered(service, { software_statement });
    expect(other.metadata.claims).toBe('nickname website');
  });

  it('is checked with keys that its issuer publishes', async () => {
    const software_statement = await remote.statement({ software_id: 'remote' });
    expect((await registered(service, { software_statement })).metadata.software_id).toBe('remote');
    keys.publish('{"keys":[]}', { status: 500 });
    service.clock.advance(700_000);
    await expectRefused(await remote.statement({ software_id: 'again' }), INVALID);
    keys.publish(JSON.stringify({ keys: [remote.key.jwk] }));
    service.clock.advance(60_000);
  });

  it.each<[string, (publisher: Publisher) => Promise<string> | string, string]>([
    ['is no JWT', () => 'statement', INVALID],
    ['has no issuer', (publisher) => publisher.statement({ iss: undefined }), INVALID],
    ['is of a stranger', () => newPublisher('https://stranger.example').statement(), 'unapproved_software_statement'],
    ['has another signature', () => newPublisher(directory.issuer).statement(), INVALID],
    ['has an unknown key', () => newPublisher(directory.issuer, newClientKey('other')).statement(), INVALID],
    ['has expired', (publisher) => publisher.statement({ exp: 1_000 }), INVALID],
    ['is for another server', (publisher) => publisher.statement({ aud: 'https://other.example' }), INVALID],
    ['is nested deeply', (publisher) => publisher.statement({ jwks: nested(500) }), INVALID],
    ['has a forbidden name', (publisher) => publisher.statement({ jwks: { constructor: {} } }), INVALID],
    ...['at+jwt', 'logout+jwt', 'application/dpop+jwt', 'client-authentication+jwt', 'JOSE'].map(
      (typ): [string, (publisher: Publisher) => Promise<string>, string] => [
        `is a JWT of type ${typ}`,
        (publisher) => publisher.statement({}, { typ }),
        INVALID,
      ],
    ),
    [
      'is a client assertion',
      (publisher) => publisher.statement({ sub: directory.issuer, aud: service.url, jti: '1', exp: 4_000_000_000 }),
      INVALID,
    ],
  ])('is refused when it %s', async (_what, make, error) => {
    await expectRefused(await make(directory), error);
  });

  it.each([undefined, 'JWT', 'jwt', 'application/jwt'])('may be of type %j', async (typ) => {
    const software_statement = await directory.statement({ software_id: 'typed' }, typ === undefined ? {} : { typ });
    expect((await registered(service, { software_statement })).metadata.software_id).toBe('typed');
  });

  it('is refused when its key is too short', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1_024 });
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'short', alg: 'RS256' };
    keys.publish(JSON.stringify({ keys: [remote.key.jwk, jwk] }));
    service.clock.advance(700_000);
    const claims = Buffer.from(JSON.stringify({ iss: remote.issuer })).toString('base64url');
    const input = `${Buffer.from('{"alg":"RS256","kid":"short"}').toString('base64url')}.${claims}`;
    await expectRefused(`${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`, INVALID);
    expect((await registered(service, { software_statement: await remote.statement() })).id).toBeDefined();
  });

  it('is refused when it is unsigned, or signed with a public key as secret', async () => {
    const [, payload = ''] = (await directory.statement()).split('.');
    const head = Buffer.from('{"alg":"none"}').toString('base64url');
    await expectRefused(`${head}.${payload}.`, INVALID);
    const { SignJWT } = await import('jose');
    const secret = Buffer.from(JSON.stringify(directory.key.jwk));
    await expectRefused(
      await new SignJWT({ iss: directory.issuer }).setProtectedHeader({ alg: 'HS256' }).sign(secret),
      INVALID,
    );
  });

  it('is refused when what it says is not metadata of a client', async () => {
    await expectRefused(await directory.statement({ redirect_uris: 'https://x.example' }), 'invalid_redirect_uri');
    await expectRefused(await directory.statement({ redirect_uris: ['http://x.example/'] }), 'invalid_redirect_uri');
    await expectRefused(await directory.statement({ jwks: 7 }), 'invalid_client_metadata');
  });

  it('gives nothing that only administrators give', async () => {
    const claims = { groups: ['g'], trustedClient: true, scope: 'https://jans.io/oauth/config/write-all openid' };
    const { id, metadata } = await registered(service, { software_statement: await directory.statement(claims) });
    expect(metadata.scope).toBe('openid phone address');
    const client = await service.request('GET', `${CLIENTS}/${id}`, { token: await service.adminToken() });
    expect(client.body).not.toHaveProperty('groups');
    expect(client.body.trustedClient).toBe(false);
  });

  it('tells registrations of its software from those of others', async () => {
    const printOf = async (members: object): Promise<unknown> => {
      const { id } = await registered(service, { software_id: 'same', ...members });
      const token = await service.adminToken();
      return (await service.request('GET', `${CLIENTS}/${id}`, { token })).body.registrationFingerprint;
    };
    const signed = await printOf({ software_statement: await directory.statement({ software_id: 'same' }) });
    expect(await printOf({})).not.toBe(signed);
    expect(await printOf({ software_statement: await directory.statement({ software_id: 'same', n: 1 }) })).toBe(
      signed,
    );
  });
});

describe('a replacement', () => {
  it('with another statement is checked, and the statement wins again', async () => {
    const client = await registered(service);
    const software_statement = await directory.statement({ client_name: 'Signed' });
    const changed = { ...editable(client), client_name: 'Forged', software_statement };
    const reply = await manage(service, 'PUT', client, changed);
    expect([reply.status, reply.body.client_name, reply.body.software_statement]).toEqual([
      200,
      'Signed',
      software_statement,
    ]);
    expect(reply.body.scope).toBe('email openid profile phone address');
    const forged = { ...changed, software_statement: await newPublisher(directory.issuer).statement() };
    expect((await manage(service, 'PUT', client, forged)).body.error).toBe(INVALID);
  });

  it('with the statement that it has stays bound to it, also when that has expired', async () => {
    const exp = Math.floor(service.clock.now() / 1_000) + 600;
    const software_statement = await directory.statement({ client_name: 'Signed', exp });
    const client = await registered(service, { software_statement });
    service.clock.advance(3_600_000);
    const body = { ...editable(client), client_name: 'Forged', tos_uri: 'https://client.example/tos' };
    const reply = await manage(service, 'PUT', client, body);
    expect([reply.status, reply.body.client_name]).toEqual([200, 'Signed']);
  });

  it('with a statement that an administrator wrote is checked', async () => {
    const client = await registered(service);
    const software_statement = await newPublisher(directory.issuer).statement({ client_name: 'Forged' });
    await change(service, client.id, { softwareStatement: software_statement });
    const reply = await manage(service, 'PUT', client, { ...editable(client), software_statement });
    expect([reply.status, reply.body.error]).toEqual([400, INVALID]);
  });

  it('without its statement loses what it granted', async () => {
    const client = await registered(service, { software_statement: await directory.statement() });
    const { software_statement: _left, ...body } = editable(client);
    const reply = await manage(service, 'PUT', client, body);
    expect([reply.status, reply.body.scope]).toEqual([200, 'email openid profile']);
  });
});

describe('where a statement is required', () => {
  let strict: TestService;
  beforeAll(async () => {
    const file = issuersFile([{ issuer: directory.issuer, jwks: { keys: [directory.key.jwk] } }]);
    const env = { REQUIRE_SOFTWARE_STATEMENT: 'on', SOFTWARE_STATEMENT_ISSUERS_FILE: file, REGISTRATION: 'open' };
    strict = await startService({ env });
  });
  afterAll(() => strict.stop());

  it('there is no registration and no replacement without one', async () => {
    const bare = await register(strict, WEB);
    expect([bare.status, bare.body.error]).toEqual([400, INVALID]);
    const client = await registered(strict, { software_statement: await directory.statement() });
    const { software_statement: _left, ...body } = editable(client);
    expect((await manage(strict, 'PUT', client, body)).body.error).toBe(INVALID);
    expect((await manage(strict, 'PUT', client, editable(client))).status).toBe(200);
  });
});

/** Objects in each other. */
const nested = (depth: number): object => Array.from({ length: depth }).reduce<object>((inner) => ({ a: inner }), {});

const SSA = '/jans-auth/restv1/ssa';
const VALIDATION = `${SSA}/validation`;

describe('a statement of our own', () => {
  const issue = async (body: object, token?: string): Promise<TestReply> =>
    service.request('POST', SSA, { token: token ?? (await service.adminToken()), body });
  const issued = async (body: object = {}): Promise<{ ssa: string; jti: string; claims: Record<string, unknown> }> => {
    const reply = await issue({ org_id: 'org-1', ...body });
    expect([reply.status, reply.text]).toEqual([201, expect.anything()]);
    const ssa: string = reply.body.ssa;
    const claims = JSON.parse(Buffer.from(ssa.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
    return { ssa, jti: String(claims['jti']), claims };
  };
  const validate = (jti: string): Promise<TestReply> => service.request('POST', VALIDATION, { headers: { jti } });
  const list = async (query = '', token?: string): Promise<TestReply> =>
    service.request('GET', `${SSA}${query}`, { token: token ?? (await service.adminToken()) });

  it('is issued with what it was asked for, and registers one client', async () => {
    const body = {
      software_id: 'scanner',
      grant_types: ['client_credentials'],
      lifetime: 86_400,
      software_roles: ['notify'],
    };
    const { ssa, claims } = await issued({ ...body, description: 'For tests' });
    expect(claims).toMatchObject({ ...body, org_id: 'org-1', iss: service.url, jti: expect.any(String) });
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(30 * 86_400);
    const { metadata } = await registered(service, { software_statement: ssa, org_id: 'org-2', lifetime: 999_999 });
    expect(metadata).toMatchObject({
      org_id: 'org-1',
      software_id: 'scanner',
      grant_types: ['client_credentials'],
      lifetime: 86_400,
      software_statement: ssa,
    });
    expect(metadata.client_secret_expires_at - metadata.client_id_issued_at).toBe(86_400);
    await expectRefused(ssa, INVALID);
  });

  it('is verified by the published keys, and is no access token', async () => {
    const { createRemoteJWKSet, jwtVerify } = await import('jose');
    const { ssa } = await issued();
    const jwks = createRemoteJWKSet(new URL(`${service.url}/jans-auth/restv1/jwks`));
    const { protectedHeader } = await jwtVerify(ssa, jwks, {
      issuer: service.url,
      currentDate: new Date(service.clock.now()),
    });
    expect(protectedHeader).toMatchObject({ alg: 'RS256', typ: 'JWT' });
    expect((await service.request('GET', CLIENTS, { token: ssa })).status).toBe(401);
    const { token } = await registered(service);
    expect((await service.request('GET', `${REGISTER}?client_id=x`, { token: ssa })).status).toBe(401);
    await expectRefused(await service.adminToken(), INVALID);
    expect(token).not.toBe(ssa);
  });

  it('for one use is used once, by several registrations at the same time too', async () => {
    const { ssa } = await issued();
    const sent = { ...WEB, software_statement: ssa };
    const replies = await Promise.all(Array.from({ length: 6 }, () => register(service, sent)));
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 400, 400, 400, 400, 400]);
  });

  it('for one use stays unused when the registration is refused', async () => {
    const { ssa, jti } = await issued();
    const refused = await register(service, { redirect_uris: ['javascript:x'], software_statement: ssa });
    expect(refused.status).toBe(400);
    expect((await validate(jti)).status).toBe(200);
  });

  it('for many uses registers many clients', async () => {
    const { ssa, jti } = await issued({ one_time_use: false });
    await registered(service, { software_statement: ssa });
    const client = await registered(service, { software_statement: ssa });
    expect((await validate(jti)).status).toBe(200);
    expect((await manage(service, 'PUT', client, editable(client))).status).toBe(200);
    const token = await service.adminToken();
    expect((await service.request('DELETE', `${SSA}?jti=${jti}`, { token })).status).toBe(200);
    const kept = await manage(service, 'PUT', client, editable(client));
    expect([kept.status, kept.body.error]).toEqual([400, INVALID]);
    const { software_statement: _left, ...body } = editable(client);
    expect((await manage(service, 'PUT', client, body)).status).toBe(200);
  });

  it('is validated by its id; one for one use by one of several requests', async () => {
    const { jti } = await issued();
    const replies = await Promise.all(Array.from({ length: 6 }, () => validate(jti)));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400, 400]);
    expect((await validate('unknown')).body.error).toBe('invalid_jti');
    expect((await service.request('POST', VALIDATION)).status).toBe(400);
  });

  it('is listed and read again while it is in use', async () => {
    const { ssa, jti, claims } = await issued({ org_id: 'org-list', description: 'Listed' });
    const found = await list('?org_id=org-list');
    expect(found.body).toEqual([
      {
        jti,
        ssa: { ...claims, description: 'Listed', one_time_use: true, rotate_ssa: true },
        iss: service.admin.clientId,
        issuer: service.admin.clientId,
        created_at: claims['iat'],
        expiration: claims['exp'],
        status: 'ACTIVE',
      },
    ]);
    expect(found.headers.get('cache-control')).toBe('no-store');
    expect((await list(`?jti=${jti}`)).body).toHaveLength(1);
    const again = await service.request('GET', `${SSA}/jwt?jti=${jti}`, { token: await service.adminToken() });
    expect(again.body).toEqual({ ssa });
    await validate(jti);
    expect((await list('?org_id=org-list')).body).toEqual([]);
    const gone = await service.request('GET', `${SSA}/jwt?jti=${jti}`, { token: await service.adminToken() });
    expect([gone.status, gone.body.error]).toEqual([400, 'invalid_jti']);
  });

  it('that is signed again with a newer key is good under both', async () => {
    const { ssa, jti } = await issued({
      one_time_use: false,
      expiration: Math.floor(service.clock.now() / 1_000) + 400 * 86_400,
    });
    for (let day = 0; day < 120; day += 30) {
      service.clock.advance(30 * 86_400_000);
      await service.sweep();
    }
    const again = await service.request('GET', `${SSA}/jwt?jti=${jti}`, { token: await service.adminToken() });
    expect(again.body.ssa).not.toBe(ssa);
    await registered(service, { software_statement: ssa });
    await registered(service, { software_statement: again.body.ssa });
  });

  it('is revoked by its id, or with all of its organization', async () => {
    const [one, two, three] = [
      await issued({ org_id: 'org-r' }),
      await issued({ org_id: 'org-r' }),
      await issued({ org_id: 'org-r' }),
    ];
    const revoke = async (query: string): Promise<TestReply> =>
      service.request('DELETE', `${SSA}${query}`, { token: await service.adminToken() });
    expect((await revoke(`?jti=${one.jti}`)).status).toBe(200);
    expect((await validate(one.jti)).status).toBe(400);
    expect((await validate(two.jti)).status).toBe(200);
    expect((await revoke('?org_id=org-r')).status).toBe(200);
    expect((await validate(three.jti)).status).toBe(400);
    expect((await revoke('?org_id=org-r')).status).toBe(422);
    expect((await revoke('')).status).toBe(406);
    await expectRefused(three.ssa, INVALID);
  });

  it('that is used up can be revoked, and does not stand any more where it was used', async () => {
    const { ssa, jti } = await issued();
    const client = await registered(service, { software_statement: ssa });
    const revoke = async (): Promise<TestReply> =>
      service.request('DELETE', `${SSA}?jti=${jti}`, { token: await service.adminToken() });
    expect((await manage(service, 'PUT', client, editable(client))).status).toBe(200);
    expect((await revoke()).status).toBe(200);
    const kept = await manage(service, 'PUT', client, editable(client));
    expect([kept.status, kept.body.error]).toEqual([400, INVALID]);
    expect((await revoke()).status).toBe(422);
  });

  it('has an audit record for each change, of members that the contract knows', async () => {
    const token = await service.adminToken();
    const ids = [await issued({ org_id: 'org-audit', made_up: 'x' }), await issued({ org_id: 'org-audit' })];
    const [used, revoked] = ids.map(({ jti }) => jti);
    await validate(String(used));
    expect((await service.request('DELETE', `${SSA}?org_id=org-audit`, { token })).status).toBe(200);
    const rows = await service.database.reader.query<{ inum: string; operation: string; changed: string }[]>(
      `SELECT inum, operation, changed FROM audit_records WHERE inum IN ('${used}', '${revoked}') ORDER BY id`,
    );
    const operationsOn = (id: string | undefined): string[] =>
      rows.flatMap(({ inum, operation }) => (inum === id ? [operation] : []));
    expect(operationsOn(used)).toEqual(['post-register-ssa', 'validate-ssa', 'delete-ssa']);
    expect(operationsOn(revoked)).toEqual(['post-register-ssa', 'delete-ssa']);
    expect(rows.map(({ changed }) => changed).join()).not.toContain('made_up');
  });

  it('ends at its date', async () => {
    const { ssa, jti } = await issued({ expiration: Math.floor(service.clock.now() / 1_000) + 60 });
    service.clock.advance(61_000);
    expect((await validate(jti)).status).toBe(400);
    await expectRefused(ssa, INVALID);
  });

  it('is issued by administrators of statements, and listed by those who may see it', async () => {
    const scope = (name: string): Promise<string> => service.adminToken(`https://jans.io/auth/ssa.${name}`);
    const { jti } = await issued({ org_id: 'org-scopes' });
    expect((await issue({ org_id: 'x' }, await scope('portal'))).body.error).toBe('insufficient_scope');
    expect((await service.request('POST', SSA, { body: { org_id: 'x' } })).body.error).toBe('invalid_token');
    for (const name of ['admin', 'portal', 'developer']) {
      const entries: { jti: string }[] = (await list('?org_id=org-scopes', await scope(name))).body;
      expect(entries.map((entry) => entry.jti)).toEqual([jti]);
    }
    await service.work.write(async ({ statements }) => {
      const [own] = await statements.list({ jti }, '0', 1);
      if (own === undefined) throw new Error('there is no statement');
      const claims = { ...own.document.claims, jti: 'of-another' };
      const times = { createdAt: new Date(service.clock.now()).toISOString(), expiresAt: '9999' };
      await statements.insert({ creator: 'another', document: { ...own.document, claims } }, times);
    });
    expect((await list('?org_id=org-scopes', await scope('portal'))).body).toHaveLength(2);
    expect((await list('?org_id=org-scopes', await scope('developer'))).body).toHaveLength(1);
  });

  it.each([
    [{}, /org_id/],
    [{ org_id: 'x', lifetime: 0 }, /lifetime/],
    [{ org_id: 'x', expiration: 1_000 }, /expiration/],
    [{ org_id: 'x', grant_types: 'client_credentials' }, /grant_types/],
  ])('is not issued for %j', async (body, words) => {
    const reply = await issue(body);
    expect([reply.status, reply.body.error]).toEqual([400, 'invalid_ssa_metadata']);
    expect(reply.body.error_description).toMatch(words);
  });
});
