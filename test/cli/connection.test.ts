import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cliFor, type Cli } from '../support/cli.ts';
import { newClient } from '../support/clients.ts';
import { freePort } from '../support/ports.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

let service: TestService;
let cli: Cli;
let elsewhere: string;

beforeAll(async () => {
  service = await startService();
  elsewhere = mkdtempSync(join(tmpdir(), 'clientele-elsewhere-'));
});
afterAll(async () => {
  rmSync(elsewhere, { recursive: true, force: true });
  await service.stop();
});
// Each test has a home of its own.
beforeEach(() => {
  cli = cliFor(service);
});
afterEach(() => cli.remove());

const administrator = (): Record<string, string> => ({
  CLIENTELE_URL: service.url,
  CLIENTELE_CLIENT_ID: service.admin.clientId,
  CLIENTELE_CLIENT_SECRET: service.admin.clientSecret,
});
const from = async (args: readonly string[], env: Record<string, string> = {}): Promise<string> =>
  (await cli.run(['whoami', '-o', 'jsonpath=$.from', ...args], { env, cwd: elsewhere })).out.trim();

describe('a client whose tokens are bound to a key', () => {
  it('works as any other, also with the token that is kept, and with a clock that is wrong', async () => {
    const bound = await newClient(service, {
      scopes: ['https://jans.io/oauth/config/openid/clients.readonly'],
      attributes: { dpopBoundAccessToken: true },
    });
    const env = {
      CLIENTELE_URL: service.url,
      CLIENTELE_CLIENT_ID: bound.inum,
      CLIENTELE_CLIENT_SECRET: bound.clientSecret,
    };
    const list = () => cli.run(['clients', 'list', '-o', 'name'], { env, cwd: elsewhere });
    for (const passed of [0, 0, 120_000]) {
      service.clock.advance(passed);
      const { code, out, err } = await list();
      expect([code, err, out]).toEqual([0, '', expect.stringContaining(bound.inum)]);
    }
    const folder = join(cli.home, '.config/clientele/tokens');
    const [name = ''] = readdirSync(folder);
    expect(JSON.parse(readFileSync(join(folder, name), 'utf8'))).toMatchObject({ key: { kty: 'EC' } });
    expect((await cli.run(['whoami', '-o', 'json'], { env, cwd: elsewhere })).code).toBe(0);
  });
});

describe('where it connects', () => {
  it('is the file of the first start, only while nobody else could have written or read it', async () => {
    const file = join(cli.folder, 'data', 'admin-client.json');
    const { code, out } = await cli.run(['whoami', '-o', 'json']);
    expect([code, JSON.parse(out)]).toEqual([
      0,
      expect.objectContaining({ url: service.url, from: file, client: service.admin.clientId }),
    ]);
    chmodSync(file, 0o644);
    const refused = await cli.run(['whoami']);
    chmodSync(file, 0o600);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining(`chmod 600 ${file}`)]);
  });

  it('is said by flags, else by the environment, else by a profile; what is missing is not taken from the next', async () => {
    const secret = join(elsewhere, 'admin.secret');
    writeFileSync(secret, `${service.admin.clientSecret}\n`);
    const flags = ['--url', service.url, '--as', service.admin.clientId, '--as-secret-file', secret];
    expect((await cli.run(['login', ...flags], { cwd: elsewhere })).code).toBe(0);
    expect(await from([])).toBe('profile default');
    expect(await from([], administrator())).toBe('the environment');
    expect(await from(flags, administrator())).toBe('the command line');
    expect(await from(['--profile', 'default'], administrator())).toBe('profile default');

    const { CLIENTELE_URL: _url, ...credential } = administrator();
    const mixed: [string[], Record<string, string>][] = [
      [['--as', 'x', '--as-secret-file', secret], {}],
      [['--url', service.url], administrator()],
      [[], credential],
      [[], { CLIENTELE_URL: service.url }],
      [[], { ...administrator(), CLIENTELE_ACCESS_TOKEN: 'a.b.c' }],
      [['--profile', 'other'], {}],
    ];
    for (const [args, env] of mixed) {
      const { code, out } = await cli.run(['whoami', ...args], { env, cwd: elsewhere });
      expect([args, code, out]).toEqual([args, 2, '']);
    }
  });

  it('is nowhere when nothing says it, and the help says what could', async () => {
    const { code, err } = await cli.run(['clients', 'list'], { cwd: elsewhere });
    expect([code, err]).toEqual([2, expect.stringContaining('clientele login')]);
  });

  it('is never http to another machine', async () => {
    const env = { ...administrator(), CLIENTELE_URL: 'http://id.example.com' };
    const { code, err } = await cli.run(['whoami'], { env, cwd: elsewhere });
    expect([code, err]).toEqual([2, expect.stringContaining('only localhost')]);
  });
});

