import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cliFor, type Cli } from '../support/cli.ts';
import { afterEachRead } from '../support/interleaving.ts';
import { freePort } from '../support/ports.ts';
import { REGISTER } from '../support/registration.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

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

const read = async (inum: string): Promise<Record<string, unknown>> =>
  (await service.request('GET', `${CLIENTS}/${inum}`, { token: await service.adminToken() })).body as Record<
    string,
    unknown
  >;

const OFFLINE =
  /^The tokens of shop have ended\. Servers that do not ask here take the last one until 20\d\d-\d\d-\d\d [\d:]{8} UTC\.\n$/;

describe('the life of a client', () => {
  it('is created from flags of every type, and its secret is shown once', async () => {
    const { code, out, err } = await cli.shell(
      `clientele clients create --inum shop --client-name 'Shop' --redirect-uris https://shop.example/a,b \
        --redirect-uris https://shop.example/c --grant-types authorization_code,refresh_token --response-types code \
        --access-token-lifetime 60 --attributes.require-pkce --no-trusted-client --scopes openid,profile \
        --client-name-localized de=Laden --client-name-localized fr=Boutique --no-advice`,
    );
    expect([code, err]).toEqual([0, 'Keep clientSecret: it is not shown again.\n']);
    expect(out).toMatch(/^clientSecret +[\w-]{43}$/m);
    expect(await read('shop')).toMatchObject({
      redirectUris: ['https://shop.example/a,b', 'https://shop.example/c'],
      grantTypes: ['authorization_code', 'refresh_token'],
      accessTokenLifetime: 60,
      attributes: { requirePkce: true },
      trustedClient: false,
      scopes: ['inum=F0C4,ou=scopes,o=jans', 'inum=43F1,ou=scopes,o=jans'],
      clientNameLocalized: { values: { '': 'Shop', de: 'Laden', fr: 'Boutique' } },
    });
  });

  it('takes its secret from standard input, and never as an argument', async () => {
    const made = await cli.run(
      [
        'clients',
        'create',
        '--no-advice',
        '--inum',
        'chosen',
        '--client-secret-file',
        '-',
        '-o',
        'jsonpath=$.clientSecret',
      ],
      { input: 'a-secret-from-input\n' },
    );
    expect(made).toEqual({ code: 0, out: 'a-secret-from-input\n', err: '' });
    for (const args of [
      ['update', 'chosen', '--client-secret', 'x'],
      ['update', 'chosen', '--set', 'clientSecret=x'],
      ['rotate-secret', 'chosen', '--client-secret', 'x'],
    ]) {
      const refused = await cli.run(['clients', ...args]);
      expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('--client-secret-file')]);
    }
  });

  it('is created from YAML on standard input, and what flags say comes on top', async () => {
    const input = 'inum: from-yaml\nclientName: Yaml\nredirectUris: []\nattributes:\n  parLifetime: 30\n';
    const { code, out } = await cli.run(['clients', 'create', '-f', '-', '--client-name', 'Flag', '-o', 'name'], {
      input,
    });
    expect([code, out]).toEqual([0, 'from-yaml\n']);
    expect(await read('from-yaml')).toMatchObject({ clientName: 'Flag', attributes: { parLifetime: 30 } });
  });

  it('is updated by flags, --set and --unset, and keeps the rest', async () => {
    const { code } = await cli.shell(
      `clientele clients update shop --no-attributes.require-pkce --set attributes.parLifetime=90 \
        --set 'contacts=["a@example.com"]' --unset accessTokenLifetime --description 'Sells'`,
    );
    expect(code).toBe(0);
    const client = await read('shop');
    expect(client).toMatchObject({
      attributes: { requirePkce: false, parLifetime: 90 },
      contacts: ['a@example.com'],
      description: 'Sells',
      clientName: 'Shop',
    });
    expect(client).not.toHaveProperty('accessTokenLifetime');
  });

  it('is patched with several typed operations in the order in which they are written', async () => {
    const patch = ['clients', 'patch', 'shop', '--add', 'contacts/-=b@example.com', '--test', 'description=Sells'];
    const more = ['--replace', 'attributes/parLifetime=91', '--replace', 'clientName=123', '--remove', 'description'];
    expect(await cli.run([...patch, ...more, '-o', 'jsonpath=$["clientName","contacts"]'])).toEqual({
      code: 0,
      out: '123\n["a@example.com","b@example.com"]\n',
      err: '',
    });
    expect(await read('shop')).toMatchObject({ attributes: { parLifetime: 91 } });
    const failing = await cli.run(['clients', 'patch', 'shop', '--test', 'clientName=Other', '--remove', 'contacts']);
    expect([failing.code, failing.err]).toEqual([1, expect.stringContaining('test')]);
    expect(await read('shop')).toHaveProperty('contacts');
  });

  it('is deactivated, activated, and gets another secret', async () => {
    const { code, err } = await cli.run(['clients', 'deactivate', 'shop', '--revoke-tokens']);
    expect([code, err]).toEqual([0, expect.stringMatching(OFFLINE)]);
    expect(await read('shop')).toMatchObject({ disabled: true });
    expect((await cli.run(['clients', 'activate', 'shop'])).code).toBe(0);
    expect(await read('shop')).toMatchObject({ disabled: false });
    const rotated = await cli.run(['clients', 'rotate-secret', 'shop', '--overlap-seconds', '60', '-o', 'json']);
    expect(JSON.parse(rotated.out)).toMatchObject({ inum: 'shop', previousSecretExpiresAt: expect.any(String) });
    const { out: added } = await cli.run(['clients', 'add-secret', 'shop', '--label', 'Second', '-o', 'name']);
    expect((await cli.run(['clients', 'secrets', 'shop', '-o', 'name'])).out.split('\n')).toContain(added.trim());
    expect(added).toMatch(/^[\w-]+\n$/);
  });

  it('is deactivated and activated with others, in the order in which they are named', async () => {
    await cli.run(['clients', 'create', '--inum', 'stall']);
    const off = await cli.run(['clients', 'deactivate', 'stall', 'shop', '-o', 'csv', '--columns', 'inum,disabled']);
    expect(off).toEqual({ code: 0, out: 'inum,disabled\nstall,true\nshop,true\n', err: '' });
    const some = await cli.run(['clients', 'activate', 'shop', 'missing', 'stall', '-o', 'name']);
    expect([some.code, some.out, some.err.split('\n')]).toEqual([
      1,
      'shop\nstall\n',
      [expect.stringMatching(/^Not activated missing: .*doesn't exist/), 'clientele: 2 of 3 activated', ''],
    ]);
    const table = await cli.run(['clients', 'activate', 'shop', 'stall']);
    expect(table.out).toMatch(/^clientName +inum +grantTypes +disabled\n123 +shop .*\n +stall .*\n$/);
    const single = await cli.run(['clients', 'deactivate', 'missing']);
    expect([single.code, single.out, single.err]).toEqual([
      1,
      '',
      expect.stringMatching(/^clientele: .*doesn't exist/),
    ]);
    const away = { CLIENTELE_URL: `http://localhost:${await freePort()}`, CLIENTELE_ACCESS_TOKEN: 'some-token' };
    const lost = await cli.run(['clients', 'deactivate', 'shop', 'stall'], { env: away });
    expect([lost.code, lost.err]).toEqual([3, expect.stringContaining('0 of 2 deactivated; stopped at shop.')]);
    expect((await cli.run(['clients', 'activate'])).err).toContain("missing required argument 'inum'");
  });

  it('is removed only when that is said, and several at once', async () => {
    const asked = await cli.run(['clients', 'delete', 'shop']);
    expect([asked.code, asked.err]).toEqual([2, 'clientele: nobody is here to be asked: say --yes\n']);
    const { code, out, err } = await cli.run(['clients', 'delete', 'shop', 'from-yaml', '--yes']);
    expect([code, out, err]).toEqual([0, '', 'Removed shop.\nRemoved from-yaml.\n']);
    for (const inum of ['one', 'two']) await cli.run(['clients', 'create', '--inum', inum]);
    const some = await cli.run(['clients', 'delete', 'one', 'missing', 'two', '--yes']);
    expect([some.code, some.out, some.err.split('\n')]).toEqual([
      1,
      '',
      [
        'Removed one.',
        expect.stringMatching(/^Not removed missing: .*doesn't exist/),
        'Removed two.',
        'clientele: 2 of 3 removed',
        '',
      ],
    ]);
    const away = { CLIENTELE_URL: `http://localhost:${await freePort()}`, CLIENTELE_ACCESS_TOKEN: 'some-token' };
    const lost = await cli.run(['clients', 'delete', 'one', 'two', '--yes'], { env: away });
    expect([lost.code, lost.err]).toEqual([
      3,
      expect.stringMatching(/cannot reach .*\n0 of 2 removed; stopped at one\./),
    ]);
    const gone = await cli.run(['clients', 'get', 'shop']);
    expect([gone.code, gone.out]).toEqual([1, '']);
    expect(gone.err).toContain("doesn't exist");
  });
});

describe('an undo', () => {
  it('shows what would come of it, does it, and ends with 1 where something is left', async () => {
    const create = (inum: string) => ['clients', 'create', '--inum', inum, '--description', 'First', '-o', 'name'];
    for (const inum of ['undone-1', 'undone-2']) await cli.run([...create(inum), '--no-advice']);
    await cli.shell(
      `for client in undone-1 undone-2; do clientele clients update $client --description Second; done
       clientele clients update undone-2 --access-token-lifetime 60 --reason Why; clientele clients activate undone-2
       clientele clients update undone-2 --description Third`,
    );
    const { out: ids } = await cli.run(['history', '--property', 'description', '--since', 'yesterday', '-o', 'name']);
    const [third, second = '', first = ''] = ids.trim().split('\n');
    const plan = await cli.run(['undo', first, second, '--dry-run']);
    expect(plan.out).toMatch(
      new RegExp(
        [
          '^undone-1  changed',
          '  description: Second → First',
          'undone-2  as it is',
          `  left  description: it was changed again since; force overwrites that \\(.{16} by \\S+, change ${third}\\)\n$`,
        ].join('\n'),
      ),
    );
    expect([plan.code, plan.err]).toEqual([
      1,
      '2 clients: 1 undone, 1 with something left.\nThis is a plan: nothing was done.\n' +
        'clientele: of 1 client something would be left\n',
    ]);
    const asked = await cli.run(['undo', first]);
    expect([asked.code, asked.err]).toEqual([2, expect.stringContaining('--yes')]);
    const done = await cli.run(['undo', first, second, '--force', '--yes', '-o', 'json']);
    expect([done.code, JSON.parse(done.out)]).toEqual([0, expect.objectContaining({ undone: 2, left: 0 })]);
    expect(await read('undone-2')).toMatchObject({ description: 'First', accessTokenLifetime: 60 });
    const { out: last } = await cli.run(['history', '--inum', 'undone-2', '--limit', '1']);
    expect(last).toMatch(/ Administrator +undone +undone-2 +description\n$/);
    const none = await cli.run(['undo', '--by', 'nobody', '--since', 'today', '--yes']);
    expect([none.code, none.err]).toEqual([0, 'There are no such changes.\n']);
    for (const [args, told] of [
      [[], 'undo what?'],
      [['--where', ' '], '--where is empty'],
      [['--yes', 'first'], 'not first'],
      [['--pause'], '--pause needs --id'],
      [['--list', '--by', 'ann'], '--by is about one'],
      [['--id', 'x', '--pause', '--stop'], 'one will do'],
    ] as const)
      expect(await cli.run(['undo', ...args])).toMatchObject({
        code: 2,
        err: expect.stringContaining(told) as unknown,
      });
    const listed = await cli.run(['undo', '--list', '--limit', '1', '--columns', 'state,clients,undone,left']);
    expect([listed.out, listed.err]).toEqual(['state  clients  undone  left\ndone   2        2       0\n', '']);
    const stopped = await cli.run(['undo', '--id', 'nowhere', '--stop']);
    expect([stopped.code, stopped.err]).toEqual([1, expect.stringContaining('no such undo')]);
  });

  it('takes back what it has shown, and nothing that was done meanwhile', async () => {
    await cli.run(['clients', 'create', '--inum', 'undone-3', '--description', 'First', '--no-advice']);
    await cli.run(['clients', 'update', 'undone-3', '--description', 'Second']);
    const late = () => cli.run(['clients', 'update', 'undone-3', '--contacts', 'late@example.com']);
    const between = afterEachRead(service, 'undone-3', late, 1);
    const line = 'clientele undo --inum undone-3 --operation patch-oauth-openid-client-by-inum';
    const { code } = await cli.inTerminal(line, { typing: true, input: 'y\n' });
    between.end();
    expect(code).toBe(0);
    expect(await read('undone-3')).toMatchObject({ description: 'First', contacts: ['late@example.com'] });
  });
});

describe('the history of a client', () => {
  const COLUMNS = 'operation,changed';
  const seen = async (...args: string[]): Promise<string[]> => {
    const { code, out } = await cli.run(['clients', 'history', 'seen', '-o', 'csv', '--columns', COLUMNS, ...args]);
    expect(code).toBe(0);
    return out.trimEnd().split('\n').slice(1);
  };

  it('is a table of when, who, what and which members, the newest first', async () => {
    await cli.run(['clients', 'create', '--inum', 'seen']);
    await cli.run(['clients', 'update', 'seen', '--description', 'a-telling-value', '--attributes.par-lifetime', '30']);
    await cli.run(['clients', 'deactivate', 'seen']);
    const { code, out, err } = await cli.run(['clients', 'history', 'seen']);
    expect([code, err, out]).toEqual([0, '', expect.not.stringContaining('a-telling-value')]);
    const [head, ...rows] = out.trimEnd().split('\n');
    expect(head).toMatch(/^when \(UTC\) +who +what +members$/);
    const row = (what: string): RegExp => new RegExp(`^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d  Administrator  ${what}$`);
    expect(rows).toEqual([
      expect.stringMatching(row('deactivated  disabled')),
      expect.stringMatching(row('changed      description, attributes.parLifetime')),
      expect.stringMatching(row('created      inum, clientSecret')),
    ]);
  });

  it('says who registered a client, and that it changed itself', async () => {
    const form = { client_name: 'Self', redirect_uris: ['https://self.example/cb'] };
    const open = await service.request('POST', '/jans-config-api/api/v1/registration-tokens', {
      token: await service.adminToken(),
      body: { label: 'x', uses: 1 },
    });
    const made = await service.request('POST', REGISTER, { token: open.body.token as string, body: form });
    const { client_id: id, registration_access_token: token } = made.body as Record<string, string>;
    const changed = await service.request('PUT', `${REGISTER}?client_id=${id}`, {
      token,
      body: { ...form, client_id: id, client_name: 'Still self' },
    });
    expect(changed.status).toBe(200);
    // Who takes a scope away from clients changes them, and removes none.
    const address = '/jans-config-api/api/v1/scopes';
    const scope = { id: 'gone.read', displayName: 'Gone' };
    const admin = await service.adminToken();
    const { inum } = (await service.request('POST', address, { token: admin, body: scope })).body as { inum: string };
    const headers = { 'Content-Type': 'application/merge-patch+json' };
    const patch = { token: admin, headers, body: { scopes: ['gone.read'] } };
    expect((await service.request('PATCH', `${CLIENTS}/${id}`, patch)).status).toBe(200);
    expect((await service.request('DELETE', `${address}/${inum}?force=true`, { token: admin })).status).toBe(204);
    const { out } = await cli.run(['clients', 'history', 'Still self']);
    expect(out).toMatch(
      /^when.*\n.* Administrator +changed +scopes\n.* Administrator +changed +scopes\n.* itself +changed +clientName\n.*initial access token \S+ +registered +\S.*\n$/,
    );
  });

  it('says which person did it with a client of another issuer', async () => {
    await cli.run(['clients', 'create', '--inum', 'theirs']);
    for (const [name, actor] of [
      ['alice', null],
      [null, 'desk'],
    ])
      await service.database.writer.query(
        `INSERT INTO audit_records (at, caller, operation, inum, changed, request_id, subject, subject_name, subject_actor)
          VALUES ('2026-01-01T00:00:00.000Z', 'https://login.example admin-ui', 'put-oauth-openid-client', 'theirs', '[]', '', '7c0b', ?, ?)`,
        [name, actor],
      );
    const { out } = await cli.run(['clients', 'history', 'theirs', '--limit', '2']);
    expect(out).toMatch(/ desk for 7c0b via admin-ui +changed *\n.* alice via admin-ui +changed *\n$/);
  });

  it('is in JSON as the service has it, and page by page', async () => {
    const json = await cli.run(['clients', 'history', 'seen', '--limit', '1', '-o', 'json']);
    expect([json.code, json.err]).toEqual([0, '1 of 3. --all lists every one.\n']);
    const { body } = await service.request('GET', `${CLIENTS}/seen/history?limit=1`, {
      token: await service.adminToken(),
    });
    expect(JSON.parse(json.out)).toEqual(body.entries);
    expect(await seen('--limit', '1', '--start-index', '1')).toEqual([
      'patch-oauth-openid-client-by-inum,description;attributes.parLifetime',
    ]);
    const row = "('2026-01-01T00:00:00.000Z', 'x', 'put-oauth-openid-client', 'seen', '[\"scopes\"]', '')";
    await service.database.writer.query(
      `INSERT INTO audit_records (at, caller, operation, inum, changed, request_id) VALUES ${Array<string>(201).fill(row).join()}`,
    );
    const all = await seen('--all');
    expect([all.length, all[0], all.at(-2)]).toEqual([
      204,
      'put-oauth-openid-client,scopes',
      'patch-oauth-openid-client-by-inum,description;attributes.parLifetime',
    ]);
  });

  it('is there when the client is gone, and never was for one that was not', async () => {
    await cli.run(['clients', 'delete', 'seen', '--yes']);
    expect((await seen('--limit', '1'))[0]).toMatch(/^delete-oauth-openid-client-by-inum,inum;/);
    const missing = await cli.run(['clients', 'history', 'missing']);
    expect([missing.code, missing.out, missing.err]).toEqual([1, '', expect.stringContaining("doesn't exist")]);
    const refused = await cli.run(['clients', 'history', 'seen', '--columns', 'who']);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('there is no who')]);
  });
});

