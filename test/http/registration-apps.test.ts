import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { editable, manage, register, registered } from '../support/registration.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService({ env: { REGISTRATION: 'open' } });
});
afterAll(() => service.stop());

const CODE = { grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] };
const PUBLIC = { token_endpoint_auth_method: 'none' };
const EDITOR = 'cursor://publisher.extension/oauth/callback';

const patched = async (inum: string, patch: object): Promise<void> => {
  const headers = { 'Content-Type': 'application/merge-patch+json' };
  const token = await service.adminToken();
  const { status, text } = await service.request('PATCH', `${CLIENTS}/${inum}`, { token, body: patch, headers });
  expect([status, text]).toEqual([200, expect.anything()]);
};

describe('a registration that does not say what kind of application it is', () => {
  it.each<[string, object]>([
    ['an assistant in a terminal', { redirect_uris: ['http://localhost:51234/callback'], ...CODE, ...PUBLIC }],
    ['an agent on 127.0.0.1', { redirect_uris: ['http://127.0.0.1:19876/mcp/oauth/callback'], ...CODE, ...PUBLIC }],
    ['one with an empty scope', { redirect_uris: ['http://localhost:6274/oauth/callback'], scope: '', ...CODE }],
    ['one with nothing but an address', { redirect_uris: ['http://localhost:1234/callback'] }],
    ['one on IPv6', { redirect_uris: ['http://[::1]:3000/cb'], ...PUBLIC }],
    ['one with a scheme of its own', { redirect_uris: ['com.example.app:/cb'], ...PUBLIC }],
    [
      'an editor with https and loopback',
      { redirect_uris: ['https://editor.example/redirect', 'http://localhost/', 'http://127.0.0.1:33418/'], ...PUBLIC },
    ],
    [
      'one that only signs out on the device',
      { redirect_uris: ['https://a.example/cb'], post_logout_redirect_uris: ['com.example.app:/out'], ...PUBLIC },
    ],
    [
      "a library's default",
      {
        redirect_uris: ['http://localhost:8000/cb'],
        ...CODE,
        token_endpoint_auth_method: 'client_secret_post',
        foo: 1,
      },
    ],
  ])('is native: %s', async (_what, metadata) => {
    const reply = await register(service, metadata);
    expect([reply.status, reply.body.application_type]).toEqual([201, 'native']);
    expect(reply.body).not.toHaveProperty('foo');
  });

  it.each<[object, string]>([
    [{ redirect_uris: ['https://assistant.example/cb'], scope: 'openid mcp', ...CODE }, 'openid'],
    [{ redirect_uris: ['https://connector.example/oauth_redirect'], scope: 'mcp', ...CODE, ...PUBLIC }, ''],
  ])('is web where it has https addresses only: %j', async (metadata, scope) => {
    const reply = await register(service, metadata);
    expect([reply.status, reply.body.application_type, reply.body.scope]).toEqual([201, 'web', scope]);
  });

  it.each<[object, RegExp, string?]>([
    [{ application_type: 'web', redirect_uris: [EDITOR] }, /redirect_uris\/0.*send application_type native/],
    [{ application_type: 'web', redirect_uris: ['http://localhost/cb'] }, /send application_type native/],
    [{ redirect_uris: [EDITOR, 'https://editor.example/cb', 'http://localhost:1/cb'] }, /redirect_uris\/0/, 'only'],
    [{ redirect_uris: ['http://localhost.evil.example/cb'] }, /redirect_uris\/0.*send https, or for an app/],
    [{ redirect_uris: ['http://localhost.evil.example/cb'] }, /^(?!.*native)/],
    [{ application_type: 'native', redirect_uris: ['http://192.168.1.5:3000/cb'] }, /redirect_uris\/0.*loopback/],
    [{ redirect_uris: ['http://192.168.1.5:3000/cb', 'http://localhost/cb'] }, /redirect_uris\/0/, 'only'],
    [{ application_type: 'web', redirect_uris: ['https://a.example/cb', 'http://a.example/cb'] }, /redirect_uris\/1/],
    [{ redirect_uris: ['http://localhost:4200/'], response_types: ['id_token token'] }, /implicit/],
    [
      {
        application_type: 'web',
        redirect_uris: ['https://a.example/cb'],
        post_logout_redirect_uris: ['com.example.app:/out'],
      },
      /post_logout_redirect_uris\/0.*send application_type native/,
    ],
  ])('is refused by the address that is wrong: %j', async (metadata, words, only = '') => {
    const { status, body } = await register(service, metadata);
    expect([status, body.error_description]).toEqual([400, expect.stringMatching(words)]);
    if (only !== '') expect(body.error_description).not.toMatch(/redirect_uris\/[12]/);
  });
});

