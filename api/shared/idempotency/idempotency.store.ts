import { In, IsNull, LessThanOrEqual, type EntityManager } from 'typeorm';
import { IdempotentRequestEntity } from '../../../entities/idempotent-request.entity.ts';
import type { IdempotencyStore } from './claimed-request.ts';
import { isDuplicate } from '../database/database-fault.ts';

export function idempotencyStore(manager: EntityManager): IdempotencyStore {
  const requests = manager.getRepository(IdempotentRequestEntity);
  return {
    async claim({ id, attempt }, now, until) {
      const next = { attempt, expiresAt: until, reply: null };
      const found = await requests.findOneBy({ id });
      if (found === null) {
        try {
          await requests.insert({ id, ...next });
          return 'ours';
        } catch (error) {
          if (isDuplicate(error)) return 'taken';
          throw error;
        }
      }
      if (found.expiresAt > now) return found.reply === null ? 'taken' : { reply: found.reply };
      const taken = await requests.update({ id, attempt: found.attempt, expiresAt: found.expiresAt }, next);
      return taken.affected === 1 ? 'ours' : 'taken';
    },
    async keep({ id, attempt }, reply, until) {
      const kept = await requests.update({ id, attempt, reply: IsNull() }, { reply, expiresAt: until });
      return kept.affected === 1;
    },
    async release({ id, attempt }) {
      await requests.delete({ id, attempt, reply: IsNull() });
    },
    // In two steps: SQLite has no DELETE with a limit. A row may be claimed anew between them.
    async removeExpired(now, limit) {
      const rows = await requests.find({
        select: { id: true },
        where: { expiresAt: LessThanOrEqual(now) },
        take: limit,
      });
      if (rows.length > 0)
        await requests.delete({ id: In(rows.map((row) => row.id)), expiresAt: LessThanOrEqual(now) });
      return rows.length;
    },
  };
}
