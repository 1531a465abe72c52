import { afterAll, describe, expect, it } from '@jest/globals';
import { startService, type TestService } from '../support/service.ts';

const running: TestService[] = [];
afterAll(async () => {
  for (const service of running) await service.stop();
});

/** What a reply says about TLS, to a request that a proxy says came over `proto`. */
async function hsts(env: Record<string, string>, proto?: string): Promise<string | null> {
  const service = await startService({ env });
  running.push(service);
  const headers = new Headers(proto === undefined ? {} : { 'X-Forwarded-Proto': proto });
  const reply = await fetch(`${service.url}/openapi.json`, { headers });
  expect(reply.headers.get('x-content-type-options')).toBe('nosniff');
  return reply.headers.get('strict-transport-security');
}

describe('browsers are told to come over TLS only', () => {
  it('where a proxy that is trusted has ended it, for this host and no name below it', async () => {
    expect(await hsts({ TRUST_PROXY: 'loopback' }, 'https')).toBe('max-age=31536000');
  });

  it.each([
    ['without TLS', {}, undefined],
    ['when anybody says that there was TLS', {}, 'https'],
    ['when another proxy is trusted', { TRUST_PROXY: '192.0.2.1' }, 'https'],
    ['when the proxy had none', { TRUST_PROXY: 'loopback' }, 'http'],
  ])('not %s', async (_when, env, proto) => {
    expect(await hsts(env as Record<string, string>, proto)).toBeNull();
  });
});
