import type { Schema } from './document.ts';

const REFERENCE = /^#\/components\/schemas\/(.+)$/;

/**
 * Joins the parts of every component that is made of several (`allOf`) into one schema, in which a later part adds to
 * what an earlier one says of a member: generators of clients make types of such parts that do not compile.
 */
export function joined(schemas: Readonly<Record<string, Schema>>): Record<string, Schema> {
  const whole = ({ $ref, allOf = [], ...own }: Schema): Schema => {
    const component = REFERENCE.exec($ref ?? '')?.[1];
    const parts = [...(component === undefined ? [] : [schemas[component] ?? {}]), ...allOf];
    return [...parts.map(whole), own].reduce(sum, {});
  };
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, (schema.allOf ?? []).length > 1 ? whole(schema) : schema]),
  );
}

function sum(left: Schema, right: Schema): Schema {
  const required = [...new Set([...(left.required ?? []), ...(right.required ?? [])])];
  const { properties: before = {} } = left;
  const { properties: after = {} } = right;
  const shared = Object.keys(after).map((name) => [name, { ...before[name], ...after[name] }] as const);
  const properties = { ...before, ...Object.fromEntries(shared) };
  return {
    ...left,
    ...right,
    ...(required.length > 0 && { required }),
    ...(Object.keys(properties).length > 0 && { properties }),
  };
}