describe('a token', () => {
  const cached = (): string[] => readdirSync(join(home(), '.config', 'clientele', 'tokens'));
  const home = (): string => cli.home;

  it('is kept between commands for its owner only, and renewed when it has ended', async () => {
    const first = await cli.run(['token']);
    expect((await cli.run(['token'])).out).toBe(first.out);
    const [name = ''] = cached();
    expect(statSync(join(home(), '.config', 'clientele', 'tokens', name)).mode & 0o777).toBe(0o600);
    // Its end is known here and there: the program's clock is the real one, the service's goes ahead.
    service.clock.advance(400_000);
    const { code } = await cli.run(['clients', 'list']);
    expect(code).toBe(0);
    expect((await cli.run(['token'])).out).not.toBe(first.out);
  });

  it('that the service does not accept any more is replaced without a word', async () => {
    const { out } = await cli.run(['token']);
    await service.request('POST', '/jans-auth/restv1/revoke', {
      headers: { Authorization: `Basic ${basic()}` },
      form: { token: out.trim() },
    });
    service.clock.advance(2_000);
    expect((await cli.run(['clients', 'list', '-o', 'name'])).code).toBe(0);
  });

  it('given as it is and not accepted ends with 3', async () => {
    const env = { CLIENTELE_URL: service.url, CLIENTELE_ACCESS_TOKEN: 'eyJ.eyJ.sig' };
    const { code, out, err } = await cli.run(['clients', 'list'], { env, cwd: elsewhere });
    expect([code, out, err]).toEqual([3, '', expect.stringContaining('valid token')]);
  });

  it('given as it is that has ended ends with 3, and says so and where another one comes from', async () => {
    // The program's clock is the real one: the token was issued an hour ago.
    service.clock.set(-3_600_000);
    const token = await service.adminToken();
    service.clock.set(3_600_000);
    const env = { CLIENTELE_URL: service.url, CLIENTELE_ACCESS_TOKEN: token };
    const end = /^clientele: the access token of the environment expired at \d{4}-[\d:T.-]+Z\nPut another one into/;
    const { code, out, err } = await cli.run(['clients', 'list'], { env, cwd: elsewhere });
    expect([code, out, err]).toEqual([3, '', expect.stringMatching(end)]);
    const who = await cli.run(['whoami'], { env, cwd: elsewhere });
    expect([who.code, who.out, who.err]).toEqual([3, expect.stringMatching(/^tokenExpired +true$/m), err]);
    expect(await cli.run(['token'], { env, cwd: elsewhere })).toEqual({ code: 3, out: '', err });
    const login = ['login', '--url', service.url, '--access-token', '-', '--profile', 'stage'];
    const refused = await cli.run(login, { input: token, cwd: elsewhere });
    expect([refused.code, refused.err]).toEqual([3, expect.stringContaining('expired at')]);

    mkdirSync(join(home(), '.config', 'clientele'), { recursive: true, mode: 0o700 });
    const profiles = { stage: { url: service.url, credential: { kind: 'token', token } } };
    writeFileSync(join(home(), '.config', 'clientele', 'profiles.json'), JSON.stringify(profiles), { mode: 0o600 });
    const kept = await cli.run(['clients', 'list', '--profile', 'stage'], { cwd: elsewhere });
    expect([kept.code, kept.err]).toEqual([
      3,
      expect.stringContaining(
        `\nLog in again: clientele login --url ${service.url} --access-token FILE --profile stage\n`,
      ),
    ]);
  });

  it('is revoked by logout, which forgets the profile', async () => {
    const env = administrator();
    const secret = join(elsewhere, 'logout.secret');
    writeFileSync(secret, service.admin.clientSecret);
    const flags = ['--url', service.url, '--as', service.admin.clientId, '--as-secret-file', secret];
    await cli.run(['login', ...flags], { cwd: elsewhere });
    const profiles = join(home(), '.config', 'clientele', 'profiles.json');
    expect(statSync(profiles).mode & 0o777).toBe(0o600);
    const { out: token } = await cli.run(['token'], { cwd: elsewhere });
    const { err } = await cli.run(['logout'], { cwd: elsewhere });
    expect(err).toBe('Logged out: the token is revoked, and profile default is forgotten.\n');
    service.clock.advance(2_000);
    const { status } = await service.request('GET', CLIENTS, { token: token.trim() });
    expect(status).toBe(401);
    expect(readFileSync(profiles, 'utf8')).not.toContain(service.admin.clientSecret);
    expect((await cli.run(['whoami'], { cwd: elsewhere })).code).toBe(2);
    expect(env).toBeDefined();
  });

  const basic = (): string =>
    Buffer.from(`${service.admin.clientId}:${encodeURIComponent(service.admin.clientSecret)}`).toString('base64');
});

