import { HISTORICAL_NAMES } from '../../openapi/properties.gen.ts';
import type { ClientProperty } from '../../openapi/property.ts';
import { ATTRIBUTES, TOP_LEVEL, type Members } from './client.document.ts';

const isObject = (value: unknown): value is Members =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** `null` and `""` are how Janssen's tools write "no value". */
const isAbsent = (value: unknown): boolean => value === null || value === undefined || value === '';

/**
 * Brings the body of a written client into the form that the contract describes: absent members and read-only or
 * historical ones are dropped, and values of enumerations get their case. A body that is no object is left alone.
 * Entries of arrays are never dropped: an absent entry is a fault that the contract names.
 */
export function normaliseClient(body: unknown): unknown {
  if (!isObject(body)) return body;
  const client = normaliseMembers(body, TOP_LEVEL_BY_NAME);
  if (isObject(client['attributes'])) client['attributes'] = normaliseMembers(client['attributes'], ATTRIBUTES_BY_NAME);
  const custom = client['customAttributes'];
  if (Array.isArray(custom)) client['customAttributes'] = custom.map(withoutDerived);
  return client;
}

const byName = (properties: readonly ClientProperty[]): ReadonlyMap<string, ClientProperty> =>
  new Map(properties.map((property) => [property.name, property]));
const TOP_LEVEL_BY_NAME = byName(TOP_LEVEL);
const ATTRIBUTES_BY_NAME = byName(ATTRIBUTES);
const HISTORICAL = new Set(HISTORICAL_NAMES);

function normaliseMembers(members: Members, known: ReadonlyMap<string, ClientProperty>): Members {
  const result: Members = {};
  for (const [name, value] of Object.entries(members)) {
    const property = known.get(name);
    const dropped = property?.setBy === 'server' || (property === undefined && HISTORICAL.has(name));
    if (!dropped && !isAbsent(value)) result[name] = canonical(value, property);
  }
  return result;
}

function canonical(value: unknown, property: ClientProperty | undefined): unknown {
  if (property?.values !== undefined) return inCase(value, property.values);
  return withoutAbsentMembers(value);
}

/** Both say in other words what `values` says. */
function withoutDerived(attribute: unknown): unknown {
  if (!isObject(attribute)) return attribute;
  const { displayValue: _displayed, multiValued: _several, ...rest } = attribute;
  return rest;
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
