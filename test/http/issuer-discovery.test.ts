import { mkdtempSync, writeFileSync } from 'node:fs';
import { get, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADMINISTRATION_SCOPES } from '../../openapi/operations.gen.ts';
import { claimsOf, INTROSPECTION, REVOKE, TOKEN } from '../support/issuer.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

const OPENID = '/.well-known/openid-configuration';
const OAUTH = '/.well-known/oauth-authorization-server';
const RESOURCE = '/.well-known/oauth-protected-resource';
const BUILT_IN = '/jans-auth/.well-known/openid-configuration';
const JWKS = '/jans-auth/restv1/jwks';

/** A GET with a Host header of one's own, which fetch does not allow. */
function getAs(url: string, host: string): Promise<{ headers: IncomingHttpHeaders; text: string }> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { Host: host } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ headers: response.headers, text }));
    }).on('error', reject);
  });
}

describe('with a built-in issuer', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService({ env: { TRUSTED_ISSUERS: 'https://idp.example|https://api.example|openid' } });
  });
  afterAll(() => service.stop());

  it.each([OPENID, OAUTH])('%s describes it', async (path) => {
    const { status, body, headers } = await service.request('GET', path);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json']);
    const methods = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt'];
    expect(body).toMatchObject({
      issuer: service.url,
      token_endpoint: service.url + TOKEN,
      jwks_uri: service.url + JWKS,
      introspection_endpoint: service.url + INTROSPECTION,
      revocation_endpoint: service.url + REVOKE,
      subject_types_supported: ['public', 'pairwise'],
      token_endpoint_auth_methods_supported: methods,
      grant_types_supported: ['client_credentials'],
      response_types_supported: ['none'],
      introspection_endpoint_auth_methods_supported: methods,
      revocation_endpoint_auth_methods_supported: [...methods, 'none'],
      scopes_supported: expect.arrayContaining(['openid', 'profile', 'email']),
    });
    for (const scope of Object.keys(ADMINISTRATION_SCOPES)) expect(body.scopes_supported).not.toContain(scope);
    expect(body.token_endpoint_auth_signing_alg_values_supported).not.toContain('none');
  });

  it('is described at the address that belongs to the path of the API, which 401 replies name', async () => {
    const refused = await service.request('GET', CLIENTS);
    const [, address = ''] = /resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate') ?? '') ?? [];
    expect(address).toBe(`${service.url}${RESOURCE}/jans-config-api`);
    const response = await fetch(`${address}/`, { headers: { Origin: 'https://page.example' } });
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
    expect(await response.json()).toEqual((await service.request('GET', RESOURCE)).body);
    expect((await service.request('GET', `${RESOURCE}/elsewhere`)).status).toBe(404);
  });

  it.each([OPENID, OAUTH, RESOURCE, JWKS])('%s does not believe the Host header', async (path) => {
    const { headers, text } = await getAs(service.url + path, 'evil.example');
    expect(text).toBe((await service.request('GET', path)).text);
    expect(text + JSON.stringify(headers)).not.toContain('evil.example');
  });

  it('the API names the issuers whose tokens are taken, its scopes and the header', async () => {
    expect((await service.request('GET', RESOURCE)).body).toEqual({
      resource: `${service.url}/jans-config-api`,
      authorization_servers: [service.url, 'https://idp.example'],
      scopes_supported: Object.keys(ADMINISTRATION_SCOPES),
      bearer_methods_supported: ['header'],
      dpop_signing_alg_values_supported: expect.arrayContaining(['ES256', 'PS256', 'EdDSA', 'Ed25519']),
    });
  });

  it('is described beside itself, as the server of a deployment would leave it', async () => {
    const { body } = await service.request('GET', BUILT_IN);
    expect(body).toEqual((await service.request('GET', OPENID)).body);
  });

  it('publishes no private member of a key', async () => {
    const { keys } = (await service.request('GET', JWKS)).body as { keys: Record<string, string>[] };
    for (const key of keys) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
      expect(Buffer.from(key['n'] ?? '', 'base64url')).toHaveLength(256);
    }
  });
});

