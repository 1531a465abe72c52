import type { RegistrationMember } from '../../openapi/property.ts';
import { defaultOf, type Document, type PropertyExtension, type Schema } from './document.ts';

/** A row of the generated table of properties: see `openapi/property.ts`. */
interface PropertyRow {
  path: string;
  name: string;
  parent?: string;
  type: string;
  section?: string;
  label?: string;
  control?: string;
  setBy: string;
  db?: string;
  formerly?: string[];
  dcr?: RegistrationMember;
  refs?: string;
  aliasOf?: string;
  values?: string[];
  default?: unknown;
  description: string;
}

/** The rows for every property of a resource and of the objects in it, in document order. */
export function propertyTable(document: Document, schemaName: string): PropertyRow[] {
  const rows = rowsOf(document, schemaName);
  const parts = Object.entries(document.components.schemas[schemaName]?.properties ?? {}).flatMap(([name, schema]) => {
    const target = schema.allOf?.[0]?.$ref ?? '';
    return TYPES_OF_PARTS[target] === 'attributes' ? rowsOf(document, target.slice(COMPONENT.length), name) : [];
  });
  return [...rows, ...parts];
}

function rowsOf(document: Document, schemaName: string, parent?: string): PropertyRow[] {
  const { schemas } = document.components;
  return Object.entries(schemas[schemaName]?.properties ?? {}).map(([name, schema]) =>
    rowOf({ name, schema, usual: defaultOf(schemas, schema) }, parent),
  );
}

function rowOf(
  { name, schema, usual }: { name: string; schema: Schema; usual: unknown },
  parent?: string,
): PropertyRow {
  const extension = schema['x-client'] ?? schema['x-member'];
  if (extension === undefined) throw new Error(`property ${name} has neither x-client nor x-member`);
  const values = schema.enum ?? schema.items?.enum;
  return {
    path: parent === undefined ? name : `${parent}.${name}`,
    name,
    ...(parent && { parent }),
    type: typeOf(name, schema),
    ...formCells(schema['x-client']),
    setBy: extension['set-by'],
    ...(extension.db && { db: extension.db }),
    ...(extension.formerly && { formerly: extension.formerly }),
    ...mappingCells(schema['x-client']),
    ...(values && { values }),
    ...(usual !== undefined && { default: usual }),
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

/** How tools show a property of a client. */
function formCells(extension: PropertyExtension | undefined): Partial<PropertyRow> {
  if (extension === undefined) return {};
  const { section, label, control } = extension;
  return { section, label, control };
}

/** What a property of a client stands for elsewhere. */
function mappingCells(extension: PropertyExtension | undefined): Partial<PropertyRow> {
  if (extension === undefined) return {};
  const { dcr } = extension;
  return {
    ...(dcr && { dcr: registrationMember(dcr) }),
    ...(extension.refs && { refs: extension.refs }),
    ...(extension['alias-of'] && { aliasOf: extension['alias-of'] }),
  };
}

const COMPONENT = '#/components/schemas/';
const TYPES_OF_PARTS: Record<string, string> = {
  [`${COMPONENT}LocalizedString`]: 'localized',
  [`${COMPONENT}ClientAttributes`]: 'attributes',
  [`${COMPONENT}ClientApproval`]: 'attributes',
  [`${COMPONENT}ScopeAttributes`]: 'attributes',
  [`${COMPONENT}AttributeValidation`]: 'attributes',
  [`${COMPONENT}ScriptError`]: 'attributes',
};

function typeOf(name: string, schema: Schema): string {
  const target = schema.allOf?.[0]?.$ref;
  if (target !== undefined) {
    const type = TYPES_OF_PARTS[target];
    if (type === undefined) throw new Error(`property ${name} refers to ${target}, which has no kind of its own`);
    return type;
  }
  if (schema.type === 'array') return schema.items?.$ref === undefined ? 'string-list' : 'custom-attributes';
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object') return 'map';
  if (schema.type === 'string' && schema.pattern?.includes('T\\d{2}') === true) return 'date-time';
  if (schema.type === 'string' || schema.type === 'boolean' || schema.type === 'integer') return schema.type;
  throw new Error(`property ${name} has type ${String(schema.type)}, which has no kind`);
}
