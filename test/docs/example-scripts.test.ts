import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { runProgram, type ProgramEnd } from '../support/example-program.ts';
import { newClient, type TestClient } from '../support/clients.ts';
import { tokenOf, withBasic } from '../support/issuer.ts';
import { suiteWith } from '../support/programs.ts';
import { startRedirectingRegistry } from '../support/redirecting-registry.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

let service: TestService;
let writer: TestClient;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
  service = await startService();
  writer = await newClient(service, { scopes: ['https://jans.io/oauth/config/openid/clients.write'] });
});
afterAll(async () => {
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

suiteWith('python3')('unused_clients.py', () => {
  const unused = (client: TestClient, ...args: string[]): Promise<ProgramEnd> =>
    runProgram(['python3', 'docs/examples/python/unused_clients.py', ...args], service, client);
  const disabled = async (inum: string): Promise<unknown> =>
    (await service.request('GET', `${CLIENTS}/${inum}`, { token: await service.adminToken() })).body.disabled;

  beforeAll(async () => {
    // Used a hundred days ago, as the program sees it.
    service.clock.set(-100 * 86_400_000);
    for (let count = 0; count < 3; count += 1) {
      const members = { inum: `old-${count}`, clientName: `Old, ${count}`, grantTypes: ['client_credentials'] };
      await tokenOf(service, await newClient(service, members));
    }
    await service.idle();
    service.clock.set(100 * 86_400_000);
    await tokenOf(service, await newClient(service, { inum: 'in-use' }));
    await newClient(service, { inum: 'not-used-yet' });
    await service.idle();
  });

  it('lists the clients that were used, but not lately, and leaves them', async () => {
    const { code, output, errors } = await unused(writer, '--days', '90');
    const lines = output.split('\n');
    expect([code, errors, lines[0]]).toEqual([0, '', 'inum,clientName,lastAccessTime']);
    expect(lines.filter((line) => line.startsWith('old-'))).toHaveLength(3);
    expect(lines[1]).toMatch(/^old-0,"Old, 0",\d{4}-/);
    expect(output).not.toMatch(/in-use|not-used-yet/);
    expect(await disabled('old-0')).not.toBe(true);
  });

  it('deactivates them when told to', async () => {
    expect((await unused(writer, '--days', '90', '--deactivate')).code).toBe(0);
    expect([await disabled('old-0'), await disabled('old-2'), await disabled('in-use')]).toEqual([true, true, false]);
    expect((await unused(writer, '--days', '90')).output.split('\n')).toHaveLength(2);
  });

  const module = [
    'import os, sys, time; sys.path.insert(0, "docs/examples/python"); sys.dont_write_bytecode = True',
    'from unused_clients import CLIENTS, Registry',
    'registry = Registry(*(os.environ["CLIENTELE_" + name] for name in ("URL", "CLIENT_ID", "CLIENT_SECRET")))',
  ];

  it('renews a token half a minute before its end, and not sooner', async () => {
    const { inum } = await newClient(service);
    const script = [
      ...module,
      'clock, later = time.monotonic, 0',
      'time.monotonic = lambda: clock() + later',
      'tokens = []',
      '# A token is good for 300 seconds.',
      'for later in (0, 0, 250, 271, 500, 542):',
      `    registry.call("GET", f"{CLIENTS}/${inum}")`,
      '    tokens.append(registry._token)',
      'print([tokens.index(token) for token in tokens])',
    ];
    const { output, errors } = await runProgram(['python3', '-c', script.join('\n')], service, writer);
    expect([output, errors]).toEqual(['[0, 0, 0, 3, 3, 5]\n', '']);
  });

  it.each([
    ['token', 'POST /token'],
    ['clients', 'GET /jans-config-api/api/v1/openid/clients?'],
  ] as const)('does not follow a redirect of the %s with its credentials', async (what, request) => {
    const registry = await startRedirectingRegistry(what);
    const command = ['python3', 'docs/examples/python/unused_clients.py', '--days', '90'];
    const { code, errors } = await runProgram(command, registry, writer);
    expect([code, errors]).toEqual([1, expect.stringContaining('(302)')]);
    expect(registry.asked.at(-1)).toContain(request);
    expect(registry.followed).toEqual([]);
    await registry.stop();
  });

  it('believes no metadata about another resource', async () => {
    const registry = await startRedirectingRegistry('metadata');
    const command = ['python3', 'docs/examples/python/unused_clients.py', '--days', '90'];
    const { code, errors } = await runProgram(command, registry, writer);
    expect([code, errors]).toEqual([1, expect.stringContaining('speaks for another resource')]);
    expect(registry.followed).toEqual([]);
    await registry.stop();
  });

  it('renews a token that is refused', async () => {
    const { inum } = await newClient(service, { description: 'Read by Python' });
    const script = [
      ...module,
      `read = lambda: registry.call("GET", f"{CLIENTS}/${inum}")["description"]`,
      'first, registry._token = [read(), read(), registry._token], "refused"',
      'second = [read(), registry._token]',
      'print(first[:2], second[0], len({first[2], second[1]}))',
    ];
    const { output, errors } = await runProgram(['python3', '-c', script.join('\n')], service, writer);
    expect([output, errors]).toEqual(["['Read by Python', 'Read by Python'] Read by Python 2\n", '']);
  });

  it('says what is wrong', async () => {
    const reader = await newClient(service, { scopes: ['https://jans.io/oauth/config/openid/clients.readonly'] });
    const wrong = await unused({ ...reader, clientSecret: 'another-secret' }, '--days', '90');
    expect([wrong.code, wrong.errors]).toEqual([1, 'invalid_client (401)\n']);
    for (const days of ['many', '-1', '0', '800000']) {
      const usage = await unused(reader, '--days', days, '--deactivate');
      expect([usage.code, usage.errors]).toEqual([2, expect.stringContaining(`must be 1 to 36500, not ${days}`)]);
    }
  });
});

suiteWith('curl', 'jq')('rotate-secret.sh', () => {
  const rotate = (client: TestClient, ...args: string[]): Promise<ProgramEnd> =>
    runProgram(['bash', 'docs/examples/shell/rotate-secret.sh', ...args], service, client);

  it('writes a new secret for its owner only, while the old one goes on', async () => {
    const client = await newClient(service);
    const file = join(folder, 'secret');
    const { code, output, errors } = await rotate(writer, client.inum, file, '60');
    expect([code, errors]).toEqual([0, '']);
    const clientSecret = readFileSync(file, 'utf8').trim();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(output + errors).not.toContain(clientSecret);
    const statuses = [
      await withBasic(service, { ...client, clientSecret }),
      await withBasic(service, client),
      (service.clock.advance(61_000), await withBasic(service, client)),
    ].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 401]);
  });

  it('says what is wrong, and leaves the file as it was', async () => {
    const file = join(folder, 'other');
    const unknown = await rotate(writer, 'nobody', file);
    expect([unknown.code, unknown.errors]).toEqual([1, expect.stringMatching(/client doesn't exist\n {2}request /)]);
    const wrong = await rotate({ ...writer, clientSecret: 'another"secret' }, writer.inum, file);
    expect([wrong.code, wrong.errors]).toEqual([1, expect.stringContaining('invalid_client')]);
    const registry = await startRedirectingRegistry('metadata');
    const program = ['bash', 'docs/examples/shell/rotate-secret.sh', writer.inum, file];
    const led = await runProgram(program, registry, writer);
    expect(led.errors).toContain('speaks for another resource');
    expect(led.code).not.toBe(0);
    expect(registry.followed).toEqual([]);
    await registry.stop();
    const nowhere = await rotate(writer, writer.inum, join(folder, 'no-folder', 'secret'));
    expect(nowhere.code).toBe(1);
    expect((await rotate(writer, '../x', file)).code).toBe(2);
    expect((await rotate(writer)).code).toBe(2);
    expect([existsSync(file), readdirSync(folder)]).toEqual([false, ['secret']]);
  });
});
