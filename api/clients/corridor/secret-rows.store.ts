import { In, type EntityManager } from 'typeorm';
import { ClientSecretEntity } from '../../../entities/client-secret.entity.ts';
import { insertRows } from '../../shared/database/plain-insert.store.ts';
import { secretStore, type NewSecret, type SecretStore } from '../secrets/secret.store.ts';

/** The secrets of clients, to be read and written: for the corridor only. */
export interface SecretRows extends Pick<SecretStore, 'of' | 'rewrap'> {
  add(inum: string, secret: NewSecret): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
  setExpiry(id: string, expiresAt: string | null): Promise<void>;
}

export function secretRows(manager: EntityManager): SecretRows {
  const secrets = manager.getRepository(ClientSecretEntity);
  return {
    ...secretStore(manager),
    add: async (inum, secret) => {
      await insertRows(manager, ClientSecretEntity, [{ ...secret, inum, lastUsedAt: null }]);
    },
    remove: async (ids) => {
      if (ids.length > 0) await secrets.delete({ id: In([...ids]) });
    },
    setExpiry: async (id, expiresAt) => {
      await secrets.update({ id }, { expiresAt });
    },
  };
}
