import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generate } from '../../scripts/contract/generate.ts';
import { freePort } from '../support/ports.ts';
import { spawnService, type ServiceProcess } from '../support/process.ts';
import { basic, CLIENTS } from '../support/service.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROPERTY = `
  favouriteColour:
    type: string
    enum: [red, green]
    description: The colour that the client likes best.
    example: red
    x-client:
      section: advanced
      label: Favourite colour
      dcr: { name: favourite_colour, as: text }
      set-by: registration
      control: dropdown`;

const OPERATION = `
  /jans-config-api/api/v1/openid/clients/greeting:
    get:
      operationId: get-greeting
      tags: [OAuth - OpenID Connect - Clients]
      summary: Greeting
      description: Greets whoever asks, in one word.
      x-public: A greeting.
      x-errors: problem
      security: []
      responses:
        '200':
          description: The greeting.
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Status' }
        '400': { $ref: '#/components/responses/BadRequest' }
        '500': { $ref: '#/components/responses/InternalError' }
`;
const HANDLER = `
    'get-greeting': () => Promise.resolve({ status: 200, body: { name: 'hello', status: 'UP' } }),`;
const RULE = `
  {
    id: 'green-is-native',
    reference: 'this test',
    properties: ['favouriteColour', 'applicationType'],
    doors: BOTH_DOORS,
    sentence: 'must not be green for a native client',
    find: (client) => when(client.favouriteColour === 'green' && client.applicationType === 'native'),
  },`;

let folder: string;
let service: ServiceProcess | undefined;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-copy-'));
});
afterAll(() => {
  service?.child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function insertAfter(file: string, line: string, text: string): void {
  const path = join(folder, file);
  const before = readFileSync(path, 'utf8');
  expect(before).toContain(`${line}\n`);
  writeFileSync(
    path,
    before.replace(`${line}\n`, () => `${line}${text}\n`),
  );
}

/** A copy of the service with one property, one operation and one rule more, made by the recipes of CONTRIBUTING. */
async function copyWithMore(): Promise<void> {
  for (const part of ['api', 'cli', 'entities', 'openapi', 'package.json', 'tsconfig.json']) {
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'docs'));
  insertAfter('openapi/schemas/client/client.yaml', 'properties:', PROPERTY);
  insertAfter('openapi/openid-client.yaml', 'paths:', OPERATION);
  for (const [file, text] of Object.entries(await generate(folder))) writeFileSync(join(folder, file), text);
  insertAfter('api/compose.ts', '    ...documentHandlers(contract, config.issuer),', HANDLER);
  insertAfter('api/clients/rules/client.rules.ts', 'const IDENTITY_RULES: readonly Rule[] = [', RULE);
}

describe('what is added by the recipes of CONTRIBUTING', () => {
  it('is there: a property everywhere without a line of code, an operation with its handler, a rule at its doors', async () => {
    await copyWithMore();
    const port = await freePort();
    const data = join(folder, 'data');
    const settings = { PORT: String(port), DATA_DIR: data, REGISTRATION: 'open' };
    service = spawnService(settings, ['--import', 'tsx', 'api/main.ts'], folder);
    await service.started;
    const url = `http://localhost:${port}`;
    const file = JSON.parse(readFileSync(join(data, 'admin-client.json'), 'utf8')) as Record<string, string>;
    const reply = await fetch(`${url}/jans-auth/restv1/token`, {
      method: 'POST',
      headers: basic(file['client_id'] ?? '', file['client_secret'] ?? ''),
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const { access_token } = (await reply.json()) as { access_token: string };
    const headers = { Authorization: `Bearer ${access_token}`, 'Content-Type': 'application/json' };
    const create = (favouriteColour: string): Promise<Response> =>
      fetch(url + CLIENTS, { method: 'POST', headers, body: JSON.stringify({ redirectUris: [], favouriteColour }) });

    expect((await create('blue')).status).toBe(400);
    expect(((await (await create('green')).json()) as Record<string, string>)['favouriteColour']).toBe('green');
    const register = (metadata: object): Promise<Response> =>
      fetch(`${url}/jans-auth/restv1/register`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ grant_types: ['client_credentials'], ...metadata }),
      });
    expect((await register({ favourite_colour: 'blue' })).status).toBe(400);
    const registered = (await (await register({ favourite_colour: 'green' })).json()) as Record<string, string>;
    expect(registered['favourite_colour']).toBe('green');
    await create('RED');
    const list = async (query: string): Promise<Record<string, string>[]> =>
      ((await (await fetch(`${url}${CLIENTS}?${query}`, { headers })).json()) as { entries: Record<string, string>[] })
        .entries;
    expect((await list('fieldValuePair=favouriteColour=red')).map((client) => client['favouriteColour'])).toEqual([
      'red',
    ]);
    const sorted = (await list('sortBy=favouriteColour')).map((client) => client['favouriteColour']);
    expect(sorted).toEqual(['green', 'green', 'red', undefined]);
    expect(readFileSync(join(folder, 'docs/client-properties.md'), 'utf8')).toContain('`favourite_colour`');
    expect(readFileSync(join(folder, 'docs/clientele.1'), 'utf8')).toContain(String.raw`\-\-favourite\-colour WORD`);
    expect(await (await fetch(`${url + CLIENTS}/greeting`)).json()).toEqual({ name: 'hello', status: 'UP' });
    const post = (client: object): Promise<Response> =>
      fetch(url + CLIENTS, { method: 'POST', headers, body: JSON.stringify({ redirectUris: [], ...client }) });
    const taken = await post({ inum: 'greeting' });
    expect([taken.status, await taken.text()]).toEqual([400, expect.stringContaining('inum-is-no-address')]);
    const green = await post({ applicationType: 'native', favouriteColour: 'green' });
    expect([green.status, await green.text()]).toEqual([400, expect.stringContaining('green for a native client')]);
    const help = ['--import', 'tsx', 'cli/main.ts', 'clients', 'create', '--help-all'];
    const { stdout } = await promisify(execFile)(process.execPath, help, { cwd: folder });
    expect(stdout).toContain('--favourite-colour WORD');
  });
});
