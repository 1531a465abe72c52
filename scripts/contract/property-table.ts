import type { RegistrationMember } from '../../openapi/property.ts';
import type { Document, PropertyExtension, Schema } from './document.ts';

/** A row of the generated table of properties: see `openapi/property.ts`. */
interface PropertyRow {
  path: string;
  name: string;
  parent?: 'attributes';
  type: string;
  section: string;
  label: string;
  control: string;
  setBy: string;
  db?: string;
  dcr?: RegistrationMember;
  refs?: string;
  aliasOf?: string;
  values?: string[];
  default?: unknown;
  storedDefault?: true;
  description: string;
}

/** The rows for every property of `Client` and of `attributes`, in document order. */
export function propertyTable(document: Document): PropertyRow[] {
  return [...rowsOf(document, 'Client'), ...rowsOf(document, 'ClientAttributes', 'attributes')];
}

function rowsOf(document: Document, schemaName: string, parent?: 'attributes'): PropertyRow[] {
  const properties = document.components.schemas[schemaName]?.properties ?? {};
  return Object.entries(properties).map(([name, schema]) => rowOf(name, schema, parent));
}

function rowOf(name: string, schema: Schema, parent?: 'attributes'): PropertyRow {
  const extension = schema['x-client'];
  if (extension === undefined) throw new Error(`property ${name} has no x-client`);
  const dcr = extension.dcr;
  const values = schema.enum ?? schema.items?.enum;
  return {
    path: parent === undefined ? name : `${parent}.${name}`,
    name,
    ...(parent && { parent }),
    type: typeOf(name, schema),
    section: extension.section,
    label: extension.label,
    control: extension.control,
    setBy: extension['set-by'],
    ...(extension.db && { db: extension.db }),
    ...(dcr && { dcr: registrationMember(dcr) }),
    ...(extension.refs && { refs: extension.refs }),
    ...(extension['alias-of'] && { aliasOf: extension['alias-of'] }),
    ...(values && { values }),
    ...(schema.default !== undefined && { default: schema.default }),
    ...(extension['stored-default'] && { storedDefault: true as const }),
    description: (schema.description ?? '').trim(),
  };
}

function registrationMember({
  name,
  as,
  also,
  formerly,
  ...dcr
}: NonNullable<PropertyExtension['dcr']>): RegistrationMember {
  return {
    name,
    as,
    ...(dcr['reply-only'] && { replyOnly: true as const }),
    ...(also && { also }),
    ...(formerly && { formerly }),
  };
}

const REFERENCED_TYPES: Record<string, string> = {
  '#/components/schemas/LocalizedString': 'localized',
  '#/components/schemas/ClientAttributes': 'attributes',
};

function typeOf(name: string, schema: Schema): string {
  const target = schema.allOf?.[0]?.$ref;
  if (target !== undefined) {
    const type = REFERENCED_TYPES[target];
    if (type === undefined) throw new Error(`property ${name} refers to ${target}, which has no kind of its own`);
    return type;
  }
  if (schema.type === 'array') return schema.items?.$ref === undefined ? 'string-list' : 'custom-attributes';
  if (schema.type === 'string' && schema.pattern?.includes('T\\d{2}') === true) return 'date-time';
  if (schema.type === 'string' || schema.type === 'boolean' || schema.type === 'integer') return schema.type;
  throw new Error(`property ${name} has type ${String(schema.type)}, which has no kind`);
}