describe('a login', () => {
  it('with a wrong secret keeps nothing and ends with 3', async () => {
    const args = ['login', '--url', service.url, '--as', service.admin.clientId, '--as-secret-file', '-'];
    const { code, err } = await cli.run(args, { input: 'wrong-secret\n', cwd: elsewhere });
    expect([code, err]).toEqual([3, expect.stringContaining('does not accept this client and its secret')]);
    expect((await cli.run(['whoami'], { cwd: elsewhere })).code).toBe(2);
  });

  it('asks for the secret in a terminal, and does not show it', async () => {
    const line = `clientele login --url ${service.url} --as ${service.admin.clientId}`;
    const input = `${service.admin.clientSecret}\n`;
    const { code, out } = await cli.inTerminal(line, { input, cwd: elsewhere, typing: true });
    expect([code, out]).toEqual([0, expect.stringContaining('Logged in')]);
    expect(out.split('Secret of')[1]).not.toContain(service.admin.clientSecret);
  });

  it('with a token proves it first', async () => {
    const args = ['login', '--url', service.url, '--access-token', '-'];
    const bad = await cli.run(args, { input: 'not-a-token', cwd: elsewhere });
    expect([bad.code, bad.err]).toEqual([3, expect.stringContaining('does not accept')]);
    const good = await cli.run(args, { input: await service.adminToken(), cwd: elsewhere });
    expect(good.code).toBe(0);
    expect((await cli.run(['clients', 'list'], { cwd: elsewhere })).code).toBe(0);
  });
});

describe('profiles', () => {
  it('are listed, and one of them is chosen', async () => {
    const run = (...args: string[]) => cli.run(args, { cwd: elsewhere });
    expect((await run('profiles')).err).toBe('There are no profiles; clientele login makes one.\n');
    const secret = join(elsewhere, 'profiles.secret');
    writeFileSync(secret, service.admin.clientSecret);
    const login = ['login', '--url', service.url, '--as', service.admin.clientId, '--as-secret-file', secret];
    await run(...login);
    const { err } = await run(...login, '--profile', 'stage');
    expect(err).toContain('Commands use profile default; clientele profiles stage chooses this one.');
    const row = `,${service.url},${service.admin.clientId},`;
    const list = await run('profiles', '-o', 'csv');
    expect(list.out).toBe(`profile,url,as,used\ndefault${row}true\nstage${row}false\n`);
    expect(await run('profiles', 'stage')).toMatchObject({
      code: 0,
      err: `Commands use profile stage from now on: ${service.url}\n`,
    });
    expect(await from([])).toBe('profile stage');
    expect(await from(['--profile', 'default'])).toBe('profile default');
    expect(await run('profiles', 'stag')).toMatchObject({
      code: 2,
      err: expect.stringContaining('did you mean stage?'),
    });
    await run('logout');
    expect(await from([])).toBe('profile default');
  });
});

