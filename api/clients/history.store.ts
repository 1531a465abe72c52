import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { AuditRecordEntity } from '../../entities/audit-record.entity.ts';
import { OPERATIONS } from '../../openapi/operations.gen.ts';
import type { AuditRecord } from '../shared/log/audit.store.ts';

export interface HistoryStore {
  /** How many audit records there are about the client with this inum. */
  count(inum: string): Promise<number>;
  /** A page of them, the newest first. */
  page(inum: string, offset: number, limit: number): Promise<AuditRecord[]>;
}

const ABOUT_CLIENTS = /^\/jans-config-api\/api\/v1\/openid\/clients(\/|$)|^\/jans-auth\/restv1\/register$/;

/** The operations whose records are about something else, which may have the inum of a client. */
const ELSEWHERE = OPERATIONS.filter(({ path }) => !ABOUT_CLIENTS.test(path)).map(({ id }) => id);

/** Takes a scope from its clients, each with a record: it is told from that of the scope by what changed. */
const WITHDRAWAL = { operation: 'delete-oauth-scopes-by-inum', changed: '["scopes"]' } satisfies {
  operation: (typeof OPERATIONS)[number]['id'];
  changed: string;
};

/** The audit records about clients. */
export function historyStore(manager: EntityManager): HistoryStore {
  const about = (inum: string): SelectQueryBuilder<AuditRecordEntity> =>
    manager
      .createQueryBuilder(AuditRecordEntity, 'r')
      .where('r.inum = :inum', { inum })
      .andWhere('(r.operation NOT IN (:...elsewhere) OR (r.operation = :operation AND r.changed = :changed))', {
        elsewhere: ELSEWHERE,
        ...WITHDRAWAL,
      });
  return {
    count: (inum) => about(inum).getCount(),
    page: async (inum, offset, limit) => {
      // By id: two changes within a millisecond keep their order, and the index on inum has it at hand.
      const rows = await about(inum).orderBy('r.id', 'DESC').offset(offset).limit(limit).getMany();
      return rows.map(({ at, caller, operation, changed, requestId }) => {
        return { at, caller, operation, inum, changed: JSON.parse(changed) as string[], requestId };
      });
    },
  };
}
