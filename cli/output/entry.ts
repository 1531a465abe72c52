import type { Entry } from '../resource/entry.ts';

/** What is at a path of an entry: `attributes.requirePkce`. */
export function at(entry: Entry, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (place, step) =>
        place !== null && typeof place === 'object' && Object.hasOwn(place, step)
          ? (place as Record<string, unknown>)[step]
          : undefined,
      entry,
    );
}

/** A value as text in a cell; the entries of a list are joined. */
export function cellOf(value: unknown, joint: string): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map((item) => cellOf(item, joint)).join(joint);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Every member of an entry by its path; the members of plain objects inside it stand by themselves. */
export function membersOf(entry: Entry, prefix = ''): [string, unknown][] {
  return Object.entries(entry).flatMap(([name, value]): [string, unknown][] => {
    const isObject = value !== null && typeof value === 'object' && !Array.isArray(value);
    return isObject ? membersOf(value as Entry, `${prefix}${name}.`) : [[prefix + name, value]];
  });
}

/** The same for people: the members of an object stand by their names. */
export function readable(value: unknown, joint: string): string {
  if (Array.isArray(value)) return value.map((item) => readable(item, joint)).join(joint);
  if (value === null || typeof value !== 'object') return cellOf(value, joint);
  return membersOf(value as Entry)
    .map(([path, member]) => `${path} ${readable(member, joint)}`)
    .join(', ');
}
