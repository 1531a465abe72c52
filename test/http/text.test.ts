import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rawRequest, head } from '../support/raw-request.ts';
import { register, REGISTER, TOKENS } from '../support/registration.ts';
import { ATTRIBUTES, SCOPES } from '../support/registry.ts';
import { basic, CLIENTS, startService, type RequestOptions, type TestService } from '../support/service.ts';

let service: TestService;
let token: string;

beforeAll(async () => {
  service = await startService({ env: { REGISTRATION: 'open' } });
  token = await service.adminToken();
  await service.request('POST', CLIENTS, { token, body: { inum: 'target', redirectUris: [] } });
});
afterAll(() => service.stop());

const JSON_TYPE = { 'Content-Type': 'application/json' };
const FORM_TYPE = { 'Content-Type': 'application/x-www-form-urlencoded' };
const OAUTH = '/jans-auth/restv1';
const encoded = (value: string | Uint8Array): string => Buffer.from(value).toString('base64url');
/** An unsigned JWT of these texts. */
const jwt = (header: string | Uint8Array, payload: string | Uint8Array): string =>
  `${encoded(header)}.${encoded(payload)}.AAAA`;
const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)));

describe('a text that is not Unicode is refused, and the place is named', () => {
  const lone = '\\ud800';
  it.each<[string, string, string, string, Record<string, string>, string | undefined]>([
    ['a member', 'POST', CLIENTS, `{"redirectUris":[],"softwareVersion":"v${lone}"}`, JSON_TYPE, '/softwareVersion'],
    ['a list', 'POST', CLIENTS, `{"redirectUris":[],"contacts":["a","b\\udfff"]}`, JSON_TYPE, '/contacts/1'],
    [
      'an inner member',
      'POST',
      CLIENTS,
      `{"redirectUris":[],"attributes":{"x":"${lone}"}}`,
      JSON_TYPE,
      '/attributes/x',
    ],
    ['an unknown member', 'POST', CLIENTS, `{"redirectUris":[],"foo":{"bar":["${lone}"]}}`, JSON_TYPE, '/foo/bar/0'],
    ['a name', 'POST', CLIENTS, `{"redirectUris":[],"a${lone}":1}`, JSON_TYPE, '/a\uFFFD'],
    ['a validation', 'POST', `${CLIENTS}/validate`, `{"description":"${lone}"}`, JSON_TYPE, '/description'],
    [
      'a replacement',
      'PUT',
      CLIENTS,
      `{"inum":"target","redirectUris":[],"description":"${lone}"}`,
      JSON_TYPE,
      '/description',
    ],
    ['a secret', 'POST', `${CLIENTS}/target/secret`, `{"clientSecret":"${lone}"}`, JSON_TYPE, '/clientSecret'],
    ['a scope', 'POST', SCOPES, `{"id":"a${lone}"}`, JSON_TYPE, '/id'],
    ['a claim', 'POST', ATTRIBUTES, `{"name":"a${lone}"}`, JSON_TYPE, '/name'],
    ['a label', 'POST', TOKENS, `{"label":"${lone}"}`, JSON_TYPE, '/label'],
    [
      'a registration',
      'POST',
      REGISTER,
      `{"redirect_uris":["https://a.example/"],"client_name":"${lone}"}`,
      JSON_TYPE,
      undefined,
    ],
    [
      'keys in a registration',
      'POST',
      REGISTER,
      `{"redirect_uris":["https://a.example/"],"jwks":{"keys":[{"kid":"${lone}"}]}}`,
      JSON_TYPE,
      undefined,
    ],
    [
      'keys in a text',
      'POST',
      CLIENTS,
      JSON.stringify({ redirectUris: [], jwks: `{"keys":[{"kty":"RSA","kid":"${lone}"}]}` }),
      JSON_TYPE,
      '/jwks',
    ],
    [
      'a JSON Patch',
      'PATCH',
      `${CLIENTS}/target`,
      `[{"op":"add","path":"/description","value":"${lone}"}]`,
      { 'Content-Type': 'application/json-patch+json' },
      '/0/value',
    ],
    [
      'a pointer',
      'PATCH',
      `${CLIENTS}/target`,
      `[{"op":"add","path":"/customAttributes/${lone}","value":1}]`,
      { 'Content-Type': 'application/json-patch+json' },
      '/0/path',
    ],
    [
      'a merge patch',
      'PATCH',
      `${CLIENTS}/target`,
      `{"description":"${lone}"}`,
      { 'Content-Type': 'application/merge-patch+json' },
      '/description',
    ],
  ])('in %s', async (...[, method, path, raw, headers, pointer]) => {
    const reply = await service.request(method, path, { token, raw, headers });
    expect([reply.status, reply.text]).toEqual([400, expect.stringContaining('Unicode')]);
    expect(reply.text).not.toMatch(/\\ud[89a-f]/i);
    if (pointer !== undefined) expect(reply.body.errors).toContainEqual(expect.objectContaining({ pointer }));
  });

  it('takes every character that there is', async () => {
    const description = 'a\u0000\uFFFD\uFFFF\u{10FFFF}😀';
    const reply = await service.request('POST', `${CLIENTS}/validate`, { token, body: { description } });
    expect(reply.body.client.description).toBe(description);
  });
});

