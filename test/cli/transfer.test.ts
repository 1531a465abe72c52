import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { cliFor, type Cli } from '../support/cli.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

let service: TestService;
let cli: Cli;
let token: string;
let dir: string;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

// Each test has a folder of its own, and a service without clients but the administrator.
beforeEach(async () => {
  cli = cliFor(service);
  token = await service.adminToken();
  const { body } = await service.request('GET', `${CLIENTS}?limit=200`, { token });
  for (const { inum } of body.entries as { inum: string }[]) {
    if (inum !== service.admin.clientId) await service.request('DELETE', `${CLIENTS}/${inum}`, { token });
  }
  dir = join(cli.home, 'clients');
});
afterEach(() => cli.remove());

const create = (body: object): Promise<unknown> =>
  service.request('POST', CLIENTS, { token, body: { redirectUris: [], ...body } });
const write = (name: string, content: unknown): void => {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, name), typeof content === 'string' ? content : stringify(content));
};
const stored = async (inum: string) => (await service.request('GET', `${CLIENTS}/${inum}`, { token })).body;

describe('an export', () => {
  it.each([['../../escape'], ['a/b'], ['a\\b'], ['a\u001b[2J'], [''], [7], [undefined]])(
    'writes nothing outside its folder for a service that calls a client %j',
    async (inum) => {
      const entries = [{ inum, clientName: 'Escape', redirectUris: [] }];
      const server = createServer((_request, response) => {
        const body = { start: 0, totalEntriesCount: 1, entriesCount: 1, entries };
        response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
      });
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const env = {
        CLIENTELE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        CLIENTELE_ACCESS_TOKEN: 'some-token',
      };
      const { code, err } = await cli.run(['clients', 'export', '--dir', join(dir, 'deep', 'down')], { env });
      server.close();
      expect([code, err]).toEqual([1, expect.stringContaining('which is no inum')]);
      expect(err).not.toContain('\u001b');
      expect(readdirSync(dir, { recursive: true })).toEqual(['deep', join('deep', 'down')]);
    },
  );

  it('writes a sorted file for each client, without secrets, and the same one again', async () => {
    await create({
      inum: 'web',
      clientName: 'Web',
      tosUri: 'https://a.example/',
      attributes: { requirePkce: true, parLifetime: 9 },
    });
    await create({ inum: 'Web', clientName: 'Other', clientNameLocalized: { values: { '': 'Other', de: 'Anderer' } } });
    const { code, out, err } = await cli.run(['clients', 'export', '--dir', dir]);
    expect([code, out, err]).toEqual([0, '', '3 clients: 3 files written, 0 as they were.\n']);
    // Two names that a disk which ignores capitals would take for one.
    expect(readdirSync(dir)).toEqual(
      [expect.stringMatching(/^Web~[0-9a-f]{8}\.yaml$/), `${service.admin.clientId}.yaml`, 'web.yaml'].sort(),
    );
    expect(readFileSync(join(dir, 'web.yaml'), 'utf8')).toBe(
      'format: 2\napplicationType: web\nattributes:\n  parLifetime: 9\n  requirePkce: true\nclientName: Web\ngrantTypes: []\n' +
        'inum: web\nredirectUris: []\nsubjectType: public\ntokenEndpointAuthMethod: client_secret_basic\n' +
        'tosUri: https://a.example/\n',
    );
    const again = await cli.run(['clients', 'export', '--dir', dir]);
    expect(again.err).toBe('3 clients: 0 files written, 3 as they were.\n');
    const json = await cli.run(['clients', 'export', '--dir', join(cli.home, 'json'), '--format', 'json']);
    expect(json.code).toBe(0);
    expect(JSON.parse(readFileSync(join(cli.home, 'json', 'web.json'), 'utf8'))).toMatchObject({
      format: 2,
      inum: 'web',
    });
  });

  it('leaves a file as it is that differs by members at their defaults only, and an import of it changes nothing', async () => {
    await create({ inum: 'web', clientName: 'Web', attributes: { parLifetime: 9 } });
    await cli.run(['clients', 'export', '--dir', dir]);
    const text = readFileSync(join(dir, 'web.yaml'), 'utf8');
    // As it was exported after somebody had written defaults, when only those were shown.
    const before = `${text.replace('  parLifetime: 9', '  parLifetime: 9\n  requirePar: false')}rptAsJwt: false\n`;
    writeFileSync(join(dir, 'web.yaml'), before);
    expect((await cli.run(['clients', 'export', '--dir', dir])).err).toContain(' 0 files written,');
    expect(readFileSync(join(dir, 'web.yaml'), 'utf8')).toBe(before);
    expect((await cli.run(['clients', 'diff', dir, '--exit-code'])).code).toBe(0);
    write('web.yaml', { inum: 'web', clientName: 'Web', redirectUris: [], attributes: { parLifetime: 9 } });
    expect((await cli.run(['clients', 'diff', dir, '--exit-code'])).code).toBe(0);
    await service.request('POST', `${CLIENTS}/web/deactivate`, { token: await service.adminToken() });
    expect((await cli.run(['clients', 'diff', dir])).out).toContain('disabled: true → false');
    await cli.run(['clients', 'export', '--dir', dir]);
    expect(readFileSync(join(dir, 'web.yaml'), 'utf8')).toBe(text.replace('grantTypes', 'disabled: true\ngrantTypes'));
  });

  it('says which files belong to nobody any more, and removes them when told', async () => {
    write('gone.yaml', { inum: 'gone' });
    write('compose.yaml', { services: {} });
    expect((await cli.run(['clients', 'export', '--dir', dir])).err).toContain('gone.yaml');
    expect(existsSync(join(dir, 'gone.yaml'))).toBe(true);
    await cli.run(['clients', 'export', '--dir', dir, '--prune']);
    expect(existsSync(join(dir, 'gone.yaml'))).toBe(false);
    expect(existsSync(join(dir, 'compose.yaml'))).toBe(true);
  });

  it('ends with 1 on a disk that is full, and leaves no half file', async () => {
    for (let index = 0; index < 5; index += 1) await create({ inum: `c${index}` });
    const hook = pathToFileURL(fileURLToPath(new URL('../support/full-disk.mjs', import.meta.url))).href;
    const env = { NODE_OPTIONS: `--import ${hook}`, ROOM_FOR: '2' };
    const { code, err } = await cli.run(['clients', 'export', '--dir', dir], { env });
    expect([code, err]).toEqual([1, expect.stringMatching(/cannot be written: no space left on the disk\n$/)]);
    expect(readdirSync(dir).length).toBe(2);
    for (const name of readdirSync(dir)) expect(parse(readFileSync(join(dir, name), 'utf8'))).toHaveProperty('inum');
    expect((await cli.run(['clients', 'export', '--dir', dir])).err).toContain('6 clients: 4 files written, 2 as');
  });
});