describe('a version', () => {
  it('is that of the program, and of the service where something says which', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const both = await cli.run(['version', '-o', 'json']);
    expect(JSON.parse(both.out)).toEqual({ program: version, service: version, url: service.url });
    const alone = await cli.run(['version'], { cwd: elsewhere });
    expect(alone).toEqual({ code: 0, out: `program  ${version}\n`, err: '' });
    const env = { CLIENTELE_URL: `http://localhost:${await freePort()}`, CLIENTELE_ACCESS_TOKEN: 'some-token' };
    const away = await cli.run(['version'], { env });
    expect([away.code, away.out]).toEqual([3, expect.stringContaining(`program  ${version}\n`)]);
  });
});

describe('the device flow', () => {
  it('polls at the pace of the server, slows down when told, and renews by the refresh token', async () => {
    const server = await deviceServer();
    const args = ['login', '--url', server.url, '--as', 'cli', '--device'];
    const { code, err } = await cli.run(args, { cwd: elsewhere });
    expect([code, err]).toEqual([0, expect.stringContaining('Open https://go.example/WXYZ in a browser')]);
    expect(server.polls.map(({ answer }) => answer)).toEqual(['authorization_pending', 'slow_down', 'tokens']);
    const [first = 0, second = 0, third = 0] = server.polls.map(({ at }) => at);
    // An interval of 1 s, and 5 s more after slow_down (RFC 8628 section 3.5).
    expect(second - first).toBeGreaterThanOrEqual(990);
    expect(third - second).toBeGreaterThanOrEqual(5_990);
    expect((await cli.run(['token'], { cwd: elsewhere })).out).toBe('token-2\n');
    expect(server.refreshed).toEqual(['refresh-1']);
    server.close();
  });
});

describe('several authorization servers', () => {
  const claims = { client_id: 'cli', scope: 'a b', exp: 4_102_444_800 };
  const token = `eyJhbGciOiJub25lIn0.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
  let asked: [path: string, form: Record<string, string>][];
  let server: Server;
  let url: string;

  /** A service that trusts two; only the second one has a device flow, and it says nothing of tokens. */
  const answer = (path: string): object | undefined => {
    const [, name = '', rest = ''] = /^\/(first|second)\/(.+)$/.exec(path) ?? [];
    const issuer = `${url}/${name}`;
    if (path.startsWith('/.well-known/oauth-protected-resource')) {
      return { resource: `${url}/jans-config-api`, authorization_servers: [`${url}/first`, `${url}/second`] };
    }
    if (rest.startsWith('.well-known/')) {
      const device = name === 'second' ? { device_authorization_endpoint: `${issuer}/device` } : {};
      return { issuer, token_endpoint: `${issuer}/token`, introspection_endpoint: `${issuer}/introspect`, ...device };
    }
    const codes = { device_code: 'd', user_code: 'ABCD', verification_uri: 'https://go.example', expires_in: 60 };
    const replies: Record<string, object> = {
      device: { ...codes, interval: 1 },
      token: { access_token: token, token_type: 'Bearer', expires_in: 600, refresh_token: 'r' },
      introspect: { active: false },
    };
    return replies[rest];
  };

  beforeEach(async () => {
    asked = [];
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (data) => (body += String(data)));
      request.on('end', () => {
        const path = request.url ?? '';
        if (request.method === 'POST') asked.push([path, Object.fromEntries(new URLSearchParams(body))]);
        const reply = answer(path);
        response.writeHead(reply === undefined ? 404 : 200, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify(reply ?? {}));
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => void server.close());

  it('leave the choice to the login, which keeps it with scope and resource', async () => {
    const run = (...args: string[]) => cli.run(args, { cwd: elsewhere, input: 'a-secret' });
    const login = ['login', '--url', url, '--as', 'cli', '--as-secret-file', '-'];
    const wishes = ['--issuer', `${url}/second`, '--scope', 'a b', '--resource', 'https://api.example'];
    expect((await run(...login, ...wishes)).code).toBe(0);
    const form = { grant_type: 'client_credentials', scope: 'a b', resource: 'https://api.example' };
    expect(asked).toEqual([['/second/token', form]]);
    const who = await run('whoami', '-o', 'json');
    expect(JSON.parse(who.out)).toMatchObject({ client: 'cli', scopes: ['a', 'b'], from: 'profile default' });
    expect(asked.filter(([path]) => !path.startsWith('/second/'))).toEqual([]);
    const stranger = await run(...login, '--issuer', 'https://stranger.example');
    expect([stranger.code, stranger.err]).toEqual([
      3,
      `clientele: ${url} does not trust https://stranger.example\nIt trusts ${url}/first, ${url}/second.\n`,
    ]);
  });

  it('are chosen in the environment as well, and the first one is meant where nothing is said', async () => {
    const env = { CLIENTELE_URL: url, CLIENTELE_CLIENT_ID: 'cli', CLIENTELE_CLIENT_SECRET: 'a-secret' };
    const chosen = { ...env, CLIENTELE_ISSUER: `${url}/second`, CLIENTELE_SCOPE: 'a' };
    await cli.run(['token'], { env: chosen, cwd: elsewhere });
    await cli.run(['token'], { env, cwd: elsewhere });
    const form = { grant_type: 'client_credentials' };
    expect(asked).toEqual([
      ['/second/token', { ...form, scope: 'a' }],
      ['/first/token', form],
    ]);
  });

  it('are looked through for one that has a device flow', async () => {
    const login = ['login', '--url', url, '--as', 'cli', '--device'];
    const { code, err } = await cli.run(login, { cwd: elsewhere });
    expect([code, err]).toEqual([0, expect.stringContaining('Open https://go.example in a browser')]);
    expect((await cli.run(['token'], { cwd: elsewhere })).out).toBe(`${token}\n`);
    const first = await cli.run([...login, '--issuer', `${url}/first`], { cwd: elsewhere });
    expect([first.code, first.err]).toEqual([3, `clientele: no authorization server of ${url} has a device flow\n`]);
  });
});

