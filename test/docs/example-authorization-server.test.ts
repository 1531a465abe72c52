import { randomUUID, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createLocalJWKSet, jwtVerify, SignJWT, type JSONWebKeySet } from 'jose';
import { registryClients } from '../../docs/examples/authorization-server/registry-clients.ts';
import { connect } from '../../docs/examples/node/registry.ts';
import { authorize, codeOf, type Flow } from '../support/authorization-flow.ts';
import { act, change, newClient, type TestClient } from '../support/clients.ts';
import { JWT_BEARER, keySet, newClientKey } from '../support/issuer.ts';
import { freePort } from '../support/ports.ts';
import { spawnService, type ServiceProcess } from '../support/process.ts';
import { basic, CLIENTS, startService, type TestService } from '../support/service.ts';

const REDIRECT = 'https://print.example.com/callback';
const CODE_CLIENT = {
  redirectUris: [REDIRECT],
  responseTypes: ['code'],
  grantTypes: ['authorization_code', 'refresh_token'],
  scopes: ['openid', 'email', 'offline_access'],
};
const CONFIG = 'https://jans.io/oauth/config';
const READ = {
  scopes: [`${CONFIG}/openid/clients.readonly`, `${CONFIG}/scopes.readonly`, `${CONFIG}/openid/client-use.write`],
};

let service: TestService;
let reader: TestClient;

beforeAll(async () => {
  service = await startService();
  reader = await newClient(service, READ);
});
afterAll(() => service.stop());

