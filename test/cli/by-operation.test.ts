import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cliFor, type Cli, type CliResult } from '../support/cli.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

let service: TestService;
let cli: Cli;
const LIST = 'clientele --operation-id get-oauth-openid-clients';

beforeAll(async () => {
  service = await startService();
  cli = cliFor(service);
  const token = await service.adminToken();
  const clients = [
    {
      inum: 'c-web',
      clientName: 'Foo web',
      redirectUris: ['https://rp.example/cb'],
      persistClientAuthorizations: true,
    },
    {
      inum: 'c-native',
      clientName: 'Foo native',
      applicationType: 'native',
      redirectUris: [],
      logoUri: 'https://a.example/',
    },
  ];
  for (const body of clients) {
    const { status } = await service.request('POST', CLIENTS, { token, body });
    expect(status).toBe(201);
  }
});
afterAll(async () => {
  cli.remove();
  await service.stop();
});

/** The JSON of a command line that is done. */
async function json(line: string): Promise<Record<string, unknown> & { entries: { inum: string }[] }> {
  const { code, out, err } = await cli.shell(line);
  expect([line, code, code === 0 ? '' : err]).toEqual([line, 0, '']);
  return JSON.parse(out) as Record<string, unknown> & { entries: { inum: string }[] };
}

const inums = async (line: string): Promise<string[]> => (await json(line)).entries.map(({ inum }) => inum);

