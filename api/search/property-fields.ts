import { lookup } from '../../openapi/lookup.ts';
import type { Property, PropertyType } from '../../openapi/property.ts';
import type { Field, FieldType, FindField, Valued } from './field.ts';

const TYPES: Readonly<Record<PropertyType, FieldType | undefined>> = {
  string: 'text',
  integer: 'integer',
  boolean: 'boolean',
  'date-time': 'date',
  'string-list': 'list',
  localized: 'localized',
  map: undefined,
  attributes: undefined,
  'custom-attributes': undefined,
};

export interface FieldOptions {
  /** What is kept in columns and tables beside the document, by the address of the property. */
  readonly columns: Readonly<Record<string, Partial<Field>>>;
  /** How `client_values` has the values of a property, where it does. */
  readonly valuedAs?: (property: Property) => Valued | undefined;
  /** Further names of properties. */
  readonly otherNames?: Readonly<Record<string, string>>;
  /** Properties that nobody searches for. */
  readonly hidden?: ReadonlySet<string>;
}

/** The fields of a resource: its properties, under their own names and those of Janssen's database. */
export function propertyFields(properties: readonly Property[], options: FieldOptions): FindField {
  const { columns, valuedAs, otherNames = {}, hidden } = options;
  const found = properties.flatMap((property) => {
    const type = TYPES[property.type];
    if (type === undefined || hidden?.has(property.path)) return [];
    const valued = valuedAs?.(property);
    const field = { ...fieldOf(property, type), ...(valued && { valued }), ...lookup(columns, property.path) };
    return [{ path: property.path, db: property.db ?? property.path, field }];
  });
  // Where a database name is shared by aliases, the first property keeps it; a name of the contract is nobody else's.
  const fields: ReadonlyMap<string, Field> = new Map([
    ...found.map(({ db, field }) => [db, field] as const).reverse(),
    ...found.map(({ path, field }) => [path, field] as const),
  ]);
  return (name) => fields.get(lookup(otherNames, name) ?? name);
}

function fieldOf({ path, values }: Property, type: FieldType): Field {
  return {
    name: path,
    type,
    path: `$.${path}`,
    ...(values !== undefined && { values }),
  };
}
