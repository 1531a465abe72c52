import { conditionSql, scalar, type Writing } from '../condition-sql.ts';
import { all, any, sql, type Dialect, type Sql } from '../dialect.ts';
import { END } from '../text/trigrams.ts';
import { firstCharacters } from '../text/fold.ts';
import { SORT_COLUMN_LENGTH, type Valued } from '../field.ts';
import { BEFORE_DIGEST } from '../values/value-text.ts';
import type { Filter, MatchOperator, TextMatch } from './filter.ts';

/** The SQL of a filter on the resource `c`. */
export function filterSql(filter: Filter, writing: Writing): Sql {
  const inner = (part: Filter): Sql => filterSql(part, writing);
  if ('all' in filter) return all(filter.all.map(inner));
  if ('any' in filter) return any(filter.any.map(inner));
  if ('not' in filter) return not(inner(filter.not));
  if ('is' in filter) return conditionSql(filter.is, writing);
  return matchSql(writing.dialect, filter.matches);
}

/** What is unknown, as a comparison with what is absent is, does not hold, so that its opposite does. */
const not = ({ text, parameters }: Sql): Sql => sql(`NOT COALESCE((${text}), 0)`, ...parameters);

function matchSql(dialect: Dialect, match: TextMatch): Sql {
  const { field, operator, value } = match;
  const { folded, type, path } = field;
  // No text that can be written has it, and in a folded one it ends a value.
  const isOrder = ['gt', 'ge', 'lt', 'le'].includes(operator);
  if (folded !== undefined && !isOrder && value.includes(END)) return any([]);
  if (folded !== undefined) return type === 'list' ? foldedListSql(dialect, match) : foldedSql(dialect, match);
  if (operator !== 'co' && operator !== 'sw' && operator !== 'ew') throw new Error(`${operator} is a condition`);
  if (type === 'text') return partSql(dialect, scalar(dialect, field), operator, value);
  if (field.valued?.isOnlyThere === true)
    return keptSql(field.valued, partSql(dialect, 'w.value', operator, value), dialect);
  return dialect.holdsWith({ path, isMap: type === 'localized' }, operator, value);
}

function partSql(dialect: Dialect, text: string, operator: 'co' | 'sw' | 'ew', value: string): Sql {
  if (operator === 'co') return dialect.contains(text, value);
  return operator === 'sw' ? dialect.startsWith(text, value) : dialect.endsWith(text, value);
}

/** Of what is kept beside the document: a value that is kept as a digest has no parts. */
function keptSql({ property }: Valued, part: Sql, dialect: Dialect): Sql {
  const isDigest = dialect.contains('w.value', BEFORE_DIGEST);
  return sql(
    `EXISTS (SELECT 1 FROM client_values w WHERE w.inum = c.inum AND w.property = ? AND ${part.text} AND NOT (${isDigest.text}))`,
    ...[property, ...part.parameters, ...isDigest.parameters],
  );
}

const COMPARED: Readonly<Record<Exclude<MatchOperator, 'co' | 'sw' | 'ew'>, string>> = {
  eq: '=',
  gt: '>',
  ge: '>=',
  lt: '<',
  le: '<=',
};

/** Of what is absent the folded text is empty, which no value is. */
function foldedSql(dialect: Dialect, { field, operator, value }: TextMatch): Sql {
  const { column = '', nth = 0 } = field.folded ?? {};
  const text = dialect.nthSearched(column, nth);
  if (operator === 'co' || operator === 'sw' || operator === 'ew') return partSql(dialect, text, operator, value);
  const compared = sql(`${text} ${COMPARED[operator]} ${dialect.textPlace}`, value);
  if (operator !== 'eq') return all([sql(`${text} <> ''`), compared]);
  const { sortColumn } = field;
  return sortColumn === undefined
    ? compared
    : all([sql(`${sortColumn} = ?`, firstCharacters(value, SORT_COLUMN_LENGTH)), compared]);
}

/** Its column has every value between two ends. */
function foldedListSql(dialect: Dialect, { field, operator, value }: TextMatch): Sql {
  const before = operator === 'eq' || operator === 'sw' ? END : '';
  const after = operator === 'eq' || operator === 'ew' ? END : '';
  return dialect.contains(field.folded?.column ?? '', `${before}${value}${after}`);
}