describe('a name', () => {
  beforeAll(async () => {
    for (const [inum, name] of [
      ['n-1', 'Only one'],
      ['n-2', 'Twins'],
      ['n-3', 'Twins'],
      ['n-4', 'n-2'],
    ]) {
      await cli.run(['clients', 'create', '--inum', inum ?? '', '--client-name', name ?? '', '--no-advice']);
    }
  });

  it('is as good as the inum to read one client, and an inum goes before it', async () => {
    expect((await cli.run(['clients', 'get', 'Only one', '-o', 'name'])).out).toBe('n-1\n');
    expect((await cli.run(['clients', 'history', 'Only one', '-o', 'json'])).code).toBe(0);
    expect((await cli.run(['clients', 'get', 'n-2', '-o', 'name'])).out).toBe('n-2\n');
    const nobody = await cli.run(['clients', 'get', 'No one']);
    expect([nobody.code, nobody.err]).toEqual([1, 'clientele: no client has the inum or the clientName No one\n']);
  });

  it('of several is refused with all of them', async () => {
    const { code, out, err } = await cli.run(['clients', 'get', 'Twins']);
    expect([code, out, err]).toEqual([
      2,
      '',
      'clientele: several clients are called Twins; say the inum of one\n  n-2\n  n-3\n',
    ]);
  });

  it('changes nothing: anybody may call a client so', async () => {
    for (const args of [
      ['deactivate', 'Only one'],
      ['update', 'Only one', '--description', 'x'],
      ['rotate-secret', 'Only one'],
      ['delete', 'Only one', '--yes'],
    ]) {
      const { code, err } = await cli.run(['clients', ...args]);
      expect([code, err]).toEqual([
        2,
        'clientele: no client has the inum Only one; say the inum of the one that is called so\n  n-1\n',
      ]);
    }
    expect(await read('n-1')).toMatchObject({ disabled: false });
  });
});