describe('an import', () => {
  it('of what was exported changes nothing', async () => {
    await create({ inum: 'web', clientName: 'Web', scopes: ['openid', 'email'], clientUri: 'https://a.example/' });
    await cli.run(['clients', 'export', '--dir', dir]);
    expect(parse(readFileSync(join(dir, 'web.yaml'), 'utf8'))).toHaveProperty('scopes', ['openid', 'email']);
    const { code, out, err } = await cli.run(['clients', 'import', dir]);
    expect([code, out]).toEqual([0, '']);
    expect(err).toContain('0 to create, 0 to change, 2 unchanged, 0 refused, 0 to remove.');
  });

  it('reads files without format as version 0.1 meant them, and says so', async () => {
    const dn = (inum: string): string => `inum=${inum},ou=scopes,o=jans`;
    write('old.yaml', {
      inum: 'old',
      tokenEndpointAuthMethod: 'none',
      scopes: ['openid', dn('C4F7'), dn('B9D2')],
      claims: ['inum=83C6E6D0,ou=attributes,o=jans'],
    });
    const { code, err } = await cli.run(['clients', 'import', dir, '--yes']);
    expect(code).toBe(0);
    for (const word of [
      'C4F7 is read as C4F6 (offline_access)',
      'B9D2 is read as D491 (phone)',
      '83C6E6D0 is read as CAE3',
    ])
      expect(err).toMatch(
        new RegExp(`^${word.replace(/[()]/g, '.')}.*in files of an earlier version: old.yaml.$`, 'm'),
      );
    expect((await stored('old')).scopes).toEqual([dn('F0C4'), dn('C4F6'), dn('D491')]);
    const again = await cli.run(['clients', 'diff', dir]);
    expect(again.err).toContain('0 to create, 0 to change, 1 unchanged');
    write('new.yaml', { format: 2, inum: 'new', tokenEndpointAuthMethod: 'none', scopes: [dn('C4F7')] });
    write('later.yaml', { format: 3, inum: 'later' });
    const refused = await cli.run(['clients', 'import', dir, '--dry-run']);
    expect([refused.code, refused.out]).toEqual([
      1,
      expect.stringMatching(/^! later\.yaml: has the format 3; .*reads 2$/m),
    ]);
    expect(refused.out).toMatch(/^! new\.yaml: scopes\.0 there is no scope .*C4F7.*C4F6,ou=scopes,o=jans now$/m);
  });

  it('leaves the format of a file that makes a single client out of it', async () => {
    write('one.yaml', { format: 2, inum: 'one', tokenEndpointAuthMethod: 'none' });
    expect((await cli.run(['clients', 'create', '-f', join(dir, 'one.yaml')])).code).toBe(0);
  });

  it('shows its plan member by member, and --dry-run does no more', async () => {
    await create({
      inum: 'web',
      clientName: 'Web',
      contacts: ['a@x.example', 'b@x.example'],
      accessTokenLifetime: 300,
      logoUri: 'https://a.example/',
    });
    write('web.yaml', {
      inum: 'web',
      clientName: 'Web',
      contacts: ['b@x.example', 'c@x.example'],
      accessTokenLifetime: 60,
      grantTypes: ['client_credentials'],
      attributes: { requirePar: true },
    });
    write('new.json', '{"inum": "new", "tokenEndpointAuthMethod": "none"}');
    const { code, out, err } = await cli.run(['clients', 'import', dir, '--dry-run', '--no-advice']);
    expect([code, out, err]).toEqual([
      0,
      '+ new\n~ web\n    accessTokenLifetime: 300 → 60\n    attributes.requirePar: false → true\n' +
        '    contacts: -a@x.example +c@x.example\n    grantTypes: +client_credentials\n    logoUri: -https://a.example/\n',
      '1 to create, 1 to change, 0 unchanged, 0 refused, 0 to remove.\n',
    ]);
    expect(await stored('web')).toHaveProperty('accessTokenLifetime', 300);
    const same = await cli.run(['clients', 'diff', dir, '--exit-code']);
    expect([same.code, same.out, same.err]).toEqual([4, out, expect.stringContaining('they differ\n')]);
    expect((await cli.run(['clients', 'diff', dir])).code).toBe(0);

    const done = await cli.run(['clients', 'import', dir]);
    expect([done.code, done.out.slice(out.length)]).toEqual([0, 'created  new\nchanged  web\n']);
    expect(await stored('web')).toMatchObject({ accessTokenLifetime: 60, contacts: ['b@x.example', 'c@x.example'] });
    expect((await cli.run(['clients', 'diff', dir, '--exit-code'])).code).toBe(0);
  });

  it('refuses a client that would get a secret which nobody sees, and keeps secrets for their owner', async () => {
    write('a.yaml', { inum: 'a' });
    const refused = await cli.run(['clients', 'import', dir]);
    expect([refused.code, refused.out]).toEqual([
      1,
      '! a.yaml: would get a secret that nobody sees: give --secrets-file\n',
    ]);
    expect(await stored('a')).toHaveProperty('status', 404);
    const file = join(cli.home, 'secrets.jsonl');
    const done = await cli.run(['clients', 'import', dir, '--secrets-file', file]);
    expect([done.code, done.out]).toEqual([0, '+ a  gets a secret\ncreated  a\n']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { inum, clientSecret } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    const { status } = await service.request('POST', '/jans-auth/restv1/token', {
      headers: { Authorization: `Basic ${Buffer.from(`${inum}:${clientSecret}`).toString('base64')}` },
      form: { grant_type: 'client_credentials' },
    });
    // The secret is the one of the client, which may not use this grant.
    expect(status).toBe(400);
    expect(done.out + done.err).not.toContain(clientSecret);
    write('b.yaml', { inum: 'b' });
    const taken = await cli.run(['clients', 'import', dir, '--secrets-file', file]);
    expect([taken.code, taken.err]).toEqual([2, expect.stringContaining('it exists already')]);
    expect(await stored('b')).toHaveProperty('status', 404);
  });

  it('names the files that it cannot take, and goes on with the others', async () => {
    const web = { tokenEndpointAuthMethod: 'none' };
    write('broken.yaml', 'inum: [');
    write('nameless.yaml', { clientName: 'x' });
    write('one.yaml', { inum: 'one', ...web });
    write('other-one.yaml', { inum: 'one', ...web });
    write('rule.yaml', { inum: 'rule', redirectUris: ['javascript:1'], ...web });
    write('unknown.yaml', { inum: 'unknown', nothing: 1, ...web });
    const { code, out, err } = await cli.run(['clients', 'import', dir]);
    expect(code).toBe(1);
    for (const line of [
      /^! broken\.yaml: broken\.yaml is neither JSON nor YAML/m,
      /^! nameless\.yaml: has no inum/m,
      /^! other-one\.yaml: one has another file$/m,
      /^! rule\.yaml: redirectUris\.0 must/m,
      /^! unknown\.yaml: .*nothing: is no member/m,
      /^created {2}one$/m,
    ]) {
      expect(out).toMatch(line);
    }
    expect(err).toContain('1 of 1 done, 0 failed, 5 refused');
  });

  it('removes what has no file only when the number is said, and never an administrator or itself', async () => {
    const secret = 'a-secret-of-the-importer';
    const importer = ['clients.write', 'clients.delete'].map((name) => `https://jans.io/oauth/config/openid/${name}`);
    await create({ inum: 'importer', clientSecret: secret, grantTypes: ['client_credentials'], scopes: importer });
    await create({ inum: 'old-1' });
    await create({ inum: 'old-2' });
    write('kept.yaml', { inum: 'kept', tokenEndpointAuthMethod: 'none' });
    const env = { CLIENTELE_URL: service.url, CLIENTELE_CLIENT_ID: 'importer', CLIENTELE_CLIENT_SECRET: secret };
    const plan = await cli.run(['clients', 'import', dir, '--prune'], { env });
    const lines = plan.out.split('\n').sort();
    expect([plan.code, lines]).toEqual([
      2,
      [
        '',
        '+ kept',
        '- old-1',
        '- old-2',
        expect.stringMatching(`^= ${service.admin.clientId}  kept: it has the administration scope https://jans.io/`),
        '= importer  kept: it is the client that asks',
      ],
    ]);
    const wrong = await cli.run(['clients', 'import', dir, '--prune', '--confirm', '3'], { env });
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('nothing was done')]);
    expect(await stored('old-1')).toHaveProperty('inum');
    const done = await cli.run(['clients', 'import', dir, '--prune', '--confirm', '2'], { env });
    expect([done.code, done.out]).toEqual([0, expect.stringContaining('removed  old-1\nremoved  old-2\n')]);
    expect(await stored('importer')).toHaveProperty('inum');
    expect(await stored(service.admin.clientId)).toHaveProperty('inum');
    write('broken.yaml', 'x');
    const broken = await cli.run(['clients', 'import', dir, '--prune', '--confirm', '1'], { env });
    expect(broken.err).toContain('Nothing is pruned while files are refused');
  });
});

