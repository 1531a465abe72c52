import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { foundations } from '../../api/compose.ts';
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
    const second = newKeyRingSpec().replace('k1:', 'k2:');
    const ring = keyRing(`${second},${first}`);
    const { work, codec } = foundations({ ...service.ground, ring });
    const seen: number[] = [];
    // Three secrets and the signing key.
    expect(await rekey({ work, codec, ring, onProgress: (count) => seen.push(count) })).toBe(4);
    expect(seen.at(-1)).toBe(3);
    expect(await rekey({ work, codec, ring, onProgress: () => undefined })).toBe(0);

    const alone = foundations({ ...service.ground, ring: keyRing(second) });
    for (const inum of inums) {
      const [secret] = await alone.work.read((stores) => stores.secrets.of(inum));
      if (secret === undefined) throw new Error('the secret is gone');
      expect(alone.codec.reveal(inum, secret)).toMatch(/^[\w-]{64}$/);
    }
  });
});
