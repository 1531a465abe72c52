import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { completeScope } from '../../api/scopes/scope.document.ts';
import { timestamp } from '../../api/shared/clock.ts';
import { CODE_CLIENT, SCIM_CLIENT, SCIM_SCOPES, TUI_NEW_CLIENT } from '../fixtures/janssen.ts';
import { documentIn } from '../support/registry.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

let service: TestService;
let token: string;

beforeAll(async () => {
  service = await startService();
  await service.work.write(async (stores) => {
    for (const inum of SCIM_SCOPES) {
      const createdAt = timestamp(service.clock.now());
      const scope = completeScope({ id: `https://jans.io/scim/${inum}` }, inum, createdAt.slice(0, 19));
      await stores.scopes.insert(scope, createdAt);
    }
  });
  token = await service.adminToken();
});
afterAll(() => service.stop());

/** What a read shows of a client that was sent: without what is read-only, empty or secret. */
function expectedOf(sent: Record<string, unknown>): Record<string, unknown> {
  const { clientSecret, tokenBindingSupported, dn, baseDn, ...rest } = sent;
  return Object.fromEntries(Object.entries(rest).filter(([name]) => !name.endsWith('Localized')));
}

describe.each([
  ['the SCIM client', SCIM_CLIENT],
  ['the code flow client', CODE_CLIENT],
])('%s of the documentation', (_name, example) => {
  it('is created, read, changed, patched, deactivated, activated and deleted', async () => {
    const address = `${CLIENTS}/${example.inum}`;
    const created = await service.request('POST', CLIENTS, { token, body: example });
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe(address);
    expect(created.body.clientSecret).toBe(example.clientSecret);
    expect(created.body).toMatchObject(expectedOf(example));

    const read = await service.request('GET', address, { token });
    expect(read.status).toBe(200);
    expect(read.body).toMatchObject(expectedOf(example));
    expect(read.body).not.toHaveProperty('clientSecret');
    expect(read.headers.get('content-type')).toBe('application/json');

    const listed = await service.request('GET', CLIENTS, { token });
    expect(listed.body.entries.find((entry: { inum: string }) => entry.inum === example.inum)).toEqual(read.body);

    const edited = { ...read.body, description: 'edited', frontChannelLogoutUri: 'https://abc.example/logout' };
    const replaced = await service.request('PUT', CLIENTS, { token, body: edited });
    expect(replaced.status).toBe(200);
    expect(documentIn(replaced.body)).toEqual(documentIn(edited));

    const patched = await service.request('PATCH', address, {
      token,
      headers: { 'Content-Type': 'application/json-patch+json' },
      body: [
        { op: 'replace', path: '/responseTypes', value: ['code', 'token'] },
        { op: 'replace', path: '/customAttributes', value: [{ name: 'customTest', multiValued: false, value: 'ABC' }] },
      ].filter(({ path }) => path.slice(1) in read.body),
    });
    expect(patched.status).toBe(200);
    expect(patched.body.customAttributes).toEqual([
      { name: 'customTest', multiValued: false, values: ['ABC'], value: 'ABC', displayValue: 'ABC' },
    ]);

    const merged = await service.request('PATCH', address, {
      token,
      headers: { 'Content-Type': 'application/merge-patch+json' },
      body: { description: null, attributes: { parLifetime: 90 } },
    });
    expect(merged.status).toBe(200);
    expect(merged.body).not.toHaveProperty('description');
    expect(merged.body.attributes).toEqual({ ...replaced.body.attributes, parLifetime: 90 });

    const deactivated = await service.request('POST', `${address}/deactivate`, { token });
    expect(deactivated.body.disabled).toBe(true);
    const activated = await service.request('POST', `${address}/activate`, { token });
    expect(documentIn(activated.body)).toEqual({ ...documentIn(merged.body), disabled: false });

    expect((await service.request('DELETE', address, { token })).status).toBe(204);
    expect((await service.request('GET', address, { token })).status).toBe(404);
    expect((await service.request('DELETE', address, { token })).status).toBe(404);
  });
});

describe('what tools send', () => {
  it('takes the body of the text UI for a new client, absent values and historical names included', async () => {
    const created = await service.request('POST', CLIENTS, { token, body: TUI_NEW_CLIENT });
    expect(created.status).toBe(201);
    expect(created.body.tokenEndpointAuthMethod).toBe('client_secret_basic');
    expect(created.body.clientSecret).toMatch(/^[\w-]{43}$/);
    for (const name of ['description', 'accessTokenLifetime', 'sectorIdentifierUri', 'expirable', 'softwareSection']) {
      expect(created.body).not.toHaveProperty(name);
    }
  });

  it('refuses nothing of the text UI body when asked to be strict', async () => {
    const headers = { Prefer: 'handling=strict' };
    const created = await service.request('POST', CLIENTS, { token, headers, body: TUI_NEW_CLIENT });
    expect(created.status).toBe(201);
    expect(created.headers.get('preference-applied')).toBe('handling=strict');
  });

  it('tolerates the query parameters that the CLI adds to DELETE and PATCH', async () => {
    const { body } = await service.request('POST', CLIENTS, { token, body: { redirectUris: [] } });
    const noise = '?url=x&headers=Authorization&verify=False&params=url&json=op';
    const patched = await service.request('PATCH', `${CLIENTS}/${body.inum}${noise}`, {
      token,
      headers: { 'Content-Type': 'application/json-patch+json' },
      body: [{ op: 'add', path: '/description', value: 'x' }],
    });
    expect(patched.status).toBe(200);
    expect((await service.request('DELETE', `${CLIENTS}/${body.inum}?inum=${body.inum}`, { token })).status).toBe(204);
  });
});
