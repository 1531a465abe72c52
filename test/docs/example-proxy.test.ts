import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runProgram } from '../support/example-program.ts';
import { newClient, type TestClient } from '../support/clients.ts';
import { pathProxy, type PathProxy } from '../support/path-proxy.ts';
import { freePort } from '../support/ports.ts';
import { testWith } from '../support/programs.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

describe('behind a proxy that adds a path', () => {
  let folder: string;
  let service: TestService;
  let proxy: PathProxy;
  let client: TestClient;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
    const port = await freePort();
    service = await startService({ env: { ISSUER: `http://localhost:${port}/registry` } });
    proxy = await pathProxy(service.url, port, '/registry');
    client = await newClient(service, { scopes: ['https://jans.io/oauth/config/openid/clients.write'] });
  });
  afterAll(async () => {
    await proxy.stop();
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('the challenge leads to metadata', async () => {
    const refused = await fetch(proxy.url + CLIENTS);
    const [, address = ''] = /resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate') ?? '') ?? [];
    const metadata = (await (await fetch(address)).json()) as { resource: string };
    expect(metadata.resource).toBe(`${proxy.url}/jans-config-api`);
  });

  const works = async (...command: string[]): Promise<void> => {
    const { code, errors } = await runProgram(command, proxy, client);
    expect([code, errors]).toEqual([0, '']);
  };

  it('the example in Node works', () =>
    works('node', '--import', 'tsx', 'docs/examples/node/add-contact.ts', client.inum, 'ops@example.com'));
  testWith('python3')('the example in Python works', () =>
    works('python3', 'docs/examples/python/unused_clients.py', '--days', '30'),
  );
  testWith('curl', 'jq')('the example in the shell works', () =>
    works('bash', 'docs/examples/shell/rotate-secret.sh', client.inum, join(folder, 'secret')),
  );
});
