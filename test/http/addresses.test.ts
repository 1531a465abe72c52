import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OPERATIONS } from '../../openapi/operations.gen.ts';
import { pathProxy, type PathProxy } from '../support/path-proxy.ts';
import { freePort } from '../support/ports.ts';
import { head, rawRequest, type RawReply } from '../support/raw-request.ts';
import { REGISTER } from '../support/registration.ts';
import { ATTRIBUTES, SCOPES } from '../support/registry.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

let service: TestService;
let token: string;

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
  await service.request('POST', CLIENTS, { token, body: { inum: 'target', redirectUris: [] } });
});
afterAll(() => service.stop());

const health = '/jans-config-api/api/v1/health/live';
const raw = (line: string, headers: Record<string, string> = {}): Promise<RawReply> =>
  rawRequest(service.url, head(line, headers));
/** An address of an operation, for which it is at least no other one. */
const addressOf = (path: string): string => path.replaceAll(/\{[^}]+\}/g, 'target');

describe('one trailing slash', () => {
  it.each(OPERATIONS.map(({ id, method, path }) => [id, method, addressOf(path)] as const))(
    'leads %s to the same operation',
    async (_id, method, path) => {
      // Without a token and without a body nothing happens, and yet each operation answers in its own way.
      const [plain, slashed, more] = [
        await raw(`${method} ${path}`),
        await raw(`${method} ${path}/`),
        await raw(`${method} ${path}//`),
      ];
      expect([slashed.status, slashed.headers['www-authenticate']]).toEqual([
        plain.status,
        plain.headers['www-authenticate'],
      ]);
      expect(more.status).toBe(404);
    },
  );

  it('is settled before authorization, and works with a query', async () => {
    const reader = await service.adminToken('https://jans.io/oauth/config/openid/clients.readonly');
    expect((await service.request('DELETE', `${CLIENTS}/target/`, { token: reader })).status).toBe(403);
    expect((await service.request('GET', `${CLIENTS}/?limit=1`, { token: reader })).body.entries).toHaveLength(1);
    const created = await service.request('POST', `${ATTRIBUTES}/`, { token, body: { name: 'slashed' } });
    expect(created.status).toBe(201);
    expect((await service.request('PATCH', `${CLIENTS}/`, { token })).status).toBe(405);
    expect((await raw(`HEAD ${REGISTER}/?client_id=target`)).status).toBe(405);
  });
});

describe('a request target', () => {
  it.each(['http://localhost', 'https://elsewhere.example:8443', 'HTTP://[::1]'])(
    'of %s is taken in absolute form',
    async (origin) => {
      expect((await raw(`GET ${origin}${health}`)).status).toBe(200);
      expect((await raw(`GET ${origin}${health}/?x=1`)).status).toBe(200);
      const list = await raw(`GET ${origin}${CLIENTS}?limit=1`, { Authorization: `Bearer ${token}` });
      expect([list.status, list.text]).toEqual([200, expect.stringContaining('"entriesCount":1')]);
      expect((await raw(`GET ${origin}${CLIENTS}`)).status).toBe(401);
      expect((await raw(`GET ${origin}`)).status).toBe(302);
      expect((await raw(`GET ${origin}?x=1`)).status).toBe(302);
    },
  );

  it.each(['ftp://localhost', 'http://', '//localhost'])('of %s is not found', async (origin) => {
    expect((await raw(`GET ${origin}${health}`)).status).toBe(404);
  });

  it.each<[string, number]>([
    ['Host: a\r\nHost: a', 400],
    ['Host: a\r\nhost: b', 400],
    ['Host: a b', 400],
    ['Host: a/b', 400],
    ['Host: a@b', 400],
    ['Host: a, b', 400],
    ['Host: [::1]:8080', 200],
    ['Host: registry_1.example:8080', 200],
    ['Host:', 200],
    ['X-Host: a', 400],
  ])('with %j is answered with %i', async (hosts, status) => {
    const reply = await rawRequest(service.url, `GET ${health} HTTP/1.1\r\n${hosts}\r\nConnection: close\r\n\r\n`);
    expect(reply.status).toBe(status);
  });
});

