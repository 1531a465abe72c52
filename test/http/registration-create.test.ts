import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PROPERTIES } from '../../api/clients/document/client.document.ts';
import { ADMINISTRATION_SCOPES } from '../../openapi/operations.gen.ts';
import { DEFAULT_ATTRIBUTES } from '../support/defaults.ts';
import { newClientKey, withBasic } from '../support/issuer.ts';
import { holds } from '../support/properties.ts';
import { manage, register, REGISTER, registered } from '../support/registration.ts';
import { documentIn } from '../support/registry.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService({ env: { REGISTRATION: 'open' } });
});
afterAll(() => service.stop());

const WEB = { redirect_uris: ['https://client.example/cb'] };
const CIBA = 'urn:openid:params:grant-type:ciba';

/** The client as administrators see it. */
async function administered(id: string): Promise<TestReply['body']> {
  return (await service.request('GET', `${CLIENTS}/${id}`, { token: await service.adminToken() })).body;
}

async function expectRefused(metadata: unknown, error: string, words: RegExp): Promise<void> {
  const reply = await register(service, metadata);
  expect([reply.status, reply.body.error, reply.text]).toEqual([400, error, expect.stringMatching(words)]);
  expect(Object.keys(reply.body)).toEqual(['error', 'error_description']);
  expect(reply.body.error_description).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/);
  expect(reply.headers.get('cache-control')).toBe('no-store');
}

describe('a registration', () => {
  it('is answered with 201, JSON that no cache keeps, and all that is registered', async () => {
    const before = service.clock.now();
    const reply = await register(service, { ...WEB, client_name: 'Shop' });
    expect(reply.status).toBe(201);
    expect(reply.headers.get('content-type')).toBe('application/json');
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(reply.headers.get('pragma')).toBe('no-cache');
    expect(reply.body).toMatchObject({
      client_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      client_secret: expect.stringMatching(/^[\w-]{43}$/),
      client_secret_expires_at: 0,
      registration_access_token: expect.stringMatching(/^[\w-]{43}$/),
      client_name: 'Shop',
      redirect_uris: WEB.redirect_uris,
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      application_type: 'web',
      subject_type: 'public',
      id_token_signed_response_alg: 'RS256',
      scope: 'email openid profile',
      require_par: false,
      par_lifetime: 600,
    });
    const { client_id: id, client_id_issued_at: issued, registration_client_uri: uri } = reply.body;
    expect(uri).toBe(`${service.url}${REGISTER}?client_id=${id}`);
    expect(issued).toBeGreaterThanOrEqual(Math.floor(before / 1_000));
    expect(issued).toBeLessThanOrEqual(service.clock.now() / 1_000);
  });

  it('makes an id, a secret and a token of its own each time, and takes none from the caller', async () => {
    const chosen = { client_id: 'mine', client_secret: 'my-secret-of-choice', client_id_issued_at: 1 };
    const one = await registered(service, chosen);
    const other = await registered(service, chosen);
    expect(new Set([one.id, other.id, 'mine']).size).toBe(3);
    expect(new Set([one.secret, other.secret, chosen.client_secret]).size).toBe(3);
    expect(one.token).not.toBe(other.token);
    expect(one.metadata.client_id_issued_at).not.toBe(1);
  });

  it('makes the same client that administrators see, find and change', async () => {
    const { id, secret } = await registered(service, { client_name: 'Café', grant_types: ['client_credentials'] });
    const client = await administered(id);
    expect(client).toMatchObject({ inum: id, clientName: 'Café', grantTypes: ['client_credentials'] });
    expect(client.registrationFingerprint).toMatch(/^[0-9a-f]{64}$/);
    const found = await service.request('GET', `${CLIENTS}?pattern=caf%C3%A9`, { token: await service.adminToken() });
    expect(found.body.entries.map((entry: { inum: string }) => entry.inum)).toContain(id);
    expect((await withBasic(service, { inum: id, clientSecret: secret })).status).toBe(200);
  });

  it('ignores members that it does not know, and does not echo them', async () => {
    const { metadata } = await registered(service, { shoe_size: 42, 'client_name_x#fr': 'x', tls_versions: null });
    expect(metadata).not.toHaveProperty('shoe_size');
    expect(metadata).not.toHaveProperty('client_name_x#fr');
  });

  it('takes null and the empty text for absence', async () => {
    const { metadata } = await registered(service, { client_name: '', logo_uri: null, grant_types: null });
    expect(metadata).toMatchObject({ client_name: 'client.example', grant_types: ['authorization_code'] });
    expect(metadata).not.toHaveProperty('logo_uri');
  });

  it('keeps the order of lists, and each entry once', async () => {
    const redirect_uris = ['https://client.example/z', 'https://client.example/a', 'https://client.example/z'];
    const { metadata } = await registered(service, { redirect_uris, contacts: ['z@x.example', 'a@x.example'] });
    expect(metadata.redirect_uris).toEqual(redirect_uris.slice(0, 2));
    expect(metadata.contacts).toEqual(['z@x.example', 'a@x.example']);
  });

  it('compares URIs character by character', async () => {
    const redirect_uris = ['https://client.example/cb', 'https://client.example/CB', 'https://CLIENT.example/cb'];
    expect((await registered(service, { redirect_uris })).metadata.redirect_uris).toEqual(redirect_uris);
  });

  it('has no secret where the client has keys, or is public', async () => {
    const jwks = { keys: [newClientKey().jwk] };
    for (const members of [
      { token_endpoint_auth_method: 'none' },
      { token_endpoint_auth_method: 'private_key_jwt', jwks },
    ]) {
      const { metadata } = await registered(service, members);
      expect(metadata).not.toHaveProperty('client_secret');
      expect(metadata).not.toHaveProperty('client_secret_expires_at');
    }
  });
});

