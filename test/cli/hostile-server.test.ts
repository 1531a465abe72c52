import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../../cli/run.ts';
import type { Terminal } from '../../cli/terminal.ts';
import { cliFor, type Cli } from '../support/cli.ts';
import { IS_THOROUGH } from '../support/properties.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let url: string;
let answer: Answer;
let cli: Cli;
const asked: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.url ?? ''} ${request.headers.authorization ?? ''}`);
    answer(request, response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://localhost:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked.length = 0;
  cli = cliFor();
});
afterEach(() => cli.remove());

const json =
  (body: unknown, status = 200): Answer =>
  (_request, response) =>
    void response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
const token = (): Record<string, string> => ({ CLIENTELE_URL: url, CLIENTELE_ACCESS_TOKEN: 'some-token' });
const client = (): Record<string, string> => ({
  CLIENTELE_URL: url,
  CLIENTELE_CLIENT_ID: 'me',
  CLIENTELE_CLIENT_SECRET: 'my-secret-of-some-length',
});

describe('metadata of a service', () => {
  let elsewhere: Server;
  let foreign: string;
  const seen: string[] = [];

  beforeAll(async () => {
    elsewhere = createServer((request, response) => {
      seen.push(`${request.url ?? ''} ${request.headers.authorization ?? ''}`);
      const metadata = { issuer: foreign, token_endpoint: `${foreign}/token` };
      const reply = request.url === '/token' ? { access_token: 't', token_type: 'bearer', expires_in: 60 } : metadata;
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(reply));
    });
    await once(elsewhere.listen(0, '127.0.0.1'), 'listening');
    foreign = `http://localhost:${(elsewhere.address() as AddressInfo).port}`;
  });
  afterAll(() => void elsewhere.close());
  beforeEach(() => void (seen.length = 0));

  it.each([
    ['another one', () => 'https://bank.example/api'],
    ['another path', () => `${url}/other`],
    ['another spelling', () => `${url}/jans-config-api/`],
    ['none', () => undefined],
    ['no text', () => [url]],
  ])('that names %s as its resource sends no secret to a foreign server', async (_what, resource) => {
    answer = json({ resource: resource(), authorization_servers: [foreign] });
    const { code, out, err } = await cli.run(['token'], { env: client() });
    expect([code, out, seen]).toEqual([3, '', []]);
    expect(err).toContain(`must be about ${url}/jans-config-api (RFC 9728 section 3.3)`);
  });

  it.each([() => url, () => `${url}/jans-config-api`])(
    'about the address that was asked is believed',
    async (resource) => {
      answer = json({ resource: resource(), authorization_servers: [foreign] });
      expect(await cli.run(['token'], { env: client() })).toMatchObject({ code: 0, out: 't\n' });
      expect(seen.some((line) => line.startsWith('/token Basic'))).toBe(true);
    },
  );
});

describe('what a server writes', () => {
  const escapes = 'a\u001b[2J\u0007\u009b31m\u202eb';
  const shown = String.raw`a\u001b[2J\u0007\u009b31m\u202eb`;
  const entry = { inum: 'x', clientName: escapes, displayName: escapes, clientSecret: escapes, [escapes]: escapes };

  it.each([
    'clients list',
    'clients list -o json',
    'clients list -o yaml',
    'clients list -o csv',
    'clients list -o name --columns inum',
    'clients list -o jsonpath=$.clientName',
    'clients get x',
    'clients get x -o jsonpath=$.displayName',
    'clients get x -o name',
    'clients create --client-name n -o name',
    '--operation-id get-oauth-openid-clients',
  ])('reaches no terminal as an escape: clientele %s', async (line) => {
    answer = json({ entries: [entry], ...entry });
    const env = token();
    const { out } = await cli.inTerminal(`NO_COLOR=1 clientele ${line.replaceAll('$', String.raw`\$`)}`, { env });
    // eslint-disable-next-line no-control-regex -- these are what it is about
    expect(out).not.toMatch(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]/);
    if (!line.includes('-o name')) expect(out.replaceAll(/\s/g, '')).toMatch(/a\\(u001b|e)\[2J/);
  });

  it('reaches none as an error either', async () => {
    answer = json({ title: escapes, detail: escapes, errors: [{ pointer: escapes, detail: escapes }] }, 400);
    const { code, out } = await cli.inTerminal('clientele clients list', { env: token() });
    expect([code, out]).toEqual([1, expect.stringContaining(shown)]);
    expect(out).not.toContain('\u001b');
  });

  it('is left as it is for other programs', async () => {
    answer = json({ entries: [entry] });
    const { out } = await cli.run(['clients', 'list', '-o', 'jsonpath=$.clientName'], { env: token() });
    expect(out).toBe(`${escapes}\n`);
  });
});

