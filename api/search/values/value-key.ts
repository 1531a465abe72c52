import { sql, type Sql } from '../dialect.ts';
import type { Valued } from '../field.ts';
import type { Condition } from '../condition.ts';
import { valueText } from './value-text.ts';

/** What the rows of `client_values` are found by. */
export interface ValueKey {
  readonly property: string;
  readonly value: string;
}

/** That a client has a value. */
export interface ValueRow extends ValueKey {
  readonly inum: string;
}

/** The rows that say which clients meet a condition; undefined where the table does not tell. */
export function keyOf({ field, operator, value, until }: Condition): ValueKey | undefined {
  const { valued } = field;
  if (valued === undefined || operator !== '=' || value === undefined || until !== undefined) return undefined;
  const text = valued.textOf?.(String(value)) ?? String(value);
  return text === valued.except ? undefined : { property: valued.property, value: valueText(text) };
}

/** Whether a client has a value, of which the document itself does not tell. */
export function valueSql(condition: Condition, { property }: Valued): Sql {
  const has = 'EXISTS (SELECT 1 FROM client_values w WHERE w.inum = c.inum AND w.property = ?';
  const key = keyOf({ ...condition, operator: '=' });
  return key === undefined ? sql(`${has})`, property) : sql(`${has} AND w.value = ?)`, property, key.value);
}
