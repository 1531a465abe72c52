import type { Property } from '../../../openapi/property.ts';

/** A JSON object of which only a table of properties knows the members. */
export type Members = Record<string, unknown>;

/** Whether a value is a JSON object. */
export const isObject = (value: unknown): value is Members =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** The properties at the top level of a resource. */
export const topLevelOf = <P extends Property>(properties: readonly P[]): P[] =>
  properties.filter((property) => property.parent === undefined);

/** The properties inside the member `name` of a resource. */
export const partOf = <P extends Property>(properties: readonly P[], name: string): P[] =>
  properties.filter((property) => property.parent === name);

/**
 * Makes what copies the members of a resource that the table knows, in its order; absent ones and those in `skipped` are left
 * out.
 */
export function memberOrder(
  properties: readonly Property[],
  skipped: ReadonlySet<string> = new Set(),
): (source: Members) => Members {
  const copies = topLevelOf(properties)
    .filter(({ name }) => !skipped.has(name))
    .map(
      ({ name, type }) => [name, type === 'attributes' ? memberOrder(namesIn(properties, name)) : undefined] as const,
    );
  return (source) => {
    const document: Members = {};
    for (const [name, copyPart] of copies) {
      const value = source[name];
      if (value !== undefined) document[name] = copyPart === undefined ? value : copyPart(value as Members);
    }
    return document;
  };
}

/** The properties inside a member as if they were a resource of their own. */
const namesIn = (properties: readonly Property[], name: string): Property[] =>
  partOf(properties, name).map(({ parent: _none, ...property }) => property);

/** The object that has the member of a property, by its address. */
export const holderOf = (document: Members, { parent }: Property): Members | undefined =>
  parent === undefined ? document : (document[parent] as Members | undefined);

/** The value of a property in a document, by its address. */
export const valueOf = (document: Members, property: Property): unknown =>
  holderOf(document, property)?.[property.name];

/** The JSON Pointer of a property. */
export const pointerTo = (property: Property): string => `/${property.path.replace('.', '/')}`;

/** Whether two values of JSON, or absent ones, are the same; the members of objects in the same order. */
const isSame = (one: unknown, other: unknown): boolean =>
  // Most are texts and switches, and for those this is all: many are compared with every write.
  one === other ||
  (typeof one === 'object' && typeof other === 'object' && JSON.stringify(one) === JSON.stringify(other));

/**
 * The addresses of the properties whose values differ, for the audit record; of a new resource those that are not at their
 * defaults.
 */
export function changedMembers(properties: readonly Property[], before: Members | undefined, after: Members): string[] {
  const changed: string[] = [];
  for (const property of properties) {
    if (property.type === 'attributes') continue;
    const was = before === undefined ? property.default : valueOf(before, property);
    if (!isSame(was, valueOf(after, property))) changed.push(property.path);
  }
  return changed;
}
