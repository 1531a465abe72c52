import type { Asked, Found, Start, State } from '../asked.ts';
import { conditionSql, referringSql, sortSql, textSort, type Refer } from '../condition-sql.ts';
import { filterSql } from '../filter/filter-sql.ts';
import type { Position } from '../cursor.ts';
import { all, any, sql, type Sql } from '../dialect.ts';
import type { Order } from '../order-sql.ts';
import type { SearchQuery } from '../search-query.ts';
import { COUNTED, fewOf, isFar, sortableOf } from '../text/quick-search.ts';
import type { KnownMatches } from '../text/known-matches.ts';
import type { TextIndex } from '../text/text-index.store.ts';
import { isLed, meetsSql, VALUES, type Narrowing } from '../values/narrowing.ts';
import { matchesSql, MATCHES, speaksOf } from './ground.ts';
import { countOf, pageOf, rowsIn, type PageNeeds } from './pages.ts';
import type { Pace } from './slices.ts';
import type { TotalCache } from './total-cache.ts';
import { isStopped, walkedCount, walkedPage } from './walk.ts';

/** What the terms of a query match. */
interface Matches {
  /** How many, where the terms are all there is, and whether these are all. Left out where only the filters tell. */
  readonly total?: { readonly number: number; readonly isWhole: boolean };
  /** Which, where they are few. */
  readonly few?: ReadonlySet<number>;
  /** Whether these are in the order of their inums. */
  readonly isOrdered?: boolean;
  /** Selects them, where they are few enough to be sorted. */
  readonly sortable?: Sql;
}

export interface RunNeeds extends PageNeeds {
  readonly texts: TextIndex | undefined;
  readonly totals: TotalCache;
  /** What terms were found to match, where that may be a little old. */
  readonly known?: KnownMatches | undefined;
  /** For how many milliseconds an exact total is waited for. */
  readonly patience: number;
  readonly state: State;
  readonly narrowing: Narrowing | undefined;
  /** How what is neither few nor led is read in slices, where it is. */
  readonly pace?: Pace | undefined;
  /** Told when a search that was stopped is answered with what it has. */
  readonly onStopped: () => void;
  /** Makes an exact count of what quick counting does not reach: in a run that may take long. Left out where this is one. */
  readonly exactly?: (count: (run: SearchRun) => Promise<number>) => Promise<number>;
}

/** One search: its statements, one after the other. */
export class SearchRun {
  constructor(private readonly needs: RunNeeds) {}

  /** The page, and after it the total. */
  async found(query: SearchQuery, asked: Asked, refer: Refer): Promise<Found> {
    const matches = await this.matches(query, asked.start);
    const listed = isPlain(query) && matches.isOrdered === true ? await this.listed(query, asked, matches) : undefined;
    if (listed?.isWhole === false) return this.found(query, asked, refer);
    if (listed !== undefined) return listed;
    const led = matches.few === undefined ? this.leading(query) : undefined;
    const { pace, dialect } = this.needs;
    const isFew = matches.few !== undefined || led !== undefined;
    const walks = pace !== undefined && !isFew;
    const writing = { dialect, refer, oneByOne: walks };
    const filters = query.conditions.map((condition) =>
      condition === led?.condition ? meetsSql(led.key) : conditionSql(condition, writing),
    );
    const rest = query.filter === undefined ? [] : [filterSql(query.filter, writing)];
    const sortable = walks || isFew ? undefined : matches.sortable;
    const where = all([...filters, ...rest, ...(sortable === undefined ? this.textual(query.terms, matches) : [])]);
    const order = this.orderOf(query, where, { walks, sorts: sortable !== undefined || matches.few !== undefined });
    if (walks) {
      const { page, reached } = await walkedPage({ ...this.needs, pace }, { where, order }, asked);
      if (reached === undefined) return { page, ...(await this.total(query, asked, { matches, where, page, walks })) };
      return { page, reached, total: atLeast(page, asked), isEstimate: true };
    }
    const { number: count } = matches.total ?? {};
    const sought = { where, order, matches: sortable, count, isFew: isFew || sortable !== undefined };
    const page = await pageOf(this.needs, sought, asked);
    const [only, ...others] = query.conditions;
    const isOnly = others.length === 0 && query.terms.length === 0 && query.filter === undefined;
    const referring = isOnly && only !== undefined ? referringSql(only, refer) : undefined;
    return { page, ...(await this.total(query, asked, { matches, where, page, walks, sortable, referring })) };
  }

