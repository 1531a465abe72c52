import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import type { Filter } from '../search/filter/filter.ts';
import { filterSql } from '../search/filter/filter-sql.ts';
import { dialectOf } from '../search/search.store.ts';
import type { Subject } from '../shared/contract/operation.ts';
import { subjectOf, type SubjectColumns } from '../shared/log/subject-columns.ts';
import { FILTERED } from './change.fields.ts';
import { placesOf } from '../shared/database/places.ts';

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
  /** The last batch of the feed that counts: nothing that was committed later belongs to it. */
  readonly upToBatch?: number;
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
  /** The same for those that are in no batch up to this one, the newest first. */
  ofClientAfter(
    inum: string,
    after: { readonly batch: number; readonly from: number },
    most: number,
  ): Promise<ClientChange[]>;
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

/** In ids, or changes: read in a few milliseconds. */
const SLICE = 5_000;
/** Ids are given before a transaction commits and times are taken by every process: so far both may be out of step. */
export const SLACK = 10_000;

export function changeLog(manager: EntityManager): ChangeLog {
  return {
    find: async (question, { below, limit }, isOver) => {
      const bounds = await boundsOf(manager, question);
      const key = keyOf(question);
      const conditions = conditionsOf(manager, question, key?.column);
      const changes: ClientChange[] = [];
      let edge = Math.min(below ?? Infinity, bounds.most + 1);
      while (edge > bounds.least) {
        const from = Math.max(bounds.least, await sliceBefore(manager, { question, key, edge }));
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
    ofClientAfter: async (inum, { batch, from }, most) => {
      const where = `inum = ? AND resource_kind = 'client' AND id >= ? AND ${BATCH} > ? ORDER BY id DESC LIMIT ?`;
      return (
        await manager.query<Row[]>(`SELECT ${COLUMNS} FROM audit_records WHERE ${where}`, [inum, from, batch, most])
      ).map(changeOf);
    },
  };
}

/** Of which index are those that are asked for: all other conditions are looked at in the rows that it leads to. */
interface Key {
  readonly column: 'inum' | 'request_id';
  readonly value: string;
}

function keyOf({ inum, requestId }: ChangeQuestion): Key | undefined {
  if (inum !== undefined) return { column: 'inum', value: inum };
  return requestId === undefined ? undefined : { column: 'request_id', value: requestId };
}

/** Where a slice before an id begins: so many ids, or so many of a key, which may be all there are. */
async function sliceBefore(
  manager: EntityManager,
  {
    question: { ids },
    key,
    edge,
  }: { readonly question: ChangeQuestion; readonly key?: Key | undefined; readonly edge: number },
): Promise<number> {
  if (ids !== undefined) return 0;
  if (key === undefined) return edge - SLICE;
  const slice = `SELECT id FROM audit_records WHERE ${key.column} = ? AND id < ? ORDER BY id DESC LIMIT ${SLICE}`;
  const [row] = await manager.query<{ found: number | string; least: number }[]>(
    `SELECT COUNT(*) AS found, MIN(id) AS least FROM (${slice}) s`,
    [key.value, edge],
  );
  return Number(row?.found) < SLICE ? 0 : (row?.least ?? 0);
}

/** The ids among which the log has what was done between two moments. */
async function boundsOf(
  manager: EntityManager,
  { since, until }: ChangeQuestion,
): Promise<{ least: number; most: number }> {
  const [all] = await manager.query<{ least: number | null; most: number | null }[]>(
    'SELECT MIN(id) AS least, MAX(id) AS most FROM audit_records',
  );
  const { least, most } = { least: all?.least ?? 1, most: all?.most ?? 0 };
  const first = since === undefined ? least : await idAt(manager, '>= ? ORDER BY at', since);
  const last = until === undefined ? most : await idAt(manager, '<= ? ORDER BY at DESC', until);
  if (first === undefined || last === undefined) return { least: 1, most: 0 };
  return { least: Math.max(least, first - SLACK), most: Math.min(most, last + SLACK) };
}

async function idAt(manager: EntityManager, which: string, moment: string): Promise<number | undefined> {
  const [row] = await manager.query<{ id: number }[]>(`SELECT id FROM audit_records WHERE at ${which} LIMIT 1`, [
    moment,
  ]);
  return row?.id;
}

/** The batch as no index is asked for it: nearly all are in one. What is in none was committed after all that is. */
const BATCH = 'COALESCE(batch, 2147483647)';

interface Conditions {
  /** What follows FROM. */
  readonly table: string;
  readonly text: string;
  readonly parameters: readonly (string | number | Buffer)[];
}

/** The SQL of a question. The index of request ids is taken where it is the key, and else none that knows no better. */
export function conditionsOf(manager: EntityManager, question: ChangeQuestion, key?: Key['column']): Conditions {
  const { since, until, by, inum, operation, property, requestId, ids, filter, upToBatch } = question;
  const given: readonly (readonly [string, string | undefined])[] = [
    ['at >= ?', since],
    ['at <= ?', until],
    ['inum = ?', inum],
    ['operation = ?', operation],
    [key === 'request_id' ? 'request_id = ?' : "COALESCE(request_id, '') = ?", requestId],
    ['INSTR(changed, ?) > 0', property === undefined ? undefined : JSON.stringify(property)],
  ];
  const present = given.flatMap(([text, value]) => (value === undefined ? [] : [{ text, value }]));
  const byWhom = by === undefined ? [] : ['(caller = ? OR subject = ? OR subject_name = ?)'];
  const those = ids === undefined ? [] : [`id IN (${placesOf(ids)})`];
  const filtered = filter && filterSql(filter, { dialect: dialectOf(manager), refer: noReference });
  return {
    table: filter === undefined ? 'audit_records' : FILTERED,
    text: [
      "resource_kind = 'client'",
      ...present.map(({ text }) => text),
      ...byWhom,
      ...those,
      ...(upToBatch === undefined ? [] : [`${BATCH} <= ?`]),
      ...(filtered ? [filtered.text] : []),
    ].join(' AND '),
    parameters: [
      ...present.map(({ value }) => value),
      ...(by === undefined ? [] : [by, by, by]),
      ...(ids ?? []),
      ...(upToBatch === undefined ? [] : [upToBatch]),
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