/** What the guide shows: what is sent, what is answered, and what to send instead. */
const page = readFileSync(new URL('../../docs/dynamic-registration.md', import.meta.url), 'utf8');
const refusals = [...page.matchAll(/^\| `(\{.*?\})` +\| `(.*?)` +\| `(\{.*?\})` +\|$/gm)].map(
  ([, sent = '', answer = '', instead = '']) => [sent, answer, instead] as const,
);

describe('what the guide says of refusals', () => {
  it('is about more than twenty', () => expect(refusals.length).toBeGreaterThan(20));

  it.each(refusals)('%s is answered so, and there is something that is not refused', async (sent, answer, instead) => {
    const send = (members: string): ReturnType<typeof register> =>
      register(service, { redirect_uris: ['https://app.example/callback'], ...(JSON.parse(members) as object) });
    const { status, body } = await send(sent);
    const words = answer.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*');
    expect([status, body.error_description]).toEqual([400, expect.stringMatching(words)]);
    const better = await send(instead);
    expect([better.status, better.text]).toEqual([201, expect.anything()]);
  });
});

describe('a client that changes itself', () => {
  it('keeps what it is, also with an address that an administrator gave it', async () => {
    const web = await registered(service);
    const redirectUris = ['https://client.example/cb', 'http://127.0.0.1/dev'];
    await patched(web.id, { redirectUris });
    const changed = { ...editable(web), application_type: undefined, redirect_uris: redirectUris, client_name: 'New' };
    const reply = await manage(service, 'PUT', web, changed);
    expect([reply.status, reply.body.application_type, reply.body.client_name]).toEqual([200, 'web', 'New']);
    const another = { ...changed, redirect_uris: [...redirectUris, 'http://127.0.0.1:7/other'] };
    expect((await manage(service, 'PUT', web, another)).body.application_type).toBe('native');
    expect((await manage(service, 'PUT', web, { ...another, application_type: 'web' })).status).toBe(400);
  });

  it('that is an app stays one, also with https alone and where it says nothing', async () => {
    const app = await registered(service, { redirect_uris: ['http://localhost/cb'] });
    const moved = { ...editable(app), application_type: undefined, redirect_uris: ['https://app.example/cb'] };
    expect((await manage(service, 'PUT', app, moved)).body.application_type).toBe('native');
    const web = await manage(service, 'PUT', app, { ...moved, application_type: 'web' });
    expect([web.status, web.body.application_type]).toEqual([200, 'web']);
    const out = { ...moved, post_logout_redirect_uris: ['com.example.app:/out'] };
    expect((await manage(service, 'PUT', app, out)).body.application_type).toBe('native');
  });

  it('keeps a method that nobody serves any more, and cannot take it up', async () => {
    const [client, other] = [await registered(service), await registered(service)];
    await patched(client.id, {
      tokenEndpointAuthMethod: 'tls_client_auth',
      attributes: { tlsClientAuthSubjectDn: 'CN=client.example' },
    });
    const tls = { token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: 'CN=client.example' };
    const sent = { ...editable(client), ...tls, client_secret: undefined, client_name: 'x' };
    const renamed = await manage(service, 'PUT', client, sent);
    expect([renamed.status, renamed.body]).toMatchObject([200, { ...tls, client_name: 'x' }]);
    const taken = await manage(service, 'PUT', other, { ...editable(other), ...tls });
    expect([taken.status, taken.body.error_description]).toEqual([400, expect.stringMatching(/takes no other/)]);
  });

  it('gets no scope by it, and loses none by leaving scope out', async () => {
    const client = await registered(service, { scope: 'openid email' });
    await patched(client.id, { scopes: ['openid', 'phone'] });
    const { scope: _scope, ...rest } = editable(client);
    expect((await manage(service, 'PUT', client, rest)).body.scope).toBe('openid phone');
    const all = { ...rest, scope: 'openid profile email phone' };
    expect((await manage(service, 'PUT', client, all)).body.scope).toBe('openid phone');
    expect((await manage(service, 'PUT', client, { ...rest, scope: 'profile' })).body.scope).toBe('');
    expect((await manage(service, 'PUT', client, rest)).body.scope).toBe('');
  });

  it('has combined response types as it registered them, and administrators see the same list', async () => {
    const response_types = ['code', 'code id_token'];
    const client = await registered(service, { response_types });
    expect(client.metadata.response_types).toEqual(response_types);
    const token = await service.adminToken();
    const administered = await service.request('GET', `${CLIENTS}/${client.id}`, { token });
    expect(administered.body.responseTypes).toEqual(response_types);
    const again = await manage(service, 'PUT', client, editable(client));
    expect([again.status, again.body.response_types]).toEqual([200, response_types]);
  });
});

describe('a scope that can be asked for', () => {
  it('is given to who asks, is shown by discovery, and is not among those that come by themselves', async () => {
    expect((await registered(service)).metadata.scope).toBe('email openid profile');
    expect((await registered(service, { scope: 'offline_access phone openid' })).metadata.scope).toBe(
      'offline_access openid',
    );
    const discovery = await service.request('GET', '/.well-known/oauth-authorization-server');
    expect(discovery.body.scopes_supported).toEqual(['email', 'offline_access', 'openid', 'profile']);
  });
});