  private orderOf(
    { sort: { field, descending } }: SearchQuery,
    where: Sql,
    { walks, sorts }: { readonly walks: boolean; readonly sorts: boolean },
  ): Order {
    const { dialect, searched } = this.needs;
    // Texts alone tell, in a table that is a tenth of that of the documents.
    const isOfTexts = !walks && searched.texts !== undefined && !/\b[^s]\./.test(where.text);
    const mayBeOfTexts = isOfTexts && (sorts || (field.name === 'inum' && speaksOf('s', where.text)));
    const byText = mayBeOfTexts ? textSort(dialect, searched, field) : undefined;
    const id = speaksOf(VALUES, where.text) ? `${VALUES}.inum` : 'c.inum';
    return { ...(byText ?? sortSql(dialect, field, id)), descending };
  }

  /** A page that is cut out of all matches, unless one that was known to match does no more: then they are known no more. */
  private async listed(
    { terms, sort: { descending } }: SearchQuery,
    { start, limit }: Asked,
    { few }: Matches,
  ): Promise<(Found & { readonly isWhole: boolean }) | undefined> {
    const [term] = terms;
    if (few === undefined || term === undefined || !('offset' in start)) return undefined;
    const { dialect, searched, known } = this.needs;
    const ids = (descending ? [...few].reverse() : [...few]).slice(start.offset, start.offset + limit);
    const page = await rowsIn(this.needs, ids, { where: dialect.contains(searched.text, term), descending });
    const isWhole = page.length === ids.length;
    if (!isWhole) known?.delete(term);
    return { page, total: few.size, isEstimate: false, isWhole };
  }

  /** What the search starts from, where that is a value. */
  private leading(query: SearchQuery): Narrowing | undefined {
    const { narrowing, state } = this.needs;
    return narrowing !== undefined && isLed(narrowing, query, state.count) ? narrowing : undefined;
  }

  /** What the terms of a query match: how many, counted up to a limit, and where they are few, which. */
  private async matches({ terms, conditions, filter, sort }: SearchQuery, start: Start): Promise<Matches> {
    const { texts, state, totals, pace } = this.needs;
    const hasFilters = conditions.length > 0 || filter !== undefined;
    if (terms.length === 0 || texts === undefined) return {};
    const most = fewOf(state.count);
    const sorts = (sort.field.name !== 'inum' || isFar(start)) && pace === undefined;
    const atOnce = texts.countsAtOnce && !hasFilters && pace === undefined;
    const mostSorted = Math.max(
      sorts ? sortableOf(state.count, !hasFilters && this.sortsByTexts(sort)) : 0,
      atOnce ? most : 0,
    );
    const limit = 1 + Math.max(hasFilters ? most : COUNTED, mostSorted);
    const all = ALL_OF_A_TERM * state.count;
    let found: FoundIds | undefined;
    const counted = await totals.total(
      JSON.stringify([terms, limit]),
      state,
      async () => {
        if (!atOnce) found = await this.idsOf(texts, terms, sorts ? most + 1 : limit);
        if (found !== undefined && (!sorts || found.isOrdered || found.ids.size <= most)) return found.ids.size;
        return Math.min(limit, await this.countRows(await matchesSql(texts, terms, { all, most: limit })));
      },
      { stays: this.stays },
    );
    // A number may be a few seconds old, a page may not.
    if (!atOnce && (counted <= most || this.needs.known?.has(terms.join()) === true))
      found ??= await this.idsOf(texts, terms, most + 1);
    const { ids: few, isOrdered = false } =
      found !== undefined && (found.isOrdered || found.ids.size <= most) ? found : {};
    const isSortable = few === undefined && counted <= mostSorted;
    const sortable = isSortable ? await matchesSql(texts, terms, { all }) : undefined;
    const total = { number: few?.size ?? counted, isWhole: few !== undefined || counted < limit };
    return { ...(!hasFilters && { total }), ...(few && { few, isOrdered }), ...(sortable && { sortable }) };
  }

  private sortsByTexts({ field }: SearchQuery['sort']): boolean {
    const { dialect, searched } = this.needs;
    return textSort(dialect, searched, field) !== undefined;
  }

  /** The ids of the texts that contain one of the terms, about `limit` at most. */
  private async idsOf(texts: TextIndex, terms: readonly string[], limit: number): Promise<FoundIds> {
    const ids = new Set<number>();
    const { state, select, known } = this.needs;
    const isOne = terms.length === 1;
    const finding = { texts: state.count, limit, select, ...(isOne && { known }) };
    let isOrdered = isOne;
    for (const term of terms) {
      const found = await texts.idsOf(term, finding);
      for (const id of found.ids) ids.add(id);
      isOrdered &&= found.isOrdered;
      if (ids.size >= limit) break;
    }
    return { ids, isOrdered };
  }