describe('an authorization server that reads the registry', () => {
  let issuer: string;
  let server: ServiceProcess;

  beforeAll(async () => {
    issuer = `http://localhost:${await freePort()}`;
    server = spawnService(
      {
        ISSUER: issuer,
        CLIENTELE_URL: service.url,
        CLIENTELE_CLIENT_ID: reader.inum,
        CLIENTELE_CLIENT_SECRET: reader.clientSecret,
      },
      ['--import', 'tsx', 'docs/examples/authorization-server/server.ts'],
    );
    await server.started;
  });
  afterAll(async () => {
    server.child.kill('SIGTERM');
    await server.ended;
  });

  const signIn = (client: TestClient, more: Record<string, string> = {}, hasPkce = true): Promise<Flow> =>
    authorize(
      issuer,
      { client_id: client.inum, redirect_uri: REDIRECT, scope: 'openid email', state: 'here', ...more },
      hasPkce,
    );

  interface TokenReply {
    readonly status: number;
    readonly body: Record<string, string>;
  }
  async function token(form: Record<string, string>, headers: Record<string, string> = {}): Promise<TokenReply> {
    const response = await fetch(`${issuer}/token`, { method: 'POST', headers, body: new URLSearchParams(form) });
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  }
  const codeForm = (flow: Flow): Record<string, string> => ({
    grant_type: 'authorization_code',
    code: codeOf(flow),
    redirect_uri: REDIRECT,
    code_verifier: flow.verifier,
  });
  const userInfo = (accessToken = ''): Promise<Response> =>
    fetch(`${issuer}/me`, { headers: { Authorization: `Bearer ${accessToken}` } });

  /** Asks again until the answer is `expected`: the server uses what it has read for a second. Gives up after a minute. */
  async function soon<T>(ask: () => Promise<T>, expected: T): Promise<T> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const answer = await ask();
      if (answer === expected || Date.now() > deadline) return answer;
    }
  }
  const endOf = async (flow: Promise<Flow>): Promise<string> => {
    const { end } = await flow;
    return 'reply' in end ? (end.reply.get('error') ?? 'code') : `page ${end.status}`;
  };
  const assertion = (inum: string, privateKey: KeyObject, kid: string): Promise<string> =>
    new SignJWT({ iss: inum, sub: inum, aud: issuer, jti: randomUUID() })
      .setProtectedHeader({ alg: 'ES256', kid })
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(privateKey);

  it('runs the code flow for a client with a key, until the client is deactivated', async () => {
    const key = newClientKey();
    const client = await newClient(service, {
      ...CODE_CLIENT,
      tokenEndpointAuthMethod: 'private_key_jwt',
      jwks: keySet(key),
      idTokenSignedResponseAlg: 'ES256',
      accessTokenLifetime: 120,
      attributes: { requirePkce: true },
    });
    const authenticated = async (form: Record<string, string>): Promise<TokenReply> =>
      token({
        ...form,
        client_assertion_type: JWT_BEARER,
        client_assertion: await assertion(client.inum, key.privateKey, key.jwk.kid),
      });

    expect(await endOf(signIn(client, {}, false))).toBe('invalid_request');
    const flow = await signIn(client, { scope: 'openid email offline_access', prompt: 'consent' });
    const { status, body } = await authenticated(codeForm(flow));
    expect([status, body['expires_in'], body['scope']]).toEqual([200, 120, 'openid email offline_access']);
    const keys = createLocalJWKSet((await (await fetch(`${issuer}/jwks`)).json()) as JSONWebKeySet);
    const { payload } = await jwtVerify(body['id_token'] ?? '', keys, { issuer, audience: client.inum });
    expect(payload.sub).toBe('alice');
    expect(await (await userInfo(body['access_token'])).json()).toMatchObject({ email: 'alice@example.com' });

    const unused = await signIn(client);
    expect((await act(service, client.inum, 'deactivate')).status).toBe(200);
    expect(await soon(() => endOf(signIn(client)), 'page 400')).toBe('page 400');
    expect((await authenticated(codeForm(unused))).body['error']).toBe('invalid_client');
    const refresh = { grant_type: 'refresh_token', refresh_token: body['refresh_token'] ?? '' };
    expect((await authenticated(refresh)).body['error']).toBe('invalid_client');
    expect((await userInfo(body['access_token'])).status).toBe(401);

    await act(service, client.inum, 'activate');
    expect(await soon(() => endOf(signIn(client)), 'code')).toBe('code');
  });

  it('has the registry check secrets, also while one is rotated', async () => {
    const client = await newClient(service, { ...CODE_CLIENT, clientSecret: 'a+secret%of:ours' });
    const exchange = async (secret: string): Promise<number> =>
      (await token(codeForm(await signIn(client)), basic(client.inum, secret))).status;
    expect(await exchange('a+secret%of:ours')).toBe(200);
    expect(await exchange('another-secret')).toBe(401);
    await service.idle();
    const used = await service.request('GET', `${CLIENTS}/${client.inum}`, { token: await service.adminToken() });
    expect(used.body.lastAccessTime).toBeDefined();
    const { clientSecret } = (await act(service, client.inum, 'secret', { overlapSeconds: 60 })).body;
    expect([await exchange('a+secret%of:ours'), await exchange(clientSecret)]).toEqual([200, 200]);
    const post = await newClient(service, { ...CODE_CLIENT, tokenEndpointAuthMethod: 'client_secret_post' });
    const form = { ...codeForm(await signIn(post)), client_id: post.inum };
    expect((await token({ ...form, client_secret: 'another-secret' })).status).toBe(401);
    expect((await token({ ...form, client_secret: post.clientSecret })).status).toBe(200);
    expect(server.output() + server.errors()).not.toMatch(/a\+secret|another-secret/);
    expect(server.output() + server.errors()).not.toContain(clientSecret);
  });

  it('demands PKCE of a public client, and takes no redirect URI that the registry has not', async () => {
    const client = await newClient(service, { ...CODE_CLIENT, tokenEndpointAuthMethod: 'none' });
    expect(await endOf(signIn(client, {}, false))).toBe('invalid_request');
    const form = { ...codeForm(await signIn(client)), client_id: client.inum };
    expect((await token({ ...form, code_verifier: 'x'.repeat(43) })).body['error']).toBe('invalid_grant');
    expect((await token({ ...codeForm(await signIn(client)), client_id: client.inum })).status).toBe(200);
    const bound = { ...CODE_CLIENT, tokenEndpointAuthMethod: 'none', attributes: { dpopBoundAccessToken: true } };
    const { inum } = await newClient(service, bound);
    const unbound = { ...codeForm(await signIn({ inum, clientSecret: '' })), client_id: inum };
    expect((await token(unbound)).body['error']).toBe('invalid_grant');

    const moved = { redirect_uri: 'https://moved.example.com/callback' };
    expect(await endOf(signIn(client, moved))).toBe('page 400');
    await change(service, client.inum, { redirectUris: [moved.redirect_uri] });
    expect(await soon(() => endOf(signIn(client, moved)), 'code')).toBe('code');
    expect(await endOf(signIn(client))).toBe('page 400');
  });

  it.each([
    ['wants what it does not offer', { idTokenSignedResponseAlg: 'PS512' }],
    ['proves itself with a secret in clear', { tokenEndpointAuthMethod: 'client_secret_jwt' }],
    ['has to push its requests', { attributes: { requirePar: true } }],
    ['has subjects of its own', { subjectType: 'pairwise' }],
    ['has no code flow', { responseTypes: [], grantTypes: ['client_credentials'] }],
    ['has ended', { expirationDate: '2020-01-01T00:00:00' }],
  ])('refuses a client that %s', async (_what, members) => {
    expect(await endOf(signIn(await newClient(service, { ...CODE_CLIENT, ...members })))).not.toBe('code');
  });

  it('refuses ids that nobody has', async () => {
    for (const inum of ['nobody', '../clients', 'x'.repeat(200)]) {
      expect(await endOf(signIn({ inum, clientSecret: '' }))).toBe('page 400');
    }
  });
});

