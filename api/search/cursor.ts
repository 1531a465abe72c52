import { sha256 } from '../shared/ids.ts';
import { Problem } from '../shared/problem.ts';
import type { SearchQuery } from './search-query.ts';

/** Where a page ended: the value that is sorted by, null where there is none, and the id. */
export interface Position {
  readonly value: string | number | null;
  readonly id: string;
}

/** The opaque text for a position in the results of `query`. */
export function encodeCursor(query: SearchQuery, { value, id }: Position): string {
  return Buffer.from(JSON.stringify([digestOf(query), value, id])).toString('base64url');
}

/** Reads a cursor. Throws `invalid-request` when it is none, or belongs to another filter or order. */
export function decodeCursor(query: SearchQuery, cursor: string): Position {
  const [digest, value, id] = parse(cursor);
  const isPosition =
    (typeof value === 'string' || typeof value === 'number' || value === null) && typeof id === 'string';
  if (!isPosition) throw invalid('is not a cursor of this API');
  if (digest !== digestOf(query)) throw invalid('belongs to another filter or order');
  return { value, id };
}

/** What the cursor is bound to: the same parameters, in whatever spelling, give the same digest. */
function digestOf({ terms, conditions, sort }: SearchQuery): string {
  const filters = conditions.map(({ field, operator, value }) => [field.name, operator, value ?? null]);
  return sha256(JSON.stringify([terms, filters, sort.field.name, sort.descending])).slice(0, 16);
}

function parse(cursor: string): unknown[] {
  try {
    const parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown;
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

const invalid = (detail: string): Problem =>
  new Problem('invalid-request', { errors: [{ parameter: 'query:cursor', detail }] });