describe('an unknown query parameter', () => {
  const query = async (method: string, path: string, more: object = {}): Promise<number> =>
    (await service.request(method, path, { token, ...more })).status;
  const isPatch = { headers: { 'Content-Type': 'application/json-patch+json' }, body: [] };

  it.each([
    ['/openapi.json'],
    ['/.well-known/openid-configuration'],
    ['/.well-known/oauth-authorization-server'],
    ['/.well-known/oauth-protected-resource'],
    ['/jans-auth/restv1/jwks'],
    ['/jans-config-api/api/v1/health'],
    ['/jans-config-api/api/v1/health/app-version'],
    [health],
    ['/metrics'],
    [`${CLIENTS}/target`],
    [`${SCOPES}/764C`],
    [`${ATTRIBUTES}/8F88`],
  ])('is ignored at %s', async (path) => {
    const plain = await query('GET', path);
    expect(plain).not.toBe(400);
    expect(await query('GET', `${path}?type=openid&_=1&toString=2&__proto__=3&_=4`)).toBe(plain);
  });

  it.each([
    ['GET', CLIENTS],
    ['GET', SCOPES],
    ['GET', ATTRIBUTES],
    ['GET', `${SCOPES}/type/openid`],
    ['GET', `${SCOPES}/creator/x`],
    ['GET', `${CLIENTS}/target/history`],
    ['GET', '/jans-auth/restv1/ssa'],
    ['GET', '/jans-config-api/api/v1/registration-tokens'],
    ['POST', CLIENTS],
    ['POST', `${CLIENTS}/validate`],
    ['POST', `${CLIENTS}/target/activate`],
    ['PUT', CLIENTS],
    ['PATCH', `${CLIENTS}/target`],
    ['DELETE', `${CLIENTS}/target`],
    ['DELETE', `${SCOPES}/764C`],
  ])('is refused by %s %s, and named', async (method, path) => {
    for (const name of ['x', 'toString', '__proto__', 'inums']) {
      const reply = await service.request(method, `${path}?${name}=1`, { token });
      expect([reply.status, reply.text]).toEqual([400, expect.stringContaining(name)]);
    }
  });

  it('is ignored by PATCH and DELETE where the command line of upstream sends it', async () => {
    const noise = 'url=x&headers=y&headers=z&verify=false&params=&json=1&type=openid&inum=other';
    expect(await query('PATCH', `${CLIENTS}/target?${noise}`, isPatch)).toBe(200);
    expect(await query('DELETE', `${CLIENTS}/nobody?${noise}`)).toBe(404);
    expect(await query('DELETE', `${SCOPES}/nothing?${noise}&force=true`)).toBe(404);
    expect(await query('PATCH', `${CLIENTS}/target?${noise}&id=1`, isPatch)).toBe(400);
    expect(await query('POST', `${CLIENTS}?${noise}`, { body: {} })).toBe(400);
  });
});

describe('a number in a query', () => {
  it.each(['1e400', '1e2', '0x10', '-0', '-1', '+1', '1.0', '1.5', '', '%20', 'NaN', 'Infinity', '٣', '9'.repeat(400)])(
    'that is written %j is refused',
    async (number) => {
      for (const path of [
        `${CLIENTS}?limit=`,
        `${CLIENTS}?startIndex=`,
        `${SCOPES}?limit=`,
        `${CLIENTS}/target/history?startIndex=`,
      ]) {
        expect((await service.request('GET', `${path}${encodeURIComponent(number)}`, { token })).status).toBe(400);
      }
    },
  );

  it('is decimal, and there once', async () => {
    expect((await service.request('GET', `${CLIENTS}?limit=1&startIndex=007`, { token })).body.start).toBe(7);
    expect((await service.request('GET', `${CLIENTS}?limit=1&limit=1`, { token })).status).toBe(400);
  });
});

describe('a cursor', () => {
  const page = async (cursor: string, sortBy = 'clientName'): Promise<{ status: number; next: string }> => {
    const given = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { status, body } = await service.request('GET', `${CLIENTS}?limit=1&sortBy=${sortBy}${given}`, { token });
    return { status, next: body.nextCursor as string };
  };

  it('that was changed or made by hand is refused', async () => {
    const { next } = await page('');
    const [content = '', key = '', mac = ''] = next.split('.');
    expect((await page(next)).status).toBe(200);
    const parts = JSON.parse(Buffer.from(content, 'base64url').toString()) as unknown[];
    const changed = Buffer.from(JSON.stringify(parts.with(2, 'another'))).toString('base64url');
    const byHand = Buffer.from(`["${String(parts[0])}",1e400,"target"]`).toString('base64url');
    for (const cursor of [
      `${changed}.${key}.${mac}`,
      `${content}.${key}.${mac.slice(0, -1)}`,
      `${content}.${key}.`,
      `${content}.other.${mac}`,
      `${content}.toString.${mac}`,
      `${content}.${key}`,
      content,
      byHand,
      `${byHand}.${key}.${mac}`,
      '.',
      '..',
    ]) {
      expect([cursor, (await page(cursor)).status]).toEqual([cursor, 400]);
    }
    expect((await page(next, 'inum')).status).toBe(400);
  });
});

