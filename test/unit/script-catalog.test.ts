import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { catalog } from '../../api/interception/catalog/catalog.ts';
import { checkSyntax } from '../../api/interception/records/syntax.ts';
import { sandbox } from '../../api/interception/sandbox/sandbox.ts';

// The limits of time are of no concern here, and other tests run beside these.
const scripts = sandbox({ limits: { soft: 5_000, hard: 10_000, wall: 20_000 }, patience: 60_000 });
beforeAll(() => scripts.warm());
afterAll(() => scripts.close());

interface Matter {
  readonly client?: object;
  readonly body?: object;
  readonly statement?: object;
  readonly certificate?: object;
  readonly properties?: Record<string, string>;
}

const textOf = (name: string): string => catalog().find((script) => script.name === name)?.script ?? '';

/** What a function of a script makes of a matter: `passes`, the refusal in words, or what has failed. */
async function judged(name: string, hook: string, { body, ...matter }: Matter) {
  const input = JSON.stringify({ client: {}, properties: {}, request: { method: 'POST', body }, ...matter });
  const fetch = (url: string): Promise<string> => Promise.resolve(JSON.stringify({ keys: [url] }));
  const { text, failure } = await scripts.run({ code: textOf(name), hook, input, address: '192.0.2.1', fetch });
  if (text === undefined) return { said: failure };
  const {
    refusal,
    answer,
    client,
    failure: thrown,
  } = JSON.parse(text) as {
    refusal?: { error: string; description: string };
    answer?: unknown;
    client?: Record<string, unknown>;
    failure?: string;
  };
  const said =
    refusal === undefined ? (answer === true ? 'passes' : thrown) : `${refusal.error}: ${refusal.description}`;
  return { said, client, answer };
}

const HOOKS = ['createClient', 'updateClient'];

/** Expects that a script says this of a matter when a client is registered, and when it is changed. */
async function expectSaid(name: string, matter: Matter, said: string | RegExp): Promise<Record<string, unknown>> {
  let client: Record<string, unknown> = {};
  for (const hook of HOOKS) {
    const verdict = await judged(name, hook, matter);
    expect(verdict.said).toMatch(said);
    client = verdict.client ?? {};
  }
  return client;
}

describe('the catalog', () => {
  it('has scripts that can be read, and properties that the scripts read', () => {
    expect(catalog()).toHaveLength(5);
    for (const { script, properties } of catalog()) {
      expect(checkSyntax(script)).toBeUndefined();
      for (const { name } of properties) {
        if (!['fetch_hosts', 'grant_scopes', 'config_api'].includes(name)) expect(script).toContain(name);
      }
    }
  });
});

describe('require-software-statement', () => {
  it.each<[Matter, RegExp]>([
    [{}, /^invalid_software_statement: /],
    [{ statement: { iss: 'https://a.example' } }, /^passes$/],
    [{ statement: { iss: 'https://a.example' }, properties: { issuers: 'https://b.example' } }, /^unapproved_/],
    [{ statement: { iss: 'https://b.example' }, properties: { issuers: 'x, https://b.example' } }, /^passes$/],
  ])('says of %j %s', async (matter, said) => {
    await expectSaid('require-software-statement', matter, said);
  });
});

describe('redirect-hosts', () => {
  const properties = { hosts: 'shop.example *.bank.example', schemes: 'com.example.app', allow_loopback: 'true' };
  it.each([
    ['https://shop.example/cb', true],
    ['https://SHOP.example:8443/cb?x=1', true],
    ['https://a.b.bank.example', true],
    ['https://bank.example/cb', false],
    ['https://evilbank.example/cb', false],
    ['https://sub.shop.example/cb', false],
    ['https://shop.example@evil.example/cb', false],
    ['https://evil.example\\@shop.example/', false],
    ['https://shop.example\\.evil.example/', false],
    ['https://shop.example%2eevil.example/', false],
    ['http://shop.example/cb', false],
    ['http://localhost:3000/cb', true],
    ['http://localhost.evil.example/cb', false],
    ['http://[::1]:80/', true],
    ['com.example.app:/cb', true],
    ['com.example.other:/cb', false],
    ['nonsense', false],
  ])('lets %s pass: %s', async (uri, passes) => {
    const said = passes ? /^passes$/ : /^invalid_redirect_uri: redirect_uris: /;
    await expectSaid('redirect-hosts', { client: { redirect_uris: [uri] }, properties }, said);
  });

  it('looks at the addresses after a logout as well, and lets nothing pass without hosts', async () => {
    const client = { post_logout_redirect_uris: ['https://evil.example/'] };
    await expectSaid('redirect-hosts', { client, properties }, /post_logout_redirect_uris/);
    await expectSaid('redirect-hosts', { client: { redirect_uris: ['http://localhost/'] } }, /^invalid_redirect_uri/);
    await expectSaid('redirect-hosts', { client: { grant_types: ['client_credentials'] } }, /^passes$/);
  });
});

