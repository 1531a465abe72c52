import type { EntityManager } from 'typeorm';
import { conditionSql, sortSql, type Refer } from './condition-sql.ts';
import type { Position } from './cursor.ts';
import { all, any, mariadbDialect, mysqlDialect, sql, sqliteDialect, type Dialect, type Sql } from './dialect.ts';
import { afterSql, orderBySql, type Order } from './order-sql.ts';
import type { SearchQuery } from './search-query.ts';
import { textIndex, type TextIndex } from './text-index.store.ts';

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
const FEW = 500;
const COUNTED = 10_000;
const SECONDS = 2;

interface PageRow {
  inum: string;
  sort: string | number | Buffer | null;
}

/** Finds the ids of clients. The SQL differs between the databases in its dialect only, and so gives the same rows. */
export class SearchStore {
  private readonly dialect: Dialect;
  private readonly texts: TextIndex;

  constructor(private readonly manager: EntityManager) {
    const sqlite = manager.dataSource.options.type === 'better-sqlite3';
    const isMysql = !sqlite && !/mariadb/i.test(manager.dataSource.driver.version ?? '');
    this.dialect = sqlite ? sqliteDialect : isMysql ? mysqlDialect : mariadbDialect;
    this.texts = textIndex(manager);
  }

  async search(query: SearchQuery, start: Start, limit: number, refer: Refer): Promise<Found> {
    const few = await this.fewMatches(query.terms);
    const filters = query.conditions.map((condition) => conditionSql(this.dialect, condition, refer));
    const where = all([...filters, ...this.textual(query.terms, few)]);
    const page = limit === 0 ? [] : await this.page(query, where, start, limit);
    const total = filters.length === 0 ? await this.countText(query.terms, few) : await this.count(where);
    const isEstimate = query.terms.length + filters.length > 0 && total > COUNTED;
    return { page, total: isEstimate ? COUNTED : total, isEstimate };
  }

  /** The ids of the texts that contain one of the terms, or undefined where they are many. */
  private async fewMatches(terms: readonly string[]): Promise<ReadonlySet<number> | undefined> {
    const ids = new Set<number>();
    for (const term of terms) {
      for (const id of await this.texts.idsOf(term, FEW + 1)) ids.add(id);
      if (ids.size > FEW) return undefined;
    }
    return ids;
  }

  private textual(terms: readonly string[], few: ReadonlySet<number> | undefined): Sql[] {
    if (terms.length === 0) return [];
    if (few === undefined) return [any(terms.map((term) => this.dialect.contains(term)))];
    return [sql(`s.id IN (${few.size === 0 ? 'NULL' : [...few].join(', ')})`)];
  }

  private async countText(terms: readonly string[], few: ReadonlySet<number> | undefined): Promise<number> {
    if (terms.length > 0) return few?.size ?? this.texts.count(terms, COUNTED + 1);
    const [row] = await this.run<{ total: number | string }>('SELECT SUM(clients) AS total FROM client_counts', []);
    return Number(row?.total ?? 0);
  }

  private async count(where: Sql): Promise<number> {
    const select = `SELECT COUNT(*) AS total FROM
      (SELECT 1 FROM ${tablesFor(where.text)} WHERE ${where.text} LIMIT ${COUNTED + 1}) m`;
    const [row] = await this.run<{ total: number | string }>(select, where.parameters);
    return Number(row?.total ?? 0);
  }

  private async page(query: SearchQuery, where: Sql, start: Start, limit: number): Promise<Position[]> {
    const order: Order = { ...sortSql(this.dialect, query.sort.field), descending: query.sort.descending };
    const after = 'after' in start ? [afterSql(order, start.after)] : [];
    const { text, parameters } = all([where, ...after]);
    const offset = 'offset' in start ? start.offset : 0;
    const select = `SELECT c.inum AS inum, ${order.expression} AS sort FROM ${tablesFor(`${text} ${order.expression}`)}
      WHERE ${text} ORDER BY ${orderBySql(order)} LIMIT ${limit} OFFSET ${offset}`;
    const rows = await this.run<PageRow>(select, parameters);
    return rows.map(({ inum, sort }) => ({ id: inum, value: Buffer.isBuffer(sort) ? sort.toString('utf8') : sort }));
  }

  private run<T>(select: string, parameters: readonly (string | number)[]): Promise<T[]> {
    return this.manager.query<T[]>(this.dialect.limited(select, SECONDS), [...parameters]);
  }
}

/** Only the tables that the SQL speaks of: SQLite walks all that it is given. */
function tablesFor(text: string): string {
  const activity = /\ba\./.test(text) ? ' LEFT JOIN client_activity a ON a.inum = c.inum' : '';
  const search = /\bs\./.test(text) ? ' JOIN client_search s ON s.inum = c.inum' : '';
  return `clients c${activity}${search}`;
}
