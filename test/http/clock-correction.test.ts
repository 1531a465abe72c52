import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { act, newClient } from '../support/clients.ts';
import { tokenOf, withAssertion, assertionOf, newClientKey, keySet, withBasic } from '../support/issuer.ts';
import { startKeyServer, type KeyServer } from '../support/key-server.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

const READ = 'https://jans.io/oauth/config/openid/clients.readonly';
const LIMIT = 3;
const DAY = 86_400_000;

let service: TestService;
let keys: KeyServer;

beforeAll(async () => {
  keys = await startKeyServer();
  service = await startService({ env: { RATE_LIMIT: `${LIMIT}/min`, FETCH_ALLOW: keys.host }, fetchCa: keys.ca });
});
afterAll(async () => {
  await service.stop();
  await keys.stop();
});

describe('while the wall clock is corrected', () => {
  it.each([-20_000, 20_000])('by %i ms, a deactivated caller is out within a second', async (correction) => {
    const caller = await newClient(service, { scopes: [READ] });
    const token = await tokenOf(service, caller);
    expect((await service.request('GET', CLIENTS, { token })).status).toBe(200);
    await act(service, caller.inum, 'deactivate');
    service.clock.set(correction);
    service.clock.advance(1_001);
    expect((await service.request('GET', CLIENTS, { token })).status).toBe(401);
    service.clock.set(-correction);
  });

  it('a token that has ended by the clock on the wall is not taken from memory', async () => {
    const caller = await newClient(service, { scopes: [READ] });
    const token = await tokenOf(service, caller);
    expect((await service.request('GET', CLIENTS, { token })).status).toBe(200);
    service.clock.set(400_000);
    expect((await service.request('GET', CLIENTS, { token })).status).toBe(401);
    service.clock.set(-400_000);
  });

  it.each([-DAY, DAY])('by %i ms, failures count for their minute, no shorter and no longer', async (correction) => {
    const client = await newClient(service);
    const guess = { ...client, clientSecret: 'wrong-secret' };
    for (let attempt = 0; attempt < LIMIT; attempt += 1) expect((await withBasic(service, guess)).status).toBe(401);
    service.clock.set(correction);
    const refused = await withBasic(service, client);
    expect([refused.status, Number(refused.headers.get('retry-after')) <= 60]).toEqual([429, true]);
    service.clock.advance(60_001);
    expect((await withBasic(service, client)).status).toBe(200);
    service.clock.set(-correction);
  });

  it('the keys of a client are no older than ten minutes', async () => {
    const [old, fresh] = [newClientKey('same'), newClientKey('same')];
    keys.publish(keySet(old));
    const { inum } = await newClient(service, { jwksUri: keys.url, tokenEndpointAuthMethod: 'private_key_jwt' });
    const withKey = async ({ privateKey: key }: typeof old): Promise<number> =>
      (await withAssertion(service, await assertionOf(service, inum, { key, kid: 'same' }))).status;
    expect(await withKey(old)).toBe(200);
    keys.publish(keySet(fresh));
    service.clock.set(-DAY);
    service.clock.advance(600_001);
    expect(await withKey(old)).toBe(401);
    expect(await withKey(fresh)).toBe(200);
    service.clock.set(DAY);
  });

  it('a use is noted, also when the last one seems to be still to come', async () => {
    const client = await newClient(service);
    const lastUse = async (): Promise<string> => {
      await service.idle();
      const token = await service.adminToken();
      return (await service.request('GET', `${CLIENTS}/${client.inum}`, { token })).body.lastAccessTime as string;
    };
    await tokenOf(service, client);
    const before = await lastUse();
    service.clock.set(-DAY);
    service.clock.advance(60_001);
    await tokenOf(service, client);
    expect((await lastUse()) < before).toBe(true);
    service.clock.set(DAY);
  });
});
