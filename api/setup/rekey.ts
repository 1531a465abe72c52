import type { SecretCodec } from '../clients/secrets/secret.codec.ts';
import type { IssuerStores } from '../issuer/issuer.stores.ts';
import { resealSigningKeys } from '../issuer/keys/signing-keys.ts';
import type { KeyRing } from '../shared/keys/key-ring.ts';
import { resealScripts } from '../interception/records/script-rekey.ts';
import { scriptSecrets } from '../interception/records/script.secrets.ts';
import type { ScriptStores } from '../interception/records/script.stores.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';

export interface RekeyNeeds {
  readonly work: UnitOfWork<IssuerStores & ScriptStores>;
  readonly codec: SecretCodec;
  readonly ring: KeyRing;
  /** Told after each batch how many values have been looked at. */
  readonly onProgress: (seen: number) => void;
}

const BATCH = 200;

/**
 * Encrypts every value that is under an older key under the first one again, batch by batch, while the service may
 * run. Returns how many there were. Afterwards the older keys can be taken off the ring.
 */
export async function rekey({ work, codec, ring, onProgress }: RekeyNeeds): Promise<number> {
  let changed = await work.write((stores) => resealSigningKeys(stores.signingKeys, ring));
  changed += await resealScripts(work, scriptSecrets(ring));
  let seen = 0;
  for (let last: string | undefined = ''; last !== undefined;) {
    const after: string = last;
    const batch = await work.write((stores) => rekeySecrets(stores, codec, after));
    changed += batch.changed;
    seen += batch.seen;
    last = batch.last;
    onProgress(seen);
  }
  return changed + (await rekeyRemoved({ work, codec }));
}

/** Does the same with the secrets of clients that were removed and can be restored. */
async function rekeyRemoved({ work, codec }: Pick<RekeyNeeds, 'work' | 'codec'>): Promise<number> {
  let changed = 0;
  let after = { inum: '', incarnation: '' };
  const next = () =>
    work.write(async ({ removed, corridor }) => {
      const some = await removed.encryptedAfter(after.inum, after.incarnation, BATCH);
      for (const client of some) {
        const sealed = client.secret && codec.reseal(client.inum, client.secret.id, client.secret.value);
        if (client.secret === undefined || sealed === undefined) continue;
        await corridor.rewrapRemoved(client, { ...client.secret, value: sealed });
        changed += 1;
      }
      return some.at(-1);
    });
  for (let last = await next(); last !== undefined; last = await next()) after = last;
  return changed;
}

async function rekeySecrets(
  stores: IssuerStores,
  codec: SecretCodec,
  after: string,
): Promise<{ seen: number; changed: number; last: string | undefined }> {
  const rows = await stores.secrets.encryptedAfter(after, BATCH);
  let changed = 0;
  for (const { id, inum, value } of rows) {
    const sealed = codec.reseal(inum, id, value);
    if (sealed === undefined) continue;
    await stores.secrets.rewrap(id, 'encrypted', sealed);
    changed += 1;
  }
  return { seen: rows.length, changed, last: rows.at(-1)?.id };
}
