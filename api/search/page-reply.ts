import { JsonText } from '../shared/contract/operation.ts';
import type { Page } from './search-page.ts';

interface PageReply<T> {
  readonly status: 200;
  readonly body: JsonText<T>;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The reply with a page of a list: JSON text around the stored texts of its entries, and the address of the next page
 * in `Link` (RFC 8288). `query` is what was asked of the list at `address`, `headers` go along.
 */
export function pageReply<T>(
  address: string,
  query: object,
  page: Page<{ readonly text: string }>,
  headers: Readonly<Record<string, string>> = {},
): PageReply<T> {
  const { start, total, isEstimate, isPartial, nextCursor, entries } = page;
  const counts = {
    start,
    totalEntriesCount: total,
    ...(isEstimate && { totalIsEstimate: true }),
    ...(isPartial && { isPartial: true }),
    entriesCount: entries.length,
    ...(nextCursor !== undefined && { nextCursor }),
  };
  const texts = entries.map((entry) => entry.text).join(',');
  return {
    status: 200,
    body: new JsonText(`${JSON.stringify(counts).slice(0, -1)},"entries":[${texts}]}`),
    headers: { ...headers, ...(nextCursor !== undefined && linkTo(address, query, nextCursor)) },
  };
}

/** The header that leads to the next page of a list. */
export function linkTo(address: string, query: object, cursor: string): Record<string, string> {
  const next = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
  );
  next.delete('startIndex');
  next.set('cursor', cursor);
  return { Link: `<${address}?${next.toString()}>; rel="next"` };
}
