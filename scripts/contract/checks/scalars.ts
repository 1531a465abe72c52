import type { Document, Schema } from '../document.ts';

const IS_OF: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  integer: Number.isInteger,
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  array: Array.isArray,
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

/**
 * What in the schemas is not of the type beside it: in YAML an unquoted 08E2 is the number 800, and yes a boolean for some.
 * Each fault says where, and which value.
 */
export function scalarFaults({ components }: Document): string[] {
  return Object.entries(components.schemas).flatMap(([name, schema]) => faultsIn(schema, name));
}

function faultsIn(schema: Schema, place: string): string[] {
  const { type, example, default: usual, enum: values = [] } = schema;
  const own = [...values, usual, example].filter((value) => value !== undefined);
  const isOf = typeof type === 'string' ? IS_OF[type] : undefined;
  const faults = own
    .filter((value) => isOf?.(value) === false)
    .map((value) => `${place}: ${JSON.stringify(value)} is not of type ${String(type)}; quote it`);
  const { items, properties = {} } = schema;
  const inItems = items === undefined ? [] : Array.isArray(example) ? example : [];
  return [
    ...faults,
    ...inItems.flatMap((value: unknown) => faultsIn({ ...items, example: value }, `${place}[]`)),
    ...(items === undefined ? [] : faultsIn(items, `${place}[]`)),
    ...Object.entries(properties).flatMap(([name, inner]) => faultsIn(inner, `${place}.${name}`)),
  ];
}
