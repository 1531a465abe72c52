import { In, LessThanOrEqual, type EntityManager } from 'typeorm';
import { UsedAssertionEntity } from '../../../entities/used-assertion.entity.ts';
import { isDuplicate } from '../../shared/database/database-fault.ts';

export interface UsedAssertionStore {
  /** Notes the use of an assertion. Returns false when it has been used before; of several at once one gets true. */
  use(digest: string, expiresAt: string): Promise<boolean>;
  /** Removes at most `limit` rows that have run out. Returns how many they were. */
  removeExpired(now: string, limit: number): Promise<number>;
}

export function usedAssertionStore(manager: EntityManager): UsedAssertionStore {
  const assertions = manager.getRepository(UsedAssertionEntity);
  return {
    use: async (digest, expiresAt) => {
      try {
        await assertions.insert({ digest, expiresAt });
        return true;
      } catch (error) {
        if (isDuplicate(error)) return false;
        throw error;
      }
    },
    // In two steps: SQLite has no DELETE with a limit.
    removeExpired: async (now, limit) => {
      const rows = await assertions.find({ where: { expiresAt: LessThanOrEqual(now) }, take: limit });
      if (rows.length > 0) await assertions.delete({ digest: In(rows.map((row) => row.digest)) });
      return rows.length;
    },
  };
}
