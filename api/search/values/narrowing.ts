import { Problem } from '../../shared/problem.ts';
import { offsetOf, type Start } from '../asked.ts';
import { sql, type Sql } from '../dialect.ts';
import type { Select } from '../running/slices.ts';
import type { Condition } from '../condition.ts';
import { comparedFields, type SearchQuery } from '../search-query.ts';
import { COUNTED, fewOf, isById, NEAR } from '../text/quick-search.ts';
import { keyOf, type ValueKey } from './value-key.ts';

/** The alias of `client_values` in a search that starts from there. */
export const VALUES = 'k';
const MEETS = `${VALUES}.property = ? AND ${VALUES}.value = ?`;

/** Whether the table has the values of a property of every client, by the rule of today: 1 or 0. */
const IS_KEPT = 'SELECT COUNT(*) FROM client_value_properties p WHERE p.property = ? AND p.rule = ?';

/** Throws `unavailable` while the table does not have what a query asks for, and the documents cannot tell instead. */
export async function requireValues(query: SearchQuery, select: Select): Promise<void> {
  for (const field of comparedFields(query)) {
    if (field.valued?.isOnlyThere !== true) continue;
    const [row] = await select<{ kept: number | string }>(`SELECT (${IS_KEPT}) AS kept`, [
      field.valued.property,
      field.valued.rule,
    ]);
    if (Number(row?.kept) > 0) continue;
    const detail = `${field.name} is gathered from all clients after an upgrade, and cannot be searched for until that is done`;
    throw new Problem('unavailable', { detail, headers: { 'Retry-After': '30' } });
  }
}

/** The condition on its rows. */
export const meetsSql = ({ property, value }: ValueKey): Sql => sql(MEETS, property, value);

/** The filter of a search that the fewest clients meet, of those whose values `client_values` has. */
export interface Narrowing {
  readonly condition: Condition;
  readonly key: ValueKey;
  /** How many clients meet it, counted as far as that matters. */
  readonly matches: number;
  /** Whether it is the whole search. */
  readonly isAll: boolean;
}

/** Whether a query has such a filter. */
export const mayNarrow = ({ conditions }: SearchQuery): boolean =>
  conditions.some((condition) => keyOf(condition) !== undefined);

/** Finds the narrowing of a query on `all` clients, if there is one. */
export async function narrowingOf(
  { terms, conditions, filter }: SearchQuery,
  select: Select,
  all: number,
): Promise<Narrowing | undefined> {
  if (conditions.some(isById)) return undefined;
  const candidates = conditions.flatMap((condition) => {
    const key = keyOf(condition);
    const { valued } = condition.field;
    return key === undefined || valued === undefined ? [] : [{ condition, key, valued }];
  });
  if (candidates.length === 0) return undefined;
  const isAll = terms.length === 0 && conditions.length === 1 && filter === undefined;
  const limit = (isAll ? COUNTED : fewOf(all)) + 1;
  const counts = candidates.map(
    (_unused, at) =>
      `(SELECT COUNT(*) FROM (SELECT 1 FROM client_values ${VALUES} WHERE ${MEETS} LIMIT ${limit}) m) AS n${at},
      (${IS_KEPT}) AS k${at}`,
  );
  const parameters = candidates.flatMap(({ key, valued }) => [key.property, key.value, valued.property, valued.rule]);
  const [row] = await select<Record<string, number | string>>(`SELECT ${counts.join(', ')}`, parameters);
  const counted = candidates.flatMap(({ condition, key }, at) =>
    Number(row?.[`k${at}`]) === 0 ? [] : [{ condition, key, matches: Number(row?.[`n${at}`]), isAll }],
  );
  return counted.sort((one, other) => one.matches - other.matches)[0];
}

/**
 * Whether a search of `all` clients goes from these to its page: when they are few, or when they are all that is asked
 * for and in the right order. Else the page is found sooner among all clients.
 */
export const isLed = (narrowing: Narrowing, query: SearchQuery, all: number): boolean =>
  narrowing.matches <= fewOf(all) || isInOrder(narrowing, query);

/** Whether a search then reads no more than its page and what is counted. */
export function isQuickWith(query: SearchQuery, start: Start, narrowing: Narrowing | undefined): boolean {
  if (narrowing === undefined || query.terms.length > 0 || offsetOf(start) > NEAR) return false;
  return narrowing.matches <= NEAR || isInOrder(narrowing, query);
}

const isInOrder = ({ isAll }: Narrowing, { sort }: SearchQuery): boolean => isAll && sort.field.name === 'inum';