describe('advice', () => {
  const create = ['clients', 'create', '--grant-types', 'client_credentials', '-o', 'name'];
  const ADVICE = /^advice {2}tokenEndpointAuthMethod: should be private_key_jwt .*\(asymmetric-authentication\)$/m;

  it('is said of what was created and changed, unless nobody wants it', async () => {
    const made = await cli.run([...create, '--inum', 'advised']);
    expect([made.code, made.out, made.err]).toEqual([0, 'advised\n', expect.stringMatching(ADVICE)]);
    expect(made.err).toMatch(/^advice {2}only for FAPI 2\.0, about tokenEndpointAuthMethod, /m);
    const update = ['clients', 'update', 'advised', '--description', 'x', '-o', 'name'];
    expect((await cli.run(update)).err).toMatch(ADVICE);
    expect((await cli.run([...update, '--no-advice'])).err).toBe('');
    expect((await cli.run([...create, '--no-advice'])).err).toMatch(/^clientSecret, shown this once: \S+\n$/);
  });

  it('is said of what is imported, once for all', async () => {
    const yaml = (inum: string): string => `inum: ${inum}\ngrantTypes: [client_credentials]\n`;
    await cli.shell(
      `mkdir advised; printf '${yaml('adv-1')}' > advised/1.yaml; printf '${yaml('adv-2')}' > advised/2.yaml`,
    );
    const line = ['clients', 'import', 'advised', '--secrets-file', 'advised.jsonl', '--dry-run'];
    const { code, out, err } = await cli.run(line);
    expect([code, out.includes('advice')]).toEqual([0, false]);
    expect(err).toMatch(/^advice {2}tokenEndpointAuthMethod: should .*: adv-1, adv-2$/m);
    expect((await cli.run([...line, '--no-advice'])).err).not.toContain('advice');
  });
});