describe('what a server answers', () => {
  const values: unknown[] = [null, 7, 'text', true, [], [null], [7], [[]], {}, { entries: null }, { entries: 7 }];
  const more: unknown[] = [
    { entries: [null] },
    { entries: ['x'] },
    { entries: [{ inum: null, scopes: 7, clientNameLocalized: null }], totalEntriesCount: null, start: 'x' },
    { entries: [{ inum: {}, scopes: [null, {}] }], totalEntriesCount: {}, nextCursor: 7 },
    { inum: 'x', clientNameLocalized: { values: null }, attributes: null, scopes: { a: 1 }, redirectUris: 'x' },
    { valid: 'yes', errors: 7, warnings: null, client: 'x' },
    { valid: false, errors: [null, { pointer: 7, detail: {} }], client: { attributes: 7 } },
    { error: {}, title: 7, errors: { a: 1 }, requestId: {} },
    { authorization_servers: 7, resource: 7, issuer: 7, token_endpoint: {} },
  ];
  const lines = [
    'clients list --all',
    'clients list -o csv',
    'clients get x',
    'clients create --client-name x',
    'clients patch x --client-name y',
    'clients validate --client-name x',
    'clients history x',
    'clients activate x y',
    'clients delete x --yes',
    'clients export --dir out',
    'clients diff in',
    'clients import in --yes --prune --confirm 1',
    'clients rotate-secret x',
    'scopes list',
    'statements create --org-id x',
    '--operation-id get-oauth-openid-clients',
    'whoami',
  ];

  it.each(lines)('is at most one line with what is wrong, whatever it is: clientele %s', async (line) => {
    mkdirSync(join(cli.folder, 'in'));
    writeFileSync(join(cli.folder, 'in', 'x.json'), '{"inum":"x","clientName":"x"}');
    const env = line === 'whoami' ? client() : token();
    // What a refusal says is read in one place: of the commands some will do by day.
    const isTriedWithAll = IS_THOROUGH || ['clients list --all', 'clients activate x y', 'whoami'].includes(line);
    for (const status of isTriedWithAll ? [200, 400] : [200]) {
      for (const body of [...values, ...more]) {
        answer = json(body, status);
        const { code, err } = await inProcess(line.split(' '), env);
        expect([line, status, body, code, err]).toEqual([
          line,
          status,
          body,
          expect.any(Number),
          expect.not.stringMatching(/\n\s+at |should not happen/),
        ]);
      }
    }
  });

  it('may be no JSON, no text, nothing', async () => {
    for (const bytes of ['<html>', '', '{"a":', Buffer.from([0xff, 0xfe, 0x00])]) {
      answer = (_request, response) => void response.writeHead(200).end(bytes);
      expect(await inProcess(['clients', 'get', 'x'], token())).toMatchObject({
        code: 1,
        err: expect.stringMatching(
          /^clientele: the server does not answer as the contract says: nothing, or no JSON, /,
        ),
      });
    }
  });

  it('may be a page that is followed by itself, which is an end', async () => {
    answer = json({ entries: [{ inum: 'x' }], nextCursor: 'again' });
    const { code, err } = await inProcess(['clients', 'list', '--all'], token());
    expect([code, err]).toEqual([1, expect.stringContaining('followed by itself')]);
  });

  /** Runs a command line here: there are many. */
  async function inProcess(
    args: readonly string[],
    env: Record<string, string>,
  ): Promise<{ code: number; err: string }> {
    let err = '';
    const never = (): Promise<never> => Promise.reject(new Error('nobody is here'));
    const terminal: Terminal = {
      env: { ...env, HOME: cli.home },
      cwd: cli.folder,
      now: () => Date.now(),
      isTty: false,
      columns: 80,
      canAsk: false,
      talksToTty: false,
      write: () => Promise.resolve(),
      say: (text) => void (err += `${text}\n`),
      sayLines: (text) => void (err += `${text}\n`),
      draw: () => undefined,
      readInput: never,
      ask: never,
      askSecret: never,
      edit: never,
      window: undefined,
      onInterrupt: () => () => undefined,
    };
    return { code: await run(args, terminal), err };
  }
});

