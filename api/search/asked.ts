import type { Position } from './cursor.ts';

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
  /** Selects what is another with every write, so that totals may be remembered. Left out where counting is cheap. */
  readonly mark?: string;
}

/** Where a page starts: after so many matches, or after a position. */
export type Start = { readonly offset: number } | { readonly after: Position };

export interface Asked {
  readonly start: Start;
  readonly limit: number;
  /** Who asks. */
  readonly caller: string;
}

export interface Found {
  /** The ids of the page in order, with the value of each that was sorted by. */
  readonly page: readonly Position[];
  readonly total: number;
  /** Whether there are more matches than were counted. */
  readonly isEstimate: boolean;
}

/** How many resources there are, and a mark that changes with every write, where there is one. */
export interface State {
  readonly count: number;
  readonly mark?: string;
}
