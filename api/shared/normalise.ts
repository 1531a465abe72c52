import type { Property } from '../../openapi/property.ts';
import { isObject, partOf, topLevelOf, type Members } from './members.ts';

/** `null` and `""` are how Janssen's tools write "no value". */
const isAbsent = (value: unknown): boolean => value === null || value === undefined || value === '';

/**
 * Makes what brings the body of a written resource into the form that the contract describes: absent members and
 * read-only or historical ones are dropped, and values of enumerations get their case. A body that is no object is
 * left alone. Entries of arrays are never dropped: an absent entry is a fault that the contract names.
 */
export function memberNormaliser(
  properties: readonly Property[],
  historicalNames: readonly string[],
): (body: unknown) => unknown {
  const historical = new Set(historicalNames);
  const known = byName(topLevelOf(properties));
  const parts = topLevelOf(properties)
    .filter(({ type }) => type === 'attributes')
    .map(({ name }) => [name, byName(partOf(properties, name))] as const);
  return (body) => {
    if (!isObject(body)) return body;
    const resource = normaliseMembers(body, known, historical);
    for (const [name, knownInPart] of parts) {
      if (isObject(resource[name])) resource[name] = normaliseMembers(resource[name], knownInPart, historical);
    }
    return resource;
  };
}

const byName = (properties: readonly Property[]): ReadonlyMap<string, Property> =>
  new Map(properties.map((property) => [property.name, property]));

function normaliseMembers(
  members: Members,
  known: ReadonlyMap<string, Property>,
  historical: ReadonlySet<string>,
): Members {
  const result: Members = {};
  for (const [name, value] of Object.entries(members)) {
    const property = known.get(name);
    const dropped = property?.setBy === 'server' || (property === undefined && historical.has(name));
    if (!dropped && !isAbsent(value)) result[name] = canonical(value, property);
  }
  return result;
}

function canonical(value: unknown, property: Property | undefined): unknown {
  if (property?.values !== undefined) return inCase(value, property.values);
  return withoutAbsentMembers(value);
}

function inCase(value: unknown, values: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((entry) => inCase(entry, values));
  if (typeof value !== 'string') return value;
  return values.find((candidate) => candidate.toLowerCase() === value.toLowerCase()) ?? value;
}

function withoutAbsentMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAbsentMembers);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => !isAbsent(member))
      .map(([name, member]) => [name, withoutAbsentMembers(member)]),
  );
}
