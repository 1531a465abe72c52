import { all, any, sql, type Dialect, type Sql } from './dialect.ts';
import type { Searched } from './asked.ts';
import { SORT_COLUMN_LENGTH, SORT_LENGTH, type Field } from './field.ts';
import { firstCharacters } from './text/fold.ts';
import type { Order } from './order-sql.ts';
import type { Condition, Operator, Value } from './condition.ts';
import { valueSql } from './values/value-key.ts';

/** A list of references is compared by what it refers to: the inum, for the join table, and the DN. */
export interface Referred {
  readonly inum: string;
  readonly dn: string;
}
/** What a written reference stands for; conditions on references must have been resolved before. */
export type Refer = (condition: Condition) => Referred;

/** How conditions are written. */
export interface Writing {
  readonly dialect: Dialect;
  readonly refer: Refer;
  /** Whether resources are looked at one by one, so that nothing may be read of all that refer to the same. */
  readonly oneByOne?: boolean;
}

/** The SQL of a condition on the resource `c`. */
export function conditionSql(condition: Condition, writing: Writing): Sql {
  const { field } = condition;
  const { dialect } = writing;
  if (field.type === 'list') return listSql(condition, writing);
  if (field.type === 'localized' || field.type === 'custom') return mapSql(dialect, condition);
  if (field.type === 'boolean') return booleanSql(dialect, condition);
  return scalarSql(dialect, condition);
}

/** What a scalar field is compared by: its column where it has one, else its place in the document. */
export function scalar(dialect: Dialect, { type, path, column, computed }: Field): string {
  if (computed !== undefined) return computed.sql;
  if (column !== undefined && column.prefix === undefined) return column.name;
  return type === 'integer' ? dialect.integerAt(path) : dialect.textAt(path);
}

/** Columns have a binary collation; a text in the document is compared as the database can. */
const placeOf = (dialect: Dialect, { type, column, computed }: Field): string =>
  type !== 'integer' && computed === undefined && (column === undefined || column.prefix !== undefined)
    ? dialect.textPlace
    : '?';

function scalarSql(dialect: Dialect, condition: Condition): Sql {
  const { field, operator, value, until } = condition.field.column?.isTimestamp ? toTheEnd(condition) : condition;
  const expression = scalar(dialect, field);
  if (value === undefined) return sql(`${expression} IS ${operator === '=' ? '' : 'NOT '}NULL`);
  const place = placeOf(dialect, field);
  const compared = (with_: Operator, what: Value): Sql =>
    sql(`${expression} ${with_ === '!=' ? '<>' : with_} ${place}`, what as string | number);
  if (until !== undefined) {
    const [inside, outside] = [
      [compared('>=', value), compared('<=', until)],
      [compared('<', value), compared('>', until)],
    ];
    return operator === '=' ? all(inside) : any([sql(`${expression} IS NULL`), ...outside]);
  }
  if (operator === '!=') return any([sql(`${expression} IS NULL`), compared('!=', value)]);
  const byPrefix = operator === '=' && field.column?.prefix !== undefined ? [prefixSql(field, value)] : [];
  return all([...byPrefix, ...amongSql(field, operator, value), compared(operator, value)]);
}

/** What is computed is one of the values in an index, which is narrower where there are few that early. */
function amongSql({ computed }: Field, operator: Operator, value: Value): Sql[] {
  if (computed === undefined || !operator.startsWith('<')) return [];
  const { table, among } = computed;
  // Columns have more characters than dates of the wire.
  return [sql(`c.inum IN (SELECT n.inum FROM ${table} n WHERE n.${among} < ?)`, `${String(value)}~`)];
}

/** A condition on seconds, for a column that has milliseconds: a second ends with its last one. */
function toTheEnd(condition: Condition): Condition {
  const { operator, value, until } = condition;
  if (value === undefined) return condition;
  const last = `${until ?? String(value)}.999Z`;
  if (operator === '=' || operator === '!=') return { ...condition, until: last };
  return operator === '<=' || operator === '>' ? { ...condition, value: last } : condition;
}

/** The index holds the first characters; the document decides. */
function prefixSql({ column }: Field, value: Value): Sql {
  const { name, prefix = 0 } = column ?? { name: '' };
  return sql(`${name} = ?`, firstCharacters(String(value), prefix));
}

function booleanSql(dialect: Dialect, { field, operator, value }: Condition): Sql {
  const { column, path } = field;
  if (column !== undefined && value !== undefined) {
    return sql(`${column.name} = ?`, (value === true) === (operator === '=') ? 1 : 0);
  }
  const present = `${dialect.textAt(path)} IS NOT NULL`;
  if (value === undefined) return sql(operator === '=' ? `NOT (${present})` : present);
  const equal = sql(`COALESCE(${dialect.booleanAt(path)} = ?, 0)`, value === true ? 1 : 0);
  return operator === '=' ? equal : not(equal);
}

