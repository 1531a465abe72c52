import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { foundations } from '../../api/compose.ts';
import { scriptSecrets } from '../../api/interception/records/script.secrets.ts';
import type { ScriptDocument } from '../../api/interception/records/script.store.ts';
import { rekey } from '../../api/setup/rekey.ts';
import { keyRing, newKeyRingSpec } from '../../api/shared/keys/key-ring.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

let service: TestService;
const first = newKeyRingSpec();

beforeAll(async () => {
  service = await startService({ env: { ENCRYPTION_KEY: first } });
});
afterAll(() => service.stop());

describe('rekey', () => {
  it('puts every encrypted value under the first key of the ring, after which the older one is not needed', async () => {
    const token = await service.adminToken();
    const body = { redirectUris: [], grantTypes: ['client_credentials'], tokenEndpointAuthMethod: 'client_secret_jwt' };
    const inums: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      inums.push((await service.request('POST', CLIENTS, { token, body })).body.inum as string);
    }
    const scripts = '/jans-config-api/api/v1/config/scripts';
    const properties = [{ value1: 'key', value2: 'unspeakable', hide: true }];
    const script = await service.request('POST', scripts, {
      token,
      body: {
        ...{ name: 'sealed', scriptType: 'client_registration', programmingLanguage: 'javascript' },
        configurationProperties: properties,
      },
    });
    const [gone = ''] = inums;
    expect((await service.request('DELETE', `${CLIENTS}/${gone}`, { token })).status).toBe(204);
    const second = newKeyRingSpec().replace('k1:', 'k2:');
    const ring = keyRing(`${second},${first}`);
    const { work, codec } = foundations({ ...service.ground, ring });
    const seen: number[] = [];
    // Three secrets, one of them of a client that was removed, the signing key, and the value of a script in its record and
    // its revision.
    expect(await rekey({ work, codec, ring, onProgress: (count) => seen.push(count) })).toBe(6);
    expect(seen.at(-1)).toBe(2);
    expect(await rekey({ work, codec, ring, onProgress: () => undefined })).toBe(0);

    const alone = foundations({ ...service.ground, ring: keyRing(second) });
    const removed = await alone.work.read((stores) => stores.removed.find(gone, ''));
    for (const inum of inums) {
      const [secret = removed?.secret && { ...removed.secret, sequence: 1 }] = await alone.work.read(({ secrets }) =>
        secrets.of(inum),
      );
      if (secret === undefined) throw new Error('the secret is gone');
      expect(alone.codec.reveal(inum, secret)).toMatch(/^[\w-]{64}$/);
    }
    const texts = await alone.work.read(async (stores) => [
      (await stores.scripts.find(script.body.inum as string))?.text,
      (await stores.revisions.find('script', script.body.inum as string, 1))?.document,
    ]);
    for (const text of texts) {
      const document = JSON.parse(text ?? '') as ScriptDocument;
      expect(scriptSecrets(keyRing(second)).opened(document)).toEqual({ key: 'unspeakable' });
    }
  });
});