  private textual(terms: readonly string[], { few, isOrdered }: Matches): Sql[] {
    const { dialect, searched } = this.needs;
    if (terms.length === 0) return [];
    const contained = any(terms.map((term) => dialect.contains(searched.text, term)));
    if (few === undefined) return [contained];
    const among = sql(`s.id IN (${few.size === 0 ? 'NULL' : [...few].join(', ')})`);
    // What is known of them may be old.
    return isOrdered === true ? [among, contained] : [among];
  }

  /** The total, counted exactly unless the caller takes an estimate. */
  private async total(query: SearchQuery, asked: Asked, counting: Counting): Promise<Total> {
    const { totals, state, narrowing, exactly, patience } = this.needs;
    const { stays } = this;
    const isAll = query.conditions.length === 0 && query.filter === undefined;
    if (isAll && query.terms.length === 0) return exact(state.count);
    const { total } = counting.matches;
    const whole = total?.isWhole === true ? total.number : totalSeen(counting.page, asked);
    if (whole !== undefined) return exact(whole);
    const known = total?.number ?? (narrowing?.isAll === true ? narrowing.matches : undefined);
    const key = JSON.stringify([exactly === undefined, query.terms, counting.where]);
    try {
      const isCounted = known === undefined && (asked.partial === true || exactly !== undefined);
      const quick = isCounted
        ? await totals.total(key, state, () => this.count(counting, COUNTED + 1), { stays })
        : known;
      if (quick !== undefined && quick <= COUNTED) return exact(quick);
      if (asked.partial === true) return { total: COUNTED, isEstimate: true };
      const count = (run: SearchRun): Promise<number> => run.count(counting, undefined, query);
      return exact(await totals.total(`all ${key}`, state, () => exactly?.(count) ?? count(this), { patience, stays }));
    } catch (error) {
      if (asked.partial !== true || !isStopped(error)) throw error;
      this.needs.onStopped();
      return { total: atLeast(counting.page, asked), isEstimate: true };
    }
  }

  /** One that may read everything has its place, and on SQLite a process that takes one query at a time, until it ends. */
  private get stays(): boolean {
    return this.needs.exactly === undefined;
  }

  /** Counts matches up to `most`, or all those of a query. */
  private async count(
    { where, walks, sortable, referring }: Counting,
    most?: number,
    query?: SearchQuery,
  ): Promise<number> {
    const { narrowing, texts, state, pace } = this.needs;
    if (walks && pace !== undefined) return walkedCount({ ...this.needs, pace }, where, most ?? Infinity);
    if (query !== undefined && referring !== undefined) return this.countRows(referring);
    if (query !== undefined && narrowing?.isAll === true) return this.countRows(valuesSql(narrowing.key));
    if (query?.conditions.length === 0 && query.filter === undefined && texts !== undefined)
      return this.countRows(await matchesSql(texts, query.terms, { all: state.count }));
    return countOf(this.needs, { where, matches: sortable }, most);
  }

  private async countRows({ text, parameters }: Sql): Promise<number> {
    const [row] = await this.needs.select<{ number: number | string }>(
      `SELECT COUNT(*) AS number FROM (${text}) ${MATCHES}`,
      parameters,
    );
    return Number(row?.number ?? 0);
  }
}

/** All matches are looked up in the index where so many times fewer texts would do for the first of them. */
const ALL_OF_A_TERM = 4;

type Total = Pick<Found, 'total' | 'isEstimate'>;

interface FoundIds {
  readonly ids: ReadonlySet<number>;
  /** Whether these are all of them, in the order of their inums. */
  readonly isOrdered: boolean;
}

/** What is counted after a page. */
interface Counting {
  readonly matches: Matches;
  readonly where: Sql;
  readonly page: readonly Position[];
  readonly walks: boolean;
  readonly sortable?: Sql | undefined;
  /** Selects a row for each match, where another table has them. */
  readonly referring?: Sql | undefined;
}

/** Whether a query has nothing but terms, in the order of ids. */
const isPlain = ({ conditions, filter, sort }: SearchQuery): boolean =>
  conditions.length === 0 && filter === undefined && sort.field.name === 'inum';

const exact = (total: number): Total => ({ total, isEstimate: false });

const valuesSql = (key: Narrowing['key']): Sql => {
  const { text, parameters } = meetsSql(key);
  return sql(`SELECT 1 FROM client_values ${VALUES} WHERE ${text}`, ...parameters);
};

/** How many matches there are, where the page has the last of them. */
function totalSeen(page: readonly Position[], { start, limit }: Asked): number | undefined {
  if (!('offset' in start) || page.length >= limit) return undefined;
  return page.length > 0 || start.offset === 0 ? start.offset + page.length : undefined;
}

/** How many matches have been seen. */
const atLeast = (page: readonly Position[], { start }: Asked): number =>
  page.length + ('offset' in start && page.length > 0 ? start.offset : 0);
