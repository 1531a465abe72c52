import type { EntityManager } from 'typeorm';
import { RemovedVersionEntity } from '../../../entities/removed-version.entity.ts';
import type { RemovedClient } from '../removed/removed-client.store.ts';

/**
 * The last versions of clients that were removed: what outlives a client, and cannot be taken away with the log. A client
 * that can be restored has its own with it.
 */
export interface LastVersionStore {
  /** The last version of a client that had this inum, or 0. */
  of(inum: string): Promise<number>;
  keep(inum: string, version: number): Promise<void>;
  /** Keeps that of a removed client, which is about to be restored or forgotten. */
  keepOf(removed: Pick<RemovedClient, 'inum' | 'incarnation'>): Promise<void>;
}

const OF = `SELECT MAX(version) AS version FROM (SELECT version FROM removed_versions WHERE inum = ?
  UNION ALL SELECT version FROM removed_clients WHERE inum = ?) v`;

export function lastVersionStore(manager: EntityManager): LastVersionStore {
  const isSqlite = manager.dataSource.options.type === 'better-sqlite3';
  const orLater = isSqlite
    ? 'ON CONFLICT (inum) DO UPDATE SET version = MAX(version, excluded.version)'
    : 'ON DUPLICATE KEY UPDATE version = GREATEST(removed_versions.version, VALUES(version))';
  return {
    of: async (inum) => {
      const [row] = await manager.query<{ version: number | null }[]>(OF, [inum, inum]);
      return row?.version ?? 0;
    },
    keep: async (inum, version) => {
      await manager.getRepository(RemovedVersionEntity).upsert({ inum, version }, ['inum']);
    },
    keepOf: async ({ inum, incarnation }) => {
      await manager.query(
        `INSERT INTO removed_versions (inum, version) SELECT inum, version FROM removed_clients
          WHERE inum = ? AND incarnation = ? AND version > 0 ${orLater}`,
        [inum, incarnation],
      );
    },
  };
}
