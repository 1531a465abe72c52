import { In, IsNull, LessThanOrEqual, type EntityManager } from 'typeorm';
import { IdempotentRequestEntity } from '../../entities/idempotent-request.entity.ts';
import { isDuplicate } from './unit-of-work.ts';

/** One attempt at a request: the id of the request, and a name of its own. */
export interface Attempt {
  readonly id: string;
  readonly attempt: string;
}

/** What became of a claim: the attempt has the request to itself, another one is at it, or its sealed reply is there. */
export type Claim = 'ours' | 'taken' | { readonly reply: string };

export interface IdempotencyStore {
  /** Claims a request until `until`, unless it is claimed or done; of several at once one gets it. */
  claim(attempt: Attempt, now: string, until: string): Promise<Claim>;
  /** Keeps the reply of a claimed request. Returns false when the claim has run out and another attempt has it. */
  keep(attempt: Attempt, reply: string, until: string): Promise<boolean>;
  /** Gives a claim up, unless its reply is kept. */
  release(attempt: Attempt): Promise<void>;
  /** Removes at most `limit` rows that have run out. Returns how many they were. */
  removeExpired(now: string, limit: number): Promise<number>;
}

/** The stores that a unit of work has which keeps a reply. */
export interface IdempotencyStores {
  readonly idempotency: IdempotencyStore;
}

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
