import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as mcp from '@modelcontextprotocol/sdk/client/auth.js';
import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import { generateKeyPair, exportJWK } from 'jose';
import { authorizationServer } from '../../docs/examples/authorization-server/provider.ts';
import { follow } from '../support/authorization-flow.ts';
import { newClient } from '../support/clients.ts';
import { freePort } from '../support/ports.ts';
import { editable, initialToken } from '../support/registration.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

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

describe('oauth4webapi', () => {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so to stand out; the tests have no TLS
  const plain = { [oauth.allowInsecureRequests]: true };
  const discover = async (algorithm: 'oauth2' | 'oidc'): Promise<oauth.AuthorizationServer> => {
    const issuer = new URL(service.url);
    return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm, ...plain }));
  };

  it.each(['oauth2', 'oidc'] as const)(
    'reads the metadata of the issuer (%s), and finds it by the API',
    async (way) => {
      const api = new URL(`${service.url}/jans-config-api`);
      const resource = await oauth.processResourceDiscoveryResponse(
        api,
        await oauth.resourceDiscoveryRequest(api, plain),
      );
      expect(resource.authorization_servers).toEqual([service.url]);
      expect(await discover(way)).toMatchObject({ issuer: service.url, response_types_supported: ['none'] });
    },
  );

  it('registers, gets a token, introspects it, calls with it and revokes it', async () => {
    const server = await discover('oauth2');
    const { token: initialAccessToken } = await initialToken(service);
    const wished = { grant_types: ['client_credentials'], client_name: 'Small library', response_types: [] };
    const client = await oauth.processDynamicClientRegistrationResponse(
      await oauth.dynamicClientRegistrationRequest(server, wished, { initialAccessToken, ...plain }),
    );
    const secret = oauth.ClientSecretBasic(client.client_secret as string);
    const { access_token: token } = await oauth.processClientCredentialsResponse(
      server,
      client,
      await oauth.clientCredentialsGrantRequest(server, client, secret, {}, plain),
    );
    const introspected = await oauth.introspectionRequest(server, client, secret, token, plain);
    expect(await oauth.processIntrospectionResponse(server, client, introspected)).toMatchObject({ active: true });
    const call = oauth.protectedResourceRequest(token, 'GET', new URL(service.url + CLIENTS), undefined, null, plain);
    // It has no scope that opens the list.
    await expect(call).rejects.toMatchObject({ status: 403 });
    await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, secret, token, plain));
  });
});

describe('the SDK of the Model Context Protocol', () => {
  let registry: TestService;
  let login: string;
  let server: Server;
  const advertised = readFileSync('docs/examples/authorization-server/advertised.json', 'utf8');

  beforeAll(async () => {
    login = `http://localhost:${await freePort()}`;
    const file = join(mkdtempSync(join(tmpdir(), 'clientele-test-')), 'server.json');
    writeFileSync(file, advertised.replaceAll('http://localhost:3000', login));
    registry = await startService({ env: { REGISTRATION: 'open', AUTHORIZATION_SERVER_FILE: file } });
    const config = 'https://jans.io/oauth/config';
    const reader = await newClient(registry, {
      scopes: [`${config}/openid/clients.readonly`, `${config}/scopes.readonly`],
    });
    const credentials = { url: registry.url, clientId: reader.inum, clientSecret: reader.clientSecret };
    const provider = await authorizationServer(registry.url, credentials);
    server = provider.listen(Number(new URL(login).port), 'localhost');
    await once(server, 'listening');
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await registry.stop();
  });

  it('is told what the authorization server of the example says of itself', async () => {
    const own = (await (await fetch(`${login}/.well-known/openid-configuration`)).json()) as Record<string, unknown>;
    const { body } = await registry.request('GET', '/.well-known/openid-configuration');
    for (const name of ['issuer', ...Object.keys(JSON.parse(advertised) as object)]) {
      // It has more than it offers to clients of the registry.
      const told = Array.isArray(own[name]) ? expect.arrayContaining(body[name] as string[]) : body[name];
      expect([name, own[name]]).toEqual([name, told]);
    }
  });

  it('discovers, registers a client on a device, has the user sign in, and gets and renews tokens', async () => {
    const metadata = await mcp.discoverAuthorizationServerMetadata(registry.url);
    const redirectUrl = 'http://localhost:33418/callback';
    const clientInformation = await mcp.registerClient(registry.url, {
      ...(metadata && { metadata }),
      clientMetadata: {
        client_name: 'An assistant',
        redirect_uris: [redirectUrl],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
        scope: 'openid offline_access',
      },
    });
    expect(clientInformation).toMatchObject({ client_id: expect.any(String), scope: 'openid offline_access' });
    const scope = 'openid offline_access';
    const common = { ...(metadata && { metadata }), clientInformation };
    const begun = await mcp.startAuthorization(registry.url, { ...common, redirectUrl, scope, state: 'here' });
    const end = await follow(begun.authorizationUrl, redirectUrl);
    const reply = 'reply' in end ? end.reply : new URLSearchParams();
    expect([reply.get('state'), reply.get('iss')]).toEqual(['here', registry.url]);
    const tokens = await mcp.exchangeAuthorization(registry.url, {
      ...common,
      authorizationCode: reply.get('code') ?? '',
      codeVerifier: begun.codeVerifier,
      redirectUri: redirectUrl,
    });
    expect(tokens).toMatchObject({ token_type: 'Bearer', refresh_token: expect.any(String) });
    const refreshToken = tokens.refresh_token ?? '';
    expect(await mcp.refreshAuthorization(registry.url, { ...common, refreshToken })).toMatchObject({
      access_token: expect.any(String),
    });
  });

  it('needs an authorization endpoint: the built-in issuer alone has none', async () => {
    await expect(mcp.discoverAuthorizationServerMetadata(service.url)).rejects.toThrow('authorization_endpoint');
  });
});