describe('an import of many', () => {
  let proxy: Server;
  let url: string;
  const seen = { now: 0, most: 0, writes: 0 };
  let afterWrite: ((count: number) => void) | undefined;

  /** A way to the service on which requests are counted. */
  beforeEach(async () => {
    Object.assign(seen, { now: 0, most: 0, writes: 0 });
    afterWrite = undefined;
    proxy = createServer((request, response) => {
      seen.now += 1;
      seen.most = Math.max(seen.most, seen.now);
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => void pass());
      const pass = async (): Promise<void> => {
        const { host: _host, connection: _connection, ...headers } = request.headers as Record<string, string>;
        const method = request.method ?? 'GET';
        const body = chunks.length > 0 ? { body: Buffer.concat(chunks) } : {};
        delete headers['content-length'];
        const reply = await fetch(service.url + (request.url ?? ''), { method, headers, ...body });
        const text = await reply.text();
        if (method === 'POST' && request.url === CLIENTS) {
          seen.writes += 1;
          afterWrite?.(seen.writes);
        }
        seen.now -= 1;
        response.writeHead(reply.status, { 'Content-Type': reply.headers.get('content-type') ?? '' }).end(text);
      };
    });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    url = `http://localhost:${(proxy.address() as AddressInfo).port}`;
    for (let index = 0; index < 60; index += 1)
      write(`c${index}.yaml`, { inum: `c${index}`, tokenEndpointAuthMethod: 'none' });
  });
  afterEach(() => {
    proxy.closeAllConnections();
    proxy.close();
  });

  const env = (): Record<string, string> => ({ CLIENTELE_URL: url, CLIENTELE_ACCESS_TOKEN: token });

  it('has a few requests under way at a time', async () => {
    const { code } = await cli.run(['clients', 'import', dir], { env: env() });
    expect([code, seen.writes]).toEqual([0, 60]);
    expect(seen.most).toBeGreaterThan(2);
    expect(seen.most).toBeLessThanOrEqual(8);
  });

  it('finishes what is under way when it is interrupted, and goes on when it is run again', async () => {
    const { child, result } = cli.start(['clients', 'import', dir], { env: env() });
    afterWrite = (count) => {
      if (count === 10) child.kill('SIGINT');
    };
    const { code, out, err } = await result;
    expect([code, err]).toEqual([130, expect.stringMatching(/interrupted: \d+ of 60 done, 0 failed/)]);
    const created = out.match(/^created/gm)?.length ?? 0;
    expect([created, created < 60]).toEqual([seen.writes, true]);
    const rest = await cli.run(['clients', 'import', dir], { env: env() });
    expect([rest.code, rest.err]).toEqual([
      0,
      expect.stringContaining(`${60 - created} to create, 0 to change, ${created} unchanged`),
    ]);
  });

  it('ends with 3 when the service goes away in the middle', async () => {
    afterWrite = (count) => {
      if (count !== 10) return;
      proxy.close();
      proxy.closeAllConnections();
    };
    const { code, err } = await cli.run(['clients', 'import', dir], { env: env() });
    expect([code, err]).toEqual([3, expect.stringMatching(/cannot reach .*\n.*of 60 done\. The same command goes on/)]);
  });
});

