import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newClient, type TestClient } from '../support/clients.ts';
import { TOKEN } from '../support/issuer.ts';
import { basic, startService, type TestReply, type TestService } from '../support/service.ts';

const LIMIT = 3;

let service: TestService;
let client: TestClient;
let other: TestClient;

beforeAll(async () => {
  service = await startService({ env: { RATE_LIMIT: `${LIMIT}/hour`, TRUST_PROXY: 'loopback' } });
  client = await newClient(service);
  other = await newClient(service);
});
afterAll(() => service.stop());

const ask = (by: TestClient, source: string): Promise<TestReply> =>
  service.request('POST', TOKEN, {
    headers: { ...basic(by.inum, by.clientSecret), 'X-Forwarded-For': source },
    form: { grant_type: 'client_credentials' },
  });
const guess = (inum: string, source: string): Promise<TestReply> => ask({ inum, clientSecret: 'wrong-secret' }, source);
const statuses = async (replies: Promise<TestReply>[]): Promise<number[]> =>
  (await Promise.all(replies)).map((reply) => reply.status);

describe('failed authentications', () => {
  it('are limited for each client and source', async () => {
    for (let attempt = 0; attempt < LIMIT; attempt += 1)
      expect((await guess(client.inum, '192.0.2.1')).status).toBe(401);
    const refused = await guess(client.inum, '192.0.2.1');
    expect(refused.status).toBe(429);
    expect(refused.body).toEqual({ error: 'temporarily_unavailable', error_description: 'too many failed attempts' });
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(3_500);
    expect(seconds).toBeLessThanOrEqual(3_600);
    // Also with the right secret: otherwise guessing would go on.
    expect((await ask(client, '192.0.2.1')).status).toBe(429);
    expect((await ask(other, '192.0.2.1')).status).toBe(200);
    expect((await ask(client, '192.0.2.2')).status).toBe(200);
  });

  it('are limited for each source, whatever clients it names', async () => {
    for (let attempt = 0; attempt < LIMIT * 10; attempt += 1) {
      expect((await guess(`client-${attempt}`, '192.0.2.3')).status).toBe(401);
    }
    expect((await guess('one-more', '192.0.2.3')).status).toBe(429);
    expect((await ask(other, '192.0.2.3')).status).toBe(429);
    expect((await ask(other, '192.0.2.4')).status).toBe(200);
  });

  it('are limited when they come all at once, too', async () => {
    const replies = await statuses(Array.from({ length: 40 }, () => guess(client.inum, '192.0.2.5')));
    expect(replies.filter((status) => status === 401).length).toBeLessThan(2 * LIMIT);
    expect(replies.filter((status) => status === 429).length).toBeGreaterThan(40 - 2 * LIMIT);
  });

  it('are counted for ids that no client can have as for one', async () => {
    for (let attempt = 0; attempt < LIMIT; attempt += 1) {
      expect((await guess(`no/client/${attempt}`, '192.0.2.6')).status).toBe(401);
    }
    expect((await guess('no/client', '192.0.2.6')).status).toBe(429);
  });
});

describe('behind a proxy', () => {
  const guesses = async (sources: readonly string[]): Promise<number[]> => {
    const codes: number[] = [];
    for (const source of sources) codes.push((await guess(client.inum, source)).status);
    return codes;
  };
  const refused = [...Array<number>(LIMIT).fill(401), 429];

  it.each<[string, readonly string[]]>([
    ['a port is no other source', ['192.0.2.20:1', '192.0.2.20:2', '192.0.2.20', '192.0.2.20:65535']],
    ['nor is a spelling of IPv6', ['[2001:db8::1]:4711', '"[2001:db8::1]:1"', '2001:db8::1%a', '2001:DB8:0:0::2']],
    [
      'what callers put in front counts for nothing',
      ['a, 192.0.2.21', 'b,192.0.2.21', '1.1.1.1, 192.0.2.21:4', '192.0.2.21'],
    ],
    ['what is no address is the proxy', ['unknown', '_hidden', '192.0.2.999', `192.0.2.22, ${'x'.repeat(40)}`]],
  ])('%s', async (_name, sources) => {
    expect(await guesses(sources)).toEqual(refused);
  });

  it('has the address in the log, and no text of a caller', async () => {
    await guess(client.inum, '192.0.2.23:99');
    expect(JSON.parse(service.logLines.at(-1) ?? '')).toMatchObject({ source: '192.0.2.23' });
    await guess(client.inum, 'somebody else');
    expect(service.logLines.at(-1)).toMatch(/"source":"(::ffff:)?127\.0\.0\.1"|"source":"::1"/);
  });
});

describe('what is not limited', () => {
  it('is success', async () => {
    const replies = await statuses(Array.from({ length: LIMIT * 20 }, () => ask(other, '192.0.2.7')));
    expect(new Set(replies)).toEqual(new Set([200]));
  });

  it('is a malformed request', async () => {
    const headers = { Authorization: 'Basic ***', 'X-Forwarded-For': '192.0.2.8' };
    for (let attempt = 0; attempt < LIMIT + 1; attempt += 1) {
      expect(
        (await service.request('POST', TOKEN, { headers, form: { grant_type: 'client_credentials' } })).status,
      ).toBe(400);
    }
    expect((await ask(other, '192.0.2.8')).status).toBe(200);
  });
});
