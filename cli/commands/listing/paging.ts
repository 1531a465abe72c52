import type { Api } from '../../connection/api.ts';
import { asEntries, asEntry, numberIn, otherShape, textIn } from '../../connection/reply-shape.ts';
import type { Operation } from '../../contract/contract.ts';
import type { Entry } from '../../output/entry.ts';

export type Query = readonly (readonly [string, string])[];

interface Page {
  readonly entries: readonly Entry[];
  readonly start?: number | undefined;
  readonly totalEntriesCount?: number | undefined;
  readonly totalIsEstimate?: boolean;
  readonly nextCursor?: string | undefined;
}

/** The largest page that the service gives. */
const FULL_PAGE = 200;

/** One page. A reply that is a bare list is a page without a next one. */
export async function page(api: Api, operation: Operation, query: Query): Promise<Page> {
  const { body } = await api.send({ operation, query });
  if (Array.isArray(body)) return { entries: asEntries(body) };
  const { entries = [body], start, totalEntriesCount, totalIsEstimate, nextCursor } = asEntry(body);
  return {
    entries: asEntries(entries),
    start: numberIn(start),
    totalEntriesCount: numberIn(totalEntriesCount),
    totalIsEstimate: totalIsEstimate === true,
    nextCursor: textIn(nextCursor),
  };
}

/** Whether an operation gives its list page by page. */
export const hasPages = ({ parameters }: Operation): boolean => parameters.some(({ name }) => name === 'limit');

/** Every page, one after another: by cursor where the service has one, else by offset. */
export async function* allPages(
  api: Api,
  operation: Operation,
  query: Query,
  onPage: (page: Page) => void = () => undefined,
): AsyncGenerator<readonly Entry[]> {
  const fixed = query.filter(([name]) => !['limit', 'startIndex', 'cursor'].includes(name));
  let place = query.filter(([name]) => name === 'startIndex' || name === 'cursor');
  let hasCursors = false;
  for (;;) {
    const size: Query = hasPages(operation) ? [['limit', String(FULL_PAGE)]] : [];
    const current = await page(api, operation, [...fixed, ...size, ...place]);
    onPage(current);
    yield current.entries;
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
