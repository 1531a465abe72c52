import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OPERATIONS } from '../../openapi/operations.gen.ts';
import { loadContract } from '../../api/shared/contract/contract.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

let service: TestService;
let token: string;
let before: string;

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
  await service.request('POST', CLIENTS, { token, body: { inum: 'target', redirectUris: [], description: 'x' } });
  before = await everything();
});
afterAll(async () => {
  // Whatever was refused has changed nothing.
  expect(await everything()).toBe(before);
  await service.stop();
});

const everything = async (): Promise<string> =>
  (await service.request('GET', `${CLIENTS}?limit=200`, { token: await service.adminToken() })).text.replace(
    /,"lastAccessTime":"[^"]*"/g,
    '',
  );
const post = (raw: string | Uint8Array, headers: Record<string, string> = {}): Promise<TestReply> =>
  service.request('POST', CLIENTS, { token, raw, headers: { 'Content-Type': 'application/json', ...headers } });

describe('a body', () => {
  it.each([
    ['malformed JSON', '{"redirectUris": [}', 400],
    ['a text', '"hello"', 400],
    ['nothing', '', 400],
    ['an array for an object', '[]', 400],
    ['null', 'null', 400],
    ['an unknown enumeration value', '{"redirectUris":[],"applicationType":"desktop"}', 400],
    ['a negative lifetime', '{"redirectUris":[],"accessTokenLifetime":-1}', 400],
    ['a number without end', '{"redirectUris":[],"accessTokenLifetime":1e400}', 400],
    [
      'a number without end in a free member',
      '{"redirectUris":[],"customAttributes":[{"name":"a","values":[-1e400]}]}',
      400,
    ],
    ['a fraction', '{"redirectUris":[],"accessTokenLifetime":1.5}', 400],
    ['a number beyond 32 bits', '{"redirectUris":[],"accessTokenLifetime":2147483648}', 400],
    ['a text for a boolean', '{"redirectUris":[],"disabled":"yes"}', 400],
    ['an object for a text', '{"redirectUris":[],"description":{}}', 400],
    ['a text for a list', '{"redirectUris":"https://a.example"}', 400],
    ['an object for jwks', '{"redirectUris":[],"jwks":{"keys":[]}}', 400],
    ['jwks that is no JSON', '{"redirectUris":[],"jwks":"keys"}', 400],
    [
      'a private key in jwks',
      JSON.stringify({ redirectUris: [], jwks: JSON.stringify({ keys: [{ kty: 'EC', d: 'x' }] }) }),
      400,
    ],
    ['a text that is too long', JSON.stringify({ redirectUris: [], description: 'x'.repeat(4097) }), 400],
    [
      'a list that is too long',
      JSON.stringify({ redirectUris: [], contacts: Array.from({ length: 501 }, (_, i) => `c${i}`) }),
      400,
    ],
  ])('with %s is refused', async (_what, raw, status) => {
    const reply = await post(raw);
    expect(reply.status).toBe(status);
    expect(reply.body.title).toBe('The request is not valid');
  });

  it('names the member at fault by its pointer, all of them at once', async () => {
    const reply = await post(
      '{"redirectUris":[],"applicationType":"desktop","accessTokenLifetime":-1,"attributes":{"parLifetime":"x"}}',
    );
    const pointers = reply.body.errors.map((error: { pointer: string }) => error.pointer).sort();
    expect(pointers).toEqual(['/accessTokenLifetime', '/applicationType', '/attributes/parLifetime']);
  });

  it.each([
    ['{"accessTokenLifetime":1.5}', 'must be integer'],
    ['{"accessTokenLifetime":2147483648}', 'must be <= 2147483647'],
    ['{"applicationType":5}', 'must be string'],
    ['{"grantTypes":[5]}', 'must be string'],
    ['{"customAttributes":[{"name":"a","values":[null]}]}', 'must be string, number or boolean'],
  ])('says one thing about one fault: %s', async (raw, detail) => {
    expect((await post(raw)).body.errors).toEqual([expect.objectContaining({ detail })]);
  });

  it('reports at most 100 faults, and stays small', async () => {
    const reply = await post(JSON.stringify({ redirectUris: [], contacts: Array.from({ length: 400 }, (_, i) => i) }));
    expect(reply.body.errors).toHaveLength(100);
    expect(reply.text.length).toBeLessThan(20_000);
  });

  it.each(['__proto__', 'constructor', 'prototype'])(
    'with the name %s is refused, at any depth and in any spelling',
    async (name) => {
      expect((await post(`{"redirectUris":[],"${name}":{}}`)).status).toBe(400);
      const deep = await post(`{"redirectUris":[],"attributes":{"x":[{"${name.replace('t', '\\u0074')}":1}]}}`);
      expect(deep.status).toBe(400);
      expect(deep.body.errors[0].pointer).toBe(`/attributes/x/0/${name}`);
      expect(({} as Record<string, unknown>)['disabled']).toBeUndefined();
    },
  );

  it('that is nested deeply is refused', async () => {
    for (const depth of [17, 5_000, 50_000]) {
      expect((await post(`{"redirectUris":[],"x":${'['.repeat(depth)}${']'.repeat(depth)}}`)).status).toBe(400);
    }
    expect((await post(`{"redirectUris":[],"inum":"deep-enough","x":${'['.repeat(14)}${']'.repeat(14)}}`)).status).toBe(
      201,
    );
    await service.request('DELETE', `${CLIENTS}/deep-enough`, { token });
  });

  it('over the limit is refused, also when it is compressed', async () => {
    const large = JSON.stringify({ redirectUris: [], x: 'x'.repeat(300_000) });
    const refused = await post(large);
    expect([refused.status, refused.body.detail]).toEqual([413, `the body has more than ${256 * 1_024} bytes`]);
    expect((await post(gzipSync(large), { 'Content-Encoding': 'gzip' })).status).toBe(413);
  });

  it('of another media type is refused, with the types that are taken', async () => {
    const text = await service.request('POST', CLIENTS, { token, raw: 'x', headers: { 'Content-Type': 'text/plain' } });
    expect([text.status, text.headers.get('accept')]).toEqual([415, 'application/json']);
    const json = await service.request('PATCH', `${CLIENTS}/target`, { token, body: { description: 'y' } });
    expect(json.status).toBe(415);
    expect(json.headers.get('accept-patch')).toBe('application/json-patch+json, application/merge-patch+json');
    expect((await post('{"redirectUris":[]}', { 'Content-Encoding': 'compress' })).status).toBe(415);
  });

  it('takes a media type in any spelling', async () => {
    const reply = await post('{"redirectUris":[],"inum":"spelt"}', {
      'Content-Type': 'Application/JSON; charset=UTF-8',
    });
    expect(reply.status).toBe(201);
    await service.request('DELETE', `${CLIENTS}/spelt`, { token });
  });
});

