import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startService, type TestService } from '../support/service.ts';

// Not in the contract, so that the requests are made without its check.
const get = (service: TestService, path: string): Promise<Response> =>
  fetch(service.url + path, { redirect: 'manual' });

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
      expect([file, (await get(service, `/api-docs/${file}`)).status]).toEqual([file, 200]);
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
    ['page.js', { 'If-Match': '"x"' }, 412],
    ['swagger-ui.css', { 'If-Match': '"x"' }, 412],
  ])('answers a request for %s with %j', async (file, headers, status) => {
    const reply = await fetch(`${service.url}/api-docs/${file}`, { headers });
    expect(reply.status).toBe(status);
    expect(service.logLines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
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
  it('takes it away', async () => {
    const service = await startService({ env: { DOCS: 'off' } });
    for (const path of ['/', '/api-docs', '/api-docs/', '/api-docs/page.js', '/api-docs/swagger-ui.css']) {
      expect([path, (await get(service, path)).status]).toEqual([path, 404]);
    }
    await service.stop();
  });
});