describe('a pairwise client', () => {
  it.each<[string[], number]>([
    [['https://a.example/1', 'https://a.example/2'], 201],
    [['https://a.example/1', 'https://b.example/2'], 400],
    [['com.example.app:/cb'], 400],
    [['https://a.example/1', 'com.example.app:/cb'], 400],
  ])('needs a sector identifier where its addresses do not have one host: %j', async (redirect_uris, status) => {
    expect((await register(service, { redirect_uris, subject_type: 'pairwise' })).status).toBe(status);
  });
});

describe('the back channel of a logout', () => {
  it('may be on another host than the redirect URIs', async () => {
    await registered(service, { backchannel_logout_uri: 'https://other.example:8443/out' });
  });
});

describe('a deployment that says where users may be sent back to', () => {
  let strict: TestService;
  beforeAll(async () => {
    const env = {
      REGISTRATION: 'open',
      REGISTRATION_REDIRECT_SCHEMES: 'cursor, vscode://ms.example/auth',
      REGISTRATION_REDIRECT_HOSTS: 'app.example *.apps.example',
      REGISTRATION_RATE_LIMIT: '8/min',
      REGISTRATION_RATE_EXEMPT: '198.51.100.0/24',
      TRUST_PROXY: 'loopback',
    };
    strict = await startService({ env });
  });
  afterAll(() => strict.stop());
  const from = (address: string) => ({ headers: { 'X-Forwarded-For': address } });
  const send = (uris: string[], address = '192.0.2.1') =>
    strict.request('POST', '/jans-auth/restv1/register', {
      body: { redirect_uris: uris, ...PUBLIC },
      ...from(address),
    });

  it('takes its schemes and addresses, and https on its hosts only', async () => {
    const good = [
      EDITOR,
      'vscode://ms.example/auth',
      'https://app.example/cb',
      'https://x.apps.example/cb',
      'http://localhost/cb',
    ];
    const reply = await send(good);
    expect([reply.status, reply.body.application_type, reply.body.redirect_uris]).toEqual([201, 'native', good]);
    for (const bad of [
      'vscode://ms.example/auth2',
      'zed://x/cb',
      'https://apps.example/cb',
      'https://app.example.evil.example/',
    ]) {
      const refused = await send([good[0] ?? '', bad]);
      expect([bad, refused.status, refused.body.error]).toEqual([bad, 400, 'invalid_redirect_uri']);
      expect(refused.body.error_description).toMatch(/redirect_uris\/1/);
      expect(refused.body.error_description).not.toMatch(/redirect_uris\/0/);
    }
  });

  it('is asked of every address, and of apps on a device only', async () => {
    const claims = { redirect_uris: ['https://app.example/cb'], claims_redirect_uri: ['https://other.example/c'] };
    const refused = await register(strict, claims);
    expect([refused.status, refused.body.error_description]).toEqual([
      400,
      expect.stringMatching(/^\/claims_redirect_uri\/0 must be on one of the hosts/),
    ]);
    for (const body of [
      { application_type: 'web', redirect_uris: [EDITOR] },
      { application_type: 'web', redirect_uris: ['https://app.example/'], post_logout_redirect_uris: [EDITOR] },
    ]) {
      const web = await register(strict, body);
      expect([web.status, web.body.error_description]).toEqual([
        400,
        expect.stringMatching(/send application_type native/),
      ]);
    }
    const native = { application_type: 'native', redirect_uris: [EDITOR], post_logout_redirect_uris: [EDITOR] };
    expect((await register(strict, native)).status).toBe(201);
  });

  it('counts registrations by their source, but not those of the networks that it exempts', async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 9; count += 1) statuses.push((await send(['http://localhost/cb'], '192.0.2.9')).status);
    expect(statuses).toEqual([201, 201, 201, 201, 201, 201, 201, 201, 429]);
    for (let count = 0; count < 9; count += 1)
      expect((await send(['http://localhost/cb'], '198.51.100.7')).status).toBe(201);
  });
});

describe('all registrations together', () => {
  it('have a limit, whoever they come from', async () => {
    const env = { REGISTRATION: 'open', REGISTRATION_RATE_LIMIT_TOTAL: '2/min', TRUST_PROXY: 'loopback' };
    const busy = await startService({ env });
    try {
      const body = { redirect_uris: ['https://a.example/cb'] };
      const send = (last: number) =>
        busy.request('POST', '/jans-auth/restv1/register', { body, headers: { 'X-Forwarded-For': `192.0.2.${last}` } });
      expect([(await send(1)).status, (await send(2)).status]).toEqual([201, 201]);
      const reply = await send(3);
      expect([reply.status, Number(reply.headers.get('retry-after')) > 0]).toEqual([429, true]);
    } finally {
      await busy.stop();
    }
  });
});
