import { isUtf8 } from 'node:buffer';
import type { EntityManager } from 'typeorm';
import { NO_METERS, type Meters } from '../shared/meters.ts';
import { conditionSql, sortSql, type Refer } from './condition-sql.ts';
import type { Position } from './cursor.ts';
import { all, any, mariadbDialect, mysqlDialect, sql, sqliteDialect, type Dialect, type Sql } from './dialect.ts';
import { afterSql, orderBySql, type Order } from './order-sql.ts';
import type { SearchQuery } from './search-query.ts';
import { totalCache, type TotalCache } from './total-cache.ts';
import type { TextIndex } from './text-index.store.ts';

/** Where a resource is searched. Everything here comes from code, never from callers. */
export interface Searched {
  /** Its table, which is `c` in the SQL and has `inum` and `document`. */
  readonly table: string;
  /** The tables that are joined to it, by the alias that the SQL speaks of. */
  readonly joins: Readonly<Record<string, string>>;
  /** The folded text that `pattern` looks in. */
  readonly text: string;
  /** Selects how many resources there are. */
  readonly countAll: string;
}

/** Where a page starts: after so many matches, or after a position. */
export type Start = { readonly offset: number } | { readonly after: Position };

export interface Found {
  /** The ids of the page in order, with the value of each that was sorted by. */
  readonly page: readonly Position[];
  readonly total: number;
  /** Whether there are more matches than were counted. */
  readonly isEstimate: boolean;
}

/**
 * Up to so many matches are looked up; where there are more, walking in the order of the page finds it sooner. Looking
 * up n of N costs n, walking to a page costs about 50 N / n: they meet at the root of 50 N.
 */
const fewOf = (all: number): number => Math.max(1_000, Math.ceil(Math.sqrt(50 * all)));
const COUNTED = 10_000;
const SECONDS = 2;

const DIALECTS: Readonly<Record<string, Dialect>> = {
  'better-sqlite3': sqliteDialect,
  mariadb: mariadbDialect,
  mysql: mysqlDialect,
};

interface State {
  readonly count: number;
  readonly mark: string;
}

interface Matches {
  /** Left out where only the filters tell. */
  readonly total?: number;
  /** Which, where they are few. */
  readonly few?: ReadonlySet<number>;
}

export interface SearchAids {
  /** Without it, every text is read: enough for hundreds of them. */
  readonly texts?: TextIndex;
  readonly meters?: Meters;
}

interface PageRow {
  inum: string;
  sort: string | number | ArrayBuffer | Buffer | null;
}

/** Finds the ids of resources. The SQL differs between the databases in its dialect only, and so gives the same rows. */
export class SearchStore {
  private readonly dialect: Dialect;
  private readonly texts: TextIndex | undefined;
  private readonly meters: Meters;
  /** Made at the first search: a store is made for every unit of work, and few of them search. */
  private madeTotals: TotalCache | undefined;

  constructor(
    private readonly manager: EntityManager,
    private readonly searched: Searched,
    { texts, meters = NO_METERS }: SearchAids = {},
  ) {
    this.dialect = DIALECTS[manager.dataSource.options.type] ?? mariadbDialect;
    this.texts = texts;
    this.meters = meters;
  }

  private get totals(): TotalCache {
    return (this.madeTotals ??= totalCache(this.meters));
  }

  async search(query: SearchQuery, start: Start, limit: number, refer: Refer): Promise<Found> {
    const state = await this.state();
    const matches = await this.matches(query, state);
    const filters = query.conditions.map((condition) => conditionSql(this.dialect, condition, refer));
    const where = all([...filters, ...this.textual(query.terms, matches.few)]);
    const [page, total] = await Promise.all([
      limit === 0 ? [] : this.page(query, where, start, limit),
      matches.total ?? this.countedTotal(where, state),
    ]);
    const isEstimate = query.terms.length + filters.length > 0 && total > COUNTED;
    return { page, total: isEstimate ? COUNTED : total, isEstimate };
  }

  /** How many there are, and a mark: every write has its audit record, so the newest one tells of changes. */
  private async state(): Promise<State> {
    const select = `SELECT (${this.searched.countAll}) AS count, (SELECT MAX(id) FROM audit_records) AS mark`;
    const [row] = await this.run<Record<keyof State, number | string | null>>(select, []);
    return { count: Number(row?.count ?? 0), mark: String(row?.mark) };
  }