describe('a check', () => {
  it('lists faults and advice, and says by its exit code whether the client would be refused', async () => {
    const good = await cli.run(['clients', 'validate', '--redirect-uris', 'https://rp.example/cb']);
    expect([good.code, good.out.split('\n')[0]]).toEqual([0, 'valid']);
    const code = ['--grant-types', 'authorization_code,password', '--response-types', 'code'];
    const advised = await cli.run(['clients', 'validate', '--redirect-uris', 'https://rp.example/cb', ...code]);
    expect([advised.code, advised.out]).toEqual([0, expect.not.stringMatching(/\bmust\b/)]);
    expect(advised.out).toContain(
      'advice   attributes.requirePkce: should be true for the authorization code flow (fapi-pkce, only for FAPI 2.0)\n',
    );
    expect(advised.out).toContain('advice   grantTypes.1: should not hold password: ');
    const bad = await cli.run(['clients', 'validate', '--redirect-uris', 'javascript:alert(1)']);
    expect([bad.code, bad.out]).toEqual([1, expect.stringMatching(/^not valid\nerror {4}redirectUris\.0: /)]);
    const json = await cli.run(['clients', 'validate', '--redirect-uris', 'javascript:1', '-o', 'json']);
    expect(JSON.parse(json.out)).toMatchObject({ valid: false });
  });
});

