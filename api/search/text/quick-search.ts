import type { Start } from '../asked.ts';
import type { Condition } from '../condition.ts';
import { allConditions, type SearchQuery } from '../search-query.ts';

/** So many matches are passed over in no time. */
export const NEAR = 1_000;
/** Terms that are looked up one after the other. */
const FEW_TERMS = 2;

/** Counting ends here. */
export const COUNTED = 10_000;

/**
 * Up to so many matches are looked up; where there are more, walking in the order of the page finds it sooner. Looking
 * up n of N costs n, walking to a page costs about 50 N / n: they meet at the root of 50 N.
 */
export const fewOf = (all: number): number => Math.max(1_000, Math.ceil(Math.sqrt(50 * all)));

/** What to ask in the place of a search that may read everything. */
export const ADVICE =
  'what has an index is found at once: one filter with = on inum, scopes, a text, a list, a date or another property that ' +
  `docs/search.md lists, or a pattern of up to ${FEW_TERMS} terms, in the order of inum; everything in the order of inum or displayName; ` +
  `and cursor in place of a startIndex beyond ${NEAR}`;

/** Whether a search reads no more than its page and what counting is limited to, however many resources there are. */
export function isQuick(
  { terms, conditions, filter, sort }: SearchQuery,
  start: Start,
  hasTextIndex: boolean,
): boolean {
  if ('offset' in start && start.offset > NEAR) return false;
  if (terms.length === 0 && conditions.some(isById)) return true;
  if (filter !== undefined) return false;
  const isInOrder = sort.field.name === 'inum';
  const [first, ...others] = conditions;
  if (terms.length > 0) return hasTextIndex && terms.length <= FEW_TERMS && first === undefined && isInOrder;
  if (first !== undefined) return isIndexed(first) && others.length === 0 && isInOrder;
  return isInOrder || sort.field.sortColumn !== undefined;
}

/**
 * Whether a search can be made in slices of ids, one after the other. What refers to a scope cannot: each slice would
 * read all that have it.
 */
export const isSliceable = (query: SearchQuery): boolean =>
  query.sort.field.name === 'inum' &&
  query.terms.length <= FEW_TERMS &&
  allConditions(query).every(({ field }) => field.join === undefined);

const isIndexed = ({ field, operator, value }: Condition): boolean =>
  operator === '=' && value !== undefined && (field.column !== undefined || field.join !== undefined);

/** Whether at most one resource meets a condition. */
export const isById = (condition: Condition): boolean => condition.field.name === 'inum' && isIndexed(condition);