describe('grant types and response types', () => {
  it.each([
    [{ response_types: ['id_token code'] }, ['authorization_code', 'implicit'], ['code id_token']],
    [{ grant_types: ['client_credentials'] }, ['client_credentials'], []],
  ])('are completed after each other: %j', async (members, grants, responses) => {
    const { metadata } = await registered(service, members);
    expect([metadata.grant_types, metadata.response_types]).toEqual([grants, responses]);
  });

  it.each([
    [{ grant_types: ['authorization_code'], response_types: ['token'] }, /response_types/],
    [{ grant_types: ['implicit'], response_types: ['code'] }, /response_types/],
    [{ grant_types: ['implicit'] }, /grant_types/],
    [{ grant_types: ['authorization_code'], response_types: ['code id_token'] }, /response_types/],
    [{ grant_types: ['password'], response_types: [] }, /password/],
    [{ grant_types: ['teleportation'] }, /grant_types/],
    [{ grant_types: ['client_credentials'], token_endpoint_auth_method: 'none' }, /none/],
  ])('that do not agree, or are not for registration, are refused: %j', async (members, words) => {
    await expectRefused({ ...WEB, ...members }, 'invalid_client_metadata', words);
  });
});

describe('redirect URIs', () => {
  it('are needed by grants that redirect, and by no others', async () => {
    await expectRefused({}, 'invalid_redirect_uri', /redirect_uris/);
    await expectRefused({ redirect_uris: [] }, 'invalid_redirect_uri', /redirect_uris/);
    expect((await register(service, { grant_types: ['client_credentials'] })).status).toBe(201);
  });

  it.each([
    ['web', 'http://client.example/cb'],
    ['web', 'com.example.app:/cb'],
    ['web', 'javascript:alert(1)'],
    ['web', 'https://client.example/cb#x'],
    ['web', '/cb'],
    ['web', 'https:///cb'],
    ['web', 'https://client.example\\@evil.example/'],
    ['native', 'http://client.example/cb'],
    ['native', 'myapp:/cb'],
    ['native', 'javascript:alert(1)'],
    ['native', 'data:text/html,x'],
  ])('of a %s client are not %s', async (application_type, uri) => {
    await expectRefused({ application_type, redirect_uris: [uri] }, 'invalid_redirect_uri', /redirect_uris\/0/);
  });

  it.each([
    ['web', 'https://client.example/cb'],
    ['native', 'com.example.app:/cb'],
    ['native', 'http://127.0.0.1:7/cb'],
    ['native', 'http://[::1]/cb'],
    ['native', 'http://localhost/cb'],
  ])('of a %s client can be %s', async (application_type, uri) => {
    const { metadata } = await registered(service, { application_type, redirect_uris: [uri] });
    expect(metadata).toMatchObject({ application_type, redirect_uris: [uri] });
  });

  it('of a web client with the implicit grant are not on this device', async () => {
    const members = { response_types: ['id_token'], redirect_uris: ['https://localhost/cb'] };
    await expectRefused(members, 'invalid_redirect_uri', /redirect_uris/);
  });
});

