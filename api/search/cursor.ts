import { sha256 } from '../shared/ids.ts';
import type { KeyRing } from '../shared/keys/key-ring.ts';
import { Problem } from '../shared/problem.ts';
import { conditionKey, filterKey } from './filter/filter.ts';
import type { SearchQuery } from './search-query.ts';

/** Where a page ended: the value that is sorted by, null where there is none, and the id. */
export interface Position {
  /** Bytes where they are no text. */
  readonly value: string | number | Buffer | null;
  readonly id: string;
  /** How many matches after it are passed over: what is left of a `startIndex` when the time of a search was over. */
  readonly skip?: number;
}

/** Opaque texts for positions in the results of a query, or of what is asked elsewhere, which a text tells from all else. */
export interface Cursors {
  encode(query: SearchQuery | string, position: Position): string;
  /** Throws `invalid-request` when a cursor was not made here, or belongs to another filter or order. */
  decode(query: SearchQuery | string, cursor: string): Position;
}

/** What a cursor carries, under a MAC: nobody can put another value in the place of the one that was sorted by. */
type Content = [query: string, kind: 'none' | 'number' | 'text' | 'bytes', value: string, id: string, skip?: number];

const PURPOSE = 'cursor';

/** Cursors with a MAC under the key ring, which replicas share. */
export const cursors = (ring: KeyRing): Cursors => ({
  encode(query, { value, id, skip }) {
    const place = [digestOf(query), ...written(value), id] as const;
    const content: Content = skip === undefined ? [...place] : [...place, skip];
    const text = Buffer.from(JSON.stringify(content)).toString('base64url');
    return `${text}.${ring.mac(text, PURPOSE)}`;
  },
  decode(query, cursor) {
    const dot = cursor.indexOf('.');
    const text = cursor.slice(0, Math.max(0, dot));
    if (!ring.isMac(cursor.slice(dot + 1), text, PURPOSE)) throw invalid('is not a cursor of this API');
    const [digest, kind, value, id, skip] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Content;
    if (digest !== digestOf(query)) throw invalid('belongs to another filter or order');
    return { value: READ[kind](value), id, ...(skip !== undefined && { skip }) };
  },
});

function written(value: Position['value']): [kind: Content[1], value: string] {
  if (value === null) return ['none', ''];
  if (Buffer.isBuffer(value)) return ['bytes', value.toString('base64')];
  return typeof value === 'number' ? ['number', String(value)] : ['text', value];
}

const READ: Readonly<Record<Content[1], (value: string) => Position['value']>> = {
  none: () => null,
  number: Number,
  text: (value) => value,
  bytes: (value) => Buffer.from(value, 'base64'),
};

/** What the cursor is bound to: the same parameters, in whatever spelling, give the same digest. */
function digestOf(query: SearchQuery | string): string {
  if (typeof query === 'string') return sha256(query).slice(0, 16);
  const { terms, conditions, filter, sort } = query;
  const filters = [...conditions.map(conditionKey), ...(filter === undefined ? [] : [filterKey(filter)])];
  return sha256(JSON.stringify([terms, filters, sort.field.name, sort.descending])).slice(0, 16);
}

const invalid = (detail: string): Problem =>
  new Problem('invalid-request', { errors: [{ parameter: 'query:cursor', detail }] });
