import type { EntityManager } from 'typeorm';
import { RemovedVersionEntity } from '../../../entities/removed-version.entity.ts';

/** The last versions of clients that were removed: what outlives a client, and cannot be taken away with the log. */
export interface LastVersionStore {
  /** The last version of a client that had this inum, or 0. */
  of(inum: string): Promise<number>;
  keep(inum: string, version: number): Promise<void>;
}

export function lastVersionStore(manager: EntityManager): LastVersionStore {
  const versions = manager.getRepository(RemovedVersionEntity);
  return {
    of: async (inum) => (await versions.findOneBy({ inum }))?.version ?? 0,
    keep: async (inum, version) => {
      await versions.upsert({ inum, version }, ['inum']);
    },
  };
}