describe('the clients that it reads', () => {
  const offer = {
    grantTypes: ['authorization_code'],
    scopes: new Map([['inum=F0C4,ou=scopes,o=jans', 'openid']]),
  };
  const credentials = (url = service.url): { url: string; clientId: string; clientSecret: string } => ({
    url,
    clientId: reader.inum,
    clientSecret: reader.clientSecret,
  });
  const reads = (): number[] =>
    service.logLines
      .map((line) => JSON.parse(line) as { operation?: string; status: number })
      .filter(({ operation }) => operation === 'get-oauth-openid-clients-by-inum')
      .map(({ status }) => status);

  it('have the names and forms of registration metadata', async () => {
    const key = newClientKey();
    const client = await newClient(service, {
      ...CODE_CLIENT,
      clientName: 'Shop',
      tokenEndpointAuthMethod: 'private_key_jwt',
      jwks: keySet(key),
      clientIdIssuedAt: '2026-01-02T03:04:05',
      attributes: { requirePar: true, backchannelLogoutUri: ['https://print.example.com/out'] },
    });
    const find = registryClients({ registry: connect(credentials()), offer });
    expect(await find(client.inum)).toMatchObject({
      client_id: client.inum,
      client_name: 'Shop',
      redirect_uris: [REDIRECT],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      scope: 'openid',
      jwks: { keys: [key.jwk] },
      client_id_issued_at: Date.UTC(2026, 0, 2, 3, 4, 5) / 1_000,
      require_pushed_authorization_requests: true,
      backchannel_logout_uri: 'https://print.example.com/out',
    });
  });

  it('are asked for once a second, by their ETag', async () => {
    const { inum } = await newClient(service, CODE_CLIENT);
    const find = registryClients({ registry: connect(credentials()), offer });
    const before = reads().length;
    await find(inum);
    await find(inum);
    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 1_001);
    await find(inum);
    now.mockRestore();
    expect(reads().slice(before)).toEqual([200, 304]);
  });

  it('are refused when the registry cannot be asked', async () => {
    const find = registryClients({ registry: connect(credentials(`http://localhost:${await freePort()}`)), offer });
    await expect(find('any')).rejects.toThrow('fetch failed');
  });
});