describe('metadata that cannot be', () => {
  const key = newClientKey();
  const jwk = key.privateKey.export({ format: 'jwk' });
  it.each([
    ['both sources of keys', { jwks: { keys: [] }, jwks_uri: 'https://client.example/k' }, /jwks_uri/],
    ['a private key', { jwks: { keys: [jwk] } }, /private/],
    ['a symmetric key', { jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } }, /symmetric/],
    ['jwks as a text', { jwks: '{"keys":[]}' }, /jwks must be object/],
    ['keys over http', { jwks_uri: 'http://client.example/k' }, /jwks_uri/],
    ['private_key_jwt without keys', { token_endpoint_auth_method: 'private_key_jwt' }, /jwks_uri/],
    ['a script for a page', { client_uri: 'javascript:alert(1)' }, /client_uri/],
    ['a file for a logo', { logo_uri: 'file:///etc/passwd' }, /logo_uri/],
    ['data for terms', { tos_uri: 'data:text/html,x' }, /tos_uri/],
    ['an app for a policy', { policy_uri: 'com.example:/policy' }, /policy_uri/],
    ['a script in another language', { 'logo_uri#fr': 'javascript:alert(1)' }, /logo_uri#fr/],
    ['an unknown algorithm', { id_token_signed_response_alg: 'RS257' }, /id_token_signed_response_alg/],
    ['an unsigned assertion', { token_endpoint_auth_signing_alg: 'none' }, /token_endpoint_auth_signing_alg/],
    ['enc without alg', { userinfo_encrypted_response_enc: 'A128GCM' }, /userinfo_encrypted_response_alg/],
    ['an unsigned ID token', { response_types: ['id_token'], id_token_signed_response_alg: 'none' }, /id_token/],
    ['a negative age', { default_max_age: -1 }, /default_max_age/],
    ['a login over http', { initiate_login_uri: 'http://client.example/login' }, /initiate_login_uri/],
    ['a request over http', { request_uris: ['http://client.example/r'] }, /request_uris/],
    ['an unknown subject type', { subject_type: 'private' }, /subject_type/],
    ['a logout elsewhere', { frontchannel_logout_uri: 'https://other.example/out' }, /frontchannel_logout_uri/],
    [
      'a logout on another port',
      { frontchannel_logout_uri: 'https://client.example:8443/out' },
      /frontchannel_logout_uri/,
    ],
    [
      'a back channel that is not safe',
      { backchannel_logout_uri: 'http://other.example/out' },
      /backchannel_logout_uri/,
    ],
    ['a key for no use beside keys for two', { jwks: mixedKeys() }, /jwks must say the use of every key/],
    ['a text for a boolean', { require_auth_time: 'yes' }, /require_auth_time must be boolean/],
    ['contacts as a text', { contacts: 'a@client.example' }, /contacts must be array/],
    ['CIBA without a mode', { grant_types: [CIBA], response_types: [] }, /backchannel_token_delivery_mode/],
    ['a name that is no text', { 'client_name#fr': 7 }, /client_name#fr/],
    [
      'pairwise subjects for two hosts',
      { subject_type: 'pairwise', redirect_uris: ['https://a.example/', 'https://b.example/'] },
      /sector_identifier_uri/,
    ],
  ])('is refused with the field and the rule: %s', async (_what, members, words) => {
    await expectRefused({ ...WEB, ...members }, 'invalid_client_metadata', words);
  });

  it('is named in the words of registration, all of it at once', async () => {
    const members = { token_endpoint_auth_method: 'tls_client_auth', initiate_login_uri: 'http://x.example/' };
    const { body } = await register(service, { ...WEB, ...members });
    expect(body.error_description).toContain('tls_client_auth_subject_dn');
    expect(body.error_description).toContain('/initiate_login_uri');
    expect(body.error_description).not.toMatch(/tlsClientAuth|attributes/);
  });

  it('is only ever JSON of an object, by itself or signed', async () => {
    await expectRefused([], 'invalid_client_metadata', /object/);
    const headers = { 'Content-Type': 'application/json' };
    const broken = await service.request('POST', REGISTER, { raw: '{"redirect_uris":', headers });
    expect([broken.status, broken.body.error]).toEqual([400, 'invalid_client_metadata']);
    const form = await service.request('POST', REGISTER, { form: { client_name: 'x' } });
    expect([form.status, form.headers.get('accept')]).toEqual([415, 'application/json, application/jwt']);
  });

  it('is refused whatever it is, and nothing fails', async () => {
    const members = PROPERTIES.flatMap(({ dcr }) => (dcr === undefined ? [] : [dcr.name, `${dcr.name}#fr`]));
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom(
        'none',
        'code',
        'https://x.example/',
        'http://[',
        '\u0000',
        '\ud800',
        '%',
        '#',
        ['https://x.example/'],
        { keys: [] },
      ),
    );
    const metadata = fc.dictionary(fc.constantFrom(...members), value, { minKeys: 1, maxKeys: 4 });
    await holds(
      fc.asyncProperty(metadata, async (sent) => {
        const reply = await register(service, { ...WEB, ...sent });
        expect([201, 400]).toContain(reply.status);
        if (reply.status === 400)
          expect(reply.body.error).toMatch(/^invalid_(redirect_uri|client_metadata|software_statement)$/);
        else
          expect(
            (await manage(service, 'GET', { id: reply.body.client_id, token: reply.body.registration_access_token }))
              .status,
          ).toBe(200);
      }),
      300,
    );
  });

  it('leaves nothing behind', async () => {
    const token = await service.adminToken();
    const count = async (): Promise<number> =>
      (await service.request('GET', `${CLIENTS}?limit=0`, { token })).body.totalEntriesCount;
    const before = await count();
    await expectRefused({ ...WEB, jwks_uri: 'http://client.example/' }, 'invalid_client_metadata', /jwks_uri/);
    expect(await count()).toBe(before);
  });
});

