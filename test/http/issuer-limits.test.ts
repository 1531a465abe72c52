import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TOKEN, newClient, type TestClient } from '../support/issuer.ts';
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
