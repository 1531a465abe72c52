import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PROPERTIES } from '../../api/clients/document/client.document.ts';
import { CONTENT_ENCRYPTION } from '../../api/clients/rules/rules.algorithms.ts';
import { newClientKey, pairFor } from '../support/issuer.ts';
import { register, REGISTER } from '../support/registration.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

let service: TestService;
let metadata: Record<string, string[]>;
beforeAll(async () => {
  service = await startService({ env: { REGISTRATION: 'open' } });
  metadata = (await service.request('GET', '/.well-known/openid-configuration')).body;
});
afterAll(() => service.stop());

const jwks = { keys: [newClientKey().jwk] };
const send = (members: object): Promise<TestReply> =>
  register(service, { redirect_uris: ['https://client.example/cb'], jwks, ...members });

async function expectAccepted(
  values: readonly string[] | undefined,
  membersOf: (value: string) => object,
): Promise<void> {
  expect(values?.length).toBeGreaterThan(0);
  for (const value of values ?? []) {
    const reply = await send(membersOf(value));
    expect([value, reply.status, reply.text]).toEqual([value, 201, expect.anything()]);
  }
}

describe('what discovery advertises', () => {
  it('is where to register, and what the built-in token endpoint takes', () => {
    expect(metadata).toMatchObject({
      registration_endpoint: service.url + REGISTER,
      ssa_endpoint: `${service.url}/jans-auth/restv1/ssa`,
      grant_types_supported: ['client_credentials'],
      response_types_supported: ['none'],
    });
  });

  it('are authentication methods that the token endpoint takes, and registration', async () => {
    const membersOf = (token_endpoint_auth_method: string): object => ({
      token_endpoint_auth_method,
      tls_client_auth_subject_dn: 'CN=x',
      spiffe_id: 'spiffe://client.example/x',
    });
    const advertised = metadata['token_endpoint_auth_methods_supported'] ?? [];
    await expectAccepted(advertised, membersOf);
    // A public client gets its tokens elsewhere.
    expect((await send(membersOf('none'))).status).toBe(201);
    const known = PROPERTIES.find(({ path }) => path === 'tokenEndpointAuthMethod')?.values ?? [];
    const others = known.filter((method) => ![...advertised, 'none'].includes(method));
    expect(others).toEqual(expect.arrayContaining(['tls_client_auth', 'spiffe_jwt']));
    for (const method of others) {
      const reply = await send(membersOf(method));
      expect([reply.status, reply.body.error_description]).toEqual([
        400,
        expect.stringContaining('token_endpoint_auth_method'),
      ]);
      const additional = await send({ additional_token_endpoint_auth_methods: [method] });
      expect([additional.status, additional.body.error]).toEqual([400, 'invalid_client_metadata']);
    }
  });

  it('are algorithms of client assertions that registration accepts, and no others are accepted', async () => {
    const advertised = metadata['token_endpoint_auth_signing_alg_values_supported'] ?? [];
    const membersOf = (alg: string): object => ({
      token_endpoint_auth_method: alg.startsWith('HS') ? 'client_secret_jwt' : 'private_key_jwt',
      token_endpoint_auth_signing_alg: alg,
      ...(!alg.startsWith('HS') && { jwks: { keys: [pairFor(alg).publicKey.export({ format: 'jwk' })] } }),
    });
    await expectAccepted(advertised, membersOf);
    for (const alg of ['none', 'ES256K', 'RS1', 'HS1']) {
      expect([alg, (await send(membersOf(alg))).status]).toEqual([alg, 400]);
    }
  });
});

describe('a client that only the built-in issuer serves', () => {
  it.each<[object, string | undefined]>([
    [{ access_token_signing_alg: 'RS256' }, undefined],
    [{ access_token_signing_alg: 'ES256' }, '/access_token_signing_alg must be one of RS256'],
    [{ introspection_signed_response_alg: 'RS256' }, '/introspection_signed_response_alg must be left out'],
  ])('is promised nothing about its tokens that the issuer does not do: %j', async (members, fault) => {
    const { status, body } = await send({ grant_types: ['client_credentials'], redirect_uris: undefined, ...members });
    expect([status, body.error_description]).toEqual(
      fault === undefined ? [201, undefined] : [400, expect.stringContaining(fault)],
    );
    // Of one with users another server may do it.
    expect((await send(members)).status).toBe(201);
  });
});