describe('a reply without an end', () => {
  const endless: Answer = (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    const chunk = Buffer.alloc(1 << 20, ' ');
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', more);
    more();
  };

  it.each([
    ['of the service', token],
    ['of the authorization server', client],
  ])('%s is cut off at 64 MiB', async (_of, env) => {
    answer = endless;
    const { code, err } = await cli.run(['clients', 'list'], { env: env() });
    expect([code, err]).toEqual([
      3,
      expect.stringMatching(/^clientele: cannot reach \S+: its reply is longer than 64 MiB\n$/),
    ]);
  });
});

describe('a folder to import', () => {
  it('may hold pipes and devices, which are refused and not waited for', async () => {
    const folder = join(cli.folder, 'clients');
    mkdirSync(folder);
    execFileSync('mkfifo', [join(folder, 'pipe.json')]);
    symlinkSync('/dev/zero', join(folder, 'zero.json'));
    symlinkSync(join(folder, 'pipe.json'), join(folder, 'link.yaml'));
    mkdirSync(join(folder, 'folder.json'));
    answer = json({ entries: [] });
    const { code, out } = await cli.run(['clients', 'import', 'clients', '--dry-run'], { env: token() });
    expect([code, out.split('\n')]).toEqual([
      1,
      [
        '! folder.json: it is a folder',
        '! link.yaml: is no ordinary file',
        '! pipe.json: is no ordinary file',
        '! zero.json: is no ordinary file',
        '',
      ],
    ]);
    const exported = await cli.run(['clients', 'export', '--dir', 'clients', '--prune'], { env: token() });
    expect(exported.code).toBe(0);
  });
});

describe('a dry run', () => {
  const contract = (parameters: unknown, path = '/jans-config-api/api/v1/openid/clients/{inum}'): object => ({
    paths: { [path]: { patch: { parameters } } },
    components: { parameters: { DryRun: { name: 'dryRun', in: 'query' } } },
  });
  const update = ['clients', 'update', 'x', '--client-name', 'y', '--dry-run'];
  const byOperation = [
    ...['--operation-id', 'patch-oauth-openid-client-by-inum', '--url-suffix', 'inum:x'],
    ...['--endpoint-args', 'dryRun:true', '--patch-replace', 'clientName:y'],
  ];

  it.each([
    ['has no contract', undefined],
    ['has another contract', contract([{ name: 'dryrun', in: 'query' }])],
    ['has it elsewhere', contract([{ $ref: '#/components/parameters/DryRun' }], '/others')],
    ['has no word of it', contract(null)],
  ])('is not sent to a service that %s', async (_what, served) => {
    answer = (request, response) =>
      json(request.url === '/openapi.json' ? served : { inum: 'x' }, served === undefined ? 404 : 200)(
        request,
        response,
      );
    for (const args of [update, byOperation]) {
      const { code, err } = await cli.run(args, { env: token() });
      expect([code, err]).toEqual([1, expect.stringContaining('has no dry run of patch-oauth-openid-client-by-inum')]);
    }
    expect(asked.filter((line) => !line.startsWith('/openapi.json'))).toEqual([]);
  });

  it('is a failure where the reply does not say that it was one', async () => {
    const served = contract([{ $ref: '#/components/parameters/DryRun' }]);
    answer = (request, response) => json(request.url === '/openapi.json' ? served : { inum: 'x' })(request, response);
    for (const args of [update, byOperation]) {
      const { code, err } = await cli.run(args, { env: token() });
      expect([code, err]).toEqual([1, expect.stringContaining('does not say that this was a dry run: it may be done')]);
    }
  });
});

describe('a page that is as far as the time went', () => {
  it('comes only to who asks for it, says how it goes on, and is no end of all pages', async () => {
    const preferred: unknown[] = [];
    const entries = [{ inum: 'one', clientName: 'One' }];
    const counts = { start: 0, totalEntriesCount: 1, totalIsEstimate: true };
    answer = (request, response) => {
      preferred.push(request.headers['prefer']);
      const isLast = request.url?.includes('cursor=') === true;
      const page = isLast ? { ...counts, entries } : { ...counts, entries: [], isPartial: true, nextCursor: 'on' };
      json(page)(request, response);
    };
    const list = ['clients', 'list', '-o', 'name'];
    const { code, err } = await cli.run([...list, '--partial'], { env: token() });
    const goesOn = 'The time was over before all was read: --cursor on goes on from there.\n';
    expect([code, err]).toEqual([0, `Nothing was found in time.\n${goesOn}`]);
    expect((await cli.run([...list, '--partial', '--all'], { env: token() })).out).toBe('one\n');
    await cli.run(list, { env: token() });
    expect(preferred).toEqual(['partial-results', 'partial-results', 'partial-results', undefined]);
  });
});
