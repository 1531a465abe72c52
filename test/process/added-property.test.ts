import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generate } from '../../scripts/contract/generate.ts';
import { databaseKind } from '../support/database.ts';
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

let folder: string;
let service: ServiceProcess | undefined;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-copy-'));
});
afterAll(() => {
  service?.child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A copy of the service whose contract has one property more, generated anew and nothing else. */
async function copyWithProperty(): Promise<void> {
  for (const part of ['api', 'cli', 'entities', 'openapi', 'package.json', 'tsconfig.json']) {
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'docs'));
  const contract = join(folder, 'openapi/schemas/client/client.yaml');
  writeFileSync(contract, readFileSync(contract, 'utf8').replace(/^properties:$/m, `properties:${PROPERTY}`));
  for (const [file, text] of Object.entries(await generate(folder))) writeFileSync(join(folder, file), text);
}

// What is added to the contract does not depend on the database.
const once = databaseKind() === 'sqlite' ? describe : describe.skip;

once('a property that is added to the contract', () => {
  it('is validated, stored, registered, answered, filtered, sorted and documented without another line of code', async () => {
    await copyWithProperty();
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
    const help = ['--import', 'tsx', 'cli/main.ts', 'clients', 'create', '--help-all'];
    const { stdout } = await promisify(execFile)(process.execPath, help, { cwd: folder });
    expect(stdout).toContain('--favourite-colour WORD');
  });
});
