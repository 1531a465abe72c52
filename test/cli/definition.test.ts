import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allCommands } from '../../cli/commands/all.ts';
import { GLOBAL_OPTIONS } from '../../cli/command.ts';
import { loadContract } from '../../cli/contract/contract.ts';
import { commandHelp, nounHelp, programHelp } from '../../cli/help.ts';
import { manualPage } from '../../cli/manual.ts';
import { ADMINISTRATION_SCOPES } from '../../openapi/operations.gen.ts';
import { cliFor, type Cli } from '../support/cli.ts';
import { act, newClient } from '../support/clients.ts';
import { withBasic } from '../support/issuer.ts';
import { editable, initialToken, manage, registered } from '../support/registration.ts';
import { compiledProgram } from '../support/compiled-program.ts';
import { freePort } from '../support/ports.ts';
import { testWith } from '../support/programs.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

const contract = loadContract();
const commands = allCommands(contract);
const SHELLS = ['zsh', 'fish'];
const nameOf = ({ words }: { words: readonly string[] }): string => words.join(' ');

describe('every command', () => {
  it('has an example', () => {
    expect(commands.filter(({ examples }) => examples.length === 0).map(nameOf)).toEqual([]);
  });

  it('has options with names of their own', () => {
    const doubled = commands.flatMap((command) => {
      const names = [...command.options, ...GLOBAL_OPTIONS].flatMap(({ name, short }) => [
        name,
        ...(short ? [short] : []),
      ]);
      return names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${nameOf(command)}: ${name}`);
    });
    expect(doubled).toEqual([]);
  });

  it('has a help that fits one screen', () => {
    const nouns = [...new Set(commands.filter(({ words }) => words.length > 1).map(({ words }) => words[0] ?? ''))];
    const pages = [
      programHelp(commands, '1.0.0', 80),
      ...nouns.map((noun) =>
        nounHelp(
          noun,
          commands.filter(({ words }) => words[0] === noun),
          80,
        ),
      ),
      ...commands.map((command) => commandHelp(command, 80, false)),
    ];
    const large = pages.filter((page) => {
      const lines = page.trimEnd().split('\n');
      return lines.length > 24 || lines.some((line) => line.length > 80);
    });
    expect(large).toEqual([]);
  });
});

describe('the manual', () => {
  const page = manualPage(commands, '1.0.0');

  it('has every command', () => {
    for (const command of commands) expect(page).toContain(`.SS "clientele ${nameOf(command).replaceAll('-', '\\-')}`);
  });

  testWith('groff')('is a page that man has nothing to say about', () => {
    const { status, stderr } = spawnSync('groff', ['-man', '-Tutf8', '-ww'], { input: page, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });
});

/** The ids that examples have as variables, since the service makes them, and how they are found: by what is printed. */
const IDS: Readonly<Record<string, (printed: (line: string) => Promise<string[]>) => Promise<string | undefined>>> = {
  GONE: async (printed) => {
    const [inum] = await printed('clientele clients create --inum gone --grant-types client_credentials -o name');
    await printed('clientele clients delete gone --yes');
    return inum;
  },
  CHANGE: async (printed) => {
    await printed('clientele clients create --inum undone --grant-types client_credentials -o name');
    return (await printed('clientele history --inum undone -o name'))[0];
  },
  WAITING: async (printed) => (await printed('clientele clients list --filter approval.state=waiting -o name'))[0],
  CHANGING: async (printed) =>
    (await printed('clientele clients list --filter approval.state=pending_change -o name'))[0],
  OTHER_RUN: async (printed) => (await printed('clientele bulk list -o name')).at(-2),
  RUN: async (printed) => (await printed('clientele bulk list -o name')).at(-1),
  OTHER_UNDO: async (printed) => (await printed('clientele undo --list -o name')).at(-2),
  UNDO: async (printed) => (await printed('clientele undo --list -o name')).at(-1),
  SECRET_ID: async (printed) => (await printed('clientele clients secrets nightly-report -o name')).at(-1),
  TOKEN_ID: async (printed) => (await printed('clientele registration-tokens list -o name'))[0],
  JTI: async (printed) => {
    await printed('clientele statements create --org-id org-2 --software-id x');
    return (await printed('clientele statements list -o name'))[0];
  },
};

/** A command line with the ids in the place of their variables. */
async function withIds(cli: Cli, line: string): Promise<string> {
  const [, name = ''] = /\$([A-Z_]+)\b/.exec(line) ?? [];
  const find = IDS[name];
  if (find === undefined) return line;
  const id = await find(async (asked) => {
    const { code, out, err } = await cli.shell(asked);
    expect([asked, code, code === 0 ? '' : err]).toEqual([asked, 0, '']);
    return out.trim().split('\n');
  });
  expect([line, id]).toEqual([line, expect.stringMatching(/./)]);
  return line.replace(`$${name}`, id ?? '');
}

/** Registers a client that waits for approval, and one of which a change does. */
async function letWait(service: TestService): Promise<void> {
  const { token } = await initialToken(service, { uses: 2, approval: true });
  await registered(service, {}, token);
  const client = await registered(service, {}, token);
  expect((await act(service, client.id, 'approve')).status).toBe(200);
  expect((await manage(service, 'PUT', client, { ...editable(client), client_name: 'Bank' })).status).toBe(200);
}

/** Has an authorization server report uses. */
async function letReport(service: TestService): Promise<void> {
  const scopes = ['https://jans.io/oauth/config/openid/client-use.write'];
  const token = (await withBasic(service, await newClient(service, { inum: 'sign-in', scopes }))).body
    .access_token as string;
  const path = '/jans-config-api/api/v1/openid/client-use';
  expect((await service.request('POST', path, { token, body: { entries: [] } })).status).toBe(200);
}

/** Begins two runs over a client, which do not go on by themselves. */
async function pauseRuns(service: TestService, inum: string): Promise<void> {
  const token = await service.adminToken();
  const bulk = `${CLIENTS}/bulk`;
  for (const action of ['activate', 'deactivate']) {
    const body = { action, inums: [inum] };
    const { confirm } = (await service.request('POST', bulk, { token, body })).body as { confirm: string };
    const { id } = (await service.request('POST', bulk, { token, body: { ...body, confirm } })).body as { id: string };
    expect((await service.request('POST', `${bulk}/${id}/pause`, { token })).body.state).toBe('paused');
  }
}

/** Begins two undos of more clients than are undone at once, which do not go on by themselves. */
async function pauseUndos(service: TestService): Promise<void> {
  const token = await service.adminToken();
  const undo = '/jans-config-api/api/v1/openid/changes/undo';
  for (const requestId of ['many-1', 'many-2']) {
    const origin = {
      actor: { kind: 'client', id: 'x' },
      door: 'admin',
      source: '',
      requestId,
      operation: 'x',
    } as const;
    const record = { at: new Date(service.clock.now()).toISOString(), kind: 'client', changed: [], origin } as const;
    const records = Array.from({ length: 201 }, (_unused, index) => ({ ...record, inum: `gone-${index}` }));
    await service.work.write(({ audit }) => audit.recordAll(records));
    const { id } = (await service.request('POST', undo, { token, body: { requestId } })).body as { id: string };
    expect((await service.request('POST', `${undo}/${id}/pause`, { token })).body.state).toBe('paused');
  }
}

describe('against a service', () => {
  let service: TestService;
  let cli: Cli;

  beforeAll(async () => {
    service = await startService();
    cli = cliFor(service);
    const scopes = Object.keys(ADMINISTRATION_SCOPES);
    const ops = { inum: 'ops', clientSecret: 'the-secret-of-ops', grantTypes: ['client_credentials'], scopes };
    const token = await service.adminToken();
    await service.request('POST', CLIENTS, { token, body: { ...ops, redirectUris: [] } });
    await letWait(service);
    await letReport(service);
    await service.request('POST', CLIENTS, { token, body: { inum: 'many', redirectUris: [] } });
    await pauseRuns(service, 'many');
    await pauseUndos(service);
    const { publicKey } = generateKeyPairSync('x25519');
    writeFileSync(join(cli.folder, 'key.json'), JSON.stringify(publicKey.export({ format: 'jwk' })));
    writeFileSync(join(cli.folder, 'ops.secret'), 'the-secret-of-ops\n');
    writeFileSync(join(cli.folder, 'client.yaml'), 'clientName: From a file\nredirectUris: []\n');
    writeFileSync(join(cli.folder, 'contacts.js'), 'function createClient(ctx) { return true; }\n');
  });
  afterAll(async () => {
    cli.remove();
    await service.stop();
  });

  it('each example runs', async () => {
    const first = commands.filter(({ words }) => words[1] === 'create');
    const last = commands.filter(({ words }) => ['delete'].includes(words[1] ?? '') || words[0] === 'logout');
    // The terminal UI has tests of its own.
    const others = [...first, ...last, ...commands.filter(({ words }) => words[0] === 'tui')];
    const between = commands.filter((command) => !others.includes(command));
    // A command that waits for a task gets its end: the service of the tests runs tasks when it is told to.
    const over = new AbortController();
    const turns = (async () => {
      while (!over.signal.aborted) {
        await service.tasks.runner.run();
        await pause(200);
      }
    })();
    try {
      for (const { line } of [...first, ...between, ...last].flatMap(({ examples }) => examples)) {
        const adapted = line.replace('http://localhost:8080', service.url).replace('EDITOR=nano', 'EDITOR=true');
        const { code, err } = await cli.shell(await withIds(cli, adapted));
        expect([line, code, code === 0 ? '' : err]).toEqual([line, 0, '']);
      }
    } finally {
      over.abort();
      await turns;
    }
  });

  it('help is the same however it is asked for, and lists rare options when they are wanted', async () => {
    const [help, word, all] = await Promise.all([
      cli.run(['clients', 'create', '--help']),
      cli.run(['help', 'clients', 'create']),
      cli.run(['clients', 'create', '--help-all']),
    ]);
    expect([help.code, help.err, word.out]).toEqual([0, '', help.out]);
    expect(help.out).not.toContain('--attributes.tx-token-lifetime');
    expect(all.out).toContain('--attributes.tx-token-lifetime N');
    expect((await cli.run([])).out).toContain('Usage: clientele <noun> <verb>');
    expect((await cli.run(['--version'])).out).toMatch(/^clientele \d+\.\d+\.\d+\n$/);
  });
});

describe('the completion', () => {
  let service: TestService;
  let cli: Cli;

  beforeAll(async () => {
    service = await startService();
    cli = cliFor(service);
    const token = await service.adminToken();
    for (const inum of ['shop-1', 'shop-2', 'tool']) {
      await service.request('POST', CLIENTS, { token, body: { inum, redirectUris: [] } });
    }
    // The scripts call the program by its name.
    const program = join(cli.home, 'clientele');
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${compiledProgram('cli/main')}' "$@"\n`, {
      mode: 0o700,
    });
    writeFileSync(join(cli.folder, 'shop.yaml'), '');
    for (const shell of ['bash', 'fish']) {
      writeFileSync(join(cli.folder, `completion.${shell}`), (await cli.run(['completion', shell])).out);
    }
  });

  /** Asks until ids are offered: a machine with much to do may take longer than whoever presses a key waits. */
  async function untilOffered(ask: () => Promise<string[]>): Promise<string[]> {
    for (let tries = 1; ; tries += 1) {
      const offered = await ask();
      if (offered.join('') !== '' || tries === 20) return offered;
    }
  }
  afterAll(async () => {
    cli.remove();
    await service.stop();
  });

  /** What bash offers at the end of a line. */
  const offers = async (line: string): Promise<string[]> => {
    const words = line.split(' ');
    const list = words.map((word) => `'${word}'`).join(' ');
    const ask = `COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _clientele; printf '%s\\n' "\${COMPREPLY[@]}"`;
    writeFileSync(join(cli.folder, 'ask.bash'), `. ./completion.bash\n${ask}\n`);
    const { out } = await cli.shell('PATH=$HOME:$PATH bash ask.bash');
    return out.trim().split('\n');
  };

  it('of bash offers nouns, verbs, flags and the words of flags', async () => {
    expect(await offers('clientele cl')).toEqual(expect.arrayContaining(['clients']));
    expect(await offers('clientele clients de')).toEqual(['deactivate', 'delete']);
    expect(await offers('clientele clients create --attributes.require-p')).toEqual([
      '--attributes.require-par',
      '--attributes.require-pkce',
    ]);
    expect(await offers('clientele clients create --application-type n')).toEqual(['native']);
    expect(await offers('clientele whoami -o j')).toEqual(['json', 'jsonpath=']);
  });

  it('of bash offers ids where ids are asked, files where files are, and else nothing', async () => {
    expect(await untilOffered(() => offers('clientele clients get shop'))).toEqual(['shop-1', 'shop-2']);
    expect(await untilOffered(() => offers('clientele clients delete --yes shop-2'))).toEqual(['shop-2']);
    expect(await untilOffered(() => offers('clientele scopes get open'))).toEqual(['openid']);
    expect(await untilOffered(() => offers('clientele clients rotate-secret too'))).toEqual(['tool']);
    // Of another service there are other ids.
    expect(await offers('clientele clients get --url http://localhost:1 shop')).toEqual(['']);
    expect(await offers('clientele clients list shop')).toEqual(['']);
    expect(await offers('clientele clients get --columns shop')).toEqual(['']);
    expect(await offers('clientele clients diff shop')).toEqual(['shop.yaml']);
    expect(await offers('clientele clients create --file shop')).toEqual(['shop.yaml']);
    expect(await offers('clientele completion f')).toEqual(['fish']);
    expect(await offers('clientele scopes list-by-type dyn')).toEqual(['dynamic']);
  });

  it('has nothing to say about a service that is out of reach or slow', async () => {
    const env = { CLIENTELE_URL: `http://localhost:${await freePort()}`, CLIENTELE_ACCESS_TOKEN: 'some-token' };
    const milliseconds = async (): Promise<number> => {
      const began = performance.now();
      expect(await cli.run(['__complete-ids', 'clients', 'shop'], { env })).toEqual({ code: 0, out: '', err: '' });
      return performance.now() - began;
    };
    const outOfReach = await milliseconds();
    const silent = createServer(() => undefined);
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    env.CLIENTELE_URL = `http://localhost:${(silent.address() as AddressInfo).port}`;
    expect((await milliseconds()) - outOfReach).toBeLessThan(20_000);
    silent.closeAllConnections();
    silent.close();
  });

  testWith('fish')('of fish offers the same', async () => {
    const ask = async (line: string): Promise<string[]> => {
      const { out } = await cli.shell(`PATH=$HOME:$PATH fish -c 'source completion.fish; complete -C "${line}"'`);
      return out.trim().split('\n');
    };
    expect(await untilOffered(() => ask('clientele clients get shop'))).toEqual(['shop-1', 'shop-2']);
    expect(await ask('clientele clients diff shop')).toEqual(['shop.yaml']);
    expect(await ask('clientele clients list shop')).toEqual(['']);
  });

  it.each(SHELLS)('of %s has every verb', async (shell) => {
    const { code, out } = await cli.run(['completion', shell]);
    expect([code, out]).toEqual([0, expect.stringContaining('rotate-secret')]);
  });

  for (const shell of SHELLS) {
    testWith(shell)(`of ${shell} is read by it`, async () => {
      const { out } = await cli.run(['completion', shell]);
      const file = join(cli.folder, `read.${shell}`);
      writeFileSync(file, out);
      const { status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
    });
  }
});
