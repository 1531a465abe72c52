import type { Field } from '../search/field.ts';
import { readFilter, type Filter } from '../search/filter/filter.ts';

type Named = readonly [name: string, type: Field['type'], column: Field['column'] & object];

/** The members of a change that are in columns of their own. */
const COLUMNS: readonly Named[] = [
  ['id', 'integer', { name: 'c.id' }],
  ['at', 'date', { name: 'c.at', isTimestamp: true }],
  ['inum', 'text', { name: 'c.inum' }],
  ['caller', 'text', { name: 'c.caller' }],
  ['subject.sub', 'text', { name: 'c.subject' }],
  ['subject.name', 'text', { name: 'c.subject_name' }],
  ['subject.actor', 'text', { name: 'c.subject_actor' }],
  ['operation', 'text', { name: 'c.operation' }],
  ['requestId', 'text', { name: "NULLIF(c.request_id, '')" }],
  ['reason', 'text', { name: 'c.reason' }],
];

const FIELDS: ReadonlyMap<string, Field> = new Map([
  ...COLUMNS.map(([name, type, column]): [string, Field] => [name, { name, type, path: `$.${name}`, column }]),
  // A change has nothing else as JSON: what a filter takes for its document is this list.
  ['changed', { name: 'changed', type: 'list', path: '$' }],
]);

/** The log as a filter reads it. */
export const FILTERED = '(SELECT r.*, r.changed AS document FROM audit_records r) c';

/** Reads a filter on changes; or, in words, what is wrong with it. Relative dates count from `now`, in epoch milliseconds. */
export const changeFilter = (text: string, now: number): Filter | string =>
  readFilter(text, { find: (name) => FIELDS.get(name), now });
