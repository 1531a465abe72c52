import { isUtf8 } from 'node:buffer';
import type { Asked, Found, Searched, State } from '../asked.ts';
import { conditionSql, sortSql, type Refer } from '../condition-sql.ts';
import { filterSql } from '../filter/filter-sql.ts';
import type { Position } from '../cursor.ts';
import { all, any, sql, type Dialect, type Sql } from '../dialect.ts';
import { afterSql, orderBySql, type Order } from '../order-sql.ts';
import type { SearchQuery } from '../search-query.ts';
import { slices, type Select } from './slices.ts';
import { COUNTED, fewOf } from '../text/quick-search.ts';
import type { TextIndex } from '../text/text-index.store.ts';
import { isLed, meetsSql, VALUES, type Narrowing } from '../values/narrowing.ts';
import type { TotalCache } from './total-cache.ts';

interface Matches {
  /** Left out where only the filters tell. */
  readonly total?: number;
  /** Which, where they are few. */
  readonly few?: ReadonlySet<number>;
}

interface PageRow {
  inum: string;
  sort: string | number | ArrayBuffer | Buffer | null;
}

export interface RunNeeds {
  readonly dialect: Dialect;
  readonly searched: Searched;
  readonly texts: TextIndex | undefined;
  readonly totals: TotalCache;
  readonly state: State;
  readonly select: Select;
  readonly narrowing?: Narrowing;
  /** Whether what filters tell is read in slices. */
  readonly sliced: boolean;
}

/** One search: its statements, one after the other. */
export class SearchRun {
  constructor(private readonly needs: RunNeeds) {}

  async found(query: SearchQuery, asked: Asked, refer: Refer): Promise<Found> {
    const { dialect } = this.needs;
    const matches = await this.matches(query);
    const led = matches.few === undefined ? this.leading(query) : undefined;
    const filters = query.conditions.map((condition) =>
      condition === led?.condition ? meetsSql(led.key) : conditionSql(dialect, condition, refer),
    );
    const rest = query.filter === undefined ? [] : [filterSql(dialect, query.filter, refer)];
    const where = all([...filters, ...rest, ...this.textual(query.terms, matches.few)]);
    const isSliced = this.needs.sliced && matches.few === undefined && led === undefined;
    const page = isSliced ? await this.slicedPage(query, where, asked) : await this.page(query, where, asked);
    const total = matches.total ?? totalSeen(page, asked) ?? (await this.countedTotal(where, isSliced));
    const isEstimate = query.terms.length + filters.length + rest.length > 0 && total > COUNTED;
    return { page, total: isEstimate ? COUNTED : total, isEstimate };
  }

  /** What the search starts from, where that is a value. */
  private leading(query: SearchQuery): Narrowing | undefined {
    const { narrowing, state } = this.needs;
    return narrowing !== undefined && isLed(narrowing, query, state.count) ? narrowing : undefined;
  }

  /** What a query matches: how many where its terms alone tell, counted up to a limit, and where they are few, which. */
  private async matches({ terms, conditions, filter }: SearchQuery): Promise<Matches> {
    const { texts, state, totals } = this.needs;
    const { count, mark } = state;
    const isFiltered = conditions.length > 0 || filter !== undefined;
    if (terms.length === 0) return isFiltered ? {} : { total: count };
    if (texts === undefined) return {};
    const most = fewOf(count);
    let ids: ReadonlySet<number> | undefined;
    const counted = await totals.total(JSON.stringify([terms, isFiltered]), mark, async () => {
      ids = await this.idsOf(texts, terms, isFiltered ? most + 1 : COUNTED + 1);
      return ids.size;
    });
    // A number may be a few seconds old, a page may not.
    if (counted <= most) ids ??= await this.idsOf(texts, terms, most + 1);
    const few = ids !== undefined && ids.size <= most ? ids : undefined;
    return { ...(!isFiltered && { total: few?.size ?? counted }), ...(few && { few }) };
  }

  /** The ids of the texts that contain one of the terms, about `limit` at most. */
  private async idsOf(texts: TextIndex, terms: readonly string[], limit: number): Promise<ReadonlySet<number>> {
    const ids = new Set<number>();
    for (const term of terms) {
      const { text, parameters } = await texts.containing(term, this.needs.state.count);
      const rows = await this.needs.select<{ id: number }>(`${text} LIMIT ?`, [...parameters, limit]);
      for (const { id } of rows) ids.add(id);
      if (ids.size >= limit) break;
    }
    return ids;
  }

