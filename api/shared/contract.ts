import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { inWords, type Fault } from './problem.ts';

/** An OpenAPI schema, as far as it is walked here. */
interface Schema {
  $ref?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  additionalProperties?: boolean | Schema;
}

export interface Contract {
  /** The bundled document, as it is served. */
  readonly text: string;
  readonly document: {
    readonly paths: Record<string, Record<string, object>>;
    readonly components: { readonly schemas: Record<string, object> };
  };
  /** What about the shape of `value` the component schema `name` does not allow. */
  shapeFaults(name: string, value: unknown): Fault[];
  /** The members of `value` that `schema` does not know, wherever they are. */
  unknownMembers(schema: object, value: unknown): Fault[];
}

const COMPONENT = '#/components/schemas/';
/** RFC 6901: `~` and `/` in a name are escaped in a pointer. */
export const escapeToken = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1');

/** Reads the bundled contract that stands beside the generated tables. */
export function loadContract(): Contract {
  const text = readFileSync(new URL('../../openapi/openid-client.json', import.meta.url), 'utf8');
  const document = JSON.parse(text) as Contract['document'];
  return { text, document, shapeFaults: shapeChecker(document), unknownMembers: unknownMemberFinder(document) };
}

function shapeChecker(document: Contract['document']): Contract['shapeFaults'] {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema(document, 'contract');
  const compiled = new Map<string, ValidateFunction>();
  return (name, value) => {
    const validate = compiled.get(name) ?? ajv.compile({ $ref: `contract${COMPONENT}${name}` });
    compiled.set(name, validate);
    return validate(value) ? [] : (validate.errors ?? []).map(faultOf);
  };
}

function faultOf({ instancePath, keyword, message = 'is not valid', params }: ErrorObject): Fault {
  const { missingProperty } = params as { missingProperty?: string };
  if (keyword === 'required')
    return { pointer: `${instancePath}/${escapeToken(missingProperty ?? '')}`, detail: 'is required' };
  const { allowedValues } = params as { allowedValues?: unknown[] };
  return {
    pointer: instancePath,
    detail: allowedValues ? `${message}: ${allowedValues.join(', ')}` : inWords(message),
  };
}

function unknownMemberFinder(document: Contract['document']): Contract['unknownMembers'] {
  const schemas = document.components.schemas as Record<string, Schema>;
  /** The schemas that speak about one value, references followed. */
  const branches = (schema: Schema): Schema[] => {
    const target = schema.$ref === undefined ? undefined : schemas[schema.$ref.slice(COMPONENT.length)];
    const more = [
      ...(schema.allOf ?? []),
      ...(schema.anyOf ?? []),
      ...(schema.oneOf ?? []),
      ...(target ? [target] : []),
    ];
    return [schema, ...more.flatMap(branches)];
  };
  /** The members of an object inside of which there is a member with this name. */
  const inside = (all: readonly Schema[], name: string): string[] =>
    all
      .flatMap((schema) => Object.entries(schema.properties ?? {}))
      .filter(([, schema]) => branches(schema).some(({ properties }) => properties?.[name] !== undefined))
      .map(([outer]) => outer);
  const walk = (candidates: readonly Schema[], value: unknown, pointer: string): Fault[] => {
    const all = candidates.flatMap(branches);
    if (Array.isArray(value)) {
      const items = all.flatMap((schema) => (schema.items === undefined ? [] : [schema.items]));
      return value.flatMap((entry, index) => walk(items, entry, `${pointer}/${index}`));
    }
    if (value === null || typeof value !== 'object') return [];
    if (!all.some((schema) => schema.properties) || all.some((schema) => schema.additionalProperties)) return [];
    return Object.entries(value).flatMap(([name, member]) => {
      const place = `${pointer}/${escapeToken(name)}`;
      const known = all.flatMap((schema) => (schema.properties?.[name] ? [schema.properties[name]] : []));
      if (known.length > 0) return walk(known, member, place);
      const hint = inside(all, name).map((outer) => `: ${pointer}/${outer}/${escapeToken(name)} is one`);
      return [{ pointer: place, detail: `is not a member of this object${hint[0] ?? ''}`, rule: 'known-members' }];
    });
  };
  return (schema, value) => walk([schema], value, '');
}
