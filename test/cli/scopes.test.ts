import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cliFor, type Cli } from '../support/cli.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let cli: Cli;

beforeAll(async () => {
  service = await startService();
  cli = cliFor(service);
});
afterAll(async () => {
  cli.remove();
  await service.stop();
});

describe('a software statement', () => {
  it('is printed alone, and what it is is said beside it', async () => {
    const create = ['statements', 'create', '--org-id', 'org-1', '--software-id', 'scanner', '--lifetime', '60'];
    const { code, out, err } = await cli.run([...create, '--description', 'Scanners', '-o', 'jsonpath=$.ssa']);
    expect([code, out]).toEqual([0, expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)]);
    const { jti, exp } = JSON.parse(Buffer.from(out.split('.')[1] ?? '', 'base64url').toString()) as {
      jti: string;
      exp: number;
    };
    expect(err).toBe(
      `Statement ${jti} for software scanner of org-1 (Scanners): expires ${new Date(exp * 1_000).toISOString()}, ` +
        'can be used once; clients that register with it live 60 s.\n',
    );
    const often = await cli.run([...create, '--no-one-time-use', '-o', 'json']);
    expect(often.err).toContain('can be used many times');
  });
});

describe('a scope', () => {
  it('is found by its id, changed and removed by it', async () => {
    const made = await cli.run(['scopes', 'create', '--id', 'orders.read', '--display-name', 'Read', '-o', 'name']);
    expect(made.code).toBe(0);
    const path = ['-o', 'jsonpath=$["inum","displayName"]'];
    const got = await cli.run(['scopes', 'get', 'orders.read', ...path]);
    expect(got.out).toBe(`${made.out.trim()}\nRead\n`);
    await cli.run(['scopes', 'update', 'orders.read', '--display-name', 'Read orders']);
    expect((await cli.run(['scopes', 'get', made.out.trim(), ...path])).out).toContain('Read orders');
    expect((await cli.run(['scopes', 'delete', 'orders.read', '--yes'])).code).toBe(0);
    const gone = await cli.run(['scopes', 'get', 'orders.read']);
    expect([gone.code, gone.err]).toEqual([1, expect.stringContaining("doesn't exist")]);
  });

  it('that clients have is removed with --force only', async () => {
    await cli.run(['scopes', 'create', '--id', 'orders.write', '--display-name', 'Write']);
    const client = ['clients', 'create', '--inum', 'writer', '--redirect-uris', 'https://a.example/cb'];
    expect((await cli.run([...client, '--scopes', 'orders.write', '-o', 'name'])).code).toBe(0);
    const remove = ['scopes', 'delete', 'orders.write', '--yes'];
    expect(await cli.run(remove)).toMatchObject({ code: 1, err: expect.stringContaining('in use by 1 client') });
    expect((await cli.run([...remove, '--force'])).code).toBe(0);
    expect((await cli.run(['clients', 'get', 'writer', '-o', 'jsonpath=$.scopes'])).out).toBe('[]\n');
  });

  it('that is called like the inum of another does not take its place', async () => {
    await cli.run(['scopes', 'create', '--id', 'F0C4', '--display-name', 'Impostor']);
    expect((await cli.run(['scopes', 'get', 'F0C4', '-o', 'jsonpath=$.id'])).out).toBe('openid\n');
  });
});

describe('a script', () => {
  const names = ['-o', 'jsonpath=$["name","level","enabled"]'];

  it('of the catalog is installed with its properties, and turned off and on', async () => {
    const listed = await cli.run(['scripts', 'catalog', '-o', 'name']);
    expect(listed.out.split('\n')).toContain('redirect-hosts');
    expect((await cli.run(['scripts', 'catalog'])).out).toContain('hosts schemes allow_loopback config_api');
    const install = ['scripts', 'install', 'redirect-hosts'];
    const made = await cli.run([...install, '--property', 'hosts=shop.example b.example', '--level', '7', ...names]);
    expect([made.code, made.out]).toEqual([0, 'redirect-hosts\n7\ntrue\n']);
    const path = ['-o', 'jsonpath=$.configurationProperties'];
    const got = await cli.run(['scripts', 'get', 'redirect-hosts', ...path]);
    expect(JSON.parse(got.out)).toEqual([{ value1: 'hosts', value2: 'shop.example b.example' }]);
    expect((await cli.run(['scripts', 'disable', 'redirect-hosts', ...names])).out).toContain('false');
    expect((await cli.run(['scripts', 'enable', 'redirect-hosts', ...names])).out).toContain('true');
    await cli.run(['scripts', 'disable', 'redirect-hosts']);
    expect((await cli.run([...install, '--property', 'hosts=x'])).err).toContain('redirect-hosts is taken');
  });

  it.each([
    [['redirect-host'], 'did you mean redirect-hosts?'],
    [['redirect-hosts'], '--property hosts=… is needed'],
    [['redirect-hosts', '--property', 'host=a'], 'did you mean hosts?'],
    [['redirect-hosts', '--property', 'hosts'], 'takes NAME=VALUE'],
    [['redirect-hosts', '--property', 'hosts=a', '--level', 'x'], '--level is a number'],
  ])('is not installed by %j', async (words, reason) => {
    expect(await cli.run(['scripts', 'install', ...words])).toMatchObject({
      code: 2,
      err: expect.stringContaining(reason),
    });
  });
});