describe('a comma', () => {
  it('inside an address, a pattern or a list of JSON separates nothing', async () => {
    const body = { inum: 'A', name: 'par', scriptType: 'par', programmingLanguage: 'python' };
    await service.request('POST', '/jans-config-api/api/v1/config/scripts', {
      token: await service.adminToken(),
      body,
    });
    const { code, out } = await cli.run(
      ['clients', 'create', '--redirect-uris', 'https://a.example/x,y', '--redirect-uris', 'https://b.example/']
        .concat(['--contacts', 'Doe, Jane <jane@x.example>', '--contacts', '["a@x.example,b@x.example"]'])
        .concat([
          '--attributes.spontaneous-scopes',
          '^a{1,2}$',
          '--attributes.par-script-dns',
          'inum=A,ou=scripts,o=jans',
        ])
        .concat(['-o', 'json']),
    );
    expect([code, JSON.parse(out)]).toEqual([
      0,
      expect.objectContaining({
        redirectUris: ['https://a.example/x,y', 'https://b.example/'],
        contacts: ['Doe, Jane <jane@x.example>', 'a@x.example,b@x.example'],
        attributes: expect.objectContaining({
          spontaneousScopes: ['^a{1,2}$'],
          parScriptDns: ['inum=A,ou=scripts,o=jans'],
        }),
      }),
    ]);
  });
});