describe('an edit', () => {
  const editor = (script: string): Record<string, string> => {
    const path = join(cli.home, 'editor.sh');
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o700);
    return { EDITOR: path };
  };

  beforeEach(() =>
    create({ inum: 'web', clientName: 'Web', description: 'Old', attributes: { parLifetime: 9, requirePkce: true } }),
  );

  it('shows the difference and sends only that', async () => {
    const env = editor(
      `sed -i.bak -e 's/^clientName: Web/clientName: Web 2/' -e '/^description/d' -e '/parLifetime/d' "$1"`,
    );
    const { code, out, err } = await cli.run(['clients', 'edit', 'web'], { env });
    expect([code, out]).toEqual([0, '']);
    expect(err).toBe('attributes.parLifetime: -9\nclientName: Web → Web 2\ndescription: -Old\nChanged.\n');
    const client = await stored('web');
    expect(client).toMatchObject({ clientName: 'Web 2', attributes: { requirePkce: true } });
    expect(client).not.toHaveProperty('description');
    expect((await cli.run(['clients', 'edit', 'web'], { env: editor('true') })).err).toBe('Nothing was changed.\n');
  });

  it('keeps what was written when the service refuses it, or somebody else was faster', async () => {
    const refused = await cli.run(['clients', 'edit', 'web'], { env: editor('echo "nothing: 1" >> "$1"') });
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('nothing: is no member')]);
    const kept = /What you wrote is kept in (.*)\n/.exec(refused.err)?.[1] ?? '';
    expect(readFileSync(kept, 'utf8')).toContain('nothing: 1');
    expect(statSync(kept).mode & 0o777).toBe(0o600);
    rmSync(kept);

    const patch = `curl -s -X PATCH -H 'Content-Type: application/merge-patch+json' -H 'Authorization: Bearer ${token}' -d '{"description":"Faster"}' ${service.url}${CLIENTS}/web > /dev/null`;
    const late = await cli.run(['clients', 'edit', 'web'], {
      env: editor(`${patch}\necho 'contacts: [a@b.example]' >> "$1"`),
    });
    expect([late.code, late.err]).toEqual([1, expect.stringContaining('changed since it was read')]);
    expect(await stored('web')).toMatchObject({ description: 'Faster' });
    expect(await stored('web')).not.toHaveProperty('contacts');
  });
});