describe('what may be registered for a server that nothing is said about', () => {
  const valuesOf = (path: string): readonly string[] => PROPERTIES.find((one) => one.path === path)?.values ?? [];
  const PREFIXES = ['id_token', 'userinfo', 'request_object', 'authorization', 'introspection'];

  it('are the subject, grant and response types of Janssen but for passwords', async () => {
    await expectAccepted(['public', 'pairwise'], (subject_type) => ({ subject_type }));
    const ciba = { backchannel_token_delivery_mode: 'poll' };
    const grants = valuesOf('grantTypes').filter((grant) => !['password', 'none'].includes(grant));
    await expectAccepted(grants, (grant) => {
      if (grant === 'implicit') return { grant_types: [grant], response_types: ['id_token'] };
      return { grant_types: [grant], ...(grant.endsWith(':ciba') && ciba) };
    });
    await expectAccepted(valuesOf('responseTypes'), (type) => ({ response_types: [type] }));
    expect((await send({ grant_types: ['password'] })).status).toBe(400);
  });

  it('are all algorithms of tokens and requests, and no others', async () => {
    for (const what of PREFIXES) {
      const member = what === 'request_object' ? 'request_object_signing_alg' : `${what}_signed_response_alg`;
      await expectAccepted(['RS256', 'PS512', 'ES256K', 'Ed25519', 'HS256'], (alg) => ({ [member]: alg }));
      expect((await send({ [member]: 'RS1' })).status).toBe(400);
    }
  });

  it('are all algorithms of encryption, and no others', async () => {
    for (const what of PREFIXES) {
      const prefix = what === 'request_object' ? 'request_object_encryption' : `${what}_encrypted_response`;
      await expectAccepted(['RSA-OAEP-512', 'ECDH-ES+A128KW', 'dir'], (alg) => ({ [`${prefix}_alg`]: alg }));
      await expectAccepted(CONTENT_ENCRYPTION, (enc) => ({ [`${prefix}_alg`]: 'RSA-OAEP', [`${prefix}_enc`]: enc }));
      expect((await send({ [`${prefix}_alg`]: 'RSA-OAEP', [`${prefix}_enc`]: 'A1' })).status).toBe(400);
    }
  });

  it('are the modes and algorithms of CIBA', async () => {
    const ciba = {
      grant_types: ['urn:openid:params:grant-type:ciba'],
      backchannel_client_notification_endpoint: 'https://client.example/ciba',
    };
    const modes = valuesOf('backchannelTokenDeliveryMode');
    await expectAccepted(modes, (mode) => ({ ...ciba, backchannel_token_delivery_mode: mode }));
    await expectAccepted(valuesOf('backchannelAuthenticationRequestSigningAlg'), (alg) => ({
      ...ciba,
      backchannel_token_delivery_mode: 'poll',
      backchannel_authentication_request_signing_alg: alg,
    }));
  });

  it('completes an encryption of keys with A128CBC-HS256', async () => {
    const { body } = await send({
      id_token_encrypted_response_alg: 'RSA-OAEP',
      userinfo_encrypted_response_alg: 'ECDH-ES',
    });
    expect(body).toMatchObject({
      id_token_encrypted_response_enc: 'A128CBC-HS256',
      userinfo_encrypted_response_enc: 'A128CBC-HS256',
    });
  });
});

