import { ownTurn } from '../../shared/database/others-turn.ts';
import type { Position } from '../cursor.ts';
import { all, type Sql } from '../dialect.ts';
import { afterSql, orderBySql, upToSql, type Order } from '../order-sql.ts';

/** Runs a select and returns its rows. */
export type Select = <T>(select: string, parameters: readonly (string | number | Buffer)[]) => Promise<T[]>;

export interface Walk {
  readonly select: Select;
  readonly table: string;
  /** One with an index, in which everything has a value. */
  readonly order: Order;
  /** After what it starts. */
  readonly after?: Position;
  readonly pace: Pace;
}

/** How much is read at once: rows, and milliseconds that it should take. */
export interface Pace {
  readonly most: number;
  readonly target: number;
}

/** Where each slice keeps this thread from everything else. */
export const SHORT: Pace = { most: 5_000, target: 2 };
/** Where it does not. */
export const LONG: Pace = { most: 50_000, target: 50 };

/** The condition on `c` that a slice is, and its last entry; the last slice has none, it has all that is left. */
export interface Slice {
  readonly where: Sql;
  readonly end?: Position;
}

/** In rows. */
const [FIRST, LEAST] = [100, 20];

/**
 * Goes through a table in an order: conditions, each for so many rows as are read in a few milliseconds. The event loop
 * is let on between them.
 */
export async function* slices({ select, table, order, after, pace }: Walk): AsyncGenerator<Slice> {
  let [edge, size] = [after, FIRST];
  for (;;) {
    const from = edge === undefined ? [] : [afterSql(order, edge)];
    const { text, parameters } = all(from);
    const last = `SELECT c.inum AS id, ${order.expression} AS value FROM ${table} c WHERE ${text}
      ORDER BY ${orderBySql(order)} LIMIT 1 OFFSET ${size - 1}`;
    const [end] = await select<{ id: string; value: string }>(last, parameters);
    const start = performance.now();
    yield end === undefined ? { where: all(from) } : { where: all([...from, upToSql(order, end)]), end };
    if (end === undefined) return;
    edge = end;
    size = Math.round(Math.min(pace.most, Math.max(LEAST, (size * pace.target) / (performance.now() - start + 0.1))));
    await ownTurn();
  }
}
