import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import type { Filter } from '../search/filter/filter.ts';
import { filterSql } from '../search/filter/filter-sql.ts';
import { dialectOf } from '../search/search.store.ts';
import type { Subject } from '../shared/contract/operation.ts';
import { subjectOf, type SubjectColumns } from '../shared/log/subject-columns.ts';
import { FILTERED } from './change.fields.ts';

/** A change of a client as the log has it. */
export interface ClientChange {
  readonly id: number;
  readonly at: string;
  readonly inum: string;
  readonly caller: string;
  readonly subject?: Subject;
  readonly operation: string;
  readonly changed: readonly string[];
  readonly requestId: string;
  readonly reason?: string;
}

/** Which changes are asked for: all that is given must hold. Moments are timestamps, and both belong to it. */
export interface ChangeQuestion {
  readonly since?: string;
  readonly until?: string;
  /** The id of a caller, or whom its token was about, by id or name. */
  readonly by?: string;
  readonly inum?: string;
  readonly operation?: string;
  readonly property?: string;
  readonly filter?: Filter;
  readonly requestId?: string;
  /** Only these. */
  readonly ids?: readonly number[];
  /** The last id that counts. */
  readonly upTo?: number;
}

/** Changes, the newest first, and the id below which to go on; without it, there are no more. */
export interface FoundChanges {
  readonly changes: readonly ClientChange[];
  readonly below?: number;
}

export interface ChangeLog {
  /**
   * Finds up to `limit` changes with ids below `below`. It reads the log in slices and stops when `isOver`, so that what it
   * finds may be less, or nothing, and yet not the end.
   */
  find(
    question: ChangeQuestion,
    page: { readonly below?: number; readonly limit: number },
    isOver: () => boolean,
  ): Promise<FoundChanges>;
  /** The changes of a client from an id on, the first ones first, at most `most` of them. */
  ofClient(inum: string, from: number, most: number): Promise<ClientChange[]>;
  /** The highest id that there is, or 0. */
  last(): Promise<number>;
}

/** A change as the log keeps it. */
export interface Row extends SubjectColumns {
  readonly id: number;
  readonly at: string;
  readonly inum: string;
  readonly caller: string;
  readonly operation: string;
  readonly changed: string;
  readonly requestId: string;
  readonly reason: string | null;
}

/** In ids: read in a few milliseconds. */
const SLICE = 5_000;
/** Ids are given before a transaction commits and times are taken by every process: so far both may be out of step. */
export const SLACK = 10_000;

export function changeLog(manager: EntityManager): ChangeLog {
  return {
    find: async (question, { below, limit }, isOver) => {
      const bounds = await boundsOf(manager, question);
      const conditions = conditionsOf(manager, question);
      const changes: ClientChange[] = [];
      let edge = Math.min(below ?? Infinity, bounds.most + 1);
      // Those of one client are found by an index, as are those with these ids.
      const slice = (question.inum ?? question.ids) === undefined ? SLICE : Infinity;
      while (edge > bounds.least) {
        const from = Math.max(bounds.least, edge - slice);
        const wanted = limit - changes.length;
        const found = await select(manager, conditions, { from, edge, wanted });
        changes.push(...found);
        const last = changes.at(-1);
        if (changes.length === limit && last !== undefined) return { changes, below: last.id };
        edge = from;
        // SQLite is in this process.
        await nextTurn();
        if (isOver() && edge > bounds.least) return { changes, below: edge };
      }
      return { changes };
    },
    ofClient: async (inum, from, most) => {
      const where = "inum = ? AND resource_kind = 'client' AND id >= ? ORDER BY id LIMIT ?";
      return (
        await manager.query<Row[]>(`SELECT ${COLUMNS} FROM audit_records WHERE ${where}`, [inum, from, most])
      ).map(changeOf);
    },
    last: async () => {
      const [row] = await manager.query<{ most: number | null }[]>('SELECT MAX(id) AS most FROM audit_records');
      return row?.most ?? 0;
    },
  };
}