describe('bytes that are not UTF-8 are refused', () => {
  it.each<[string, string, Record<string, string>, Uint8Array]>([
    ['a client', CLIENTS, JSON_TYPE, bytes('{"redirectUris":[],"description":"', [0xff], '"}')],
    ['half a character', CLIENTS, JSON_TYPE, bytes('{"redirectUris":[],"description":"', [0xe2, 0x82], '"}')],
    ['a surrogate', CLIENTS, JSON_TYPE, bytes('{"redirectUris":[],"description":"', [0xed, 0xa0, 0x80], '"}')],
    ['a longer spelling', CLIENTS, JSON_TYPE, bytes('{"redirectUris":[],"description":"', [0xc0, 0xaf], '"}')],
    ['a registration', REGISTER, JSON_TYPE, bytes('{"client_name":"', [0xff], '"}')],
    ...['token', 'introspection', 'revoke'].flatMap((name): [string, string, Record<string, string>, Uint8Array][] => [
      [`${name}, as they are`, `${OAUTH}/${name}`, FORM_TYPE, bytes('client_id=', [0xff])],
      [`${name}, encoded`, `${OAUTH}/${name}`, FORM_TYPE, bytes('client_id=%ff')],
      [`${name}, an encoded surrogate`, `${OAUTH}/${name}`, FORM_TYPE, bytes('x%ED%A0%80=1&client_id=a')],
    ]),
  ])('in %s', async (_what, path, headers, raw) => {
    const reply = await service.request('POST', path, { token, raw, headers });
    expect([reply.status, reply.text]).toEqual([400, expect.stringContaining('UTF-8')]);
  });

  it.each<[string, RequestOptions]>([
    [
      'Basic',
      { headers: { ...basic('x', 'y'), Authorization: `Basic ${Buffer.from([0xff, 0x3a, 0x61]).toString('base64')}` } },
    ],
    ['Basic, form-encoded', { headers: { Authorization: `Basic ${Buffer.from('%ff:a').toString('base64')}` } }],
  ])('in %s', async (_what, options) => {
    const reply = await service.request('POST', `${OAUTH}/token`, {
      form: { grant_type: 'client_credentials' },
      ...options,
    });
    expect([reply.status, reply.body.error]).toEqual([400, 'invalid_request']);
  });

  it.each([
    `${CLIENTS}?pattern=%ff`,
    `${CLIENTS}?fieldValuePair=softwareVersion%3Dv%ED%A0%80`,
    `${CLIENTS}?sortBy=%C3`,
    `${CLIENTS}/a%ff`,
    `${SCOPES}/creator/%ED%BF%BF`,
    `${REGISTER}?client_id=%ff`,
  ])('in the address %s', async (path) => {
    const { status, body } = await service.request('GET', path, { token });
    const told = (body.detail ?? body.error_description) as string;
    expect([status, told]).toEqual([400, expect.stringMatching(/^the (path|query) is not UTF-8 where it is/)]);
  });

  it('in the address as they are, and also what is not encoded', async () => {
    for (const text of ['\xff', '\xc3\xa9']) {
      const request = head(`GET ${CLIENTS}?pattern=${text}`, { Authorization: `Bearer ${token}` });
      expect((await rawRequest(service.url, Buffer.from(request, 'latin1'))).status).toBe(400);
    }
  });
});

describe('a charset', () => {
  const client = '{"description":"é"}';
  it.each<[string, number]>([
    ['utf-8', 200],
    ['UTF-8', 200],
    ['"utf-8"', 200],
    ['utf-16', 415],
    ['utf-16le', 415],
    ['utf-32', 415],
    ['iso-8859-1', 415],
    ['nonsense', 415],
  ])('of %s is answered with %i', async (charset, status) => {
    const headers = { 'Content-Type': `application/json; charset=${charset}` };
    const reply = await service.request('POST', `${CLIENTS}/validate`, { token, raw: client, headers });
    expect(reply.status).toBe(status);
    if (status === 415) expect(reply.body.detail).toContain('UTF-8');
  });

  it('is that of a form, too', async () => {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded; charset=iso-8859-1' };
    expect((await service.request('POST', `${OAUTH}/token`, { raw: 'client_id=a', headers })).status).toBe(415);
  });

  it('and a media type that cannot be read are refused', async () => {
    for (const type of [';', 'json']) {
      const reply = await service.request('POST', CLIENTS, { token, raw: client, headers: { 'Content-Type': type } });
      expect([type, reply.status]).toEqual([type, 415]);
    }
  });
});

describe('a JWT that is not Unicode', () => {
  const claims = '{"iss":"https://issuer.example","software_id":"a"}';
  it.each<[string, string]>([
    [
      'a lone surrogate in the payload',
      jwt('{"alg":"RS256"}', '{"iss":"https://issuer.example","software_id":"\\ud800"}'),
    ],
    ['a lone surrogate in a name', jwt('{"alg":"RS256"}', '{"iss":"https://issuer.example","a\\ud800":1}')],
    ['a lone surrogate in the header', jwt('{"alg":"RS256","kid":"\\ud800"}', claims)],
    [
      'bytes that are no text in the payload',
      jwt('{"alg":"RS256"}', bytes('{"iss":"https://issuer.example","x":"', [0xff], '"}')),
    ],
    ['bytes that are no text in the header', jwt(bytes('{"alg":"RS256","kid":"', [0xff], '"}'), claims)],
  ])('with %s is no software statement, assertion or token', async (_what, text) => {
    const registration = await register(service, { redirect_uris: ['https://a.example/'], software_statement: text });
    expect([registration.status, registration.body.error]).toEqual([400, 'invalid_software_statement']);
    const assertion = await service.request('POST', `${OAUTH}/token`, {
      form: {
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: text,
      },
    });
    expect([assertion.status, assertion.body.error]).toEqual([400, 'invalid_request']);
    expect((await service.request('GET', CLIENTS, { token: text })).status).toBe(401);
  });
});
