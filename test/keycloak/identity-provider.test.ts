import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compiledProgram } from '../support/compiled-program.ts';
import { consentInBrowser } from '../support/keycloak-pages.ts';
import { commandBlocks } from '../support/documentation.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

// The page of the documentation, with the addresses of this Keycloak and this service in the place of those on it.
const page = readFileSync(fileURLToPath(new URL('../../docs/identity-provider.md', import.meta.url)), 'utf8');
const { KEYCLOAK_URL: keycloak = '', KEYCLOAK_BIN: bin = '', KEYCLOAK_PASSWORD: password = '' } = process.env;
const ALICE = 'a-password-of-alice';

/** Made after the realm: users who come with it lack its default roles, such as the one for staying logged in. */
const PERSON = {
  ...{ username: 'alice', enabled: true, email: 'alice@company.example', emailVerified: true },
  ...{ firstName: 'Alice', lastName: 'Example' },
  credentials: [{ type: 'password', value: ALICE }],
};

let service: TestService | undefined;
let folder: string;

const here = (text: string): string =>
  text
    .replaceAll('https://login.example.com', keycloak)
    // The audience is a name, and stays.
    .replaceAll(/https:\/\/registry\.example\.com(?!\/jans-config-api)/g, service?.url ?? '');
/** The block of commands that begins like this, for bash. */
const block = (start: string): string => {
  const found = commandBlocks(page).find(({ text }) => text.startsWith(start));
  if (found === undefined) throw new Error(`the page has no block that begins with ${start}`);
  return here(found.text);
};
const environment = (): NodeJS.ProcessEnv => ({
  PATH: [bin, process.env['PATH']].join(delimiter),
  HOME: folder,
  // Of an administrator, whom the page has type it.
  KC_CLI_PASSWORD: password,
  // It starts some twenty times, and not for long.
  KC_OPTS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC',
});
const PRELUDE = `set -eu\nclientele() { '${process.execPath}' '${compiledProgram('cli/main')}' "$@"; }\n`;

async function bash(...blocks: string[]): Promise<string> {
  const script = PRELUDE + blocks.join('\n');
  const options = { cwd: folder, env: environment() };
  const { stdout } = await promisify(execFile)('bash', ['-c', script], options);
  return stdout;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-keycloak-'));
  await bash(
    // A minute, which the token has, is short where each command is a process of its own.
    block('kcadm.sh config credentials'),
    'kcadm.sh update realms/master -s accessTokenLifespan=3600',
    block('kcadm.sh config credentials'),
    'kcadm.sh create realms -s realm=company -s enabled=true',
    `kcadm.sh create users -r company -f - <<'END'\n${JSON.stringify(PERSON)}\nEND`,
    block('SCOPE='),
    block('CLI='),
    block('JOB='),
  );
  const [, entries = ''] = /```json\n([^]*?)```/.exec(page) ?? [];
  writeFileSync(join(folder, 'issuers.json'), here(entries));
  service = await startService({ env: { TRUSTED_ISSUERS_FILE: join(folder, 'issuers.json') } });
}, 900_000);
afterAll(async () => {
  await service?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Logs Alice in: the command line says where to go, and a browser goes there. */
async function login(): Promise<void> {
  const child = spawn('bash', ['-c', PRELUDE + block('clientele login')], { cwd: folder, env: environment() });
  let said = '';
  const went = new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (data) => {
      said += String(data);
      const [, address] = /^Open (\S+) in a browser/m.exec(said) ?? [];
      if (address === undefined) return;
      child.stderr.removeAllListeners('data').on('data', (more) => (said += String(more)));
      consentInBrowser(address, { username: 'alice', password: ALICE }).then(resolve, reject);
    });
    child.once('close', () => resolve());
  });
  const closed = once(child, 'close');
  await went;
  const [code] = (await closed) as [number];
  expect([code, said]).toEqual([0, expect.stringContaining('Logged in to')]);
}

describe('an administrator who signs in with Keycloak', () => {
  it('does so on the command line, and is named in the history', async () => {
    await login();
    const told = await bash(block('clientele clients create'));
    expect(told).toMatch(/^\S+ \S+ +alice via clientele-cli +created +inum, /m);
    const [change] = await history('shop');
    expect(change).toMatchObject({
      caller: `${keycloak}/realms/company clientele-cli`,
      subject: { sub: expect.stringMatching(/^[\da-f-]{36}$/), name: 'alice' },
    });
  });

  it('stays logged in when the token has ended', async () => {
    const tokens = join(folder, '.config', 'clientele', 'tokens');
    for (const file of readdirSync(tokens)) rmSync(join(tokens, file));
    expect(await bash('clientele clients get shop -o name')).toBe('shop\n');
    expect(await bash('clientele whoami -o json')).toContain('"clientele-cli"');
  });

  it('may do no more than the roles say', async () => {
    const refused = await bash('clientele scopes create --id x.y || echo "ended with $?"');
    expect(refused).toContain('ended with 1');
  });
});

describe('a program that has its tokens from Keycloak', () => {
  it('reads with its secret, on the command line and with curl, and writes nothing', async () => {
    const program = block('export CLIENTELE_URL');
    const out = await bash(program);
    expect(out.split('\n')).toContain('shop');
    expect(out).toContain('"totalEntriesCount":');
    const refused = await bash(program, 'clientele clients delete shop --yes 2>&1 || echo "ended with $?"');
    expect(refused).toMatch(/insufficient|scope/i);
    expect(refused).toContain('ended with 1');
    expect((await history('shop')).map(({ operation }) => operation)).toEqual(['post-oauth-openid-client']);
  });
});

async function history(inum: string): Promise<Record<string, unknown>[]> {
  const token = await service?.adminToken();
  const reply = await service?.request('GET', `${CLIENTS}/${inum}/history`, { token: token ?? '' });
  return reply?.body.entries as Record<string, unknown>[];
}
