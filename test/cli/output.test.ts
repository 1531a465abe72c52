import { existsSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import stringWidth from 'string-width';
import { parse } from 'yaml';
import { cliFor, type Cli } from '../support/cli.ts';
import { suiteWith } from '../support/programs.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

let service: TestService;
let cli: Cli;
const COUNT = 230;

beforeAll(async () => {
  service = await startService();
  cli = cliFor(service);
  const token = await service.adminToken();
  const create = (body: object) => service.request('POST', CLIENTS, { token, body: { redirectUris: [], ...body } });
  await create({ inum: 'zz-formula', clientName: '=1+1', contacts: ['x@example.com', 'y@example.com'] });
  await create({
    inum: 'zz-steerer',
    clientName: 'red \u001b[31m or \u202e backwards',
    attributes: { parLifetime: 60 },
  });
  await create({ inum: 'zz-wide', clientName: '日本語のとても長い名前'.repeat(6), disabled: true });
  for (let index = 0; index < COUNT; index += 1) {
    await create({ inum: `many-${String(index).padStart(3, '0')}`, clientName: `Many ${index}` });
  }
});
afterAll(async () => {
  cli.remove();
  await service.stop();
});

const list = ['clients', 'list', '--pattern', 'zz-'];

describe('a format', () => {
  it('is a table of whole values in a pipe, with the columns that were chosen', async () => {
    const { code, out } = await cli.run([...list, '--columns', 'inum,contacts,attributes.parLifetime']);
    expect([code, out]).toEqual([
      0,
      'inum        contacts                      attributes.parLifetime\n' +
        'zz-formula  x@example.com, y@example.com  600\n' +
        'zz-steerer                                60\n' +
        'zz-wide                                   600\n',
    ]);
  });

  it('has members of objects by their names', async () => {
    await cli.run(['clients', 'patch', 'zz-wide', '--replace', 'disabled=false']);
    await cli.run(['clients', 'restore', 'zz-wide', '1']);
    const { out } = await cli.run(['clients', 'revisions', 'zz-wide', '--columns', 'revision,restoredFrom']);
    expect(out.split('\n')[1]).toBe('3         revision 1');
  });

  it('is JSON or YAML of the same entries', async () => {
    const json = JSON.parse((await cli.run([...list, '-o', 'json'])).out) as { inum: string }[];
    expect(json.map(({ inum }) => inum)).toEqual(['zz-formula', 'zz-steerer', 'zz-wide']);
    expect(parse((await cli.run([...list, '-o', 'yaml'])).out)).toEqual(json);
    const one = await cli.run(['clients', 'get', 'zz-wide', '-o', 'yaml']);
    expect(parse(one.out)).toMatchObject({ inum: 'zz-wide', disabled: true });
  });

  it('says so where there is nothing, and a program still gets its list', async () => {
    const outputs = { table: '', json: '[]\n', yaml: '[]\n', csv: 'clientName,inum,grantTypes,disabled\n', name: '' };
    for (const [format, out] of Object.entries(outputs)) {
      const none = await cli.run(['clients', 'list', '--pattern', 'nothing-like-it', '-o', format]);
      expect(none).toEqual({ code: 0, out, err: 'There are no clients like that.\n' });
    }
    expect((await cli.run(['registration-tokens', 'list'])).err).toBe('There are no registration tokens.\n');
  });

  it('has names first and in their order for people, and the order of the service for programs', async () => {
    const table = await cli.run(list);
    expect(table.out).toMatch(/^clientName +inum .*\n=1\+1 +zz-formula .*\nred .* zz-steerer .*\n日.* zz-wide .*\n$/);
    const names = await cli.run(['clients', 'list', '--pattern', 'many-00', '--sort-order', 'descending']);
    expect(names.out).toMatch(/^clientName.*\nMany 9 .*\nMany 8 /);
    const ids = (await cli.run(['scopes', 'list', '--columns', 'id'])).out.trimEnd().split('\n').slice(1);
    expect(ids).toEqual([...ids].sort());
  });

  it('is CSV in which no spreadsheet finds a formula', async () => {
    const { out } = await cli.run([...list, '-o', 'csv', '--columns', 'inum,clientName,contacts']);
    expect(out.split('\n').slice(0, 2)).toEqual([
      'inum,clientName,contacts',
      "zz-formula,'=1+1,x@example.com;y@example.com",
    ]);
  });

  it('is ids, or what a JSONPath finds', async () => {
    expect((await cli.run([...list, '-o', 'name'])).out).toBe('zz-formula\nzz-steerer\nzz-wide\n');
    const path = await cli.run([...list, '-o', 'jsonpath=$.contacts[*]']);
    expect(path.out).toBe('x@example.com\ny@example.com\n');
    const bad = await cli.run([...list, '-o', 'jsonpath=$.[']);
    expect([bad.code, bad.out]).toEqual([2, '']);
  });
});

describe('a secret that is shown once', () => {
  it('is said where the format leaves it out', async () => {
    const create = ['clients', 'create', '--grant-types', 'client_credentials', '-o'];
    for (const format of ['name', 'csv', 'jsonpath=$.nothing', 'jsonpath=$[']) {
      const { err } = await cli.run([...create, format, '--client-name', `Once ${format}`]);
      expect([format, err]).toEqual([format, expect.stringMatching(/clientSecret, shown this once: [\w-]{43}/)]);
    }
    const whole = await cli.run([...create, 'jsonpath=$.clientSecret', '--client-name', 'Once more', '--no-advice']);
    expect([whole.out, whole.err]).toEqual([expect.stringMatching(/^[\w-]{43}\n$/), '']);
  });
});

describe('a flag without a value', () => {
  it('takes nothing away: a script has a variable that is not set', async () => {
    const { code, err } = await cli.run(['clients', 'update', 'zz-formula', '--contacts', '']);
    expect([code, err]).toEqual([2, expect.stringContaining('--contacts is empty; --unset contacts takes away')]);
    expect((await cli.run(['clients', 'get', 'zz-formula', '-o', 'json'])).out).toContain('x@example.com');
  });
});

describe('all pages', () => {
  it('hold every client once, in every format', async () => {
    const { out } = await cli.run(['clients', 'list', '--pattern', 'many-', '--all', '-o', 'name']);
    const names = out.trim().split('\n');
    expect([names.length, new Set(names).size]).toEqual([COUNT, COUNT]);
    const json = await cli.run(['clients', 'list', '--pattern', 'many-', '--all', '-o', 'json']);
    expect((JSON.parse(json.out) as unknown[]).length).toBe(COUNT);
  });

  it('are announced when there are more than one', async () => {
    const { out, err } = await cli.run(['clients', 'list', '--pattern', 'many-', '--limit', '2', '-o', 'name']);
    expect([out, err]).toEqual(['many-000\nmany-001\n', `2 of ${COUNT}. --all lists every one.\n`]);
  });
});

describe('a reader that goes away', () => {
  it('is no mistake', async () => {
    const { out, err } = await cli.shell('clientele clients list --all | head -1');
    expect([out.split('\n')[0], err]).toEqual([expect.stringContaining('clientName'), '']);
    const json = await cli.shell('clientele clients list --all -o json | head -1');
    expect(json).toEqual({ code: 0, out: '[\n', err: '' });
  });

  // Only some systems have a disk that is always full.
  (existsSync('/dev/full') ? it : it.skip)('and a disk that is full is one', async () => {
    const { code, err } = await cli.shell('clientele clients list > /dev/full');
    expect([code, err]).toEqual([1, 'clientele: standard output cannot be written: no space left on the disk\n']);
  });
});

describe('a card', () => {
  const lineOf = (out: string, name: string): string | undefined =>
    out.split('\n').find((line) => line.startsWith(`${name} `));
  let readerToken: string;

  beforeAll(async () => {
    const token = await service.adminToken();
    const send = (body: object) => service.request('POST', CLIENTS, { token, body: { redirectUris: [], ...body } });
    const names = { clientName: 'Scoped', clientNameLocalized: { values: { de: 'Mit Scopes' } } };
    await send({ inum: 'scoped', ...names, scopes: ['openid', 'email'], claims: ['name'] });
    readerToken = await service.adminToken('https://jans.io/oauth/config/openid/clients.readonly');
  });

  it('names scopes and claims as people do, and says nothing twice', async () => {
    const { code, out } = await cli.run(['clients', 'get', 'scoped']);
    expect([code, out]).toEqual([0, expect.stringMatching(/^scopes +openid\n +email\n/m)]);
    expect(lineOf(out, 'claims')).toMatch(/^claims +name$/);
    expect(lineOf(out, 'clientNameLocalized.values.de')).toMatch(/ Mit Scopes$/);
    for (const name of ['dn', 'baseDn', 'displayName', 'clientNameLocalized.values.']) {
      expect([name, lineOf(out, name)]).toEqual([name, undefined]);
    }
    const table = await cli.run(['clients', 'list', '--pattern', 'scoped', '--columns', 'inum,scopes']);
    expect(table.out).toBe('inum    scopes\nscoped  openid, email\n');
    const admin = await cli.run(['clients', 'get', service.admin.clientId]);
    expect(lineOf(admin.out, 'scopes')).toMatch(/ https:\/\/jans\.io\//);
    expect((await cli.run(['scopes', 'get', 'email'])).out).toMatch(/^claims +email\n/m);
  });

  it('has references as they are for programs, and for those who may not read the names', async () => {
    const path = await cli.run(['clients', 'get', 'scoped', '-o', 'jsonpath=$.scopes[0]']);
    expect(path.out).toBe('inum=F0C4,ou=scopes,o=jans\n');
    const env = { CLIENTELE_URL: service.url, CLIENTELE_ACCESS_TOKEN: readerToken };
    const { code, out, err } = await cli.run(['clients', 'get', 'scoped'], { env });
    expect([code, err, lineOf(out, 'scopes')]).toEqual([0, '', expect.stringContaining('inum=F0C4,ou=scopes,o=jans')]);
  });
});

suiteWith('script')('a terminal', () => {
  it('gets colours, and lines that fit it, in which ids are whole', async () => {
    const { out } = await cli.inTerminal('clientele clients list --pattern zz-');
    const lines = stripVTControlCharacters(out).trimEnd().split(/\r?\n/);
    expect(out).toContain('\u001b[1m');
    expect(lines.length).toBe(4);
    expect(lines[3]).toMatch(/^日.*… +zz-wide .*true$/);
    const plain = await cli.inTerminal('clientele clients list --pattern zz- --no-color', {});
    expect(plain.out).not.toContain('\u001b[1m');
    expect((await cli.inTerminal('NO_COLOR=1 clientele clients list --pattern zz-')).out).not.toContain('\u001b[1m');
  });

  it('gets every line whole, heads as well, and addresses by how they end', async () => {
    const { out } = await cli.inTerminal('clientele scopes list --no-color');
    const lines = out.trimEnd().split(/\r?\n/);
    expect(lines.filter((line) => stringWidth(line) > 80)).toEqual([]);
    expect(lines[0]).toMatch(/^id +inum +displayName +scopeType +registration$/);
    expect(out).toMatch(/^https:\/…\S*openid\.readonly +1800\.\w+ /m);
    const many = await cli.inTerminal(
      'clientele clients list --no-color --limit 3 --columns inum,clientName,redirectUris,scopes,grantTypes,applicationType',
    );
    expect(many.out.split(/\r?\n/).filter((line) => stringWidth(line) > 80)).toEqual([]);
    const schema = await cli.inTerminal('clientele clients schema --no-color');
    expect(schema.out.split(/\r?\n/).filter((line) => stringWidth(line) > 80)).toEqual([]);
    expect(schema.out).toMatch(/^--attributes\.run-introspection-script-before-jwt-creation +boolean\r$/m);
    expect(schema.out).toMatch(/^--token-endpoint-auth-method +text: client_.*…\r$/m);
    const advice = await cli.inTerminal('clientele clients validate --no-color --grant-types authorization_code');
    expect(advice.out.split(/\r?\n/).filter((line) => stringWidth(line) > 80)).toEqual([]);
    const card = await cli.inTerminal(`clientele clients get ${service.admin.clientId} --no-color`);
    expect(card.out).not.toContain('requirePkce');
    expect(card.out).toMatch(/^description +Manages [\w .]+\r\n {28}\w[\w .-]+\.\r$/m);
  });

  it('gets a history that is wrapped, and nothing of it is cut', async () => {
    const members = '--client-name Wrapped --description x --contacts a@example.com --policy-uri https://a.example/';
    await cli.shell(`clientele clients create --inum wrapped --no-advice ${members}`);
    const { out } = await cli.inTerminal('clientele clients history wrapped --no-color');
    const lines = out.trimEnd().split(/\r?\n/);
    expect(lines.filter((line) => stringWidth(line) > 80)).toEqual([]);
    expect(lines[1]).toMatch(/^\d{4}-\S+ \d\d:\d\d {2}Administrator {2}created {2}inum, /);
    const names = lines.slice(1).map((line) => line.slice(42).trim());
    expect([names.length > 1, names.join(' ').split(', ').sort()]).toEqual([
      true,
      ['clientName', 'clientSecret', 'contacts', 'description', 'inum', 'policyUri'],
    ]);
  });

  it('is not steered by what a client is called', async () => {
    for (const format of ['table', 'json', 'yaml', 'csv', 'jsonpath=$.clientName']) {
      const { out } = await cli.inTerminal(`clientele clients list --pattern zz-steerer --no-color -o '${format}'`);
      const steering = ['\u001b[31m', '\u202e'].filter((sequence) => out.includes(sequence));
      expect([format, steering]).toEqual([format, []]);
    }
  });

  it('shows a plan in colours, and in no others than its own', async () => {
    const yaml = 'inum: zz-steerer\nclientName: "blue \\u001b[34m"\nredirectUris: []\n';
    await cli.shell('mkdir -p plan && cat > plan/a.yaml', { input: yaml });
    const { out } = await cli.inTerminal('clientele clients diff plan');
    expect(out).toContain('\u001b[33m~ zz-steerer\u001b[39m');
    expect([out.includes('\u001b[34m'), out.includes('blue \\u001b[34m')]).toEqual([false, true]);
  });

  it('asks before a client is removed', async () => {
    const line = 'clientele clients delete many-000';
    const no = await cli.inTerminal(line, { input: 'n\n', typing: true });
    expect([no.code, no.out]).toEqual([1, expect.stringContaining('nothing was done')]);
    const yes = await cli.inTerminal(line, { input: 'y\n', typing: true });
    expect([yes.code, yes.out]).toEqual([0, expect.stringContaining('Removed many-000.')]);
  });
});
