import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { loadContract } from '../../api/shared/contract/contract.ts';
import { selfSignedCertificate } from '../support/certificate.ts';
import { newClient } from '../support/clients.ts';
import { pathProxy } from '../support/path-proxy.ts';
import { freePort } from '../support/ports.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';
import { openBrowser, openDocsPage, type DocsPage } from './docs-page.ts';

const hasBrowser = process.env['TEST_CHROMIUM'] !== undefined;
const withBrowser = hasBrowser ? describe : describe.skip;

/** Where the hosts of the services are, each of which a test starts: there is one browser for all of them. */
const PORTS = {
  'localhost:8080': await freePort(),
  'registry.example.com:443': await freePort(),
  'example.com:80': await freePort(),
  'without-issuer.example.com:80': await freePort(),
};
let browser: Browser;
beforeAll(async () => {
  if (hasBrowser) browser = await openBrowser(PORTS);
});
afterAll(() => (hasBrowser ? browser.close() : undefined));

const INUM = '6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60';
/** Characters that HTTP Basic has to encode (RFC 6749 section 2.3.1). */
const SECRET = 'a-long+administrator%secret';
const folder = mkdtempSync(join(tmpdir(), 'clientele-browser-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file for a setting that names one. */
function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
}

/** What is secret, as it can be written; every token begins as the last. */
const credentials = [SECRET, encodeURIComponent(SECRET), 'eyJ'];

/** The example of this name for the registration of a client. */
function registrationExample(name: string): unknown {
  const operation = loadContract().document.paths[CLIENTS]?.['post'] as {
    requestBody: { content: Record<string, { examples: Record<string, { value: unknown }> }> };
  };
  return operation.requestBody.content['application/json']?.examples[name]?.value;
}

withBrowser('Swagger UI', () => {
  let service: TestService;
  let docs: DocsPage;
  /** Another window, whose address has named an operation. */
  let tokens: DocsPage;

  beforeAll(async () => {
    service = await startService({
      port: PORTS['localhost:8080'],
      env: { ISSUER: 'http://localhost:8080', ADMIN_SECRET_FILE: file('secret', SECRET) },
    });
    docs = await openDocsPage(browser, 'http://localhost:8080/api-docs/');
  });
  afterAll(() => service.stop());

  it('shows the groups with what they are for, and the operations of the first', async () => {
    const groups = await docs.page.locator('.opblock-tag').allInnerTexts();
    expect(groups[0]).toMatch(/OAuth - OpenID Connect - Clients\s+Register, find, change/);
    for (const group of groups) expect(group.split('\n').filter((line) => line.trim() !== '').length).toBe(2);
    const blocks = await docs.page.locator('.opblock').evaluateAll((elements) => elements.map(({ id }) => id));
    expect(blocks.length).toBeGreaterThanOrEqual(9);
    expect(blocks.every((id) => id.startsWith('operations-OAuth_-_OpenID_Connect_-_Clients-'))).toBe(true);
    const parts = ['.information-container', '.scheme-container', '.opblock-tag-section.is-open'];
    await docs.picture('swagger-ui', ...parts.map((part) => docs.page.locator(part)));
  });

  it('finds operations by their path', async () => {
    const filter = docs.page.getByPlaceholder('Filter by tag or path');
    await filter.fill('health/ready');
    await docs
      .operation('get-config-health-ready')
      .waitFor({ state: 'attached' })
      .catch(() => undefined);
    await expect(docs.page.locator('.opblock').count()).resolves.toBe(1);
    await docs.operation('get-config-health-ready').waitFor();
    await filter.fill('');
    await docs.operation('post-oauth-openid-client').waitFor();
    await docs.operation('get-config-health-ready').waitFor({ state: 'detached' });
  });

  it('says what is wrong without a token', async () => {
    const { status, body } = await docs.execute('get-oauth-openid-clients');
    expect([status, JSON.parse(body).detail]).toEqual([401, 'there is no bearer token']);
  });

  it('authorizes with the credentials of the administrator, for all scopes', async () => {
    await docs.page.locator('.auth-wrapper > .authorize').click();
    const scopes = docs.page.locator('.scopes input[type=checkbox]');
    const total = await scopes.count();
    const chosen = docs.page.locator('.scopes input[type=checkbox]:checked');
    await expect(chosen.count()).resolves.toBe(total);
    await docs.page.getByText('select none').click();
    await expect(chosen.count()).resolves.toBe(0);
    await docs.page.getByText('select all').click();
    await expect(chosen.count()).resolves.toBe(total);
    await docs.page.getByLabel('client_id').fill('2d9c4a7e-4c1b-4b52-a8de-90f3c1be7a55');
    await docs.page.getByLabel('client_secret').fill('not-the-secret');
    await docs.picture('swagger-ui-authorize', docs.page.locator('.modal-ux'));
    await docs.page.locator('.modal-ux .authorize').click();
    await docs.page.locator('.modal-ux .errors').getByText('client authentication failed').waitFor();
    await docs.page.locator('.modal-ux .close-modal').click();

    await docs.authorize(service.admin.clientId, SECRET);
  });

  it('searches', async () => {
    const { status, body } = await docs.execute('get-oauth-openid-clients', { pattern: 'ADMIN' });
    expect(status).toBe(200);
    expect(JSON.parse(body).entries.map((entry: { clientName: string }) => entry.clientName)).toEqual([
      'Administrator',
    ]);
  });

  it('registers the client of the example, unchanged', async () => {
    const { status, body } = await docs.execute('post-oauth-openid-client');
    expect([status, JSON.parse(body).inum]).toEqual([201, INUM]);
    const stored = await service.request('GET', `${CLIENTS}/${INUM}`, {
      token: await service.adminToken(),
    });
    expect(stored.body.clientName).toBe('Photo print shop');
    const found = await docs.execute('get-oauth-openid-clients', { pattern: 'photo' });
    expect(JSON.parse(found.body).entries.map((entry: { inum: string }) => entry.inum)).toEqual([INUM]);
    const parts = ['.btn-group', '.request-snippets', '.request-url', '.live-responses-table'];
    await docs.picture(
      'swagger-ui-search',
      ...parts.map((part) => docs.operation('get-oauth-openid-clients').locator(part)),
    );
  });

  it('deactivates and activates it', async () => {
    const deactivated = await docs.execute('deactivate-oauth-openid-client');
    expect([deactivated.status, JSON.parse(deactivated.body).disabled]).toEqual([200, true]);
    const activated = await docs.execute('activate-oauth-openid-client');
    expect([activated.status, JSON.parse(activated.body).disabled ?? false]).toEqual([200, false]);
  });

  it('shows what is wrong with a request', async () => {
    const client = { clientName: 7, redirectUris: ['https://print.example.com/callback'], applicationType: 'desktop' };
    const { status, body } = await docs.execute('post-oauth-openid-client', { body: JSON.stringify(client, null, 2) });
    expect(status).toBe(400);
    expect(JSON.parse(body).errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/clientName',
      '/applicationType',
    ]);
    const parts = ['.request-url', '.live-responses-table'];
    await docs.picture(
      'swagger-ui-problem',
      ...parts.map((part) => docs.operation('post-oauth-openid-client').locator(part)),
    );
  });

  it('goes on when the token has run out', async () => {
    service.clock.advance(400_000);
    await docs.page.clock.fastForward(400_000);
    const { status } = await docs.execute('get-oauth-openid-clients-by-inum');
    expect(status).toBe(200);
  });

  it('removes it', async () => {
    expect((await docs.execute('delete-oauth-openid-client-by-inum')).status).toBe(204);
    const gone = await docs.execute('get-oauth-openid-clients-by-inum');
    expect([gone.status, JSON.parse(gone.body).type]).toEqual([404, 'urn:clientele:problem:client-not-found']);
  });

  it('shows and keeps no credential', async () => {
    const seen = await docs.page.evaluate<string>(`JSON.stringify([
      document.body.innerText, document.documentElement.outerHTML, [...document.querySelectorAll('input, textarea')].map(({ value }) => value),
      location.href, history.state, { ...localStorage }, { ...sessionStorage }, document.cookie,
    ])`);
    expect(seen.includes('Authorization: Bearer $TOKEN')).toBe(true);
    expect(credentials.filter((credential) => seen.includes(credential))).toEqual([]);
    const state = await docs.page.context().storageState({ indexedDB: true });
    expect(state).toEqual({ cookies: [], origins: [] });
    expect(docs.addresses.filter((address) => credentials.some((credential) => address.includes(credential)))).toEqual(
      [],
    );
  });

  it('asks nobody else, and breaks no rule of its content security policy', () => {
    expect(docs.addresses.filter((address) => !address.startsWith('http://localhost:8080/'))).toEqual([]);
    const expected = /^(verbose \[DOM\] Password field|error Failed to load resource: .* status of (400|401|404) )/;
    expect(docs.console.filter((line) => !expected.test(line))).toEqual([]);
  });

  it('opens the operation that an address names, and sends a form as its example has it', async () => {
    const token = await service.adminToken();
    tokens = await openDocsPage(browser, 'http://localhost:8080/api-docs/#/OAuth%20-%20Tokens/token');
    await tokens.operation('token').locator('.execute').waitFor();
    await expect(tokens.page.locator('.opblock.is-open').count()).resolves.toBe(1);
    expect((await tokens.execute('token')).status).toBe(401);
    await service.request('POST', CLIENTS, { token, body: registrationExample('service') });
    const { status, body } = await tokens.execute('token');
    expect([status, JSON.parse(body).token_type]).toEqual([200, 'Bearer']);
    const commands = await tokens.page.locator('.request-snippets').innerText();
    expect(commands).toContain('client_id=nightly-report&client_secret=…');
  });

  it.each([
    ['token', 'client_assertion'],
    ['token', 'client_secret'],
    ['introspection', 'token'],
  ])('shows commands of %s without the %s that was entered, for every shell', async (id, member) => {
    await tokens.execute(id, { [member]: 'eyJ.entered+by/somebody' });
    const block = tokens.operation(id);
    for (const shell of ['bash', 'PowerShell', 'CMD']) {
      await block.locator('.request-snippets').getByText(`cURL (${shell})`).click();
      const command = await block.locator('.request-snippets').innerText();
      expect(command).toContain(`/jans-auth/restv1/${id}`);
      expect(command).toMatch(new RegExp(`\\b${member}=…`));
      expect(command).not.toMatch(/entered|somebody/);
    }
  });

  it('gets, uses and renews tokens that are bound to a key, for a client that has no others', async () => {
    const bound = await newClient(service, {
      scopes: ['https://jans.io/oauth/config/openid/clients.readonly'],
      attributes: { dpopBoundAccessToken: true },
    });
    const other = await openDocsPage(browser, 'http://localhost:8080/api-docs/');
    await other.authorize(bound.inum, bound.clientSecret);
    for (const passed of [0, 400_000]) {
      service.clock.advance(passed);
      await other.page.clock.fastForward(passed);
      expect((await other.execute('get-oauth-openid-clients')).status).toBe(200);
    }
    const commands = await other.operation('get-oauth-openid-clients').locator('.request-snippets').innerText();
    expect(commands).toContain('Authorization: DPoP $TOKEN');
    expect(commands).not.toContain('eyJ');
    await other.page.close();
  });

  it('registers and reads a client dynamically, with the tokens of registration', async () => {
    await tokens.authorize(service.admin.clientId, SECRET);
    await tokens.page.locator('[data-tag="Registration"]').click();
    expect((await tokens.execute('post-register')).status).toBe(401);
    const { body: initial } = await service.request('POST', '/jans-config-api/api/v1/registration-tokens', {
      token: await service.adminToken(),
      body: { label: 'Partner', uses: 1 },
    });
    await tokens.unlock('post-register', initial.token as string);
    const { status, body } = await tokens.execute('post-register');
    const registered = JSON.parse(body);
    expect([status, registered.client_name]).toEqual([201, 'Photo print shop']);
    await tokens.unlock('get-register', registered.registration_access_token as string);
    // The token of the administrator has run out by now, and must not take the place of this one.
    await tokens.page.clock.fastForward(400_000);
    const read = await tokens.execute('get-register', { client_id: registered.client_id as string });
    expect([read.status, JSON.parse(read.body).client_id]).toEqual([200, registered.client_id]);
    expect((await tokens.page.content()).includes(initial.token as string)).toBe(false);
  });
});

