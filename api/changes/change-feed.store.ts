import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { settingStore } from '../shared/database/setting.store.ts';
import {
  changeOf,
  COLUMNS,
  conditionsOf,
  SLACK,
  type ChangeQuestion,
  type ClientChange,
  type Row,
} from './change-log.store.ts';
import { placesOf } from '../shared/database/places.ts';

/** Where somebody is who reads changes in order: after this one. */
export interface Place {
  readonly batch: number;
  readonly id: number;
}

/** Changes in order, where to go on, and whether there is nothing after that yet. */
export interface ReadChanges {
  readonly changes: readonly ClientChange[];
  readonly place: Place;
  readonly isEnd: boolean;
}

/**
 * The changes in an order in which nothing appears before what was there: ids are given before a transaction commits, so
 * that one with a lower id may come later. What is committed gets the number of a batch, and keeps it.
 */
export interface ChangeFeed {
  /** Whether there are changes in no batch yet. */
  isWaiting(): Promise<boolean>;
  /** Makes a batch of those that are committed by now, in a transaction of its own. Returns whether it has all of them. */
  advance(): Promise<boolean>;
  /** The number of the last batch, or 0. */
  last(): Promise<number>;
  /** Where the changes since a moment begin, which all that come later belong to. */
  begin(since: string | undefined): Promise<Place>;
  /** Finds up to `limit` changes after a place. It reads in slices and stops when `isOver`. */
  find(
    question: ChangeQuestion,
    page: { readonly after: Place; readonly limit: number },
    isOver: () => boolean,
  ): Promise<ReadChanges>;
}

/** Changes that are looked at together. */
const SLICE = 5_000;
/** Changes in a batch, and in one statement. */
const [BATCH, PART] = [5_000, 1_000];
const [LOCK, LAST] = ['change-feed-lock', 'change-feed'];
/** After every id of a batch. */
const ALL = 2_147_483_647;

export function changeFeed(manager: EntityManager): ChangeFeed {
  const settings = settingStore(manager);
  const isSqlite = manager.dataSource.options.type === 'better-sqlite3';
  // No statement may look at rows that another transaction has inserted and not committed, and wait for it.
  const byKey = isSqlite ? 'audit_records' : 'audit_records FORCE INDEX (PRIMARY)';

  return {
    isWaiting: async () =>
      (await manager.query<unknown[]>('SELECT 1 FROM audit_records WHERE batch IS NULL LIMIT 1')).length > 0,

    advance: async () => {
      // Those who come at once take turns, and see what the one before has done.
      await settings.lock(LOCK);
      const batch = 1 + Number((await settings.get(LAST)) ?? 0);
      const waiting = await manager.query<{ id: number }[]>(
        'SELECT id FROM audit_records WHERE batch IS NULL ORDER BY id LIMIT ?',
        [BATCH],
      );
      if (waiting.length === 0) return true;
      await settings.set(LAST, String(batch));
      for (let start = 0; start < waiting.length; start += PART) {
        const ids = waiting.slice(start, start + PART).map(({ id }) => id);
        const update = `UPDATE ${byKey} SET batch = ? WHERE id IN (${placesOf(ids)})`;
        await manager.query(update, [batch, ...ids]);
      }
      return waiting.length < BATCH;
    },

    last: async () => Number((await settings.get(LAST)) ?? 0),

    begin: async (since) => (since === undefined ? BEGINNING : ((await beginOf(manager, since)) ?? topOf(manager))),

    find: async (question, { after, limit }, isOver) => {
      const { table, text, parameters } = conditionsOf(manager, question);
      const changes: ClientChange[] = [];
      let place = after;
      do {
        // SQLite is in this process.
        await nextTurn();
        const slice = await sliceAfter(manager, place);
        if (slice === undefined) return { changes, place, isEnd: true };
        const wanted = limit - changes.length;
        const rows = await manager.query<(Row & Place)[]>(
          `SELECT ${COLUMNS}, batch FROM ${table} WHERE ${slice.where} AND ${text} ORDER BY batch, id LIMIT ?`,
          [...slice.parameters, ...parameters, wanted],
        );
        changes.push(...rows.map(({ batch: _batch, ...row }) => changeOf(row)));
        const last = rows.at(-1);
        place = rows.length < wanted || last === undefined ? slice.end : { batch: last.batch, id: last.id };
      } while (changes.length < limit && !isOver());
      return { changes, place, isEnd: (await sliceAfter(manager, place)) === undefined };
    },
  };
}

/** Some changes after a place: a condition, and the last of them. */
interface Slice {
  readonly where: string;
  readonly parameters: readonly number[];
  readonly end: Place;
}

/** The next changes: what is left of a batch, of which the first may be large, or else whole batches. */
async function sliceAfter(manager: EntityManager, { batch, id }: Place): Promise<Slice | undefined> {
  const last = async (what: string, where: string, parameters: readonly number[]): Promise<number | undefined> => {
    const slice = `SELECT ${what} FROM audit_records WHERE ${where} ORDER BY ${what} LIMIT ${SLICE}`;
    const [row] = await manager.query<{ last: number | null }[]>(`SELECT MAX(${what}) AS last FROM (${slice}) s`, [
      ...parameters,
    ]);
    return row?.last ?? undefined;
  };
  const inBatch = 'batch = ? AND id > ?';
  const here = await last('id', inBatch, [batch, id]);
  if (here !== undefined)
    return { where: `${inBatch} AND id <= ?`, parameters: [batch, id, here], end: { batch, id: here } };
  const next = await last('batch', 'batch > ?', [batch]);
  return next === undefined
    ? undefined
    : { where: 'batch > ? AND batch <= ?', parameters: [batch, next], end: { batch: next, id: ALL } };
}

/** Before every change. */
const BEGINNING: Place = { batch: -1, id: 0 };

/** Where whoever reads everything is at the end. */
async function topOf(manager: EntityManager): Promise<Place> {
  const [row] = await manager.query<{ top: number | null }[]>('SELECT MAX(batch) AS top FROM audit_records');
  return typeof row?.top === 'number' ? { batch: row.top, id: ALL } : BEGINNING;
}

/** Before the first of the changes since a moment; undefined where none of them is in a batch. */
async function beginOf(manager: EntityManager, since: string): Promise<Place | undefined> {
  const select = 'SELECT id FROM audit_records WHERE at >= ? ORDER BY at LIMIT 1';
  const [first] = await manager.query<{ id: number }[]>(select, [since]);
  if (first === undefined) return undefined;
  const near = 'FROM audit_records WHERE batch IS NOT NULL AND id >= ? AND id <= ?';
  const [lowest] = await manager.query<Place[]>(`SELECT batch, id ${near} ORDER BY batch, id LIMIT 1`, [
    Math.max(0, first.id - SLACK),
    first.id + SLACK,
  ]);
  if (lowest === undefined) return undefined;
  return lowest.batch === 0 ? { batch: 0, id: lowest.id - 1 } : { batch: lowest.batch - 1, id: ALL };
}