describe('a mistake', () => {
  it('is refused before a request when the contract can tell, with what is close', async () => {
    const cases: [string[], string][] = [
      [['client', 'list'], 'there is no command client (did you mean clients?)'],
      [['clients', 'rotate-secrets'], 'did you mean rotate-secret?'],
      [['clients', 'create', '--clientname', 'x'], 'did you mean --client-name?'],
      [['clients', 'create', '--grant-types', 'client_credential'], 'did you mean client_credentials?'],
      [['clients', 'create', '--access-token-lifetime', 'long'], '--access-token-lifetime takes a number, not long'],
      [['clients', 'update', 'x', '--set', 'requirePkce=true'], 'did you mean attributes.requirePkce?'],
      [['clients', 'list', '--columns', 'clientNam'], 'did you mean clientName?'],
      [['clients', 'list', '-o', 'jsn'], 'did you mean json?'],
      [['clients', 'list', 'more'], 'too many arguments'],
      [['clients', 'get'], "missing required argument 'inum'"],
      [['clients', 'list', '--filter', 'clientNam=x'], '--filter: there is no clientNam (did you mean clientName?)'],
      [['clients', 'list', '--filter', 'requirePkce=true'], 'did you mean attributes.requirePkce?'],
      [['clients', 'list', '--filter', 'clientName'], '--filter takes MEMBER=VALUE'],
      [['clients', 'list', '--filter', 'disabled=maybe'], 'disabled is true or false, not maybe'],
      [['clients', 'list', '--filter', 'accessTokenLifetime>long'], 'accessTokenLifetime is a number, not long'],
      [['clients', 'list', '--filter', 'grantTypes=client_credential'], 'did you mean client_credentials?'],
      [['clients', 'export', '--dir', 'x', '--filter', 'client_name=x'], 'did you mean clientName?'],
      [['clients', 'list', '--sort-by', 'clientNam'], '--sort-by: there is no clientNam (did you mean clientName?)'],
      [['clients', 'list', '--sort-by', 'contacts'], 'contacts has several values, and so no order'],
      [['clients', 'list', '--sort-order', 'descend'], '--sort-order does not take descend (did you mean descending?)'],
      [['clients', 'list', '--limit', '1000'], '--limit takes 0 to 200, not 1000'],
      [['clients', 'list', '--limit', 'ten'], '--limit takes a whole number, not ten'],
      [['clients', 'list', '--start-index', '-1'], '--start-index takes 0 to 2147483647, not -1'],
      [['scopes', 'list', '--filter', 'scopeTyp=openid'], 'did you mean scopeType?'],
      [['scopes', 'list', '--type', 'open'], '--type does not take open (did you mean openid?)'],
      [['claims', 'list', '--sort-by', 'nam'], 'did you mean name?'],
      [['clients', 'create', '--contacts', 'a@x.example,b@x.example'], 'Several are --contacts A --contacts B'],
      [['clients', 'create', '--redirect-uris', 'https://a.example,https://b.example'], 'looks like several entries'],
      [
        ['clients', 'create', '--redirect-uris', 'https://a.example/,com.example.app:/cb'],
        'looks like several entries',
      ],
      [['clients', 'create', '--attributes.jans-authorized-acr', 'otp,fido2'], 'looks like several entries'],
      [['clients', 'update', 'x', '--set', 'contacts=a@x.example,b@x.example'], 'Several are a JSON list'],
      [['clients', 'update', 'x'], 'nothing says what to change'],
      [['clients', 'create'], 'nothing says what client to make\nFor example: clientele clients create --inum '],
      [['scopes', 'create'], 'nothing says what scope to make'],
      [['clients', 'create', '-f', 'missing.yaml'], '--file missing.yaml: there is no such file'],
    ];
    for (const [args, message] of cases) {
      const { code, out, err } = await cli.run(args);
      expect([args, code, out]).toEqual([args, 2, '']);
      expect(err).toContain(message);
    }
  });

  it('that the server finds is shown member by member, with the number of the request', async () => {
    const body = JSON.stringify({ redirectUris: ['https://a.example#x'], clientName: 7, unheardOf: 1 });
    const { code, out, err } = await cli.run(['clients', 'create', '-f', '-'], { input: body });
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(
      /^clientele: The request is not valid\n {2}clientName: must be string\n {2}request [\w-]{36}\n$/,
    );
    const strict = await cli.run(['clients', 'create', '-f', '-'], { input: '{"redirectUris":[],"unheardOf":1}' });
    expect(strict.err).toContain('unheardOf: is no member of a client');
  });

  it('of the version is refused, and nothing is changed', async () => {
    await cli.run(['clients', 'create', '--inum', 'versioned', '--grant-types', 'client_credentials']);
    const { code, err } = await cli.run([
      'clients',
      'update',
      'versioned',
      '--if-match',
      '"99-0"',
      '--description',
      'x',
    ]);
    expect([code, err]).toEqual([1, expect.stringContaining('changed since it was read')]);
  });
});