describe('default-values', () => {
  it('gives what was not sent, and fixes the rest', async () => {
    const defaults = JSON.stringify({ contacts: ['iam@example.com'], client_uri: 'https://example.com' });
    const properties = { defaults, fixed: '{"require_pkce": true}' };
    const client = { client_uri: 'https://own.example', contacts: [], require_pkce: false };
    const body = { client_uri: 'https://own.example', require_pkce: false };
    expect(await expectSaid('default-values', { client, body, properties }, /^passes$/)).toEqual({
      client_uri: 'https://own.example',
      contacts: ['iam@example.com'],
      require_pkce: true,
    });
    const written = { client: { contacts: ['own@example.com'] }, properties };
    expect(await expectSaid('default-values', written, /^passes$/)).toMatchObject({ contacts: ['own@example.com'] });
    await expectSaid('default-values', { properties: { fixed: '[1]' } }, /fixed is no JSON object/);
  });
});

describe('fapi2-client', () => {
  const good = {
    token_endpoint_auth_method: 'private_key_jwt',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: ['https://rp.example/cb'],
  };

  it('makes a client what the profile wants', async () => {
    expect(await expectSaid('fapi2-client', { client: good }, /^passes$/)).toEqual({
      ...good,
      require_pkce: true,
      require_par: true,
      require_pushed_authorization_requests: true,
      id_token_signed_response_alg: 'PS256',
      dpop_bound_access_tokens: true,
    });
    const tls = { ...good, token_endpoint_auth_method: 'tls_client_auth', grant_types: ['client_credentials'] };
    expect(await expectSaid('fapi2-client', { client: tls }, /^passes$/)).toEqual({
      ...tls,
      id_token_signed_response_alg: 'PS256',
    });
    const client = { ...good, id_token_signed_response_alg: 'RS256' };
    await expectSaid('fapi2-client', { client, body: client }, /id_token_signed_response_alg: RS256/);
    await expectSaid('fapi2-client', { client, body: good }, /^passes$/);
  });

  it.each([
    [{ token_endpoint_auth_method: 'client_secret_basic' }, /token_endpoint_auth_method/],
    [{ additional_token_endpoint_auth_methods: ['none'] }, /token_endpoint_auth_method/],
    [{ grant_types: ['implicit'] }, /grant_types/],
    [{ response_types: ['code id_token'] }, /response_types/],
    [{ request_object_signing_alg: 'RS256' }, /request_object_signing_alg/],
    [{ redirect_uris: ['http://rp.example/cb'] }, /redirect_uris/],
  ])('refuses %j', async (members, said) => {
    await expectSaid('fapi2-client', { client: { ...good, ...members } }, said);
  });
});

describe('open-banking', () => {
  const statement = {
    iss: 'https://directory.example',
    software_id: 'sw-1',
    org_id: 'org-1',
    software_roles: ['AISP', 'ASPSP'],
    software_redirect_uris: ['https://tpp.example/cb'],
  };
  const matter = {
    statement,
    client: {
      token_endpoint_auth_method: 'private_key_jwt',
      redirect_uris: ['https://tpp.example/cb'],
      scope: 'openid',
    },
    body: { scope: 'openid accounts payments' },
    certificate: { subject: { CN: 'sw-1', OU: ['org-1', 'x'] } },
    properties: { statement_issuers: 'https://directory.example', grant_scopes: 'accounts payments' },
  };

  it('registers a client with the scopes of its roles, fixed algorithms and the identity of its statement', async () => {
    expect(await expectSaid('open-banking', matter, /^passes$/)).toEqual({
      ...matter.client,
      id_token_signed_response_alg: 'PS256',
      request_object_signing_alg: 'PS256',
      token_endpoint_auth_signing_alg: 'PS256',
      scope: 'openid accounts',
      software_id: 'sw-1',
      org_id: 'org-1',
    });
  });

  it.each<[string, object, RegExp]>([
    ['without a statement', { statement: undefined }, /^invalid_software_statement/],
    ['of another issuer', { statement: { ...statement, iss: 'https://other.example' } }, /^unapproved_/],
    ['of nobody', { properties: {} }, /^unapproved_/],
    [
      'elsewhere',
      { client: { ...matter.client, redirect_uris: ['https://tpp.example/other'] } },
      /^invalid_redirect_uri/,
    ],
    ['without a certificate', { certificate: undefined }, /a client certificate is needed/],
    ['of other software', { certificate: { subject: { CN: 'sw-2', OU: 'org-1' } } }, /that of the software/],
    ['of another organisation', { certificate: { subject: { CN: 'sw-1', OU: 'org-2' } } }, /that of the organisation/],
    ['without software', { statement: { ...statement, software_id: undefined } }, /that of the software/],
    [
      'with a secret',
      { client: { ...matter.client, token_endpoint_auth_method: 'client_secret_basic' } },
      /auth_method/,
    ],
  ])('refuses a client %s', async (_what, other, said) => {
    await expectSaid('open-banking', { ...matter, ...other }, said);
  });

  it('has the keys of the directory', async () => {
    const properties = { jwks_endpoint: 'https://directory.example/keys' };
    const { answer } = await judged('open-banking', 'getSoftwareStatementJwks', { properties });
    expect(answer).toBe('{"keys":["https://directory.example/keys"]}');
    expect((await judged('open-banking', 'getSoftwareStatementJwks', {})).answer).toBeUndefined();
  });
});
