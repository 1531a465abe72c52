import { END } from './text/trigrams.ts';

/** A piece of SQL with `?` places and their parameters. */
export interface Sql {
  readonly text: string;
  readonly parameters: readonly Parameter[];
}

type Parameter = string | number | Buffer;

export const sql = (text: string, ...parameters: Parameter[]): Sql => ({ text, parameters });

/** Joins pieces of SQL. */
function joined(parts: readonly Sql[], separator: string): Sql {
  return {
    text: parts.map((part) => part.text).join(separator),
    parameters: parts.flatMap((part) => part.parameters),
  };
}

/** All of the parts; without any, what is always true. */
export const all = (parts: readonly Sql[]): Sql => grouped(parts, ' AND ', '1 = 1');
/** One of the parts; without any, what is never true. */
export const any = (parts: readonly Sql[]): Sql => grouped(parts, ' OR ', '1 = 0');

function grouped(parts: readonly Sql[], separator: string, none: string): Sql {
  if (parts.length === 0) return sql(none);
  const { text, parameters } = joined(parts, separator);
  return { text: parts.length === 1 ? text : `(${text})`, parameters };
}

/** Where the databases write the same thing differently. Paths and columns come from the contract, never from callers. */
export interface Dialect {
  /** The text at a JSON path, NULL where there is none; it compares byte by byte. */
  textAt(path: string): string;
  /** How a parameter is written that is compared with a text in the document. */
  readonly textPlace: string;
  /** The first characters of it as bytes, to sort by; a text that is stored need not be Unicode, and has no other form. */
  sortTextAt(path: string, length: number): string;
  /** How a parameter is written that is compared with these. */
  readonly sortPlace: string;
  integerAt(path: string): string;
  /** 1, 0 or NULL. */
  booleanAt(path: string): string;
  /** Whether the list or map at a path has values at all. */
  hasValues(path: string): string;
  /** Whether the list at a path holds a text. */
  listHolds(path: string, value: string): Sql;
  /** Whether a value of the map at a path is this text. */
  mapHolds(path: string, value: string): Sql;
  /** Whether the custom attribute `key` in the list at a path has this value. */
  customHolds(path: string, key: string, value: string): Sql;
  customPresent(path: string, key: string): Sql;
  /** Whether a text contains a term. */
  contains(text: string, term: string): Sql;
  startsWith(text: string, start: string): Sql;
  endsWith(text: string, end: string): Sql;
  /** Whether a text in the list at a path, or a value of the map there, is related to another text in this way. */
  holdsWith(values: { readonly path: string; readonly isMap: boolean }, part: 'co' | 'sw' | 'ew', text: string): Sql;
  /** One of the values of a text that is searched, counted from 0; it compares byte by byte. */
  nthSearched(text: string, nth: number): string;
  /** Up to so many characters of the first of them, which are sorted as texts are. */
  firstSearched(text: string, length: number): string;
  /** Joins tables in the order in which they are written. */
  readonly inThisOrder: string;
  /** A table that is read by this index, also where reading all of it would be as good. */
  byIndex(table: string, index: string): string;
  /** A select that stops after so many milliseconds, where the database can. */
  limited(select: string, milliseconds: number): string;
}

const DOCUMENT = 'c.document';

const END_CODE = END.charCodeAt(0);

/** A searched text without its first values. */
const sqliteAfter = (text: string, nth: number): string =>
  nth === 0 ? text : sqliteAfter(`substr(${text}, instr(${text}, char(${END_CODE}, ${END_CODE})) + 2)`, nth - 1);

// Characters, as SQLite counts them.
function sqliteEnds(text: string, end: string): Sql {
  return sql(`substr(${text}, ${-Array.from(end).length}) = ?`, end);
}

function sqlitePart(at: string, part: 'co' | 'sw' | 'ew', text: string): Sql {
  if (part === 'ew') return sqliteEnds(at, text);
  return sql(`instr(${at}, ?) ${part === 'sw' ? '= 1' : '> 0'}`, text);
}

