import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { generateKeyPair, exportJWK } from 'jose';
import { editable, initialToken } from '../support/registration.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

// eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so to stand out; the tests have no TLS
const execute = [oidc.allowInsecureRequests];

/** Discovers the service and registers with it, as an application does that knows nothing but its address. */
async function registerWithLibrary(
  metadata: Partial<oidc.ClientMetadata>,
  authentication?: oidc.ClientAuth,
): Promise<oidc.Configuration> {
  const { token: initialAccessToken } = await initialToken(service, { scopes: ['phone'] });
  const server = new URL(service.url);
  return oidc.dynamicClientRegistration(server, metadata, authentication, { execute, initialAccessToken });
}

/** A request to the registration with its own token. */
async function manage(
  config: oidc.Configuration,
  method: string,
  body?: object,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const { registration_client_uri: uri, registration_access_token: token } =
    config.clientMetadata() as unknown as Record<string, string>;
  const headers = new Headers({ 'Content-Type': 'application/json' });
  const text = body === undefined ? undefined : JSON.stringify(body);
  const response = await oidc.fetchProtectedResource(config, token ?? '', new URL(uri ?? ''), method, text, headers);
  const answer = await response.text();
  return { status: response.status, body: answer === '' ? {} : (JSON.parse(answer) as Record<string, unknown>) };
}

describe('openid-client', () => {
  it('discovers, registers, gets a token with its secret, and reads, changes and deletes its registration', async () => {
    const metadata = {
      client_name: 'Library',
      grant_types: ['client_credentials'],
      response_types: [],
      scope: 'phone',
    };
    const config = await registerWithLibrary(metadata, oidc.ClientSecretBasic());
    expect(config.serverMetadata().registration_endpoint).toBe(`${service.url}/jans-auth/restv1/register`);
    const tokens = await oidc.clientCredentialsGrant(config);
    expect([tokens.token_type, tokens.scope]).toEqual(['bearer', 'phone']);

    const read = await manage(config, 'GET');
    expect([read.status, read.body['client_name']]).toEqual([200, 'Library']);
    const changed = await manage(config, 'PUT', { ...editable({ metadata: read.body }), client_name: 'Changed' });
    expect([changed.status, changed.body['client_name']]).toEqual([200, 'Changed']);
    expect((await manage(config, 'DELETE')).status).toBe(204);
    await expect(manage(config, 'GET')).rejects.toMatchObject({ status: 401 });
    await expect(oidc.clientCredentialsGrant(config)).rejects.toMatchObject({ status: 401 });
  });

  it.each([
    ['client_secret_post', oidc.ClientSecretPost()],
    ['client_secret_jwt', oidc.ClientSecretJwt()],
  ])('gets a token with %s', async (token_endpoint_auth_method, authentication) => {
    const metadata = { grant_types: ['client_credentials'], token_endpoint_auth_method };
    const config = await registerWithLibrary(metadata, authentication);
    expect((await oidc.clientCredentialsGrant(config)).access_token).toEqual(expect.any(String));
  });

  it('registers its keys and gets a token with private_key_jwt', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'library', alg: 'ES256', use: 'sig' }] };
    const metadata = { grant_types: ['client_credentials'], token_endpoint_auth_method: 'private_key_jwt', jwks };
    const config = await registerWithLibrary(metadata, oidc.PrivateKeyJwt({ key: privateKey, kid: 'library' }));
    expect(config.clientMetadata().client_secret).toBeUndefined();
    expect((await oidc.clientCredentialsGrant(config)).access_token).toEqual(expect.any(String));
  });

  it('is told why it is refused', async () => {
    const refused = registerWithLibrary({ redirect_uris: ['http://client.example/cb'] });
    await expect(refused).rejects.toMatchObject({ error: 'invalid_redirect_uri', status: 400 });
  });
});
