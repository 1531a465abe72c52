import type { EntityManager } from 'typeorm';
import { AuditRecordEntity } from '../../../entities/audit-record.entity.ts';

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
  recordAll(records: readonly AuditRecord[]): Promise<void>;
  /** How many records there are about an inum. */
  countOf(inum: string): Promise<number>;
}

export function auditStore(manager: EntityManager): AuditStore {
  const recordAll = async (records: readonly AuditRecord[]): Promise<void> => {
    const rows = records.map((record) => ({ ...record, changed: JSON.stringify(record.changed) }));
    if (rows.length > 0) await manager.insert(AuditRecordEntity, rows);
  };
  return {
    record: (record) => recordAll([record]),
    recordAll,
    countOf: (inum) => manager.countBy(AuditRecordEntity, { inum }),
  };
}