export const sqliteDialect: Dialect = {
  textAt: (path) => `json_extract(${DOCUMENT}, '${path}')`,
  textPlace: '?',
  // libsql ends the process when it is to read a text that is not UTF-8, as what was half of a surrogate pair is not.
  sortTextAt: (path, length) => `CAST(substr(json_extract(${DOCUMENT}, '${path}'), 1, ${length}) AS BLOB)`,
  sortPlace: 'CAST(? AS BLOB)',
  integerAt: (path) => `CAST(json_extract(${DOCUMENT}, '${path}') AS INTEGER)`,
  booleanAt: (path) => `json_extract(${DOCUMENT}, '${path}')`,
  hasValues: (path) => `EXISTS (SELECT 1 FROM json_each(${DOCUMENT}, '${path}'))`,
  listHolds: (path, value) =>
    sql(`EXISTS (SELECT 1 FROM json_each(${DOCUMENT}, '${path}') v WHERE v.value = ?)`, value),
  mapHolds: (path, value) =>
    sql(`EXISTS (SELECT 1 FROM json_each(${DOCUMENT}, '${path}.values') v WHERE v.value = ?)`, value),
  customHolds: (path, key, value) =>
    sql(
      `EXISTS (SELECT 1 FROM json_each(${DOCUMENT}, '${path}') e, json_each(e.value, '$.values') v
        WHERE json_extract(e.value, '$.name') = ? AND ${SQLITE_VALUE_TEXT} = ?)`,
      key,
      value,
    ),
  customPresent: (path, key) =>
    sql(
      `EXISTS (SELECT 1 FROM json_each(${DOCUMENT}, '${path}') e, json_each(e.value, '$.values') v
        WHERE json_extract(e.value, '$.name') = ?)`,
      key,
    ),
  contains: (text, term) => sql(`instr(${text}, ?) > 0`, term),
  startsWith: (text, start) => sql(`instr(${text}, ?) = 1`, start),
  endsWith: sqliteEnds,
  holdsWith: ({ path, isMap }, part, text) => {
    const { text: condition, parameters } = sqlitePart('v.value', part, text);
    const values = `json_each(${DOCUMENT}, '${path}${isMap ? '.values' : ''}') v`;
    return sql(`EXISTS (SELECT 1 FROM ${values} WHERE ${condition})`, ...parameters);
  },
  nthSearched: (text, nth) => {
    const [rest, end] = [sqliteAfter(text, nth), `char(${END_CODE}, ${END_CODE})`];
    return `substr(${rest}, 1, instr(${rest}, ${end}) - 1)`;
  },
  firstSearched: (text, length) => `substr(${sqliteDialect.nthSearched(text, 0)}, 1, ${length})`,
  inThisOrder: 'CROSS JOIN',
  byIndex: (table) => table,
  // Its queries run to their end; what may take long is made in slices, or in a process of its own.
  limited: (select) => select,
};

const SQLITE_VALUE_TEXT =
  "CASE v.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST(v.value AS TEXT) END";

/**
 * Whether what is at a path contains a piece of JSON: for lists, an equal item. Both are written by JSON.stringify, so
 * that equal texts are escaped alike. JSON_TABLE would read better and cannot be used: under load, MariaDB 10.11 reads
 * the document of another row in it, and fails (docs/decisions/0021).
 */
const jsonContains = (at: string, ...alternatives: unknown[]): Sql =>
  any(alternatives.map((item) => sql(`COALESCE(JSON_CONTAINS(${at}, ?), 0)`, JSON.stringify(item))));
const at = (path: string): string => `JSON_EXTRACT(${DOCUMENT}, '${path}')`;

/** The values of JSON that are written as this text. */
function valuesWritten(text: string): (string | number | boolean)[] {
  const isNumber = text !== '' && String(Number(text)) === text && Number.isFinite(Number(text));
  return [text, ...(text === 'true' || text === 'false' ? [text === 'true'] : []), ...(isNumber ? [Number(text)] : [])];
}

