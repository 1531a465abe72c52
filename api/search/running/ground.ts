import { lookup } from '../../../openapi/lookup.ts';
import type { Searched } from '../asked.ts';
import { sql, type Dialect, type Sql } from '../dialect.ts';
import type { TextIndex } from '../text/text-index.store.ts';
import { VALUES } from '../values/narrowing.ts';

/** The alias of matches of terms in a search that starts from there. */
export const MATCHES = 'm';

/** What a select reads from. */
export interface Reading {
  /** What it speaks of. */
  readonly text: string;
  /** The alias of the joined table in whose order it goes. */
  readonly leading?: string;
  /** Selects the ids of the texts that it starts from. */
  readonly matches?: Sql;
}

/** The tables of a select: only those that it speaks of, since SQLite walks all that it is given. */
export function tablesOf({ dialect, searched }: TableNeeds, { text, leading, matches }: Reading): Sql {
  const { table, joins, texts } = searched;
  const then = dialect.inThisOrder;
  const joined = (without?: string): string =>
    Object.entries(joins)
      .flatMap(([alias, join]) => (alias !== without && speaksOf(alias, text) ? [` ${join}`] : []))
      .join('');
  if (matches !== undefined && texts !== undefined) {
    const others = joined('s');
    const resource = others !== '' || speaksOf('c', text) ? ` ${then} ${table} c ON c.inum = s.inum` : '';
    const byText = `${then} ${texts.table} s ON s.id = ${MATCHES}.id${resource}`;
    return sql(`(${matches.text}) ${MATCHES} ${byText}${others}`, ...matches.parameters);
  }
  if (texts !== undefined && leading === 's') return sql(`${texts.table} s`);
  const first = leadingOf(searched, leading);
  if (first !== undefined && leading !== undefined)
    return sql(`${first} ${then} ${table} c ON c.inum = ${leading}.inum${joined(leading)}`);
  if (speaksOf(VALUES, text))
    return sql(`client_values ${VALUES} ${then} ${table} c ON c.inum = ${VALUES}.inum${joined()}`);
  return sql(`${table} c${joined()}`);
}

/** The table in whose order a search may go, by its alias. */
export const leadingOf = ({ leading = {} }: Searched, alias = ''): string | undefined => lookup(leading, alias);

interface TableNeeds {
  readonly dialect: Dialect;
  readonly searched: Searched;
}

/** Whether SQL has columns of the table with this alias. */
export const speaksOf = (alias: string, text: string): boolean => new RegExp(`\\b${alias}\\.`).test(text);

/** How the matches of terms are selected. */
interface Selecting {
  /** Where a term is in so many texts that reading `all` of them is quicker, these are read. */
  readonly all: number;
  /** How many of each term at most. */
  readonly most?: number;
}

/** Selects the ids of the texts that contain one of the terms, each once. */
export async function matchesSql(
  texts: TextIndex,
  terms: readonly string[],
  { all: among, most }: Selecting,
): Promise<Sql> {
  const selections: Sql[] = [];
  for (const term of terms) {
    const { text, parameters } = await texts.containing(term, among);
    // A union of all that its parts have would be built as a whole before anything is taken from it.
    selections.push(sql(most === undefined ? text : `SELECT id FROM (${text} LIMIT ${most}) p`, ...parameters));
  }
  const text = selections.map((selection) => selection.text).join(' UNION ');
  return sql(text, ...selections.flatMap(({ parameters }) => parameters));
}