describe('what may be registered for a server whose metadata are told', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'clientele-test-')), 'server.json');
  writeFileSync(
    file,
    JSON.stringify({
      authorization_endpoint: 'https://login.example/auth',
      token_endpoint: 'https://login.example/token',
      jwks_uri: 'https://login.example/keys',
      grant_types_supported: ['authorization_code', 'refresh_token'],
      response_types_supported: ['code'],
      token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'spiffe_jwt'],
      id_token_signing_alg_values_supported: ['ES256', 'EdDSA'],
      scopes_supported: ['openid', 'offline_access', 'phone', 'mcp:tools'],
    }),
  );
  let told: TestService;
  beforeAll(async () => {
    told = await startService({ env: { REGISTRATION: 'open', AUTHORIZATION_SERVER_FILE: file } });
  });
  afterAll(() => told.stop());
  const sendTo = (members: object): Promise<TestReply> =>
    register(told, { redirect_uris: ['https://client.example/cb'], jwks, ...members });

  it.each<[string, object]>([
    ['nothing asked for', {}],
    ['its methods', { token_endpoint_auth_method: 'none' }],
    [
      'a method that nobody here serves',
      { token_endpoint_auth_method: 'spiffe_jwt', spiffe_id: 'spiffe://c.example/x' },
    ],
    ['the grant of the built-in one beside its own', { grant_types: ['authorization_code', 'client_credentials'] }],
    ['its algorithm', { id_token_signed_response_alg: 'ES256' }],
    ['its algorithm by another name', { id_token_signed_response_alg: 'Ed25519' }],
  ])('is %s', async (_what, members) => {
    const reply = await sendTo(members);
    expect([reply.status, reply.text]).toEqual([201, expect.anything()]);
  });

  it.each<[string, object]>([
    ['/grant_types/0', { grant_types: ['urn:ietf:params:oauth:grant-type:device_code'] }],
    ['/response_types/0', { response_types: ['code id_token'] }],
    ['/token_endpoint_auth_method', { token_endpoint_auth_method: 'client_secret_post' }],
    ['/id_token_signed_response_alg', { id_token_signed_response_alg: 'RS256' }],
    ['/userinfo_signed_response_alg', { userinfo_signed_response_alg: 'ES256' }],
  ])('is not what it does not list: %s', async (pointer, members) => {
    const reply = await sendTo(members);
    expect([reply.status, reply.body.error_description]).toEqual([400, expect.stringContaining(`${pointer} must be`)]);
    expect(reply.body.error_description).toContain('the authorization server takes no other');
  });

  it('are those of its scopes that a registration can have, which discovery tells', async () => {
    const scopes = ['offline_access', 'openid'];
    expect((await told.request('GET', '/.well-known/openid-configuration')).body.scopes_supported).toEqual(scopes);
    const reply = await sendTo({ scope: 'openid offline_access phone mcp:tools' });
    expect([reply.status, reply.body.scope.split(' ').sort()]).toEqual([201, scopes]);
  });

  it('is advice to administrators', async () => {
    const body = {
      redirectUris: ['https://a.example/cb'],
      responseTypes: ['code'],
      userInfoSignedResponseAlg: 'ES256',
    };
    const token = await told.adminToken();
    const grantTypes = ['authorization_code'];
    const reply = await told.request('POST', `${CLIENTS}/validate`, { token, body: { ...body, grantTypes } });
    expect(reply.body.valid).toBe(true);
    expect(reply.body.warnings).toContainEqual(
      expect.objectContaining({ pointer: '/userInfoSignedResponseAlg', rule: 'supported-by-the-server' }),
    );
  });
});

describe('where another authorization server issues the tokens', () => {
  it('every method of the contract but spiffe_jwt can be registered, and there are no statements of our own', async () => {
    const env = {
      REGISTRATION: 'open',
      BUILTIN_ISSUER: 'off',
      TRUSTED_ISSUERS: 'https://i.example|https://a.example|openid',
    };
    const other = await startService({ env });
    try {
      const members = { token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: 'CN=x' };
      const reply = await register(other, { redirect_uris: ['https://client.example/cb'], ...members });
      expect([reply.status, reply.body.client_secret]).toEqual([201, undefined]);
      const spiffe = { token_endpoint_auth_method: 'spiffe_jwt', spiffe_id: 'spiffe://client.example/x' };
      const unserved = await register(other, { redirect_uris: ['https://client.example/cb'], ...spiffe });
      expect([unserved.status, unserved.body.error]).toEqual([400, 'invalid_client_metadata']);
      const headers = { jti: 'x' };
      expect((await other.request('POST', '/jans-auth/restv1/ssa/validation', { headers })).status).toBe(404);
    } finally {
      await other.stop();
    }
  });
});
