import { In, type EntityManager } from 'typeorm';
import { SigningKeyEntity } from '../../../entities/signing-key.entity.ts';

/** A signing key as it is kept: its public half as JWK text, its private half encrypted. */
export interface StoredSigningKey {
  readonly kid: string;
  readonly publicJwk: string;
  readonly privateJwk: string;
  /** From when tokens are signed with it. */
  readonly activeFrom: string;
  readonly createdAt: string;
}

export interface SigningKeyStore {
  /** Every key, in the order in which they come into use. */
  all(): Promise<StoredSigningKey[]>;
  insert(key: StoredSigningKey): Promise<void>;
  setPrivate(kid: string, privateJwk: string): Promise<void>;
  remove(kids: readonly string[]): Promise<void>;
}

/** More keys than rotation ever leaves. */
const MOST_KEYS = 100;

export function signingKeyStore(manager: EntityManager): SigningKeyStore {
  const keys = manager.getRepository(SigningKeyEntity);
  return {
    all: () => keys.find({ order: { activeFrom: 'ASC', kid: 'ASC' }, take: MOST_KEYS }),
    insert: async (key) => {
      await keys.insert({ ...key });
    },
    setPrivate: async (kid, privateJwk) => {
      await keys.update({ kid }, { privateJwk });
    },
    remove: async (kids) => {
      if (kids.length > 0) await keys.delete({ kid: In([...kids]) });
    },
  };
}
