import type { ClientProperty, PropertyType } from '../../openapi/property.ts';
import type { Field, FieldType } from '../search/field.ts';
import { PROPERTIES } from './client.document.ts';

const TYPES: Readonly<Record<PropertyType, FieldType | undefined>> = {
  string: 'text',
  integer: 'integer',
  boolean: 'boolean',
  'date-time': 'date',
  'string-list': 'list',
  localized: 'localized',
  attributes: undefined,
  'custom-attributes': undefined,
};

/** Nobody searches for a secret. */
const SECRET = new Set(['clientSecret', 'registrationAccessToken']);

/** What is kept in columns beside the document, with an index, and what is kept there only. */
const COLUMNS: Readonly<Record<string, Partial<Field>>> = {
  inum: { column: { name: 'c.inum' } },
  clientName: { sortColumn: 'c.display_name_folded' },
  displayName: { sortColumn: 'c.display_name_folded' },
  applicationType: { column: { name: 'c.application_type' } },
  disabled: { column: { name: 'c.disabled' } },
  softwareId: { column: { name: 'c.software_id', prefix: 255 } },
  expirationDate: { column: { name: 'c.expiration_date' } },
  clientIdIssuedAt: { column: { name: 'c.client_id_issued_at' } },
  clientSecretExpiresAt: { column: { name: 'c.client_secret_expires_at' } },
  lastAccessTime: { column: { name: 'a.last_access_time' } },
  scopes: { refers: 'scopes', join: { table: 'client_scopes', column: 'scope_inum' } },
  claims: { refers: 'claims' },
};

const CUSTOM = 'customAttributes.';
const OTHER_NAMES: Readonly<Record<string, string>> = { clientId: 'inum' };

const FIELDS: ReadonlyMap<string, Field> = new Map(
  PROPERTIES.flatMap((property) => {
    const field = fieldOf(property);
    if (field === undefined) return [];
    const names = [property.path, ...(property.db === undefined ? [] : [property.db])];
    return names.map((name) => [name, field] as const);
  }).reverse(), // Where a database name is shared by aliases, the first property keeps it.
);

/** The field of clients with this name: its own, Janssen's database name, or `customAttributes.<name>`. */
export function findClientField(name: string): Field | undefined {
  if (name.startsWith(CUSTOM) && name.length > CUSTOM.length) {
    return { name, type: 'custom', path: '$.customAttributes', key: name.slice(CUSTOM.length) };
  }
  return FIELDS.get(OTHER_NAMES[name] ?? name);
}

function fieldOf(property: ClientProperty): Field | undefined {
  const type = TYPES[property.type];
  if (type === undefined || SECRET.has(property.path)) return undefined;
  const absentMeans =
    type === 'boolean' && typeof property.default === 'boolean' ? { absentMeans: property.default } : {};
  const values = property.values === undefined ? {} : { values: property.values };
  return {
    name: property.path,
    type,
    path: `$.${property.path}`,
    ...values,
    ...absentMeans,
    ...COLUMNS[property.path],
  };
}