  /** What a query matches: how many where its terms alone tell, counted up to a limit, and where they are few, which. */
  private async matches({ terms, conditions }: SearchQuery, { count, mark }: State): Promise<Matches> {
    const { texts } = this;
    if (terms.length === 0) return conditions.length > 0 ? {} : { total: count };
    if (texts === undefined) return {};
    const most = fewOf(count);
    let ids: ReadonlySet<number> | undefined;
    const counted = await this.totals.total(JSON.stringify([terms, conditions.length > 0]), mark, async () => {
      ids = await this.idsOf(texts, terms, conditions.length > 0 ? most + 1 : COUNTED + 1, count);
      return ids.size;
    });
    // A number may be a few seconds old, a page may not.
    if (counted <= most) ids ??= await this.idsOf(texts, terms, most + 1, count);
    const few = ids !== undefined && ids.size <= most ? ids : undefined;
    return { ...(conditions.length === 0 && { total: few?.size ?? counted }), ...(few && { few }) };
  }

  /** The ids of the texts that contain one of the terms, about `limit` at most, out of about so many. */
  private async idsOf(
    texts: TextIndex,
    terms: readonly string[],
    limit: number,
    count: number,
  ): Promise<ReadonlySet<number>> {
    const ids = new Set<number>();
    for (const term of terms) {
      const { text, parameters } = await texts.containing(term, count);
      const rows = await this.run<{ id: number }>(`${text} LIMIT ?`, [...parameters, limit]);
      for (const { id } of rows) ids.add(id);
      if (ids.size >= limit) break;
    }
    return ids;
  }

  private textual(terms: readonly string[], few: ReadonlySet<number> | undefined): Sql[] {
    if (terms.length === 0) return [];
    if (few === undefined) return [any(terms.map((term) => this.dialect.contains(this.searched.text, term)))];
    return [sql(`s.id IN (${few.size === 0 ? 'NULL' : [...few].join(', ')})`)];
  }

  private countedTotal(where: Sql, { mark }: State): Promise<number> {
    return this.totals.total(JSON.stringify(where), mark, () => this.count(where));
  }

  private async count({ text, parameters }: Sql): Promise<number> {
    const matches = `SELECT 1 FROM ${this.tablesFor(text)} WHERE ${text} LIMIT ${COUNTED + 1}`;
    const select = `SELECT COUNT(*) AS number FROM (${matches}) m`;
    const [row] = await this.run<{ number: number | string }>(select, parameters);
    return Number(row?.number ?? 0);
  }

  private async page(query: SearchQuery, where: Sql, start: Start, limit: number): Promise<Position[]> {
    const order: Order = { ...sortSql(this.dialect, query.sort.field), descending: query.sort.descending };
    const after = 'after' in start ? [afterSql(order, start.after)] : [];
    const { text, parameters } = all([where, ...after]);
    const offset = 'offset' in start ? start.offset : 0;
    const select = `SELECT c.inum AS inum, ${order.expression} AS sort FROM ${this.tablesFor(`${text} ${order.expression}`)}
      WHERE ${text} ORDER BY ${orderBySql(order)} LIMIT ${limit} OFFSET ${offset}`;
    const rows = await this.run<PageRow>(select, parameters);
    return rows.map(({ inum, sort }) => ({ id: inum, value: valueOf(sort) }));
  }

  private run<T>(select: string, parameters: readonly (string | number | Buffer)[]): Promise<T[]> {
    return this.manager.query<T[]>(this.dialect.limited(select, SECONDS), [...parameters]);
  }

  /** Only the tables that the SQL speaks of: SQLite walks all that it is given. */
  private tablesFor(text: string): string {
    const joins = Object.entries(this.searched.joins).flatMap(([alias, join]) =>
      new RegExp(`\\b${alias}\\.`).test(text) ? [join] : [],
    );
    return [`${this.searched.table} c`, ...joins].join(' ');
  }
}

/** The value that was sorted by: a text, although it was selected as bytes, where they are one. */
function valueOf(sort: PageRow['sort']): Position['value'] {
  if (sort === null || typeof sort !== 'object') return sort;
  const bytes = Buffer.from(sort as ArrayBuffer);
  return isUtf8(bytes) ? bytes.toString('utf8') : bytes;
}
