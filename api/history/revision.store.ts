import type { EntityManager } from 'typeorm';
import { RevisionEntity } from '../../entities/revision.entity.ts';
import { isDuplicate } from '../shared/database/database-fault.ts';
import { dryRunUnderWay } from '../shared/database/dry-run.ts';
import { othersTurn } from '../shared/database/others-turn.ts';
import { Overtaken } from '../shared/database/proposals.ts';
import { incarnationOf } from '../shared/incarnation.ts';
import type { Part } from '../shared/log/audit.store.ts';
import type { ActorKind } from '../shared/log/origin.ts';
import { subjectColumns, subjectOf } from '../shared/log/subject-columns.ts';
import { revisionUpkeep, type RevisionUpkeep } from './revision-upkeep.store.ts';
import {
  packed,
  unpacked,
  type RestoredFrom,
  type RevisedKind,
  type Revision,
  type WholeRevision,
  type Write,
} from './revision.ts';
import { placesOf } from '../shared/database/places.ts';

/** The revisions of resources, in a unit of work. */
export interface RevisionStore extends RevisionUpkeep {
  /**
   * Stores the revision of a write, while nobody else writes the resource; of the first write of something that has none
   * two: what it was and what it is. Throws `Overtaken` where its newest revision is another one than the write says.
   */
  add(write: Write): Promise<void>;
  /** The same for writes of several resources of one kind, in as many statements as there are hundreds of them. */
  addAll(writes: readonly Write[]): Promise<void>;
  count(kind: RevisedKind, inum: string): Promise<number>;
  /** A page of them, the newest first. */
  page(kind: RevisedKind, inum: string, part: Part): Promise<Revision[]>;
  find(kind: RevisedKind, inum: string, number: number): Promise<WholeRevision | undefined>;
  /** What is known of those of a resource since a moment (a timestamp) beside their documents, the first ones first. */
  since(kind: RevisedKind, inum: string, at: string): Promise<DatedRevision[]>;
}

/** Which revision a write has made, and of which of the resources that have had its inum. */
export interface DatedRevision extends Pick<
  Revision,
  'number' | 'at' | 'requestId' | 'door' | 'isRemoval' | 'restoredFrom'
> {
  readonly incarnation: string;
}

/** As it is kept: the incarnation, which has no spaces, and the inum; or the number of a revision. */
const textOf = (from: RestoredFrom): string =>
  'revision' in from ? String(from.revision) : `${from.incarnation} ${from.inum}`;

function restoredFromIn(text: string | null): Pick<Revision, 'restoredFrom'> {
  if (text === null) return {};
  const [start = '', inum] = text.split(' ');
  return { restoredFrom: inum === undefined ? { revision: Number(start) } : { incarnation: start, inum } };
}

type Row = Omit<RevisionEntity, 'number'>;
/** What lists are made of. */
type Facts = Omit<RevisionEntity, 'document' | 'kind' | 'inum' | 'incarnation'>;

export function revisionStore(manager: EntityManager): RevisionStore {
  const revisions = manager.getRepository(RevisionEntity);
  return {
    add: async (write) => {
      dryRunUnderWay()?.writes.push(write);
      const { newest } = write;
      if (newest === undefined && (await insertNext(manager, write))) return;
      await insertAll(manager, numbered(write, newest ?? 0)).catch((error: unknown) => {
        throw isDuplicate(error) ? new Overtaken() : error;
      });
    },
    addAll: async (writes) => {
      dryRunUnderWay()?.writes.push(...writes);
      const letOthers = othersTurn();
      for (let start = 0; start < writes.length; start += BATCH) {
        await letOthers();
        const some = writes.slice(start, start + BATCH);
        const newest = await newestOf(manager, some);
        await insertAll(
          manager,
          some.flatMap((write) => numbered(write, newest.get(write.inum) ?? 0)),
        );
      }
    },
    count: (kind, inum) => revisions.countBy({ kind, inum }),
    page: async (kind, inum, { offset, limit }) =>
      (await manager.query<Listed[]>(PAGE, [kind, inum, limit, offset])).map((row) =>
        revisionOf(row, row.removed === 1),
      ),
    find: async (kind, inum, number) => {
      const row = await revisions.findOneBy({ kind, inum, number });
      if (row === null) return undefined;
      const revision = revisionOf(row, row.document === null);
      return { ...revision, ...(row.document !== null && { document: unpacked(row.document) }) };
    },
    since: async (kind, inum, at) => {
      const rows = await manager.query<DatedRow[]>(SINCE, [kind, inum, at]);
      return rows.map(({ removed, restoredFrom, ...row }) => ({
        ...row,
        isRemoval: removed === 1,
        ...restoredFromIn(restoredFrom),
      }));
    },
    ...revisionUpkeep(manager),
  };
}

interface DatedRow extends Omit<DatedRevision, 'isRemoval' | 'restoredFrom'> {
  readonly removed: number;
  readonly restoredFrom: string | null;
}