function listSql(condition: Condition, writing: Writing): Sql {
  const { field, operator, value } = condition;
  const { dialect } = writing;
  const { valued } = field;
  if (valued?.isOnlyThere === true)
    return maybe(operator, value === undefined ? not(valueSql(condition, valued)) : valueSql(condition, valued));
  if (value === undefined) return sql(`${operator === '=' ? 'NOT ' : ''}${dialect.hasValues(field.path)}`);
  return maybe(operator, membership(condition, writing));
}

function membership(condition: Condition, { dialect, refer, oneByOne = false }: Writing): Sql {
  const { field, value } = condition;
  if (field.refers === undefined) return dialect.listHolds(field.path, String(value));
  const { inum, dn } = refer(condition);
  if (field.join === undefined) return dialect.listHolds(field.path, dn);
  const { table, column } = field.join;
  const refers = `FROM ${table} j WHERE j.${column} = ?`;
  return sql(
    oneByOne ? `EXISTS (SELECT 1 ${refers} AND j.inum = c.inum)` : `c.inum IN (SELECT j.inum ${refers})`,
    inum,
  );
}

/** A row for each resource that meets a condition, where a table of references has them by themselves. */
export function referringSql(condition: Condition, refer: Refer): Sql | undefined {
  const { join } = condition.field;
  if (join === undefined || condition.operator !== '=' || condition.value === undefined) return undefined;
  return sql(`SELECT 1 FROM ${join.table} j WHERE j.${join.column} = ?`, refer(condition).inum);
}

function mapSql(dialect: Dialect, { field, operator, value }: Condition): Sql {
  const { path, key } = field;
  if (key !== undefined) {
    if (value === undefined) return maybe(operator === '=' ? '!=' : '=', dialect.customPresent(path, key));
    return maybe(operator, dialect.customHolds(path, key, String(value)));
  }
  if (value === undefined) return sql(`${operator === '=' ? 'NOT ' : ''}${dialect.hasValues(`${path}.values`)}`);
  return maybe(operator, dialect.mapHolds(path, String(value)));
}

const maybe = (operator: Operator, holds: Sql): Sql => (operator === '=' ? holds : not(holds));
const not = (part: Sql): Sql => sql(`NOT (${part.text})`, ...part.parameters);

/** What a resource is sorted by. */
export function sortSql(dialect: Dialect, field: Field, id: string): Omit<Order, 'descending'> {
  return {
    id,
    ...(field.name === 'inum' ? { expression: id, nullable: false, place: '?' } : valueOrder(dialect, field)),
  };
}

/**
 * The order of a field as texts `s` alone have it, which begin with the value that is sorted by; undefined for other
 * fields.
 */
export function textSort(
  dialect: Dialect,
  { table, text }: Searched,
  { name, sortColumn, folded }: Field,
): Omit<Order, 'descending'> | undefined {
  const id = 's.inum';
  if (name === 'inum') return { id, expression: id, nullable: false, place: '?' };
  if (sortColumn === undefined || folded?.column !== text || folded.nth !== undefined) return undefined;
  const first = dialect.firstSearched(text, SORT_COLUMN_LENGTH);
  // A text says the same of an empty value and of none.
  const stored = `(SELECT ${sortColumn.replace('c.', 'n.')} FROM ${table} n WHERE n.inum = ${id})`;
  return { id, expression: `CASE ${first} WHEN '' THEN ${stored} ELSE ${first} END`, nullable: false, place: '?' };
}

type ValueOrder = Omit<Order, 'id' | 'descending'>;

function valueOrder(dialect: Dialect, field: Field): ValueOrder {
  const { type, path, column, computed, sortColumn } = field;
  if (sortColumn !== undefined) return { expression: sortColumn, nullable: false, place: '?' };
  if (type === 'boolean') return booleanOrder(dialect, field);
  if (column !== undefined && (column.prefix ?? SORT_LENGTH) >= SORT_LENGTH)
    return {
      expression: column.name,
      nullable: true,
      place: '?',
      ...(column.noIndex !== true && { hasIndex: true as const }),
    };
  if (type !== 'integer' && computed === undefined)
    return { expression: dialect.sortTextAt(path, SORT_LENGTH), nullable: true, place: dialect.sortPlace };
  return { expression: scalar(dialect, field), nullable: true, place: '?' };
}

function booleanOrder(dialect: Dialect, { path, column }: Field): ValueOrder {
  if (column !== undefined) return { expression: column.name, nullable: false, place: '?' };
  return { expression: dialect.booleanAt(path), nullable: true, place: '?' };
}