/** The ids among which the log has what was done between two moments. */
async function boundsOf(
  manager: EntityManager,
  { since, until, upTo = Infinity }: ChangeQuestion,
): Promise<{ least: number; most: number }> {
  const [all] = await manager.query<{ least: number | null; most: number | null }[]>(
    'SELECT MIN(id) AS least, MAX(id) AS most FROM audit_records',
  );
  const { least, most } = { least: all?.least ?? 1, most: all?.most ?? 0 };
  const first = since === undefined ? least : await idAt(manager, '>= ? ORDER BY at', since);
  const last = until === undefined ? most : await idAt(manager, '<= ? ORDER BY at DESC', until);
  if (first === undefined || last === undefined) return { least: 1, most: 0 };
  return { least: Math.max(least, first - SLACK), most: Math.min(most, last + SLACK, upTo) };
}

async function idAt(manager: EntityManager, which: string, moment: string): Promise<number | undefined> {
  const [row] = await manager.query<{ id: number }[]>(`SELECT id FROM audit_records WHERE at ${which} LIMIT 1`, [
    moment,
  ]);
  return row?.id;
}

interface Conditions {
  /** What follows FROM. */
  readonly table: string;
  readonly text: string;
  readonly parameters: readonly (string | number | Buffer)[];
}

/** The SQL of a question. */
export function conditionsOf(manager: EntityManager, question: ChangeQuestion): Conditions {
  const { since, until, by, inum, operation, property, requestId, ids, filter } = question;
  const given: readonly (readonly [string, string | undefined])[] = [
    ['at >= ?', since],
    ['at <= ?', until],
    ['inum = ?', inum],
    ['operation = ?', operation],
    ['request_id = ?', requestId],
    ['INSTR(changed, ?) > 0', property === undefined ? undefined : JSON.stringify(property)],
  ];
  const present = given.flatMap(([text, value]) => (value === undefined ? [] : [{ text, value }]));
  const byWhom = by === undefined ? [] : ['(caller = ? OR subject = ? OR subject_name = ?)'];
  const those = ids === undefined ? [] : [`id IN (${ids.map(() => '?').join(', ')})`];
  const filtered = filter && filterSql(filter, { dialect: dialectOf(manager), refer: noReference });
  return {
    table: filter === undefined ? 'audit_records' : FILTERED,
    text: [
      "resource_kind = 'client'",
      ...present.map(({ text }) => text),
      ...byWhom,
      ...those,
      ...(filtered ? [filtered.text] : []),
    ].join(' AND '),
    parameters: [
      ...present.map(({ value }) => value),
      ...(by === undefined ? [] : [by, by, by]),
      ...(ids ?? []),
      ...(filtered?.parameters ?? []),
    ],
  };
}

const noReference = (): never => {
  throw new Error('changes refer to nothing');
};

async function select(
  manager: EntityManager,
  { table, text, parameters }: Conditions,
  { from, edge, wanted }: { readonly from: number; readonly edge: number; readonly wanted: number },
): Promise<ClientChange[]> {
  const rows = await manager.query<Row[]>(
    `SELECT ${COLUMNS} FROM ${table} WHERE id >= ? AND id < ? AND ${text} ORDER BY id DESC LIMIT ?`,
    [from, edge, ...parameters, wanted],
  );
  return rows.map(changeOf);
}

export const COLUMNS = `id, at, inum, caller, subject, subject_name AS subjectName, subject_actor AS subjectActor, operation, changed,
  request_id AS requestId, reason`;

export function changeOf({
  id,
  at,
  inum,
  caller,
  operation,
  changed,
  requestId,
  reason,
  ...subject
}: Row): ClientChange {
  return {
    ...{ id, at, inum, caller, operation, requestId, ...subjectOf(subject) },
    changed: JSON.parse(changed) as string[],
    ...(reason !== null && { reason }),
  };
}
