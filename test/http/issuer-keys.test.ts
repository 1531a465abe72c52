import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { resealSigningKeys, signingKeys } from '../../api/issuer/keys/signing-keys.ts';
import { keyRing, newKeyRingSpec } from '../../api/shared/keys/key-ring.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { newClient, type TestClient } from '../support/clients.ts';
import { headerOf, INTROSPECTION, ownSigningKey, tokenOf } from '../support/issuer.ts';
import { freePort } from '../support/ports.ts';
import { spawnService, type ServiceProcess } from '../support/process.ts';
import { basic, CLIENTS, startService, type TestService } from '../support/service.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('rotation', () => {
  let service: TestService;
  let client: TestClient;

  beforeAll(async () => {
    service = await startService();
    client = await newClient(service, {
      accessTokenLifetime: 3_600,
      scopes: ['https://jans.io/oauth/config/openid/clients.readonly'],
    });
  });
  afterAll(() => service.stop());

  const published = async (): Promise<string[]> =>
    (await service.request('GET', '/jans-auth/restv1/jwks')).body.keys.map(
      (key: { kid: string }) => key.kid,
    ) as string[];
  const signer = async (): Promise<unknown> => headerOf(await tokenOf(service, client))['kid'];
  const statusWith = async (token: string): Promise<number> =>
    (await service.request('GET', CLIENTS, { token })).status;

  it('publishes the next key a day before it signs, and the old one until its last token has expired', async () => {
    const [first] = await published();
    expect(await published()).toHaveLength(1);
    service.clock.advance(88 * DAY);
    expect(await published()).toEqual([first]);

    service.clock.advance(DAY + 1_000);
    const [, second] = await published();
    expect(await published()).toEqual([first, second]);
    expect(await signer()).toBe(first);

    service.clock.advance(DAY - 30 * 60_000);
    const old = await tokenOf(service, client);
    expect(headerOf(old)['kid']).toBe(first);
    service.clock.advance(45 * 60_000);
    expect(await signer()).toBe(second);
    expect(await statusWith(old)).toBe(200);
    const headers = basic(client.inum, client.clientSecret);
    expect((await service.request('POST', INTROSPECTION, { headers, form: { token: old } })).body).toMatchObject({
      active: true,
    });

    service.clock.advance(DAY + 2 * HOUR);
    expect(await published()).toEqual([second]);
    expect(await statusWith(old)).toBe(401);
  });

  it('gives a key a day before it signs also after a long sleep', async () => {
    const before = await published();
    service.clock.advance(400 * DAY);
    expect(await published()).toHaveLength(2);
    expect(await signer()).toBe(before[0]);
    service.clock.advance(DAY + 61_000);
    expect(await signer()).not.toBe(before[0]);
  });

  it('is done once, however many do it at the same time', async () => {
    await service.work.write(async ({ signingKeys: keys }) => keys.remove((await keys.all()).map(({ kid }) => kid)));
    const { work, clock } = service;
    const several = Array.from({ length: 5 }, () => signingKeys({ work, clock, ring: service.ground.ring }));
    const sets = await Promise.all(several.map((keys) => keys.published()));
    expect(sets[0]).toHaveLength(1);
    for (const set of sets) expect(set).toEqual(sets[0]);
  });

  it('waits for whoever is at it, and takes what that one has made', async () => {
    const { work, clock } = service;
    const [key] = await work.read(({ signingKeys: store }) => store.all());
    if (key === undefined) throw new Error('there is no signing key');
    await work.write(({ signingKeys: store }) => store.remove([key.kid]));
    const { promise: begun, resolve: begin } = withResolvers();
    const watched: Pick<typeof work, 'read' | 'write'> = {
      read: (task) => work.read(task),
      write: (task) => {
        begin();
        return work.write(task);
      },
    };
    const other = signingKeys({ work: watched, clock, ring: service.ground.ring });
    const { published: found } = await work.write(async ({ settings, signingKeys: store }) => {
      await settings.lock('signing-keys');
      const waiting = other.published();
      await begun;
      // Enough for the other one to be done, if it did not wait.
      for (let query = 0; query < 50; query += 1) await settings.get('signing-keys');
      await store.insert(key);
      return { published: waiting };
    });
    expect((await found).map(({ kid }) => kid)).toEqual([key.kid]);
  });

  it('keeps the private halves encrypted', async () => {
    const stored = await service.work.read(({ signingKeys }) => signingKeys.all());
    for (const key of stored) expect(key.privateJwk).toMatch(/^k1\.[A-Za-z0-9_-]+$/);
    expect((await ownSigningKey(service)).kid).toBe(stored.at(-1)?.kid);
  });

  it('encrypts the private halves anew when the ring has another first key', async () => {
    const [old, next] = [newKeyRingSpec(), newKeyRingSpec().replace('k1:', 'k2:')];
    const place = { purpose: 'signing key', row: 'a-key', column: 'signing_keys.private_jwk' };
    const key = {
      kid: 'a-key',
      publicJwk: '{}',
      privateJwk: keyRing(old).encrypt('{}', place),
      activeFrom: '',
      createdAt: '',
    };
    const rolledBack = service.work.write(async ({ signingKeys: keys }) => {
      await keys.remove((await keys.all()).map(({ kid }) => kid));
      await keys.insert(key);
      expect(await resealSigningKeys(keys, keyRing(`${next},${old}`))).toBe(1);
      expect(await resealSigningKeys(keys, keyRing(`${next},${old}`))).toBe(0);
      const [resealed] = await keys.all();
      expect(keyRing(next).decrypt(resealed?.privateJwk ?? '', place)).toBe('{}');
      throw new Error('take it back');
    });
    await expect(rolledBack).rejects.toThrow('take it back');
  });
});

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve: () => resolve() };
}