/** An authorization server with a device flow, whose tokens end at once. */
async function deviceServer() {
  const polls: { at: number; answer: string }[] = [];
  const refreshed: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (data) => (body += String(data)));
    request.on('end', () => {
      const [status, reply] = answer(request.url ?? '', new URLSearchParams(body));
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(reply));
    });
  });
  const answer = (path: string, form: URLSearchParams): [number, object] => {
    if (path.endsWith('/openid-configuration')) {
      return [200, { issuer: url, token_endpoint: `${url}/token`, device_authorization_endpoint: `${url}/device` }];
    }
    if (path === '/device') {
      const complete = { verification_uri: 'https://go.example', verification_uri_complete: 'https://go.example/WXYZ' };
      return [200, { device_code: 'd', user_code: 'WXYZ', ...complete, expires_in: 60, interval: 1 }];
    }
    if (path !== '/token') return [404, {}];
    const token = { access_token: `token-${refreshed.length + 1}`, token_type: 'bearer', expires_in: 1 };
    if (form.get('grant_type') === 'refresh_token') {
      refreshed.push(form.get('refresh_token') ?? '');
      return [200, { ...token, access_token: 'token-2' }];
    }
    const said = ['authorization_pending', 'slow_down'][polls.length] ?? 'tokens';
    polls.push({ at: Date.now(), answer: said });
    return said === 'tokens' ? [200, { ...token, refresh_token: 'refresh-1' }] : [400, { error: said }];
  };
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  return { url, polls, refreshed, close: () => server.close() };
}

describe('a service that is out of reach', () => {
  it('ends with 3 and says what is the matter', async () => {
    const url = `http://localhost:${await freePort()}`;
    const env = { ...administrator(), CLIENTELE_URL: url };
    const { code, out, err } = await cli.run(['clients', 'list'], { env, cwd: elsewhere });
    expect([code, out, err]).toEqual([3, '', `clientele: cannot reach ${url}: nothing answers there\n`]);
  });

  it('or sends everybody somewhere else is not followed there with the token', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.url ?? ''} ${request.headers.authorization ?? ''}`);
      response.writeHead(302, { Location: 'http://localhost:1/' }).end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://localhost:${(server.address() as AddressInfo).port}`;
    const env = { CLIENTELE_URL: url, CLIENTELE_ACCESS_TOKEN: 'some-token' };
    const { code } = await cli.run(['clients', 'list'], { env, cwd: elsewhere });
    expect([code, asked.length]).toEqual([1, 1]);
    server.close();
  });
});
