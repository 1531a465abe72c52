import type { EntityManager } from 'typeorm';
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
  /** Selects how many resources there are, as `number`. */
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

/** Up to so many matches are looked up; where there are more, walking in the order of the page finds it sooner. */
const FEW = 1_000;
const COUNTED = 10_000;
const SECONDS = 2;

const DIALECTS: Readonly<Record<string, Dialect>> = {
  'better-sqlite3': sqliteDialect,
  mariadb: mariadbDialect,
  mysql: mysqlDialect,
};

interface PageRow {
  inum: string;
  sort: string | number | Buffer | null;
}

/** Finds the ids of resources. The SQL differs between the databases in its dialect only, and so gives the same rows. */
export class SearchStore {
  private readonly dialect: Dialect;
  /** Made at the first search: a store is made for every unit of work, and few of them search. */
  private totals: TotalCache | undefined;

  /** Without an index of texts, every text is read: enough for hundreds of them. */
  constructor(
    private readonly manager: EntityManager,
    private readonly searched: Searched,
    private readonly texts?: TextIndex,
  ) {
    this.dialect = DIALECTS[manager.dataSource.options.type] ?? mariadbDialect;
  }

  async search(query: SearchQuery, start: Start, limit: number, refer: Refer): Promise<Found> {
    const few = await this.fewMatches(query.terms);
    const filters = query.conditions.map((condition) => conditionSql(this.dialect, condition, refer));
    const where = all([...filters, ...this.textual(query.terms, few)]);
    const [page, total] = await Promise.all([
      limit === 0 ? [] : this.page(query, where, start, limit),
      this.total(query, where, few),
    ]);
    const isEstimate = query.terms.length + filters.length > 0 && total > COUNTED;
    return { page, total: isEstimate ? COUNTED : total, isEstimate };
  }

  /** The ids of the texts that contain one of the terms, or undefined where they are many. */
  private async fewMatches(terms: readonly string[]): Promise<ReadonlySet<number> | undefined> {
    if (this.texts === undefined) return undefined;
    const ids = new Set<number>();
    for (const term of terms) {
      for (const id of await this.texts.idsOf(term, FEW + 1)) ids.add(id);
      if (ids.size > FEW) return undefined;
    }
    return ids;
  }

  private textual(terms: readonly string[], few: ReadonlySet<number> | undefined): Sql[] {
    if (terms.length === 0) return [];
    if (few === undefined) return [any(terms.map((term) => this.dialect.contains(this.searched.text, term)))];
    return [sql(`s.id IN (${few.size === 0 ? 'NULL' : [...few].join(', ')})`)];
  }

  private async total(query: SearchQuery, where: Sql, few: ReadonlySet<number> | undefined): Promise<number> {
    const { terms, conditions } = query;
    if (terms.length === 0 && conditions.length === 0) return this.number(this.searched.countAll);
    if (conditions.length === 0 && few !== undefined) return few.size;
    // Every write has its audit record, so that the newest one tells whether anything has changed.
    const mark = await this.number('SELECT MAX(id) AS number FROM audit_records');
    this.totals ??= totalCache();
    return this.totals.total(JSON.stringify([terms, where]), String(mark), () =>
      conditions.length === 0 && this.texts ? this.texts.count(terms, COUNTED + 1) : this.count(where),
    );
  }

  private count({ text, parameters }: Sql): Promise<number> {
    const matches = `SELECT 1 FROM ${this.tablesFor(text)} WHERE ${text} LIMIT ${COUNTED + 1}`;
    return this.number(`SELECT COUNT(*) AS number FROM (${matches}) m`, parameters);
  }

  private async number(select: string, parameters: readonly (string | number)[] = []): Promise<number> {
    const [row] = await this.run<{ number: number | string | null }>(select, parameters);
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
    return rows.map(({ inum, sort }) => ({ id: inum, value: Buffer.isBuffer(sort) ? sort.toString('utf8') : sort }));
  }

  private run<T>(select: string, parameters: readonly (string | number)[]): Promise<T[]> {
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