describe('a dry run', () => {
  it('tells what would change, and does nothing', async () => {
    await cli.run(['clients', 'create', '--inum', 'tried', '--client-name', 'One', '--no-advice']);
    const before = await read('tried');
    const update = await cli.shell('clientele clients update tried --client-name Two --scopes openid --dry-run');
    expect([update.code, update.err]).toEqual([0, 'This is a plan: nothing was done.\n']);
    expect(update.out).toContain('client tried  clientName: One → Two\n');
    expect(update.out).toContain('reach  scopes gained: openid\n');
    const others = [
      'clientele clients patch tried --replace clientName=Two --dry-run',
      'clientele clients rotate-secret tried --dry-run',
      'clientele clients deactivate tried --dry-run',
      'clientele clients delete tried --dry-run',
      `EDITOR="sed -i s/One/Two/" clientele clients edit tried --yes --dry-run`,
    ];
    for (const line of others) {
      const { code, out } = await cli.shell(line);
      expect([line, code, out]).toEqual([line, 0, expect.stringContaining('client tried')]);
    }
    expect(await read('tried')).toEqual(before);
    const json = await cli.shell('clientele clients create --client-name New --dry-run -o json');
    expect(JSON.parse(json.out)).toMatchObject({ status: 201, result: { clientSecret: '(would be made)' } });
  });

  it('of several tells of each, and its exit code says that one would be refused', async () => {
    const { code, out, err } = await cli.run(['clients', 'delete', 'tried', service.admin.clientId, '--dry-run']);
    expect([code, err]).toEqual([1, expect.stringContaining('it would be refused')]);
    expect(out).toContain('client tried  removed\n');
    expect(out).toContain('reach  administrators would be locked out\n');
    expect(await read('tried')).toMatchObject({ inum: 'tried' });
  });
});