const located = (text: string): string => `LOCATE(CAST(? AS BINARY), CAST(${text} AS BINARY))`;
/** Two ends, as bytes. */
const MARIADB_ENDS = `0x${Buffer.from(END + END).toString('hex')}`;

export const mariadbDialect: Dialect = {
  textAt: (path) => `CAST(JSON_UNQUOTE(JSON_EXTRACT(${DOCUMENT}, '${path}')) AS BINARY)`,
  textPlace: 'CAST(? AS BINARY)',
  sortTextAt: (path, length) => `CAST(LEFT(JSON_UNQUOTE(JSON_EXTRACT(${DOCUMENT}, '${path}')), ${length}) AS BINARY)`,
  sortPlace: 'CAST(? AS BINARY)',
  integerAt: (path) => `CAST(JSON_UNQUOTE(JSON_EXTRACT(${DOCUMENT}, '${path}')) AS SIGNED)`,
  booleanAt: (path) => `(JSON_UNQUOTE(JSON_EXTRACT(${DOCUMENT}, '${path}')) = 'true')`,
  hasValues: (path) => `COALESCE(JSON_LENGTH(${DOCUMENT}, '${path}'), 0) > 0`,
  listHolds: (path, value) => jsonContains(at(path), value),
  mapHolds: (path, value) => jsonContains(at(`${path}.values.*`), value),
  customHolds: (path, name, value) =>
    jsonContains(at(path), ...valuesWritten(value).map((written) => [{ name, values: [written] }])),
  customPresent: (path, name) =>
    all([
      jsonContains(at(path), [{ name }]),
      // Names are distinct, and an attribute without values is stored in this way only.
      sql(
        `LOCATE(CAST(? AS BINARY), CAST(${DOCUMENT} AS BINARY)) = 0`,
        JSON.stringify({ name, multiValued: false, values: [] }),
      ),
    ]),
  contains: (text, term) => sql(`${located(text)} > 0`, term),
  startsWith: (text, start) => sql(`${located(text)} = 1`, start),
  endsWith: (text, end) => sql(`RIGHT(CAST(${text} AS BINARY), ${Buffer.byteLength(end)}) = CAST(? AS BINARY)`, end),
  holdsWith: ({ path, isMap }, part, text) => {
    const escaped = text.replaceAll(/[%_|]/g, '|$&');
    const pattern = { co: `%${escaped}%`, sw: `${escaped}%`, ew: `%${escaped}` }[part];
    const values = `${path}${isMap ? '.values.*' : '[*]'}`;
    return sql(`JSON_SEARCH(${DOCUMENT}, 'one', ?, '|', '${values}') IS NOT NULL`, pattern);
  },
  nthSearched: (text, nth) => {
    const upTo = `SUBSTRING_INDEX(CAST(${text} AS BINARY), ${MARIADB_ENDS}, ${nth + 1})`;
    return nth === 0 ? upTo : `SUBSTRING_INDEX(${upTo}, ${MARIADB_ENDS}, -1)`;
  },
  firstSearched: (text, length) => {
    const ends = `CHAR(${END_CODE}, ${END_CODE} USING utf8mb4)`;
    return `LEFT(SUBSTRING_INDEX(${text}, ${ends}, 1), ${length})`;
  },
  inThisOrder: 'STRAIGHT_JOIN',
  byIndex: (table, index) => `${table} FORCE INDEX (${index})`,
  limited: (select, milliseconds) => `SET STATEMENT max_statement_time=${milliseconds / 1_000} FOR ${select}`,
};

/** MySQL differs from MariaDB in how a select is stopped: by a hint, in milliseconds. */
export const mysqlDialect: Dialect = {
  ...mariadbDialect,
  limited: (select, milliseconds) => select.replace(/^SELECT/, `SELECT /*+ MAX_EXECUTION_TIME(${milliseconds}) */`),
};