describe('the worked commands of jans-cli', () => {
  it('say what can be done, without a server', async () => {
    const { code, out } = await cli.shell('clientele --info OauthOpenidConnectClients', { cwd: '/' });
    expect(code).toBe(0);
    for (const line of [
      'Operation ID: get-oauth-openid-clients\n  Description: ',
      '  limit: Size of the page, 0 to 200. [integer]\n',
      'Operation ID: post-oauth-openid-client\n',
      '  Schema: Client\n',
      '  Schema: Array of JsonPatch\n',
      'clientele --schema-sample',
    ]) {
      expect(out).toContain(line);
    }
    const former = await cli.shell('clientele --info OAuthOpenIDConnectClients', { cwd: '/' });
    expect(former.out).toBe(out);
  });

  it('list, search, filter and sort', async () => {
    const { code, out, err } = await cli.shell(LIST);
    expect([code, err]).toEqual([0, 'Please wait while retrieving data ...\n']);
    expect(JSON.parse(out)).toMatchObject({ start: 0, totalEntriesCount: 3, entriesCount: 3 });
    expect(await json(`${LIST} --endpoint-args limit:2`)).toMatchObject({ entriesCount: 2 });
    expect(await inums(`${LIST} --endpoint-args pattern:foo,limit:10,startIndex:0`)).toEqual(['c-native', 'c-web']);
    const filter = 'fieldValuePair:applicationType=web,fieldValuePair:persistClientAuthorizations=true';
    expect(await inums(`${LIST} --endpoint-args ${filter}`)).toEqual(['c-web']);
    const escaped = String.raw`'fieldValuePair:applicationType=web\,persistClientAuthorizations=true'`;
    expect(await inums(`${LIST} --endpoint-args ${escaped}`)).toEqual(['c-web']);
    const sorted = await inums(`${LIST} --endpoint-args sortBy:clientName,sortOrder:descending,pattern:foo`);
    expect(sorted).toEqual(['c-web', 'c-native']);
  });

  it('get, describe, and make a sample that the service accepts as it is, the same each time', async () => {
    const get = 'clientele --operation-id get-oauth-openid-clients-by-inum --url-suffix inum:c-web -no-color';
    expect(await json(get)).toMatchObject({ inum: 'c-web', clientName: 'Foo web' });
    const table = await cli.shell('clientele --schema Client', { cwd: '/' });
    expect(table.out).toMatch(/^grantTypes +array of string$/m);
    expect(table.out).toMatch(/^ {6}requirePkce +boolean$/m);
    const sample = await cli.shell('clientele --schema-sample Client > c.json && clientele --schema-sample Client');
    expect(sample.out).toBe(readFileSync(join(cli.folder, 'c.json'), 'utf8'));
    const create = 'clientele --operation-id post-oauth-openid-client --data c.json';
    expect(await json(create)).toMatchObject({ clientName: 'Photo print shop', attributes: { requirePkce: true } });
  });

  it('create inline, and replace what was edited in a file', async () => {
    const body = '{"redirectUris":["https://rp.example/cb"],"clientName":"x"}';
    const made = await json(`clientele --operation-id post-oauth-openid-client --data '${body}'`);
    const inum = String(made['inum']);
    const get = `clientele --operation-id get-oauth-openid-clients-by-inum --url-suffix inum:${inum} -no-color`;
    await cli.shell(`${get} > one.json`);
    const file = join(cli.folder, 'one.json');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('"x"', '"y"'));
    const put = await json('clientele --operation-id put-oauth-openid-client --data one.json');
    expect(put).toMatchObject({ inum, clientName: 'y' });
  });

  it('patch from a file, in short, and with a colon in the value', async () => {
    const patch = 'clientele --operation-id patch-oauth-openid-client-by-inum --url-suffix inum:c-native';
    writeFileSync(join(cli.folder, 'p.json'), '[{"op":"replace","path":"applicationType","value":"web"}]');
    expect(await json(`${patch} --data p.json`)).toMatchObject({ applicationType: 'web' });
    expect(await json(`${patch} --patch-replace applicationType:native`)).toMatchObject({ applicationType: 'native' });
    const colon = String.raw`'logoUri:https\://rp.example/l.png'`;
    expect(await json(`${patch} --patch-replace ${colon}`)).toMatchObject({ logoUri: 'https://rp.example/l.png' });
    const bare = await cli.shell(`${patch} --patch-replace logoUri:https://rp.example/l.png`);
    expect([bare.code, bare.err]).toEqual([2, expect.stringContaining(String.raw`written \:`)]);
    const many = '--patch-add accessTokenLifetime:60 --patch-add attributes/requirePar:true --patch-remove logoUri';
    const patched = await json(`${patch} ${many} --patch-add 'contacts:["a@example.com"]'`);
    expect(patched).toMatchObject({
      accessTokenLifetime: 60,
      attributes: { requirePar: true },
      contacts: ['a@example.com'],
    });
    expect(patched).not.toHaveProperty('logoUri');
  });

  it('patch with what was read, which changes nothing, and not with names that are not there', async () => {
    const one = (verb: string): string => `clientele --operation-id ${verb}-by-inum --url-suffix inum:c-web`;
    const read = await json(one('get-oauth-openid-clients'));
    writeFileSync(join(cli.folder, 'read.json'), JSON.stringify(read));
    const patch = one('patch-oauth-openid-client');
    expect(await json(`${patch} --data read.json`)).toEqual(read);
    for (const words of [`--data '{"acessTokenLifetime":60}'`, `--patch-add acessTokenLifetime:60`]) {
      const refused = await cli.shell(`${patch} ${words}`);
      expect([refused.code, refused.out, refused.err]).toEqual([1, '', expect.stringContaining('accessTokenLifetime')]);
    }
    expect(await json(one('get-oauth-openid-clients'))).toEqual(read);
  });

  it('take members from files', async () => {
    writeFileSync(join(cli.folder, 'text.txt'), 'from a file');
    const body = '{"redirectUris":[],"description":"_file text.txt"}';
    const made = await json(`clientele --operation-id post-oauth-openid-client --data '${body}'`);
    expect(made).toMatchObject({ description: 'from a file' });
    const missing = await cli.shell(
      `clientele --operation-id post-oauth-openid-client --data '{"description":"_file no.txt"}'`,
    );
    expect([missing.code, missing.err]).toEqual([2, expect.stringContaining('no.txt: there is no such file')]);
  });

  it('delete', async () => {
    const line = 'clientele --operation-id delete-oauth-openid-client-by-inum --url-suffix inum:c-native';
    expect(await cli.shell(line)).toEqual({ code: 0, out: '', err: 'Object was successfully deleted.\n' });
    const again: CliResult = await cli.shell(line);
    expect([again.code, again.out]).toEqual([1, '']);
  });

  it('print a token for curl, take one from a file or from input, and end it', async () => {
    const { out: token } = await cli.shell(`${LIST} --output-access-token`);
    expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    writeFileSync(join(cli.folder, 'token.jwt'), token);
    const host = service.url.replace('http://', '');
    expect(await json(`${LIST} --host ${host} --access-token token.jwt`)).toMatchObject({ start: 0 });
    expect(await json(`${LIST} --host ${host} --access-token - < token.jwt`)).toMatchObject({ start: 0 });
    const literal = await cli.shell(`${LIST} --host ${host} --access-token ${token}`);
    expect([literal.code, literal.err]).toEqual([0, expect.stringContaining('other users')]);
    expect(await cli.shell('clientele -revoke-session')).toEqual({
      code: 0,
      out: '',
      err: 'Logged out: the token is revoked.\n',
    });
    service.clock.advance(2_000);
    const revoked = await cli.shell(`${LIST} --host ${host} --access-token token.jwt`);
    expect([revoked.code, revoked.out]).toEqual([3, '']);
  });
});