const SINCE = `SELECT number, at, request_id AS requestId, door, incarnation, restored_from AS restoredFrom,
    document IS NULL AS removed FROM revisions
  WHERE kind = ? AND inum = ? AND at >= ? ORDER BY number`;

/** So many resources get their revisions with one statement. */
const BATCH = 100;

/** The columns, in the order of `valuesOf`; the number comes after them. */
const COLUMNS =
  'kind, inum, incarnation, at, actor_kind, actor_id, actor_name, subject, subject_name, subject_actor, ' +
  'door, source, request_id, reason, restored_from, document';

const valuesOf = (row: Row): unknown[] => [
  ...[row.kind, row.inum, row.incarnation, row.at, row.actorKind, row.actorId, row.actorName],
  ...[row.subject, row.subjectName, row.subjectActor],
  ...[row.door, row.source, row.requestId, row.reason, row.restoredFrom, row.document],
];

/**
 * Inserts the revision after the newest one, in the one statement that finds that as well. Returns false for a resource
 * that was there before and has none.
 */
async function insertNext({ queryRunner }: EntityManager, write: Write): Promise<boolean> {
  const values = valuesOf(rowOf(write));
  const isNew = write.before === undefined;
  const insert = `INSERT INTO revisions (${COLUMNS}, number)
    SELECT ${placesOf(values)}, ${isNew ? 'COALESCE(MAX(number), 0)' : 'MAX(number)'} + 1
    FROM revisions WHERE kind = ? AND inum = ? ${isNew ? '' : 'HAVING MAX(number) IS NOT NULL'}`;
  const written = await queryRunner?.query(insert, [...values, write.kind, write.inum], true);
  return written?.affected === 1;
}

async function insertAll(manager: EntityManager, rows: readonly RevisionEntity[]): Promise<void> {
  const places = `(${', ?'.repeat(1 + COLUMNS.split(',').length).slice(2)})`;
  await manager.query(
    `INSERT INTO revisions (${COLUMNS}, number) VALUES ${rows.map(() => places).join(', ')}`,
    rows.flatMap((row) => [...valuesOf(row), row.number]),
  );
}

async function newestOf(manager: EntityManager, writes: readonly Write[]): Promise<Map<string, number>> {
  const [first] = writes;
  const rows = await manager.query<{ inum: string; newest: number }[]>(
    `SELECT inum, MAX(number) AS newest FROM revisions
      WHERE kind = ? AND inum IN (${placesOf(writes)}) GROUP BY inum`,
    [first?.kind, ...writes.map(({ inum }) => inum)],
  );
  return new Map(rows.map(({ inum, newest }) => [inum, newest]));
}

/** The rows of a write after which the newest is not `newest` any more. */
function numbered(write: Write, newest: number): RevisionEntity[] {
  const row = rowOf(write);
  if (newest > 0 || write.before === undefined) return [{ ...row, number: newest + 1 }];
  return [
    { ...row, ...UNKNOWN, number: 1, document: packed(write.before) },
    { ...row, number: 2 },
  ];
}

const UNKNOWN = {
  door: 'before-history',
  ...subjectColumns({}),
  ...{ actorKind: '', actorId: '', actorName: null, source: '', requestId: '', reason: null, restoredFrom: null },
};

const rowOf = ({ kind, inum, createdAt, at, origin, restoredFrom = origin.restoredFrom, after }: Write): Row => ({
  kind,
  inum,
  incarnation: incarnationOf({ createdAt }),
  at,
  actorKind: origin.actor.kind,
  actorId: origin.actor.id,
  actorName: origin.actor.name ?? null,
  ...subjectColumns(origin.actor),
  door: origin.door,
  source: origin.source.slice(0, 64),
  requestId: origin.requestId,
  reason: origin.reason ?? null,
  restoredFrom: restoredFrom === undefined ? null : textOf(restoredFrom),
  document: after === undefined ? null : packed(after),
});

interface Listed extends Facts {
  readonly removed: number;
}

const PAGE = `SELECT number, at, actor_kind AS actorKind, actor_id AS actorId, actor_name AS actorName, subject,
    subject_name AS subjectName, subject_actor AS subjectActor, door, source, request_id AS requestId, reason,
    restored_from AS restoredFrom, document IS NULL AS removed
  FROM revisions WHERE kind = ? AND inum = ? ORDER BY number DESC LIMIT ? OFFSET ?`;

function revisionOf(row: Facts, isRemoval: boolean): Revision {
  const { number, at, actorKind, actorId, actorName, door, source, requestId, reason } = row;
  const kind = actorKind as ActorKind;
  const actor = { kind, id: actorId, ...(actorName !== null && { name: actorName }), ...subjectOf(row) };
  return {
    ...{ number, at, source, requestId, isRemoval },
    door: door as Revision['door'],
    ...(actorKind !== '' && { actor }),
    ...(reason !== null && { reason }),
    ...restoredFromIn(row.restoredFrom),
  };
}
