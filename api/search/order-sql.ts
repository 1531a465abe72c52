import type { Position } from './cursor.ts';
import { all, any, sql, type Sql } from './dialect.ts';

/** An order: by an expression, then by id. What has no value comes after everything that has one. */
export interface Order {
  readonly expression: string;
  /** The column with the ids, in the table that is read first. */
  readonly id: string;
  readonly nullable: boolean;
  readonly descending: boolean;
  /** Whether an index on a column that may have no value has this order, but for where what has none comes. */
  readonly hasIndex?: true;
  /** How a value is written, so that it compares as the expression does. */
  readonly place: string;
}

/** The ORDER BY of an order. */
export function orderBySql({ expression, id, nullable, descending }: Order): string {
  const direction = descending ? ' DESC' : '';
  const byId = expression === id ? [] : [`${id}${direction}`];
  const absentLast = nullable ? [`(${expression} IS NULL)${direction}`] : [];
  return [...absentLast, `${expression}${direction}`, ...byId].join(', ');
}

/**
 * What comes after a position. It is written out, since MariaDB does not use an index for `(a, b) > (?, ?)`; the
 * first comparison is implied by the others and lets it seek.
 */
export function afterSql({ expression, id, nullable, descending, place }: Order, { value, id: last }: Position): Sql {
  const beyond = descending ? '<' : '>';
  const laterId = sql(`${id} ${beyond} ?`, last);
  if (expression === id) return laterId;
  const isNull = sql(`${expression} IS NULL`);
  if (value === null) {
    const sameAbsence = all([isNull, laterId]);
    return descending ? any([sameAbsence, sql(`${expression} IS NOT NULL`)]) : sameAbsence;
  }
  const atOrBeyond = sql(`${expression} ${beyond}= ${place}`, value);
  const later = any([sql(`${expression} ${beyond} ${place}`, value), laterId]);
  const present = all([atOrBeyond, later]);
  return nullable && !descending ? any([isNull, present]) : present;
}

/** What comes up to a position, itself included, in an order in which everything has a value. */
export function upToSql({ expression, id, descending, place }: Order, { value, id: last }: Position): Sql {
  const before = descending ? '>' : '<';
  const upToId = sql(`${id} ${before}= ?`, last);
  if (expression === id || value === null) return upToId;
  const atOrBefore = sql(`${expression} ${before}= ${place}`, value);
  return all([atOrBefore, any([sql(`${expression} ${before} ${place}`, value), upToId])]);
}
