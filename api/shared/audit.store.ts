import type { EntityManager } from 'typeorm';
import { AuditRecordEntity } from '../../entities/audit-record.entity.ts';

export interface AuditRecord {
  readonly at: string;
  /** The calling client, or the name of a command. */
  readonly caller: string;
  readonly operation: string;
  readonly inum: string;
  /** Addresses of the properties that changed. */
  readonly changed: readonly string[];
  readonly requestId: string;
}

export interface AuditStore {
  record(record: AuditRecord): Promise<void>;
  /** How many records there are about an inum. */
  countOf(inum: string): Promise<number>;
}

export const auditStore = (manager: EntityManager): AuditStore => ({
  record: async (record) => {
    await manager.insert(AuditRecordEntity, { ...record, changed: JSON.stringify(record.changed) });
  },
  countOf: (inum) => manager.countBy(AuditRecordEntity, { inum }),
});