describe('every operation with a JSON body', () => {
  const { document } = loadContract();
  const operations = OPERATIONS.flatMap((operation) => {
    const { requestBody } =
      (document.paths[operation.path] as Record<string, { requestBody?: { content: object } }>)[
        operation.method.toLowerCase()
      ] ?? {};
    return Object.keys(requestBody?.content ?? {})
      .filter((type) => type.includes('json'))
      .map((type) => ({ ...operation, type }));
  });

  it.each(operations.map((operation) => [operation.id, operation.type, operation] as const))(
    '%s refuses a body of the wrong shape as %s',
    async (_id, type, operation) => {
      const wrong = type.includes('json-patch')
        ? '[{"op":7}]'
        : type.includes('merge')
          ? '[1]'
          : '{"redirectUris":7,"inum":7,"overlapSeconds":"x","redirect_uris":7}';
      const reply = await service.request(operation.method, operation.path.replace('{inum}', 'target'), {
        token,
        raw: wrong,
        headers: { 'Content-Type': type },
      });
      expect(reply.status).toBe(400);
    },
  );
});

describe('the address', () => {
  it.each([
    ['GET', '/nowhere', 404],
    ['GET', '/jans-config-api/api/v1/openid/clients/a/b/c', 404],
    ['GET', '/JANS-CONFIG-API/api/v1/openid/clients', 404],
    ['DELETE', CLIENTS, 405],
    ['PUT', `${CLIENTS}/target`, 405],
    ['OPTIONS', CLIENTS, 405],
    ['GET', `${CLIENTS}/a%2Fb`, 400],
    ['GET', `${CLIENTS}/%zz`, 400],
    ['GET', `${CLIENTS}/${'x'.repeat(200)}`, 400],
    ['GET', `${CLIENTS}/nobody`, 404],
  ])('%s %s is %i', async (method, path, status) => {
    const reply = await service.request(method, path, { token });
    expect(reply.status).toBe(status);
    expect(reply.headers.get('content-type')).toBe('application/problem+json');
    expect(reply.body).toMatchObject({ status, type: expect.stringMatching(/^urn:clientele:problem:[a-z-]+$/) });
    if (status === 405) expect(reply.headers.get('allow')).toMatch(/[A-Z]/);
  });

  it.each(['/register', '/ssa', '/token', '/introspection', '/revoke'])('/jans-auth/restv1%s is OAuth', async (end) => {
    const reply = await service.request('PATCH', `/jans-auth/restv1${end}`);
    expect(reply.status).toBe(405);
    expect(reply.headers.get('allow')).toMatch(/POST/);
    expect(reply.headers.get('content-type')).toBe('application/json');
    expect(reply.body).toEqual({ error: 'invalid_request', error_description: expect.any(String) });
  });

  it('is 404 or 405 before a token is asked for', async () => {
    expect((await service.request('GET', '/nowhere')).status).toBe(404);
    expect((await service.request('DELETE', CLIENTS)).status).toBe(405);
  });
});

