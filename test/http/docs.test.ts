import { once } from 'node:events';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startService, type TestService } from '../support/service.ts';

// Not in the contract, so that the requests are made without its check.
const get = (service: TestService, path: string): Promise<Response> =>
  fetch(service.url + path, { redirect: 'manual' });

/** What an open file of this process is; one that is closed by now is nothing. */
function targetOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return '';
  }
}

/** What browsers take for what they load; they run and apply nothing else (X-Content-Type-Options). */
const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  png: 'image/png',
};

describe('Swagger UI', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.stop());

  it('is a page under a policy without exceptions for scripts and styles', async () => {
    const page = await get(service, '/api-docs/');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy.split(';')).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"]),
    );
    expect(policy).not.toContain('unsafe');
    const html = await page.text();
    expect(html).not.toMatch(/<style|\sstyle=|<script(?![^>]* src=)|\son[a-z]+=/);
    for (const [, file] of html.matchAll(/(?:src|href)="\.\/([^"]+)"/g)) {
      const { status, headers } = await get(service, `/api-docs/${file}`);
      const kind = TYPES[String(file).replace(/^.*\./, '')];
      expect([file, status, headers.get('content-type')]).toEqual([file, 200, kind]);
    }
  });

  it('is where the address of the service leads', async () => {
    const reply = await get(service, '/');
    expect([reply.status, reply.headers.get('location')]).toEqual([302, './api-docs/']);
  });

  it('is found without the last slash, also behind a proxy that adds a path', async () => {
    const reply = await get(service, '/api-docs');
    expect([reply.status, reply.headers.get('location')]).toEqual([301, './api-docs/']);
  });

  it.each([
    ['page.js', { Range: 'bytes=99999999-' }, 200],
    ['swagger-ui.css', { Range: 'bytes=99999999-' }, 200],
    ['swagger-ui.css', { 'If-None-Match': '"x"' }, 200],
  ])('answers a request for %s with %j', async (file, headers, status) => {
    const reply = await fetch(`${service.url}/api-docs/${file}`, { headers });
    expect(reply.status).toBe(status);
    expect(service.logLines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });

  // Where there is no such folder, nobody can see it.
  (existsSync('/proc/self/fd') ? it : it.skip)('keeps no file open for those who go away', async () => {
    const socket = connect(Number(new URL(service.url).port), 'localhost');
    socket.write('GET /api-docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(5));
    await once(socket, 'readable');
    socket.destroy();
    await expect(get(service, '/api-docs/')).resolves.toHaveProperty('status', 200);
    expect(
      readdirSync('/proc/self/fd')
        .map(targetOf)
        .filter((file) => file.includes('swagger-ui')),
    ).toEqual([]);
  });

  it.each([
    'index.html',
    'swagger-initializer.js',
    'oauth2-redirect.html',
    'package.json',
    '../docs.ts',
    '%2e%2e/docs.ts',
  ])('has no %s', async (file) => {
    expect((await get(service, `/api-docs/${file}`)).status).toBe(404);
  });
});

describe('DOCS=off', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService({ env: { DOCS: 'off', ISSUER: 'https://example.com/registry' } });
  });
  afterAll(() => service.stop());

  it('leaves the contract, which has the public addresses of the service', async () => {
    const { servers, components } = (await service.request('GET', '/openapi.json')).body;
    const { tokenUrl } = components.securitySchemes.oauth2.flows.clientCredentials;
    expect([servers, tokenUrl]).toEqual([
      [{ url: 'https://example.com/registry' }],
      'https://example.com/registry/jans-auth/restv1/token',
    ]);
  });

  it('takes the page away', async () => {
    for (const path of ['/', '/api-docs', '/api-docs/', '/api-docs/page.js', '/api-docs/swagger-ui.css']) {
      expect([path, (await get(service, path)).status]).toEqual([path, 404]);
    }
  });
});
