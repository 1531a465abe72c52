import { numberIn, otherShape, textIn } from '../connection/reply-shape.ts';
import type { Operation } from '../contract/contract.ts';
import type { Entry } from './entry.ts';
import { asEntries, asEntry } from './reply.ts';
import type { Named } from './request.ts';

export interface Page {
  readonly entries: readonly Entry[];
  readonly start?: number | undefined;
  readonly totalEntriesCount?: number | undefined;
  readonly totalIsEstimate?: boolean;
  /** Whether the time was over before it was full. */
  readonly isPartial?: boolean;
  readonly nextCursor?: string | undefined;
  /** Whether nothing follows yet, although there is a cursor to ask with later. */
  readonly caughtUp?: boolean;
  /** What the service says about the list, in a line. */
  readonly detail?: string | undefined;
}

/** The largest page that the service gives. */
const FULL_PAGE = 200;

/** Whether an operation gives its list page by page. */
export const hasPages = ({ parameters }: Operation): boolean => parameters.some(({ name }) => name === 'limit');

/** A reply as a page. One that is a bare list is a page without a next one. */
export function asPage(body: unknown): Page {
  if (Array.isArray(body)) return { entries: asEntries(body) };
  const {
    entries = [body],
    start,
    totalEntriesCount,
    totalIsEstimate,
    isPartial,
    nextCursor,
    caughtUp,
    sweep = {},
  } = asEntry(body);
  return {
    entries: asEntries(entries),
    start: numberIn(start),
    totalEntriesCount: numberIn(totalEntriesCount),
    totalIsEstimate: totalIsEstimate === true,
    isPartial: isPartial === true,
    nextCursor: textIn(nextCursor),
    caughtUp: caughtUp === true,
    detail: textIn(asEntry(sweep)['detail']),
  };
}

/** Every page, one after another: by cursor where the service has one, else by offset. */
export async function* everyPage(
  operation: Operation,
  named: Named,
  ask: (named: Named) => Promise<Page>,
): AsyncGenerator<Page> {
  const fixed = named.filter(([name]) => !['limit', 'startIndex', 'cursor'].includes(name));
  let place = named.filter(([name]) => name === 'startIndex' || name === 'cursor');
  let hasCursors = false;
  for (;;) {
    const size: Named = hasPages(operation) ? [['limit', String(FULL_PAGE)]] : [];
    const current = await ask([...fixed, ...size, ...place]);
    yield current;
    if (current.caughtUp === true) return;
    const { nextCursor, start, totalEntriesCount = 0, entries } = current;
    const next = (start ?? 0) + entries.length;
    hasCursors ||= nextCursor !== undefined;
    if (nextCursor !== undefined && place.some(([, cursor]) => cursor === nextCursor)) {
      throw otherShape('a page that is followed by itself');
    }
    if (nextCursor !== undefined) place = [['cursor', nextCursor]];
    // The last page of those that cursors lead to has none, and is the end.
    else if (!hasCursors && start !== undefined && entries.length > 0 && next < totalEntriesCount) {
      place = [['startIndex', String(next)]];
    } else return;
  }
}