describe('lint', () => {
  it('says what clients break of a profile, and fails for what is as bad as --level', async () => {
    await cli.run(['clients', 'create', '--inum', 'judged', '--grant-types', 'password', '--no-advice']);
    const found = await cli.run(['lint']);
    expect([found.code, found.err]).toEqual([1, expect.stringContaining('clientele: 1 finding of level error\n')]);
    expect(found.out).toMatch(/^Best Current[^]*error +no-password-grant: 1 client, 1 enabled\n[^]* mend [^]*breaks /);
    expect(found.out.split('\n').filter((line) => line.length > 80)).toEqual([]);
    const who = await cli.run(['lint', '--rule', 'no-password-grant', '-o', 'name']);
    expect([who.code, who.out]).toEqual([1, 'judged\n']);
    const json = await cli.run(['lint', '--against', 'mcp', '--rule', 'short-access-tokens', '-o', 'json']);
    expect([json.code, json.out]).toEqual([0, '[]\n']);
    const others = await cli.run(['lint', '--where', 'not (inum eq "judged")', '-o', 'json']);
    expect([others.code, others.out]).toEqual([0, expect.not.stringContaining('no-password-grant')]);
    const judged = await cli.run(['lint', '--where', 'inum eq "judged"', '--rule', 'no-password-grant', '-o', 'name']);
    expect([judged.code, judged.out]).toEqual([1, 'judged\n']);
  });

  it('judges files before they are imported', async () => {
    const { code, out, err } = await cli.shell(
      `printf 'clientName: Kiosk\\ngrantTypes: [password]\\nredirectUris: []\\n' > kiosk.yaml; clientele lint --against mcp kiosk.yaml -o csv`,
    );
    expect([code, err]).toEqual([1, 'clientele: 1 finding of level error\n']);
    expect(out).toMatch(/^file,severity,rule,pointer,reference\nkiosk\.yaml,error,no-password-grant,\/grantTypes\/0,/);
    expect((await cli.run(['lint', 'nowhere.yaml'])).err).toContain('nowhere.yaml: there is no such file');
  });

  it.each([
    [['--level', 'worst'], '--level takes error or warning'],
    [['--where', ' '], '--where is empty'],
    [['client.yaml', '--where', 'inum pr'], '--where is about stored clients'],
    [['--against', 'pci'], 'One of: rfc9700, oauth2.1, fapi2, mcp'],
    [['--profile', 'fapi2'], 'the security profile is --against fapi2'],
  ])('%j is refused', async (args, message) => {
    const refused = await cli.run(['lint', ...args]);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('all clients that a filter fits', () => {
  let turns: NodeJS.Timeout;
  beforeAll(async () => {
    const token = await service.adminToken();
    for (const inum of ['fleet-1', 'fleet-2']) {
      const body = { inum, softwareId: 'fleet', grantTypes: ['client_credentials'], redirectUris: [] };
      await service.request('POST', CLIENTS, { token, body });
    }
    turns = setInterval(() => void service.tasks.runner.run(), 100);
  });
  afterAll(() => clearInterval(turns));

  it('are changed by one command, which says how many, what was refused, and that not all was done', async () => {
    const update = `clientele clients update --where 'softwareId eq "fleet"'`;
    const plan = await cli.shell(`${update} --description Ours --dry-run -o json`);
    expect([plan.code, JSON.parse(plan.out)]).toMatchObject([0, { state: 'planned', clients: 2 }]);
    const nobody = await cli.shell(`${update} --description Ours`);
    expect([nobody.code, nobody.err]).toEqual([2, expect.stringContaining('say --yes')]);
    const done = await cli.shell(`${update} --description Ours --yes -o json`);
    expect([done.code, done.err]).toEqual([
      0,
      expect.stringMatching(/ has begun.*\nOf 2 clients: 2 changed\. .*undo --request-id .*\n$/),
    ]);
    expect(JSON.parse(done.out)).toMatchObject({ state: 'done', counts: { changed: 2 } });
    expect((await read('fleet-2'))['description']).toBe('Ours');
    const refused = await cli.shell(`${update} --grant-types authorization_code --response-types code --yes`);
    expect([refused.code, refused.out]).toEqual([1, expect.stringMatching(/fleet-1 +failed +\S/)]);
    expect(refused.err).toMatch(
      /Of 2 clients: 2 failed\.\nclientele: 2 failed\n *All results: clientele bulk results /,
    );
  });

  it('are none, or named otherwise as well', async () => {
    const none = await cli.shell(`clientele clients delete --where 'softwareId eq "none"' --yes`);
    expect([none.code, none.err]).toEqual([0, 'No client is like that: nothing was done.\n']);
    const both = await cli.shell(`clientele clients delete fleet-1 --where 'softwareId eq "none"' --yes`);
    const neither = await cli.shell('clientele clients delete --yes');
    expect([both.code, neither.code]).toEqual([2, 2]);
    expect(neither.err).toContain("missing required argument 'inum', or --where FILTER");
  });
});
