import { setImmediate as nextTurn } from 'node:timers/promises';
import { all, sql, type Sql } from '../dialect.ts';

/** Runs a select and returns its rows. */
export type Select = <T>(select: string, parameters: readonly (string | number | Buffer)[]) => Promise<T[]>;

export interface Walk {
  readonly select: Select;
  readonly table: string;
  readonly descending: boolean;
  /** The id after which it starts. */
  readonly after?: string;
}

/** In rows. */
const [FIRST, LEAST, MOST] = [500, 50, 5_000];
/** How long the thread is kept for one slice, in milliseconds. */
const TARGET = 5;

/**
 * Goes through a table in the order of its ids: conditions on `c`, each for so many rows as are read in a few
 * milliseconds. The event loop is let on between them.
 */
export async function* slices({ select, table, descending, after }: Walk): AsyncGenerator<Sql> {
  const [beyond, upTo, direction] = descending ? ['<', '>=', ' DESC'] : ['>', '<=', ''];
  let [edge, size] = [after, FIRST];
  for (;;) {
    const from = edge === undefined ? [] : [sql(`c.inum ${beyond} ?`, edge)];
    const { text, parameters } = all(from);
    const last = `SELECT c.inum AS inum FROM ${table} c WHERE ${text} ORDER BY c.inum${direction} LIMIT 1 OFFSET ${size - 1}`;
    const [end] = await select<{ inum: string }>(last, parameters);
    const start = performance.now();
    yield all([...from, ...(end === undefined ? [] : [sql(`c.inum ${upTo} ?`, end.inum)])]);
    if (end === undefined) return;
    edge = end.inum;
    size = Math.round(Math.min(MOST, Math.max(LEAST, (size * TARGET) / (performance.now() - start + 0.1))));
    await nextTurn();
  }
}