  private textual(terms: readonly string[], few: ReadonlySet<number> | undefined): Sql[] {
    const { dialect, searched } = this.needs;
    if (terms.length === 0) return [];
    if (few === undefined) return [any(terms.map((term) => dialect.contains(searched.text, term)))];
    return [sql(`s.id IN (${few.size === 0 ? 'NULL' : [...few].join(', ')})`)];
  }

  private async countedTotal(where: Sql, isSliced: boolean): Promise<number> {
    const { totals, state, narrowing } = this.needs;
    if (narrowing?.isAll === true) return narrowing.matches;
    return totals.total(JSON.stringify(where), state.mark, () =>
      isSliced ? this.slicedCount(where) : this.count(where, COUNTED + 1),
    );
  }

  private async count({ text, parameters }: Sql, most: number): Promise<number> {
    const matches = `SELECT 1 FROM ${this.tablesFor(text)} WHERE ${text} LIMIT ${most}`;
    const select = `SELECT COUNT(*) AS number FROM (${matches}) m`;
    const [row] = await this.needs.select<{ number: number | string }>(select, parameters);
    return Number(row?.number ?? 0);
  }

  private async page(query: SearchQuery, where: Sql, { start, limit }: Asked): Promise<Position[]> {
    if (limit === 0) return [];
    const { field, descending } = query.sort;
    const id = speaksOf(VALUES, where.text) ? `${VALUES}.inum` : 'c.inum';
    const order: Order = { ...sortSql(this.needs.dialect, field, id), descending };
    const after = 'after' in start ? [afterSql(order, start.after)] : [];
    const { text, parameters } = all([where, ...after]);
    const offset = 'offset' in start ? start.offset : 0;
    const select = `SELECT c.inum AS inum, ${order.expression} AS sort FROM ${this.tablesFor(`${text} ${order.expression}`)}
      WHERE ${text} ORDER BY ${orderBySql(order)} LIMIT ${limit} OFFSET ${offset}`;
    const rows = await this.needs.select<PageRow>(select, parameters);
    return rows.map(({ inum, sort }) => ({ id: inum, value: valueOf(sort) }));
  }

  /** The page in the order of ids. */
  private async slicedPage({ sort }: SearchQuery, where: Sql, { start, limit }: Asked): Promise<Position[]> {
    if (limit === 0) return [];
    const { select, searched } = this.needs;
    const after = 'after' in start ? { after: start.after.id } : {};
    let left = 'offset' in start ? start.offset : 0;
    const ids: string[] = [];
    for await (const slice of slices({ select, table: searched.table, descending: sort.descending, ...after })) {
      const { text, parameters } = all([where, slice]);
      const order = `ORDER BY c.inum${sort.descending ? ' DESC' : ''} LIMIT ${left + limit - ids.length}`;
      const tables = this.tablesFor(text);
      const rows = await select<{ inum: string }>(
        `SELECT c.inum AS inum FROM ${tables} WHERE ${text} ${order}`,
        parameters,
      );
      ids.push(...rows.slice(left).map(({ inum }) => inum));
      left = Math.max(0, left - rows.length);
      if (ids.length === limit) break;
    }
    return ids.map((id) => ({ id, value: id }));
  }

  private async slicedCount(where: Sql): Promise<number> {
    const { select, searched } = this.needs;
    let count = 0;
    for await (const slice of slices({ select, table: searched.table, descending: false })) {
      count += await this.count(all([where, slice]), COUNTED + 1);
      if (count > COUNTED) break;
    }
    return count;
  }

  /** Only the tables that the SQL speaks of: SQLite walks all that it is given. */
  private tablesFor(text: string): string {
    const { dialect, searched } = this.needs;
    const first = `client_values ${VALUES} ${dialect.inThisOrder} ${searched.table} c ON c.inum = ${VALUES}.inum`;
    const spoken = Object.entries(searched.joins).flatMap(([alias, join]) => (speaksOf(alias, text) ? [join] : []));
    return [speaksOf(VALUES, text) ? first : `${searched.table} c`, ...spoken].join(' ');
  }
}

const speaksOf = (alias: string, text: string): boolean => new RegExp(`\\b${alias}\\.`).test(text);

/** How many matches there are, where the page has the last of them. */
function totalSeen(page: readonly Position[], { start, limit }: Asked): number | undefined {
  if (!('offset' in start) || page.length >= limit) return undefined;
  return page.length > 0 || start.offset === 0 ? start.offset + page.length : undefined;
}

/** The value that was sorted by: a text, although it was selected as bytes, where they are one. */
function valueOf(sort: PageRow['sort']): Position['value'] {
  if (sort === null || typeof sort !== 'object') return sort;
  const bytes = Buffer.from(sort as ArrayBuffer);
  return isUtf8(bytes) ? bytes.toString('utf8') : bytes;
}