describe('other languages', () => {
  it('are stored and answered beside the plain member', async () => {
    const names = { client_name: 'Shop', 'client_name#fr': 'Boutique', 'client_name#ja-Jpan-JP': '店' };
    const { id, metadata } = await registered(service, { ...names, 'tos_uri#de': 'https://client.example/agb' });
    expect(metadata).toMatchObject({ ...names, 'tos_uri#de': 'https://client.example/agb' });
    expect((await administered(id)).clientNameLocalized).toEqual({
      values: { '': 'Shop', fr: 'Boutique', 'ja-Jpan-JP': '店' },
    });
  });
});

describe('what only administrators give', () => {
  it('is not to be had by registration', async () => {
    const scripts = PROPERTIES.filter(({ refs }) => refs?.startsWith('script:')).map(({ dcr }) => dcr?.name ?? '');
    const { id, metadata } = await registered(service, {
      ...Object.fromEntries(scripts.map((name) => [name, ['inum=0000,ou=scripts,o=jans']])),
      jansTrustedClnt: true,
      trustedClient: true,
      trusted_client: true,
      groups: ['administrators'],
      additional_audience: ['https://other.example'],
      persistClientAuthorizations: true,
      disabled: true,
      scope: ['openid', ...Object.keys(ADMINISTRATION_SCOPES)].join(' '),
    });
    expect(metadata).toMatchObject({ scope: 'openid', additional_audience: [] });
    const client = await administered(id);
    expect(client).toMatchObject({ trustedClient: false, disabled: false, persistClientAuthorizations: false });
    expect(client.attributes).toEqual(DEFAULT_ATTRIBUTES);
    expect(client).not.toHaveProperty('groups');
  });

  it('are members that are not understood, also where strictness is preferred', async () => {
    const body = { redirect_uris: ['https://client.example/cb'], made_up: true };
    const headers = { Prefer: 'handling=strict' };
    const reply = await service.request('POST', REGISTER, { body, headers });
    expect([reply.status, reply.body.made_up]).toEqual([201, undefined]);
  });

  it('are scopes that are not default ones', async () => {
    const { metadata } = await registered(service, { scope: 'offline_access profile unheard-of' });
    expect(metadata.scope).toBe('offline_access profile');
    expect((await registered(service, { scope: ['profile', 'openid'] })).metadata.scope).toBe('profile openid');
  });
});

