import type { EntityManager } from 'typeorm';
import { ageing, type Clock } from '../shared/clock.ts';
import { gatheredReads } from '../shared/database/gathered-reads.store.ts';
import { NO_METERS, type Meters } from '../shared/meters.ts';
import { Problem } from '../shared/problem.ts';
import type { Asked, Found, Searched, State } from './asked.ts';
import type { Refer } from './condition-sql.ts';
import { mariadbDialect, mysqlDialect, sqliteDialect, type Dialect } from './dialect.ts';
import { ADVICE, isQuick, isSliceable } from './text/quick-search.ts';
import { traced } from '../shared/tracing.ts';
import { budgetOf, type Budget, type SearchLane } from './running/search-lane.ts';
import type { SearchQuery } from './search-query.ts';
import { SearchRun, type RunNeeds } from './running/search-run.ts';
import { LONG, SHORT, type Select } from './running/slices.ts';
import { knownMatches, type KnownMatches } from './text/known-matches.ts';
import type { TextIndex } from './text/text-index.store.ts';
import { isLed, isQuickWith, mayNarrow, narrowingOf, requireValues, type Narrowing } from './values/narrowing.ts';
import { openSession, type Reader } from './running/session.store.ts';
import { MANY, StoppedBeforeError, totalCache, type TotalCache } from './running/total-cache.ts';
import { isStopped } from './running/walk.ts';

const DIALECTS: Readonly<Record<string, Dialect>> = {
  'better-sqlite3': sqliteDialect,
  mariadb: mariadbDialect,
  mysql: mysqlDialect,
};

/** How the database of a connection writes what others write differently. */
export const dialectOf = ({ dataSource }: EntityManager): Dialect =>
  DIALECTS[dataSource.options.type] ?? mariadbDialect;

/** What all searches of a service have in common. */
export interface SearchGround {
  readonly lane: SearchLane;
  /** What the ages of totals are measured with. */
  readonly clock: Pick<Clock, 'elapsed'>;
  /** Opens a reader, where a query would keep this process from everything else. */
  readonly apart?: () => Promise<Reader>;
  readonly meters?: Meters;
}

export interface SearchAids extends SearchGround {
  /** Without it, every text is read: enough for hundreds of them. */
  readonly texts?: TextIndex;
}

/** Up to so many resources are read in a few milliseconds, whatever is asked. */
const SMALL = 1_000;

/** What is known before a search is run. */
interface Known {
  readonly state: State;
  readonly narrowing: Narrowing | undefined;
}

/** For how many milliseconds something may run, where not for the budget of a search, and what ends it before. */
interface Term {
  readonly time?: number;
  readonly ended?: AbortSignal | undefined;
}

type StateRow = Readonly<Record<keyof State, number | string | null>>;

interface Slow {
  readonly asked: Asked;
  readonly ask: (run: SearchRun) => Promise<Found>;
}

/** Finds the ids of resources. The SQL differs between the databases in its dialect only, and so gives the same rows. */
export class SearchStore {
  private readonly dialect: Dialect;
  /** Made at the first search: a store is made for every unit of work, and few of them search. */
  private madeTotals: TotalCache | undefined;
  private madeMatches: KnownMatches | undefined;
  private madeStates: ((select: string) => Promise<readonly StateRow[]>) | undefined;

  constructor(
    private readonly manager: EntityManager,
    private readonly searched: Searched,
    private readonly aids: SearchAids,
  ) {
    this.dialect = dialectOf(manager);
  }

  /** Throws `unavailable` when it takes too long and a part will not do or there is none, or there is no place for it. */
  search(query: SearchQuery, asked: Asked, refer: Refer): Promise<Found> {
    return traced('search', {}, () => this.within(query, asked, refer));
  }

