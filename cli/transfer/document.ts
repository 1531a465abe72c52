import { yaml } from '../on-demand.ts';
import type { Body } from '../resource/entry.ts';
import type { Field } from '../contract/fields.ts';
import { at } from '../output/entry.ts';
import type { Entry } from '../resource/entry.ts';

export const FILE_FORMATS = ['yaml', 'json'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/** What the names of references are found by: a DN becomes the id that people know. */
export type Naming = (reference: string, refs: string) => string;

/**
 * The writable members of an entry, without its secret and without what follows from other members: what a file has of
 * it, and what a person edits.
 */
export function documentOf(entry: Entry, fields: readonly Field[], naming: Naming): Body {
  const document: Body = {};
  for (const field of fields) {
    const value = writableValue(entry, field, naming);
    if (value === undefined) continue;
    const [member = '', inner] = field.path.split('.');
    if (inner === undefined) document[member] = value;
    else document[member] = { ...(document[member] as Body | undefined), [inner]: value };
  }
  return sorted(document) as Body;
}

function writableValue(entry: Entry, field: Field, naming: Naming): unknown {
  const value = at(entry, field.path);
  if (field.isSecret || isAbsent(value)) return undefined;
  if (field.kind === 'localized') return withoutPlain(value, at(entry, field.aliasOf ?? ''));
  if (field.aliasOf !== undefined && value === at(entry, field.aliasOf)) return undefined;
  const { refs } = field;
  return refs === undefined || !Array.isArray(value) ? value : value.map((one) => naming(String(one), refs));
}

/**
 * A document without the members that are at their defaults, for which a file needs no line. The words of enumerations
 * stay: they say what kind of client it is.
 */
export function withoutDefaults(document: Body, fields: readonly Field[]): Body {
  const shown = structuredClone(document);
  for (const { path, default: value, values } of fields) {
    if (value === undefined || values !== undefined) continue;
    const [member = '', inner] = path.split('.');
    const holder = inner === undefined ? shown : (shown[member] as Body | undefined);
    if (JSON.stringify(holder?.[inner ?? member]) === JSON.stringify(value)) delete holder?.[inner ?? member];
  }
  const left = Object.entries(shown).filter(([, value]) => JSON.stringify(value) !== '{}');
  return Object.fromEntries(left);
}

const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === '';

/** A text in several languages without the one that the plain member has as well. */
export function withoutPlain(value: unknown, plain: unknown): unknown {
  const { values } = { ...(value as { values?: object | null } | null) };
  const others = Object.entries(values ?? {}).filter(([language, text]) => language !== '' || text !== plain);
  return others.length === 0 ? undefined : { values: Object.fromEntries(others) };
}

/** The value with the members of its objects in the order of their names, and without those that are absent. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value)
    .filter(([, member]) => !isAbsent(member))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => [name, sorted(member)] as const);
  return Object.fromEntries(members);
}

/** The text of a file: the same for the same document, with a line for each member, as version control likes it. */
export const fileText = (document: Body, format: FileFormat): string =>
  format === 'json' ? `${JSON.stringify(document, null, 2)}\n` : yaml().stringify(document, { lineWidth: 0 });