describe('what an administrator should look at', () => {
  it('is a name that another client has on other hosts, and pages elsewhere', async () => {
    const original = await registered(service, { client_name: 'Big Bank' });
    const other = { client_name: 'BIG BANK', redirect_uris: ['https://evil.example/cb'] };
    const copy = await registered(service, { ...other, logo_uri: 'https://bank.example/logo' });
    expect((await administered(original.id)).registrationWarnings).toBeUndefined();
    expect((await administered(copy.id)).registrationWarnings).toEqual([
      'same-name-on-other-host',
      'pages-on-own-host',
    ]);
    const filter = `${CLIENTS}?fieldValuePair=registrationWarnings%3Dsame-name-on-other-host`;
    const flagged = await service.request('GET', filter, { token: await service.adminToken() });
    expect(flagged.body).toMatchObject({ entries: [{ inum: copy.id }] });
  });

  it('are registrations of the same software, which have one fingerprint', async () => {
    const app = { application_type: 'native', software_id: 'app-1' };
    const uris = (port: number): object => ({ redirect_uris: [`http://127.0.0.1:${port}/cb`, 'com.example.app:/cb'] });
    const one = await registered(service, { ...app, ...uris(1234) });
    const two = await registered(service, { ...app, ...uris(5678), client_name: 'Another name' });
    const three = await registered(service, { ...app, ...uris(1234), software_id: 'app-2' });
    const prints = await Promise.all(
      [one, two, three].map(async ({ id }) => (await administered(id)).registrationFingerprint),
    );
    expect(prints[0]).toBe(prints[1]);
    expect(prints[2]).not.toBe(prints[0]);
    const filter = `${CLIENTS}?fieldValuePair=registrationFingerprint%3D${prints[0]}`;
    const found = await service.request('GET', filter, { token: await service.adminToken() });
    expect(found.body.totalEntriesCount).toBe(2);
  });

  it('cannot be written, and stays when administrators write the client', async () => {
    const { id } = await registered(service);
    const before = await administered(id);
    const token = await service.adminToken();
    const body = { ...before, description: 'Looked at', registrationFingerprint: '0'.repeat(64) };
    const after = await service.request('PUT', CLIENTS, { token, body });
    expect(documentIn(after.body)).toEqual({ ...documentIn(before), description: 'Looked at' });
  });
});

describe('every parameter', () => {
  it('is registered and answered under its name, and stands in its property', async () => {
    const sent = everyParameter();
    const { id, metadata, token } = await registered(service, sent);
    expect(metadata).toMatchObject(sent);
    expect((await manage(service, 'GET', { id, token })).body).toMatchObject(sent);
    const client = await administered(id);
    expect(client).toMatchObject({
      claimRedirectUris: ['https://client.example/claims'],
      frontChannelLogoutUri: 'https://client.example/front',
      jwks: JSON.stringify(sent['jwks']),
      claims: [expect.stringMatching(/^inum=.*,ou=attributes,o=jans$/)],
      organization: 'org-1',
      attributes: {
        backchannelLogoutUri: ['https://client.example/back'],
        dpopBoundAccessToken: true,
        jansAuthorizedAcr: ['acr-1'],
        jansSubAttr: 'mail',
        jansAuthSignedRespAlg: 'ES256',
        requirePar: true,
      },
    });
  });

  it('is covered by the test before this one', () => {
    const names = PROPERTIES.flatMap(({ dcr, setBy }) =>
      dcr !== undefined && setBy === 'registration' ? [dcr.name] : [],
    );
    // jwks_uri cannot stand beside jwks, sector_identifier_uri is fetched, and a statement is verified.
    const elsewhere = ['jwks_uri', 'sector_identifier_uri', 'software_statement'];
    expect(names.filter((name) => !elsewhere.includes(name) && !(name in everyParameter()))).toEqual([]);
  });
});