  private async within(query: SearchQuery, asked: Asked, refer: Refer): Promise<Found> {
    const { lane, texts, apart } = this.aids;
    const ask = (run: SearchRun): Promise<Found> => run.found(query, asked, refer);
    try {
      await requireValues(query, this.here(budgetOf(lane.budget)));
      const isFast = isQuick(query, asked.start, texts !== undefined);
      const known = isFast || mayNarrow(query) ? await this.known(query) : undefined;
      if (known !== undefined && (isFast || isQuickWith(query, asked.start, known.narrowing))) {
        const exactly = (count: (run: SearchRun) => Promise<number>): Promise<number> =>
          lane.run(asked.caller, () => lane.count((time, ended) => this.apart(known, count, { time, ended })));
        return await ask(
          this.run(this.here(budgetOf(lane.budget)), { ...known, exactly, keepsThread: apart !== undefined }),
        );
      }
      return await lane.run(asked.caller, async () =>
        this.slow(query, known ?? (await this.known(query)), { asked, ask }),
      );
    } catch (error) {
      if (!isStopped(error)) throw error;
      this.meters.searchStopped();
      const before = error instanceof StoppedBeforeError ? error.seconds : undefined;
      const what = before === undefined ? 'the search took' : 'to count what is found took, a moment ago,';
      const detail = `${what} longer than ${lane.budget / 1_000} s and was stopped: ${ADVICE}`;
      throw new Problem('unavailable', { detail, headers: { 'Retry-After': String(before ?? 5) } }, { cause: error });
    }
  }

  /** A search that may read everything: where it would keep this thread, in slices or in another process. */
  private slow(query: SearchQuery, known: Known, { asked, ask }: Slow): Promise<Found> {
    const { lane, apart } = this.aids;
    const { state, narrowing } = known;
    const mayKeep = apart !== undefined && state.count > SMALL;
    const isNarrow = narrowing !== undefined && isLed(narrowing, query, state.count);
    const isSliced = (mayKeep || asked.partial === true) && isSliceable(query, asked) && !isNarrow;
    if (mayKeep && !isSliced) return this.apart(known, ask);
    const pace = mayKeep ? SHORT : LONG;
    return ask(this.run(this.here(budgetOf(lane.budget)), { ...known, ...(isSliced && { pace }) }));
  }

  /** Where a statement would keep this thread, in another process; one that may be ended, in a session that is known. */
  private async apart<T>(known: Known, ask: (run: SearchRun) => Promise<T>, { time, ended }: Term = {}): Promise<T> {
    const { lane, apart } = this.aids;
    const open = apart ?? (ended && (() => openSession(this.manager.dataSource, this.dialect, ended)));
    const reader = known.state.count > SMALL ? await open?.() : undefined;
    try {
      const budget = budgetOf(time ?? lane.budget);
      return await ask(this.run(reader === undefined ? this.here(budget) : there(reader, budget), known));
    } finally {
      await reader?.release();
    }
  }

  private async known(query: SearchQuery): Promise<Known> {
    const state = await this.state();
    return { state, narrowing: await narrowingOf(query, this.here(budgetOf(this.aids.lane.budget)), state.count) };
  }

  private run(select: Select, known: Known & Pick<RunNeeds, 'pace' | 'exactly' | 'keepsThread'>): SearchRun {
    const { dialect, searched, meters, aids } = this;
    const { texts, lane, clock } = aids;
    const totals = (this.madeTotals ??= totalCache(meters, ageing(clock)));
    const onStopped = (): void => meters.searchStopped();
    const matches = texts === undefined || known.state.count <= MANY ? undefined : this.matches();
    const parts = { dialect, searched, texts, totals, patience: lane.patience, select, onStopped };
    return new SearchRun({ ...parts, ...(matches && { known: matches }), ...known });
  }

  private matches(): KnownMatches {
    return (this.madeMatches ??= knownMatches(this.meters, ageing(this.aids.clock)));
  }

  private get meters(): Meters {
    return this.aids.meters ?? NO_METERS;
  }

  private async state(): Promise<State> {
    const { countAll, mark } = this.searched;
    const select = `SELECT (${countAll}) AS count${mark === undefined ? '' : `, (${mark}) AS mark`}`;
    // It is the same for all who ask at once.
    this.madeStates ??= gatheredReads(this.manager, {
      read: (manager) => manager.query<StateRow[]>(select),
      keyOf: () => select,
    });
    const [row] = await this.madeStates(select);
    return { count: Number(row?.count ?? 0), ...(mark !== undefined && { mark: String(row?.mark) }) };
  }

  /** Selects on the connections of this process. */
  private here(budget: Budget): Select {
    return <T>(select: string, parameters: readonly (string | number | Buffer)[]) =>
      this.manager.query<T[]>(this.dialect.limited(select, budget.left()), [...parameters]);
  }
}

/** Selects by a reader. */
const there =
  (reader: Reader, budget: Budget): Select =>
  (select, parameters) =>
    reader.query(select, parameters, budget.left());