describe('without one', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService({
      env: { BUILTIN_ISSUER: 'off', TRUSTED_ISSUERS: 'https://idp.example|https://api.example|openid' },
    });
  });
  afterAll(() => service.stop());

  it.each([OPENID, OAUTH, BUILT_IN, JWKS])('GET %s is 404', async (path) => {
    expect((await service.request('GET', path)).status).toBe(404);
  });

  it.each([TOKEN, INTROSPECTION, REVOKE])('POST %s is 404', async (path) => {
    expect(
      (await service.request('POST', path, { form: { grant_type: 'client_credentials', token: 'x' } })).status,
    ).toBe(404);
  });

  it('names the trusted issuers only, and has no keys of its own', async () => {
    expect((await service.request('GET', RESOURCE)).body.authorization_servers).toEqual(['https://idp.example']);
    expect(await service.work.read(({ signingKeys }) => signingKeys.all())).toEqual([]);
    expect((await service.request('GET', CLIENTS, { token: 'a.b.c' })).status).toBe(401);
  });
});

describe('with the authorization server of the deployment', () => {
  const withServer = (metadata: object, env: Record<string, string> = {}): Promise<TestService> => {
    const file = join(mkdtempSync(join(tmpdir(), 'clientele-test-')), 'server.json');
    writeFileSync(file, JSON.stringify(metadata));
    return startService({ env: { REGISTRATION: 'open', AUTHORIZATION_SERVER_FILE: file, ...env } });
  };
  const SERVER = {
    authorization_endpoint: 'https://login.example/auth',
    token_endpoint: 'https://login.example/token',
    jwks_uri: 'https://login.example/keys',
    grant_types_supported: ['authorization_code', 'refresh_token'],
    response_types_supported: ['code'],
    token_endpoint_auth_methods_supported: ['none', 'private_key_jwt', 'tls_client_auth'],
    id_token_signing_alg_values_supported: ['ES256'],
  };

  it('whose tokens are those of the issuer, the built-in one has an identifier of its own', async () => {
    const service = await withServer(SERVER);
    try {
      const { body } = await service.request('GET', OPENID);
      expect(body).toEqual({
        ...SERVER,
        issuer: service.url,
        subject_types_supported: ['public', 'pairwise'],
        scopes_supported: expect.arrayContaining(['openid']),
        registration_endpoint: `${service.url}/jans-auth/restv1/register`,
        ssa_endpoint: `${service.url}/jans-auth/restv1/ssa`,
      });
      const issuer = `${service.url}/jans-auth`;
      const own = (await service.request('GET', BUILT_IN)).body;
      expect(own).toMatchObject({ issuer, token_endpoint: service.url + TOKEN, jwks_uri: service.url + JWKS });
      expect(await (await fetch(`${service.url}${OAUTH}/jans-auth`)).json()).toEqual(own);
      expect((await service.request('GET', RESOURCE)).body.authorization_servers).toEqual([issuer]);
      const token = await service.adminToken();
      expect(claimsOf(token).iss).toBe(issuer);
      expect((await service.request('GET', CLIENTS, { token })).status).toBe(200);
    } finally {
      await service.stop();
    }
  });

  it('that has nobody come back from anywhere, discovery says so', async () => {
    const { token_endpoint, jwks_uri } = SERVER;
    const device = { device_authorization_endpoint: 'https://login.example/device' };
    const grant_types_supported = ['urn:ietf:params:oauth:grant-type:device_code', 'client_credentials'];
    const service = await withServer({ token_endpoint, jwks_uri, ...device, grant_types_supported });
    try {
      const { body } = await service.request('GET', OAUTH);
      expect(body).toMatchObject({ ...device, grant_types_supported, response_types_supported: ['none'] });
    } finally {
      await service.stop();
    }
  });

  it('that has no token endpoint, discovery tells what it has beside the built-in one', async () => {
    const login = {
      authorization_endpoint: 'https://login.example/auth',
      grant_types_supported: ['implicit'],
      response_types_supported: ['id_token'],
    };
    const service = await withServer(login, { REGISTRATION: 'off' });
    try {
      const { body } = await service.request('GET', OPENID);
      const grants = ['client_credentials', 'implicit'];
      expect(body).toMatchObject({ ...login, token_endpoint: service.url + TOKEN, grant_types_supported: grants });
      expect(body.registration_endpoint).toBeUndefined();
    } finally {
      await service.stop();
    }
  });
});
