import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PROPERTIES } from '../../api/clients/document/client.document.ts';
import { newClientKey, pairFor } from '../support/issuer.ts';
import { register, REGISTER } from '../support/registration.ts';
import { startService, type TestReply, type TestService } from '../support/service.ts';

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
  it('is where to register', () => {
    expect(metadata['registration_endpoint']).toBe(service.url + REGISTER);
    expect(metadata['ssa_endpoint']).toBe(`${service.url}/jans-auth/restv1/ssa`);
  });

  it('are authentication methods that registration accepts, and no others are accepted', async () => {
    const advertised = metadata['token_endpoint_auth_methods_supported'] ?? [];
    const membersOf = (token_endpoint_auth_method: string): object => ({
      token_endpoint_auth_method,
      tls_client_auth_subject_dn: 'CN=x',
      spiffe_id: 'spiffe://client.example/x',
    });
    await expectAccepted(advertised, membersOf);
    const known = PROPERTIES.find(({ path }) => path === 'tokenEndpointAuthMethod')?.values ?? [];
    const others = known.filter((method) => !advertised.includes(method));
    expect(others).toContain('tls_client_auth');
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

  it('are subject, grant and response types that registration accepts, and no others are accepted', async () => {
    await expectAccepted(metadata['subject_types_supported'], (subject_type) => ({ subject_type }));
    const ciba = { backchannel_token_delivery_mode: 'poll' };
    await expectAccepted(metadata['grant_types_supported'], (grant) => {
      if (grant === 'implicit') return { grant_types: [grant], response_types: ['id_token'] };
      return { grant_types: [grant], ...(grant.endsWith(':ciba') && ciba) };
    });
    await expectAccepted(metadata['response_types_supported'], (type) => ({ response_types: [type] }));
    for (const grant of ['password', 'none']) expect(metadata['grant_types_supported']).not.toContain(grant);
    expect((await send({ grant_types: ['password'] })).status).toBe(400);
  });

  it('are algorithms of tokens and requests that registration accepts, and no others are accepted', async () => {
    const signed = ['id_token', 'userinfo', 'request_object', 'authorization', 'introspection'];
    for (const what of signed) {
      const member = what === 'request_object' ? 'request_object_signing_alg' : `${what}_signed_response_alg`;
      await expectAccepted(metadata[`${what}_signing_alg_values_supported`], (alg) => ({ [member]: alg }));
      expect((await send({ [member]: 'RS1' })).status).toBe(400);
    }
  });

  it('are algorithms of encryption that registration accepts, and no others are accepted', async () => {
    for (const what of ['id_token', 'userinfo', 'request_object', 'authorization', 'introspection']) {
      const prefix = what === 'request_object' ? 'request_object_encryption' : `${what}_encrypted_response`;
      const algs = metadata[`${what}_encryption_alg_values_supported`];
      await expectAccepted(algs, (alg) => ({ [`${prefix}_alg`]: alg }));
      const encs = metadata[`${what}_encryption_enc_values_supported`];
      await expectAccepted(encs, (enc) => ({ [`${prefix}_alg`]: 'RSA-OAEP', [`${prefix}_enc`]: enc }));
      expect((await send({ [`${prefix}_alg`]: 'RSA-OAEP', [`${prefix}_enc`]: 'A1' })).status).toBe(400);
    }
  });

  it('are CIBA modes and algorithms that registration accepts', async () => {
    const ciba = {
      grant_types: ['urn:openid:params:grant-type:ciba'],
      backchannel_client_notification_endpoint: 'https://client.example/ciba',
    };
    const modes = metadata['backchannel_token_delivery_modes_supported'];
    await expectAccepted(modes, (mode) => ({ ...ciba, backchannel_token_delivery_mode: mode }));
    await expectAccepted(metadata['backchannel_authentication_request_signing_alg_values_supported'], (alg) => ({
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

describe('where another authorization server issues the tokens', () => {
  it('every method of the contract can be registered, and there are no statements of our own', async () => {
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
      const headers = { jti: 'x' };
      expect((await other.request('POST', '/jans-auth/restv1/ssa/validation', { headers })).status).toBe(404);
    } finally {
      await other.stop();
    }
  });
});
