import { offsetOf, type Asked, type Start } from '../asked.ts';
import type { Condition } from '../condition.ts';
import type { Field } from '../field.ts';
import type { SearchQuery } from '../search-query.ts';

/** So many matches are passed over in no time. */
export const NEAR = 1_000;
/** Whether a page comes after so many matches that these are better sorted than walked over. */
export const isFar = (start: Start): boolean => offsetOf(start) > NEAR;

/** Terms that are looked up one after the other. */
const FEW_TERMS = 2;

/** Counting that is not asked to be exact ends here. */
export const COUNTED = 10_000;

/**
 * Up to so many matches are looked up; where there are more, walking in the order of the page finds it sooner. Looking
 * up n of N costs n, walking to a page costs about 50 N / n: they meet at the root of 50 N.
 */
export const fewOf = (all: number): number => Math.max(1_000, Math.ceil(Math.sqrt(50 * all)));

/** Up to so many are sorted by what their documents say, and by what their texts do, which is a third of the work and less. */
const [BY_DOCUMENTS, BY_TEXTS] = [50_000, 150_000];

/**
 * Up to so many matches of terms are sorted for a page in another order than that of ids. Walking in that order is
 * quicker only while matches lie evenly in it, and names that begin alike do not.
 */
export const sortableOf = (all: number, isByTexts: boolean): number =>
  Math.max(2 * fewOf(all), Math.min(isByTexts ? BY_TEXTS : BY_DOCUMENTS, Math.ceil(all / 8)));

/** What to ask in the place of a search that may read everything. */
export const ADVICE =
  'what has an index is found at once: one filter with = on inum, scopes, a text, a list, a date or another property that ' +
  `docs/search.md lists, or a pattern of up to ${FEW_TERMS} terms, in the order of inum; everything in the order of inum, displayName or a date; ` +
  `and cursor in place of a startIndex beyond ${NEAR}. Clients are also listed as far as the time goes, and counted up to ${COUNTED}, ` +
  'with Prefer: partial-results';

/** Whether a search reads no more than its page and what counting is limited to, however many resources there are. */
export function isQuick(
  { terms, conditions, filter, sort }: SearchQuery,
  start: Start,
  hasTextIndex: boolean,
): boolean {
  if (isFar(start)) return false;
  if (terms.length === 0 && conditions.some(isById)) return true;
  if (filter !== undefined) return false;
  const isInOrder = sort.field.name === 'inum';
  const [first, ...others] = conditions;
  if (terms.length > 0) return hasTextIndex && terms.length <= FEW_TERMS && first === undefined && isInOrder;
  if (first !== undefined) return isIndexed(first) && others.length === 0 && isInOrder;
  return isWalkable(sort.field) || hasColumn(sort.field);
}

/** Whether an order has an index, and a value for everything. */
const isWalkable = ({ name, sortColumn }: Field): boolean => name === 'inum' || sortColumn !== undefined;
/** Whether an order has an index of the resource itself: what has no value is found there as quickly. */
const hasColumn = ({ column }: Field): boolean => column?.name.startsWith('c.') === true && column.noIndex !== true;

/**
 * Whether a search can be made in slices of its order, one after the other. Where terms are sorted otherwise than
 * by id, or passed over, only when a part of it will do: else how many matches there are decides how it is made. Where nothing is
 * sought, an index passes over entries without any of them being read.
 */
export const isSliceable = (query: SearchQuery, { start, partial }: Pick<Asked, 'start' | 'partial'>): boolean => {
  const { terms, sort } = query;
  const isOrdered = partial === true || terms.length === 0 || (sort.field.name === 'inum' && !isFar(start));
  return isWalkable(sort.field) && terms.length <= FEW_TERMS && isOrdered && seeksSome(query);
};

const seeksSome = ({ terms, conditions, filter }: SearchQuery): boolean =>
  terms.length > 0 || conditions.length > 0 || filter !== undefined;

const isIndexed = ({ field, operator, value }: Condition): boolean =>
  operator === '=' &&
  value !== undefined &&
  (field.join !== undefined || (field.column !== undefined && field.column.noIndex !== true));

/** Whether at most one resource meets a condition. */
export const isById = (condition: Condition): boolean => condition.field.name === 'inum' && isIndexed(condition);
