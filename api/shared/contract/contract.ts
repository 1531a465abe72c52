import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { lookup } from '../../../openapi/lookup.ts';
import { oneForEachFault, type ShapeError } from './alternatives.ts';
import { escapeToken, knownMembers, type KnownMembers } from './known-members.ts';
import type { MemberNames } from './member-names.ts';
import { inWords, type Fault } from '../problem.ts';
import { hintOn } from './hints.ts';

export interface Contract {
  /** The bundled document, as it is served. */
  readonly text: string;
  readonly document: {
    readonly info: { readonly version: string };
    readonly paths: Record<string, Record<string, object>>;
    readonly components: { readonly schemas: Record<string, object> };
  };
  /** What about the shape of `value` the component schema `name` does not allow. */
  shapeFaults(name: string, value: unknown): Fault[];
  /** The types of the members of the component schema `name`. */
  memberTypes(name: string): ReadonlyMap<string, string>;
  /** Which members a resource has, by the name of the component schema that has them all. */
  knownMembers(name: string, names: MemberNames): KnownMembers;
}

const COMPONENT = '#/components/schemas/';

let loaded: Contract | undefined;

/** The bundled contract that stands beside the generated tables, read once in a process. */
export const loadContract = (): Contract => (loaded ??= readContract());

function readContract(): Contract {
  const text = readFileSync(new URL('../../../openapi/openid-client.json', import.meta.url), 'utf8');
  const document = JSON.parse(text) as Contract['document'];
  const { schemas } = document.components;
  return {
    text,
    document,
    shapeFaults: shapeChecker(document),
    memberTypes: (name) => memberTypes(lookup(schemas, name) ?? {}),
    knownMembers: (name, names) => knownMembers(schemas, lookup(schemas, name) ?? {}, names),
  };
}

function memberTypes({ properties = {} }: { properties?: Record<string, { type?: string }> }): Map<string, string> {
  return new Map(Object.entries(properties).map(([name, { type = '' }]) => [name, type]));
}

function shapeChecker(document: Contract['document']): Contract['shapeFaults'] {
  // To check the schemas, ajv would compile the schema of schemas; the generation has checked them.
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, validateSchema: false });
  // Nothing else of the document is asked for, and ajv would walk all of it.
  ajv.addSchema({ components: { schemas: document.components.schemas } }, 'contract');
  const compiled = new Map<string, ValidateFunction>();
  return (name, value) => {
    const validate = compiled.get(name) ?? ajv.compile({ $ref: `contract${COMPONENT}${name}` });
    compiled.set(name, validate);
    return validate(value) ? [] : oneForEachFault((validate.errors ?? []).map(shapeError)).map(faultOf);
  };
}

interface AjvError extends ShapeError {
  readonly params: { readonly missingProperty?: string; readonly allowedValues?: readonly unknown[] };
}

const shapeError = ({ instancePath, keyword, message = 'is not valid', params }: ErrorObject): AjvError => ({
  place: instancePath,
  keyword,
  message,
  params,
});

function faultOf({ place, keyword, message, params: { missingProperty = '', allowedValues } }: AjvError): Fault {
  if (keyword === 'required') return { pointer: `${place}/${escapeToken(missingProperty)}`, detail: 'is required' };
  const words = allowedValues ? `${message}: ${allowedValues.join(', ')}` : inWords(message);
  return { pointer: place, detail: words + hintOn(place, keyword) };
}
