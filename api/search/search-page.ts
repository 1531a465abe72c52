import { Problem } from '../shared/problem.ts';
import type { Start } from './asked.ts';
import type { Refer } from './condition-sql.ts';
import type { Cursors } from './cursor.ts';
import type { SearchParameters, SearchQuery } from './search-query.ts';
import type { SearchStore } from './search.store.ts';

export interface ListRequest extends SearchParameters {
  readonly limit: number;
  readonly startIndex?: number;
  readonly cursor?: string;
  /** Who asks: nobody keeps all the places for searches that take long. */
  readonly caller: string;
  /** Whether a page that ends where the time was over will do, and an estimate of the total. */
  readonly partial?: boolean;
}

export interface Page<T> {
  readonly start: number;
  readonly total: number;
  /** Whether `total` is a lower bound, because counting stopped. */
  readonly isEstimate: boolean;
  /** Whether the time was over before the page was full. */
  readonly isPartial: boolean;
  readonly entries: readonly T[];
  /** Leads to the next page, when there may be one. */
  readonly nextCursor?: string;
}

/** How the entries of a page are found. */
export interface PageSource<T> {
  readonly cursors: Cursors;
  readonly store: SearchStore;
  readonly refer: Refer;
  /** Reads entries by their inums, in this order; those that are gone are left out. */
  readonly read: (inums: readonly string[]) => Promise<readonly T[]>;
}

/** Finds a page of matches. Throws `invalid-request` when the cursor cannot be understood. */
export async function searchPage<T>(
  query: SearchQuery,
  request: ListRequest,
  { cursors, store, refer, read }: PageSource<T>,
): Promise<Page<T>> {
  const { limit, caller, partial } = request;
  const found = await store.search(
    query,
    { start: startOf(query, request, cursors), limit, caller, ...(partial === true && { partial }) },
    refer,
  );
  const entries = await read(found.page.map((position) => position.id));
  const last = found.reached ?? (found.page.length < limit ? undefined : found.page.at(-1));
  return {
    start: request.startIndex ?? 0,
    total: found.total,
    isEstimate: found.isEstimate,
    isPartial: found.reached !== undefined,
    entries,
    ...(last !== undefined && { nextCursor: cursors.encode(query, last) }),
  };
}

function startOf(query: SearchQuery, { cursor, startIndex }: ListRequest, cursors: Cursors): Start {
  if (cursor === undefined) return { offset: startIndex ?? 0 };
  if (startIndex !== undefined) {
    const errors = [{ parameter: 'query:cursor', detail: 'cannot stand beside startIndex' }];
    throw new Problem('invalid-request', { errors });
  }
  return { after: cursors.decode(query, cursor) };
}
