import type { EntityManager } from 'typeorm';
import { AuditRecordEntity } from '../../../entities/audit-record.entity.ts';
import type { Subject } from '../contract/operation.ts';
import { dryRunUnderWay } from '../database/dry-run.ts';
import { insertRows, insertUnderSchema } from '../database/plain-insert.store.ts';
import type { Origin } from './origin.ts';
import { subjectColumns, subjectOf } from './subject-columns.ts';

/** What a record is about. */
export type ResourceKind = 'client' | 'scope' | 'claim' | 'script' | 'initial-token' | 'statement' | 'key' | 'reporter';

export interface AuditRecord {
  readonly at: string;
  readonly kind: ResourceKind;
  /** The inum, or what else the id of this kind is. */
  readonly inum: string;
  /** Addresses of the properties that changed. */
  readonly changed: readonly string[];
  readonly origin: Origin;
}

/** A record as it is kept. */
export interface LoggedChange {
  readonly at: string;
  readonly caller: string;
  readonly subject?: Subject;
  readonly operation: string;
  readonly changed: readonly string[];
  readonly requestId: string;
  readonly reason?: string;
}

/** Which entries of a list are wanted. */
export interface Part {
  readonly offset: number;
  readonly limit: number;
}

/** The log of changes, which somebody may prune at any time: nothing but what is told about the past depends on it. */
export interface AuditStore {
  record(record: AuditRecord): Promise<void>;
  recordAll(records: readonly AuditRecord[]): Promise<void>;
  /** How many records there are about a resource. */
  count(kind: ResourceKind, inum: string): Promise<number>;
  /** A page of them, the newest first. */
  page(kind: ResourceKind, inum: string, part: Part): Promise<LoggedChange[]>;
  /** Whether a property of a resource has changed after the first of two moments and until the second (timestamps). */
  hasChanged(kind: ResourceKind, inum: string, property: string, between: readonly [string, string]): Promise<boolean>;
}

export function auditStore(manager: EntityManager): AuditStore {
  const recordAll = async (records: readonly AuditRecord[]): Promise<void> => {
    if (records.length === 0) return;
    dryRunUnderWay()?.records.push(...records);
    const [only, ...others] = records;
    // Nearly every write has one.
    if (only !== undefined && others.length === 0) await insertUnderSchema(manager, AuditRecordEntity, rowOf(only));
    else await insertRows(manager, AuditRecordEntity, records.map(rowOf));
  };
  return {
    record: (record) => recordAll([record]),
    recordAll,
    count: (resourceKind, inum) => manager.countBy(AuditRecordEntity, { inum, resourceKind }),
    page: async (resourceKind, inum, { offset, limit }) => {
      // By id: two changes within a millisecond keep their order, and the index on inum has it at hand.
      const order = { id: 'DESC' } as const;
      const rows = await manager.find(AuditRecordEntity, {
        where: { inum, resourceKind },
        order,
        skip: offset,
        take: limit,
      });
      return rows.map(({ at, caller, operation, changed, requestId, reason, ...row }) => {
        const about = { at, caller, ...subjectOf(row), operation, requestId, ...(reason !== null && { reason }) };
        return { ...about, changed: JSON.parse(changed) as string[] };
      });
    },
    hasChanged: async (resourceKind, inum, property, [after, until]) => {
      const found = await manager.query<unknown[]>(
        `SELECT 1 FROM audit_records
          WHERE inum = ? AND resource_kind = ? AND at > ? AND at <= ? AND changed LIKE ? LIMIT 1`,
        [inum, resourceKind, after, until, `%"${property}"%`],
      );
      return found.length > 0;
    },
  };
}

const rowOf = ({ at, kind, inum, changed, origin }: AuditRecord): Omit<AuditRecordEntity, 'id'> => ({
  at,
  caller: origin.actor.id,
  actorKind: origin.actor.kind,
  ...subjectColumns(origin.actor),
  operation: origin.operation,
  resourceKind: kind,
  inum,
  changed: JSON.stringify(changed),
  requestId: origin.requestId,
  reason: origin.reason ?? null,
  batch: null,
});