describe('below a path of a host', () => {
  let below: TestService;
  let proxy: PathProxy;
  let admin: string;

  beforeAll(async () => {
    const port = await freePort();
    below = await startService({ env: { ISSUER: `http://localhost:${port}/registry`, REGISTRATION: 'open' } });
    proxy = await pathProxy(below.url, port, '/registry');
    admin = await below.adminToken();
  });
  afterAll(async () => {
    await proxy.stop();
    await below.stop();
  });

  const ask = (method: string, address: string, body?: object, token = admin): Promise<Response> =>
    fetch(address, {
      method,
      redirect: 'manual',
      headers: {
        ...(token !== '' && { Authorization: `Bearer ${token}` }),
        ...(body && { 'Content-Type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });

  /** Identifiers, which need not lead anywhere: what they are about is looked for in other places (RFC 8414, RFC 9728). */
  const IDENTIFIERS = ['issuer', 'authorization_servers', 'resource', 'iss', 'aud', 'servers'];

  /** Every address of this host in a value, by the way to it. */
  function addressesIn(value: unknown, way: string): [string, string][] {
    if (typeof value === 'string')
      return new RegExp(`^${new URL(proxy.url).origin}(/|$)`).test(value) ? [[way, value]] : [];
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value)
      .filter(([name]) => !IDENTIFIERS.includes(name))
      .flatMap(([name, inner]) => addressesIn(inner, `${way} ${name}`));
  }

  async function addressesOf(what: string, reply: Response): Promise<[string, string][]> {
    const header = (name: string): string => reply.headers.get(name) ?? '';
    const named = [
      ['Location', header('location')],
      ...[...header('link').matchAll(/<([^>]*)>/g)].map(([, address = '']) => ['Link', address]),
      ...[...header('www-authenticate').matchAll(/resource_metadata="([^"]*)"/g)].map(([, it = '']) => [
        'challenge',
        it,
      ]),
    ].filter(([, address]) => address !== '');
    const text = await reply.text();
    const inPage = /html/.test(header('content-type'))
      ? [...text.matchAll(/(?:href|src)="([^"#]+)"/g)].map(([, address = '']) => ['page', address])
      : [];
    const absolute = [...named, ...inPage].map(([name = '', address = '']): [string, string] => [
      `${what} ${name}`,
      new URL(address, reply.url).href,
    ]);
    const inBody = /json/.test(header('content-type')) ? addressesIn(JSON.parse(text), what) : [];
    return [...absolute, ...inBody];
  }

  it('every address in every reply leads somewhere', async () => {
    const P = '/jans-config-api/api/v1';
    const at = (path: string): string => proxy.url + path;
    const gets = OPERATIONS.filter(({ method, path }) => method === 'GET' && !path.includes('{')).map(
      ({ path }) => path,
    );
    const pages = ['/', '/api-docs', '/api-docs/'];
    const replies: [string, Response][] = [];
    for (const [path, body] of [
      [CLIENTS, { inum: 'one', redirectUris: [] }],
      [CLIENTS, { inum: 'two', redirectUris: [] }],
      [SCOPES, { id: 'orders.read' }],
      [ATTRIBUTES, { name: 'department', displayName: 'Department', description: 'x', dataType: 'string' }],
      [`${P}/registration-tokens`, { label: 'Partner' }],
      [REGISTER, { redirect_uris: ['https://shop.example/cb'] }],
    ] as const) {
      const reply = await ask('POST', at(path), body, path === REGISTER ? '' : admin);
      expect([path, reply.status]).toEqual([path, 201]);
      replies.push([`POST ${path}`, reply]);
    }
    for (const path of [...gets, ...pages]) replies.push([`GET ${path}`, await ask('GET', at(path))]);
    for (const list of [CLIENTS, SCOPES, ATTRIBUTES]) {
      const reply = await ask('GET', at(`${list}?limit=1`));
      expect([list, reply.headers.get('link')]).toEqual([list, expect.stringContaining('rel="next"')]);
      replies.push([`GET ${list}?limit=1`, reply]);
    }
    replies.push(['GET without a token', await ask('GET', at(CLIENTS), undefined, '')]);

    const addresses = (await Promise.all(replies.map(([what, reply]) => addressesOf(what, reply)))).flat();
    const told = new Set(addresses.map(([what]) => what.replace(/^\S+ \S+ /, '')));
    for (const kind of [
      'Location',
      'Link',
      'a token challenge',
      'token_endpoint',
      'jwks_uri',
      'registration_client_uri',
    ])
      expect([...told]).toContainEqual(expect.stringContaining(kind));
    const lost: string[] = [];
    for (const [what, address] of addresses) {
      const { status } = await ask('GET', address);
      // What cannot be read is there all the same: 405, or 401 for another token than the administrator's.
      if (status === 404) lost.push(`${what}: ${address}`);
    }
    expect(lost).toEqual([]);
  });
});