describe('what jans-cli lets pass', () => {
  it('is refused with a suggestion', async () => {
    const cases: [string, string][] = [
      [`${LIST} --endpoint-args limt:1`, 'did you mean limit?'],
      [`${LIST} --endpoint-args limit`, 'limit has no colon'],
      ['clientele --operation-id get-oauth-openid-client', 'did you mean get-oauth-openid-clients?'],
      ['clientele --operation-id get-oauth-openid-clients-by-inum', '--url-suffix inum:'],
      ['clientele --operation-id patch-oauth-openid-client-by-inum --url-suffix inum:c-web', 'needs --data'],
      ['clientele --schema Clent', 'did you mean Client?'],
      ['clientele --info Clients', 'One of: '],
      ['clientele --operation-id post-oauth-openid-client --data nothing.json', 'neither the name of a file nor JSON'],
      [`${LIST} -CC a -CK b`, 'client certificates are not supported'],
      [`${LIST} --acces-token x`, 'did you mean --access-token?'],
    ];
    for (const [line, message] of cases) {
      const { code, out, err } = await cli.shell(line);
      expect([line, code, out]).toEqual([line, 2, '']);
      expect(err).toContain(message);
    }
  });

  it('is told when it makes no difference, and options that are read elsewhere are taken', async () => {
    const { code, err } = await cli.shell(`${LIST} -noverify --op-mode get --plugins user-mgt --no-tui -debug`);
    expect([code, err]).toEqual([0, expect.stringContaining('certificates are always checked')]);
    expect(err).toContain('GET /jans-config-api/api/v1/openid/clients: 200');
  });

  it('works with the environment and the settings of jans-cli', async () => {
    const { clientId, clientSecret } = service.admin;
    const host = service.url.replace('http://', '');
    const env = { jans_host: host, jca_client_id: clientId, jca_client_secret: clientSecret };
    expect((await cli.shell(LIST, { cwd: '/', env })).code).toBe(0);
    const ini = `[DEFAULT]\njans_host = ${host}\njca_client_id = ${clientId}\njca_client_secret = ${clientSecret}\n`;
    const home = join(cli.folder, 'ini-home');
    await cli.shell(`umask 077; mkdir -p ${home}/.config; cat > ${home}/.config/jans-cli.ini`, { input: ini });
    expect((await cli.shell(LIST, { cwd: '/', env: { HOME: home } })).code).toBe(0);
  });
});
