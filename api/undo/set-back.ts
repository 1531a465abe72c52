import { isDeepStrictEqual } from 'node:util';
import type { ClientProperty } from '../../openapi/property.ts';
import { PROPERTIES, type Members } from '../clients/document/client.document.ts';
import { holderOf, isObject, valueOf } from '../shared/contract/members.ts';

/** What a change has made of a client: what it was before, and after. */
export interface Revised {
  readonly before: Members;
  readonly after: Members;
}

/** What a client is after a change was taken back. Properties are named as those of a change are. */
export interface SetBack {
  readonly document: Members;
  /** What has another value by now, and keeps it. */
  readonly conflicts: readonly string[];
  /** What is as before already. */
  readonly settled: readonly string[];
}

/** How a change is taken back: what stays whatever its value is, since a later change of it could not be; unless forced. */
export interface HowFar {
  readonly isForced: (path: string) => boolean;
  readonly blocked: ReadonlySet<string>;
  /** A property that stays although it is forced. */
  readonly stays?: string | undefined;
}

/** What people write; what the service sets follows from that. */
const WRITTEN = PROPERTIES.filter(({ setBy, type }) => setBy !== 'server' && type !== 'attributes');

/**
 * Takes back what a change has made of a client, property by property, and entry by entry of what has names: the languages of a
 * localized text, custom attributes. What has another value by now than the change gave it is a conflict and stays, unless it
 * is forced. It changes none of its arguments.
 */
export function setBack(document: Members, { before, after }: Revised, { isForced, blocked, stays }: HowFar): SetBack {
  const next = structuredClone(document);
  const conflicts: string[] = [];
  const settled: string[] = [];
  for (const property of WRITTEN) {
    const [had, got, has] = [before, after, next].map((one) => entriesOf(property, one)) as [Entries, Entries, Entries];
    const taken: string[] = [];
    for (const name of new Set([...had.keys(), ...got.keys()])) {
      if (isDeepStrictEqual(had.get(name), got.get(name))) continue;
      const path = name === WHOLE ? property.path : `${property.path}.${name}`;
      if (isDeepStrictEqual(has.get(name), had.get(name))) settled.push(path);
      else if (path === stays) conflicts.push(path);
      else if (isForced(path) || (!blocked.has(path) && isDeepStrictEqual(has.get(name), got.get(name))))
        taken.push(name);
      else conflicts.push(path);
    }
    if (taken.length > 0) write(next, property, withEntries(has, had, taken), valueOf(before, property));
  }
  return { document: next, conflicts, settled };
}

/** Whether people would see a difference between two clients. */
export const isSame = (one: Members, other: Members): boolean =>
  WRITTEN.every((property) => isDeepStrictEqual(valueOf(one, property), valueOf(other, property)));

/** The parts of a value that have names, or the value itself under none. Absent ones are left out. */
type Entries = ReadonlyMap<string, unknown>;
const WHOLE = '';

function entriesOf(property: ClientProperty, document: Members): Entries {
  const value = valueOf(document, property);
  if (property.type === 'custom-attributes')
    return new Map(((value ?? []) as { name: string }[]).map((entry) => [entry.name, entry]));
  if (property.type === 'localized') return new Map(Object.entries(isObject(value) ? (value['values'] ?? {}) : {}));
  return value === undefined ? new Map() : new Map([[WHOLE, value]]);
}

/** The entries that are there, with those that were taken back as they were. */
function withEntries(has: Entries, had: Entries, taken: readonly string[]): Entries {
  const next = new Map(has);
  for (const name of taken) {
    if (had.has(name)) next.set(name, had.get(name));
    else next.delete(name);
  }
  return next;
}

/** Where no entry is left, the value is an empty or an absent one, as it was before. */
function write(document: Members, property: ClientProperty, entries: Entries, was: unknown): void {
  const holder = holderOf(document, property);
  if (holder === undefined) return;
  const { name, type } = property;
  if (entries.size > 0) holder[name] = joined(type, entries);
  else if (was === undefined || type === 'localized') delete holder[name];
  else holder[name] = was;
}

function joined(type: ClientProperty['type'], entries: Entries): unknown {
  if (type === 'custom-attributes') return [...entries.values()];
  return type === 'localized' ? { values: Object.fromEntries(entries) } : entries.get(WHOLE);
}
