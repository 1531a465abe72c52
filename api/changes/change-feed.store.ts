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
  /** Makes a batch of those that are committed by now, in a transaction of its own. */
  advance(): Promise<void>;
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
const BATCHES = 'FROM audit_records WHERE batch IS NOT NULL';
const AFTER = '(batch > ? OR (batch = ? AND id > ?))';
const UP_TO = '(batch < ? OR (batch = ? AND id <= ?))';

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
      if (waiting.length === 0) return;
      await settings.set(LAST, String(batch));
      for (let start = 0; start < waiting.length; start += PART) {
        const ids = waiting.slice(start, start + PART).map(({ id }) => id);
        const update = `UPDATE ${byKey} SET batch = ? WHERE id IN (${ids.map(() => '?').join(', ')})`;
        await manager.query(update, [batch, ...ids]);
      }
    },

    begin: async (since) => (since === undefined ? BEGINNING : ((await beginOf(manager, since)) ?? topOf(manager))),

    find: async (question, { after, limit }, isOver) => {
      const { table, text, parameters } = conditionsOf(manager, question);
      const last = await topOf(manager);
      const changes: ClientChange[] = [];
      let place = after;
      while (isBefore(place, last) && changes.length < limit && !(isOver() && isBefore(after, place))) {
        const here = [place.batch, place.batch, place.id];
        const edge = await placeIn(
          manager,
          `FROM audit_records WHERE ${AFTER} ORDER BY batch, id LIMIT 1 OFFSET ${SLICE - 1}`,
          here,
        );
        const end = edge !== undefined && isBefore(edge, last) ? edge : last;
        const wanted = limit - changes.length;
        const rows = await manager.query<(Row & Place)[]>(
          `SELECT ${COLUMNS}, batch FROM ${table} WHERE ${AFTER} AND ${UP_TO} AND ${text} ORDER BY batch, id LIMIT ?`,
          [...here, end.batch, end.batch, end.id, ...parameters, wanted],
        );
        changes.push(...rows.map(({ batch: _batch, ...row }) => changeOf(row)));
        const reached = rows.at(-1);
        place = rows.length === wanted && reached !== undefined ? { batch: reached.batch, id: reached.id } : end;
      }
      return { changes, place, isEnd: !isBefore(place, last) };
    },
  };
}

/** Before every change. */
const BEGINNING: Place = { batch: -1, id: 0 };

async function placeIn(
  manager: EntityManager,
  which: string,
  parameters: readonly number[],
): Promise<Place | undefined> {
  const [row] = await manager.query<Place[]>(`SELECT batch, id ${which}`, [...parameters]);
  return row;
}

async function topOf(manager: EntityManager): Promise<Place> {
  return (await placeIn(manager, `${BATCHES} ORDER BY batch DESC, id DESC LIMIT 1`, [])) ?? BEGINNING;
}

/** Before the first of the changes since a moment; undefined where none of them is in a batch. */
async function beginOf(manager: EntityManager, since: string): Promise<Place | undefined> {
  const select = 'SELECT id FROM audit_records WHERE at >= ? ORDER BY at LIMIT 1';
  const [first] = await manager.query<{ id: number }[]>(select, [since]);
  if (first === undefined) return undefined;
  const between = [Math.max(0, first.id - SLACK), first.id];
  const lowest = await placeIn(manager, `${BATCHES} AND id >= ? AND id <= ? ORDER BY batch, id LIMIT 1`, between);
  return lowest && { batch: lowest.batch, id: lowest.batch === 0 ? lowest.id - 1 : 0 };
}

const isBefore = (one: Place, other: Place): boolean =>
  one.batch < other.batch || (one.batch === other.batch && one.id < other.id);
