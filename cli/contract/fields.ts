import { lookup } from '../../openapi/lookup.ts';
import type { Contract, Schema } from './contract.ts';

export type FieldKind = 'text' | 'integer' | 'number' | 'boolean' | 'list' | 'localized' | 'json';

/** A member of a body that can be written, and the flag that writes it. */
export interface Field {
  /** Its address: `clientName`, `attributes.requirePkce`. */
  readonly path: string;
  /** Its flag without the dashes: `client-name`, `attributes.require-pkce`, `client-secret-file`. */
  readonly flag: string;
  readonly kind: FieldKind;
  /** Never an argument, which other users of the machine could see: read from a file. */
  readonly isSecret: boolean;
  /** Its flag takes the name of a file: it is a secret, or many lines. */
  readonly fromFile: boolean;
  /** Whether commas separate the entries of the list: none of them can hold one. */
  readonly splits: boolean;
  readonly values?: readonly string[];
  readonly label?: string;
  /** The member whose value it shares. */
  readonly aliasOf?: string;
  /** What its entries refer to: `scope`, `claim`. */
  readonly refs?: string;
  /** What the service stores where it is absent. */
  readonly default?: unknown;
  readonly description: string;
  readonly schema: Schema;
}

/** `attributes.requirePkce` → `attributes.require-pkce`. */
export const kebab = (path: string): string =>
  path
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase();

/** The fields of a body: the members of its schema, and those of objects inside it that the schema names. */
export function fieldsOf(contract: Contract, schema: Schema): Field[] {
  return walk(contract, schema, '', contract.nameOf(schema));
}

function walk(contract: Contract, schema: Schema, prefix: string, name: string | undefined): Field[] {
  const { properties = {} } = contract.resolve(schema);
  // What forms know of a property stands at the component that the body is derived from.
  const base = lookup(contract.schemas, name?.replace(/(?:Input|Update)$/, '') ?? '')?.properties ?? {};
  return Object.entries(properties).flatMap(([member, raw]) => {
    const own = contract.resolve(raw);
    const extension = lookup(base, member)?.['x-client'] ?? own['x-client'];
    if (own.readOnly === true || extension?.['set-by'] === 'server') return [];
    const path = prefix + member;
    if (own.properties !== undefined && !isLocalized(own) && prefix === '') {
      return walk(contract, raw, `${path}.`, contract.nameOf(raw));
    }
    const value = lookup(base, member)?.default;
    return [{ ...fieldOf(path, own, extension), ...(value !== undefined && { default: value }) }];
  });
}

function fieldOf(path: string, schema: Schema, extension: Schema['x-client']): Field {
  const kind = kindOf(schema);
  const isSecret = kind === 'text' && (extension?.control === 'secret' || /(secret|password)$/i.test(path));
  const fromFile = isSecret || path === 'script';
  const values = (schema.enum ?? schema.items?.enum)?.map(String);
  return {
    path,
    flag: kebab(path) + (fromFile ? '-file' : ''),
    kind,
    isSecret,
    fromFile,
    splits: kind === 'list' && (values !== undefined || extension?.refs === 'scope' || extension?.refs === 'claim'),
    ...(values && { values }),
    ...(extension && { label: extension.label }),
    ...(extension?.['alias-of'] !== undefined && { aliasOf: extension['alias-of'] }),
    ...(extension?.refs !== undefined && { refs: extension.refs }),
    description: (schema.description ?? '').replace(/\s+/g, ' ').trim(),
    schema,
  };
}

const isLocalized = ({ properties }: Schema): boolean =>
  properties !== undefined && Object.keys(properties).join() === 'values';

function kindOf(schema: Schema): FieldKind {
  if (schema.type === 'boolean' || schema.type === 'integer' || schema.type === 'number') return schema.type;
  if (schema.type === 'string') return 'text';
  if (schema.type === 'array' && schema.items?.type === 'string') return 'list';
  return isLocalized(schema) ? 'localized' : 'json';
}
