import type { EntityManager } from 'typeorm';
import { RevisionEntity } from '../../entities/revision.entity.ts';
import { packed, unpacked, type RevisedKind } from './revision.ts';

/** What is done with revisions beside writing and reading them, in a unit of work. */
export interface RevisionUpkeep {
  /** Removes all of what a resource was, by the incarnation that it had, for good. */
  forget(kind: RevisedKind, inum: string, incarnation: string): Promise<void>;
  /** Some of the resources that have revisions, in their order, after this one. */
  resourcesAfter(resource: Resource | undefined, limit: number): Promise<RevisedResource[]>;
  /** Removes those that are more than `count` back, or from before `since` (a timestamp), and never the newest one. */
  prune(resource: RevisedResource, keep: { readonly count: number; readonly since: string }): Promise<number>;
  /** The revisions of a kind that have a document, after a place in the order of inum and number, at most `most` of them. */
  after(kind: RevisedKind, place: RevisionPlace, most: number): Promise<KeptRevision[]>;
  /** Writes the document of a revision in another form. */
  rewrite(kind: RevisedKind, place: RevisionPlace, document: string): Promise<void>;
}

export interface Resource {
  readonly kind: string;
  readonly inum: string;
}

/** How many revisions a resource has, the number of the newest, and when the oldest was stored. */
export interface RevisedResource extends Resource {
  readonly revisions: number;
  readonly newest: number;
  readonly oldest: string;
}

/** Where a revision stands among those of its kind. */
export interface RevisionPlace {
  readonly inum: string;
  readonly number: number;
}

export interface KeptRevision extends RevisionPlace {
  readonly document: string;
}

const RESOURCES = `SELECT kind, inum, COUNT(*) AS revisions, MAX(number) AS newest, MIN(at) AS oldest FROM revisions
  WHERE kind > ? OR (kind = ? AND inum > ?) GROUP BY kind, inum ORDER BY kind, inum LIMIT ?`;

export function revisionUpkeep(manager: EntityManager): RevisionUpkeep {
  const revisions = manager.getRepository(RevisionEntity);
  return {
    forget: async (kind, inum, incarnation) => {
      await revisions.delete({ kind, inum, incarnation });
    },
    resourcesAfter: async (after = { kind: '', inum: '' }, limit) => {
      const rows = await manager.query<(Omit<RevisedResource, 'revisions'> & { revisions: number | string })[]>(
        RESOURCES,
        [after.kind, after.kind, after.inum, limit],
      );
      return rows.map((row) => ({ ...row, revisions: Number(row.revisions) }));
    },
    prune: async ({ kind, inum, newest }, { count, since }) => {
      const [beyond] = await manager.query<{ number: number }[]>(
        'SELECT number FROM revisions WHERE kind = ? AND inum = ? ORDER BY number DESC LIMIT 1 OFFSET ?',
        [kind, inum, count],
      );
      const removed = await revisions
        .createQueryBuilder()
        .delete()
        .where('kind = :kind AND inum = :inum AND number < :newest', { kind, inum, newest })
        .andWhere('(number <= :last OR at < :since)', { last: beyond?.number ?? 0, since })
        .execute();
      return removed.affected ?? 0;
    },
    after: async (kind, { inum, number }, most) => {
      const rows = await manager.query<(RevisionPlace & { document: Buffer | ArrayBuffer })[]>(
        `SELECT inum, number, document FROM revisions WHERE kind = ? AND (inum > ? OR (inum = ? AND number > ?))
          AND document IS NOT NULL ORDER BY inum, number LIMIT ${most}`,
        [kind, inum, inum, number],
      );
      return rows.map((row) => ({ inum: row.inum, number: row.number, document: unpacked(row.document) }));
    },
    rewrite: async (kind, { inum, number }, document) => {
      await revisions.update({ kind, inum, number }, { document: packed(document) });
    },
  };
}
