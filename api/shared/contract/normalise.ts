import type { Property } from '../../../openapi/property.ts';
import type { MemberNames } from './member-names.ts';
import { isObject, partOf, topLevelOf, type Members } from './members.ts';

/** Brings a body into the form that the contract describes, before it is validated; `strict` takes fewer forms. */
export type Normalise = (body: unknown, strict: boolean) => unknown;

/** `null` and `""` are how Janssen's tools write "no value". */
const isAbsent = (value: unknown): boolean => value === null || value === undefined || value === '';

/**
 * Makes what brings the body of a written resource into the form that the contract describes: absent members, read-only
 * ones and noise are dropped, values go to the present names of their members, values of enumerations get their case
 * and, unless strict, `"true"`, `"false"` and decimal integers in texts become what their members take. A body that is
 * no object is left alone. Entries of arrays are never dropped: an absent entry is a fault that the contract names.
 */
export function memberNormaliser(names: MemberNames): Normalise {
  const { properties } = names;
  const known = byName(topLevelOf(properties));
  const parts = topLevelOf(properties)
    .filter(({ type }) => type === 'attributes')
    .map(({ name }) => [name, byName(partOf(properties, name))] as const);
  return (body, strict) => {
    if (!isObject(body)) return body;
    const present = names.withoutNoise(names.inPresentForm(withoutAbsentMembers(body) as Members));
    const resource = normaliseMembers(present, known, strict);
    for (const [name, knownInPart] of parts) {
      if (isObject(resource[name])) resource[name] = normaliseMembers(resource[name], knownInPart, strict);
    }
    return resource;
  };
}

/**
 * Makes what brings the body of an operation that is no resource into its form: unless strict, texts of booleans and
 * integers become what these `types` of its members say.
 */
export const typedBody =
  (types: ReadonlyMap<string, string>): Normalise =>
  (body, strict) =>
    strict || !isObject(body)
      ? body
      : Object.fromEntries(Object.entries(body).map(([name, value]) => [name, typedText(value, types.get(name))]));

const byName = (properties: readonly Property[]): ReadonlyMap<string, Property> =>
  new Map(properties.map((property) => [property.name, property]));

function normaliseMembers(members: Members, known: ReadonlyMap<string, Property>, strict: boolean): Members {
  const written: [string, unknown][] = [];
  for (const [name, value] of Object.entries(members)) {
    const property = known.get(name);
    if (property?.setBy !== 'server' && !isAbsent(value)) written.push([name, canonical(value, property, strict)]);
  }
  return Object.fromEntries(written);
}

function canonical(value: unknown, property: Property | undefined, strict: boolean): unknown {
  if (property?.values !== undefined) return inCase(value, property.values);
  return strict ? value : typedText(value, property?.type);
}

/** What a text says in JSON, where older tools write a boolean or an integer as one; any other value as it is. */
export function typedText(value: unknown, type: string | undefined): unknown {
  if (typeof value !== 'string') return value;
  if (type === 'boolean' && /^(true|false)$/.test(value)) return value === 'true';
  return type === 'integer' && /^(0|-?[1-9]\d{0,14})$/.test(value) ? Number(value) : value;
}

/** A word, or several, in the spelling that the contract has, whatever case it is written in; any other value as it is. */
export function inCase(value: unknown, values: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((entry) => inCase(entry, values));
  if (typeof value !== 'string' || values.includes(value)) return value;
  return values.find((candidate) => candidate.toLowerCase() === value.toLowerCase()) ?? value;
}

/** Whether an object has an absent member, or has one inside. */
const hasAbsent = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.some(hasAbsent)
    : isObject(value) && Object.values(value).some((member) => isAbsent(member) || hasAbsent(member));

/** Leaves a value as it is that has none: most do not, and a copy of all that is in it takes longer. */
function withoutAbsentMembers(value: unknown): unknown {
  if (!hasAbsent(value)) return value;
  if (Array.isArray(value)) return value.map(withoutAbsentMembers);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => !isAbsent(member))
      .map(([name, member]) => [name, withoutAbsentMembers(member)]),
  );
}