withBrowser('Swagger UI at a public address', () => {
  it('uses that address for everything', async () => {
    const { cert, key } = selfSignedCertificate();
    const service = await startService({
      port: PORTS['registry.example.com:443'],
      env: {
        ISSUER: 'https://registry.example.com',
        TLS_CERT_FILE: file('cert.pem', cert),
        TLS_KEY_FILE: file('key.pem', key),
      },
    });
    const docs = await openDocsPage(browser, 'https://registry.example.com/api-docs');
    expect(docs.page.url()).toBe('https://registry.example.com/api-docs/');
    await docs.authorize(service.admin.clientId, service.admin.clientSecret);
    expect((await docs.execute('post-oauth-openid-client')).status).toBe(201);
    expect(docs.addresses.filter((address) => !address.startsWith('https://registry.example.com/'))).toEqual([]);
    await service.stop();
  });
});

withBrowser('Swagger UI behind a proxy that adds a path', () => {
  it('stays below that path', async () => {
    const service = await startService({ env: { ISSUER: 'https://example.com/registry' } });
    const proxy = await pathProxy(service.url, PORTS['example.com:80'], '/registry');
    const docs = await openDocsPage(browser, 'http://example.com/registry/api-docs');
    await docs.authorize(service.admin.clientId, service.admin.clientSecret);
    expect((await docs.execute('get-oauth-openid-clients')).status).toBe(200);
    expect(docs.addresses.filter((address) => !address.startsWith('http://example.com/registry/'))).toEqual([]);
    await proxy.stop();
    await service.stop();
  });
});

withBrowser('Swagger UI without the built-in issuer', () => {
  it('takes a token of another issuer', async () => {
    const service = await startService({
      port: PORTS['without-issuer.example.com:80'],
      env: {
        BUILTIN_ISSUER: 'off',
        TRUSTED_ISSUERS: 'https://issuer.example.com|registry|https://jans.io/oauth/config/read-all',
      },
    });
    const docs = await openDocsPage(browser, 'http://without-issuer.example.com/api-docs/');
    await docs.page.locator('.auth-wrapper > .authorize').click();
    await docs.page.getByLabel('auth-bearer-value').fill('a-token');
    await docs.page.getByRole('button', { name: 'Apply credentials' }).click();
    await docs.page.locator('.modal-ux .btn-done').click();
    const { status, body } = await docs.execute('get-oauth-openid-clients');
    expect([status, JSON.parse(body).detail]).toEqual([401, 'the token is not valid']);
    await service.stop();
  });
});
