import { In, LessThanOrEqual, type EntityManager } from 'typeorm';
import { RevokedTokenEntity } from '../../entities/revoked-token.entity.ts';

export interface RevokedTokenStore {
  /** Keeps the id of a token until the token cannot be valid any more. */
  revoke(jti: string, expiresAt: string): Promise<void>;
  isRevoked(jti: string): Promise<boolean>;
  /** Removes at most `limit` rows that have run out. Returns how many they were. */
  removeExpired(now: string, limit: number): Promise<number>;
}

export function revokedTokenStore(manager: EntityManager): RevokedTokenStore {
  const tokens = manager.getRepository(RevokedTokenEntity);
  return {
    revoke: async (jti, expiresAt) => {
      await tokens.upsert({ jti, expiresAt }, ['jti']);
    },
    isRevoked: (jti) => tokens.existsBy({ jti }),
    // In two steps: SQLite has no DELETE with a limit.
    removeExpired: async (now, limit) => {
      const rows = await tokens.find({ where: { expiresAt: LessThanOrEqual(now) }, take: limit });
      if (rows.length > 0) await tokens.delete({ jti: In(rows.map((row) => row.jti)) });
      return rows.length;
    },
  };
}