describe('replicas', () => {
  let folder: string;
  let database: TestDatabase;
  const running: ServiceProcess[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
    database = await createDatabase(folder);
  });
  afterAll(async () => {
    for (const replica of running) replica.child.kill('SIGKILL');
    await Promise.all(running.map((replica) => replica.ended));
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('that start at once end with one key, and take the tokens of each other', async () => {
    const secretFile = join(folder, 'admin.secret');
    writeFileSync(secretFile, 'a-long-administrator-secret\n', { mode: 0o600 });
    const ports = await Promise.all([freePort(), freePort(), freePort()]);
    const urls = ports.map((port) => `http://localhost:${port}`);
    const shared = {
      DATA_DIR: join(folder, 'data'),
      DATABASE_URL: database.url,
      ENCRYPTION_KEY: newKeyRingSpec(),
      ADMIN_SECRET_FILE: secretFile,
      ISSUER: 'http://localhost:9999',
    };
    for (const port of ports) running.push(spawnService({ ...shared, PORT: String(port) }));
    await Promise.all(running.map((replica) => replica.started));
    const sets = await Promise.all(
      urls.map(async (url) => (await fetch(`${url}/jans-auth/restv1/jwks`)).json() as Promise<{ keys: object[] }>),
    );
    expect(sets[0]?.keys).toHaveLength(1);
    for (const set of sets) expect(set).toEqual(sets[0]);

    const { client_id: id } = JSON.parse(readFileSync(join(folder, 'data', 'admin-client.json'), 'utf8')) as {
      client_id: string;
    };
    const headers = basic(id, 'a-long-administrator-secret');
    const body = new URLSearchParams({ grant_type: 'client_credentials' });
    const reply = (await (
      await fetch(`${urls[0]}/jans-auth/restv1/token`, { method: 'POST', headers, body })
    ).json()) as { access_token: string };
    for (const url of urls) {
      const response = await fetch(url + CLIENTS, { headers: { Authorization: `Bearer ${reply.access_token}` } });
      expect(response.status).toBe(200);
    }
  });
});