/** Keys for signing and for encryption, and one of which nobody knows. */
function mixedKeys(): object {
  const keys = [{ use: 'sig' }, { use: 'enc' }, {}].map((members, index) => ({
    ...newClientKey(`k${index}`).jwk,
    ...members,
  }));
  return { keys };
}

/** A registration that has everything. */
function everyParameter(): Record<string, unknown> {
  return {
    redirect_uris: ['https://client.example/cb'],
    client_name: 'Everything',
    client_uri: 'https://client.example/',
    logo_uri: 'https://client.example/logo.png',
    policy_uri: 'https://client.example/policy',
    tos_uri: 'https://client.example/terms',
    contacts: ['web@client.example'],
    org_id: 'org-1',
    application_type: 'web',
    subject_type: 'pairwise',
    software_id: 'software',
    software_version: '1.2',
    evidence: 'an.evidence.jwt',
    authorized_origins: ['https://client.example'],
    lifetime: 86_400,
    grant_types: ['authorization_code', 'implicit', 'refresh_token', CIBA],
    response_types: ['code', 'id_token'],
    scope: 'openid email',
    claims: 'nickname',
    authorization_details_types: ['payment'],
    default_max_age: 600,
    require_auth_time: true,
    default_acr_values: ['acr-1'],
    minimum_acr_level: 2,
    minimum_acr_level_autoresolve: true,
    minimum_acr_priority_list: ['acr-2'],
    authorized_acr_values: ['acr-1'],
    default_prompt_login: true,
    initiate_login_uri: 'https://client.example/login',
    request_uris: ['https://client.example/request#hash'],
    post_logout_redirect_uris: ['https://client.example/out'],
    require_pkce: true,
    require_par: true,
    require_pushed_authorization_requests: true,
    par_lifetime: 90,
    dpop_bound_access_tokens: true,
    public_subject_identifier_attribute: 'mail',
    jwks: { keys: [newClientKey('k1').jwk] },
    token_endpoint_auth_method: 'private_key_jwt',
    additional_token_endpoint_auth_methods: ['client_secret_basic'],
    token_endpoint_auth_signing_alg: 'ES256',
    tls_client_auth_subject_dn: 'CN=client.example',
    id_token_signed_response_alg: 'ES256',
    id_token_encrypted_response_alg: 'RSA-OAEP',
    id_token_encrypted_response_enc: 'A128CBC-HS256',
    userinfo_signed_response_alg: 'RS256',
    userinfo_encrypted_response_alg: 'ECDH-ES',
    userinfo_encrypted_response_enc: 'A256GCM',
    request_object_signing_alg: 'PS256',
    request_object_encryption_alg: 'RSA-OAEP-256',
    request_object_encryption_enc: 'A128GCM',
    authorization_signed_response_alg: 'ES256',
    authorization_encrypted_response_alg: 'RSA-OAEP',
    authorization_encrypted_response_enc: 'A128GCM',
    introspection_signed_response_alg: 'RS256',
    introspection_encrypted_response_alg: 'RSA-OAEP',
    introspection_encrypted_response_enc: 'A128GCM',
    tx_token_signed_response_alg: 'RS256',
    tx_token_encrypted_response_alg: 'RSA-OAEP',
    tx_token_encrypted_response_enc: 'A128GCM',
    logout_status_jwt_signed_response_alg: 'RS256',
    access_token_as_jwt: true,
    access_token_signing_alg: 'RS384',
    id_token_token_binding_cnf: 'tbh',
    spiffe_id: 'spiffe://client.example/service',
    spiffe_bundle_endpoint: 'https://client.example/bundle',
    access_token_lifetime: 300,
    id_token_lifetime: 600,
    tx_token_lifetime: 60,
    run_introspection_script_before_jwt_creation: true,
    keep_client_authorization_after_expiration: true,
    frontchannel_logout_uri: 'https://client.example/front',
    frontchannel_logout_session_required: true,
    backchannel_logout_uri: 'https://client.example/back',
    backchannel_logout_session_required: true,
    backchannel_token_delivery_mode: 'ping',
    backchannel_client_notification_endpoint: 'https://client.example/ciba',
    backchannel_authentication_request_signing_alg: 'ES256',
    backchannel_user_code_parameter: true,
    claims_redirect_uri: ['https://client.example/claims'],
    rpt_as_jwt: true,
  };
}
