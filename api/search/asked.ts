import type { Position } from './cursor.ts';

/** Where a resource is searched. Everything here comes from code, never from callers. */
export interface Searched {
  /** Its table, which is `c` in the SQL and has `inum` and `document`. */
  readonly table: string;
  /** The tables that are joined to it, by the alias that the SQL speaks of. */
  readonly joins: Readonly<Record<string, string>>;
  /** Of these, those with an index in whose order a search may go, by alias. They have `inum` as well. */
  readonly leading?: Readonly<Record<string, string>>;
  /** The folded text that `pattern` looks in. */
  readonly text: string;
  /** The table that has it for every resource, by `id` and by `inum`; it has nothing else, so that its indexes are narrow. */
  readonly texts?: { readonly table: string; readonly byInum: string };
  /** Selects how many resources there are. */
  readonly countAll: string;
  /** Selects what is another with every write, so that totals may be remembered. Left out where counting is cheap. */
  readonly mark?: string;
}

/** Where a page starts: after so many matches, or after a position. */
export type Start = { readonly offset: number } | { readonly after: Position };

/** How many matches are passed over, from the beginning or from the position. */
export const offsetOf = (start: Start): number => ('offset' in start ? start.offset : (start.after.skip ?? 0));

export interface Asked {
  readonly start: Start;
  readonly limit: number;
  /** Who asks. */
  readonly caller: string;
  /** Whether a page that ends where the time was over will do, and a total that is counted no further than is quick. */
  readonly partial?: boolean;
}

export interface Found {
  /** The ids of the page in order, with the value of each that was sorted by. */
  readonly page: readonly Position[];
  readonly total: number;
  /** Whether there are more matches than were counted. */
  readonly isEstimate: boolean;
  /** Where the time was over: the page goes on from there. */
  readonly reached?: Position;
}

/** How many resources there are, and a mark that changes with every write, where there is one. */
export interface State {
  readonly count: number;
  readonly mark?: string;
}