describe('the validator', () => {
  it('does not fill the memory with spellings of content types', async () => {
    const spelt = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i += 1) {
        await post('{"redirectUris":7}', { 'Content-Type': `application/json; x=${count}-${i}` });
      }
    };
    await spelt(100);
    const before = heapInUse();
    await spelt(1_000);
    // Each spelling would keep a validator of a quarter of a megabyte.
    expect((heapInUse() - before) / 1e6).toBeLessThan(30);
  });
});

/** The heap after a collection, so that only what is held counts. */
function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

describe('the transport', () => {
  it('returns the request id of the caller when it is a plain one, and makes one otherwise', async () => {
    const given = await service.request('GET', '/nowhere', { headers: { 'X-Request-Id': 'trace-42' } });
    expect(given.headers.get('x-request-id')).toBe('trace-42');
    expect(given.body.requestId).toBe('trace-42');
    const long = await service.request('GET', '/nowhere', { headers: { 'X-Request-Id': 'x'.repeat(300) } });
    expect(long.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(service.logLines.some((line) => line.includes('trace-42'))).toBe(true);
  });

  it('allows no other origin', async () => {
    const reply = await service.request('GET', '/jans-config-api/api/v1/health', {
      headers: { Origin: 'https://evil.example' },
    });
    expect(reply.headers.get('access-control-allow-origin')).toBeNull();
    expect(reply.headers.get('x-content-type-options')).toBe('nosniff');
    expect(reply.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(reply.headers.get('x-powered-by')).toBeNull();
  });

  it('allows the origins that are set, without credentials', async () => {
    const origins = { CORS_ORIGINS: 'https://admin.example.com', REGISTRATION_CORS_ORIGINS: 'https://app.example.com' };
    const other = await startService({ env: origins });
    const allowedTo = async (path: string, origin: string, method = 'GET') =>
      (await fetch(other.url + path, { method, headers: { Origin: origin } })).headers.get(
        'access-control-allow-origin',
      );
    try {
      for (const path of [
        '/.well-known/openid-configuration',
        '/.well-known/oauth-protected-resource/',
        '/jans-auth/restv1/jwks',
      ])
        expect([path, await allowedTo(path, 'https://any.example')]).toEqual([path, '*']);
      for (const path of ['/jans-auth/restv1/register', '/jans-auth/restv1/token']) {
        for (const origin of ['https://app.example.com', 'https://admin.example.com'])
          expect(await allowedTo(path, origin, 'POST')).toBe(origin);
        expect(await allowedTo(path, 'https://any.example', 'POST')).toBeNull();
      }
      expect(await allowedTo(CLIENTS, 'https://app.example.com')).toBeNull();
      const options = await fetch(`${other.url}/.well-known/openid-configuration`, { method: 'OPTIONS' });
      expect(options.status).toBe(405);
      const preflight = await fetch(other.url + CLIENTS, {
        method: 'OPTIONS',
        headers: {
          Origin: 'https://admin.example.com',
          'Access-Control-Request-Method': 'PATCH',
          'Access-Control-Request-Headers': 'authorization',
        },
      });
      expect(preflight.headers.get('access-control-allow-origin')).toBe('https://admin.example.com');
      expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
      const stranger = await fetch(other.url + CLIENTS, {
        method: 'OPTIONS',
        headers: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'PATCH' },
      });
      expect(stranger.headers.get('access-control-allow-origin')).toBeNull();
    } finally {
      await other.stop();
    }
  });

  it('survives a request that is no HTTP', async () => {
    const { port } = new URL(service.url);
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('nonsense\r\n\r\n'));
      socket
        .on('data', (data) => (text += String(data)))
        .on('close', () => resolve(text))
        .on('error', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400/);
    expect((await service.request('GET', '/jans-config-api/api/v1/health/live')).status).toBe(200);
  });
});
