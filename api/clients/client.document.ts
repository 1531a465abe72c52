import { CLIENT_PROPERTIES } from '../../openapi/properties.gen.ts';
import type { ClientProperty } from '../../openapi/property.ts';
import type { Schemas } from '../shared/operation.ts';

/** A client as it is stored and answered, without secret and activity. */
export type ClientDocument = Schemas['ClientReply'];
/** The writable members of a client. */
export type ClientInput = Schemas['ClientInput'];
/** A JSON object of which only the table of properties knows the members. */
export type Members = Record<string, unknown>;

/** The table of properties. The rows are widened: their literal types make the compiler slow and help nobody here. */
export const PROPERTIES: readonly ClientProperty[] = CLIENT_PROPERTIES;
export const TOP_LEVEL = PROPERTIES.filter((property) => property.parent === undefined);
export const ATTRIBUTES = PROPERTIES.filter((property) => property.parent === 'attributes');

/** Kept in rows of their own, and never in the document. */
const ELSEWHERE = new Set(['clientSecret', 'registrationAccessToken', 'lastAccessTime', 'lastLogonTime', 'ttl']);

/** Copies the members that a document holds from `source`, in the order of the contract; absent ones are left out. */
export function orderedDocument(source: Members): Members {
  const document: Members = {};
  for (const { name } of TOP_LEVEL) {
    if (ELSEWHERE.has(name)) continue;
    if (name === 'attributes') document[name] = orderedAttributes((source[name] ?? {}) as Members);
    else if (source[name] !== undefined) document[name] = source[name];
  }
  return document;
}

function orderedAttributes(source: Members): Members {
  const attributes: Members = {};
  for (const { name } of ATTRIBUTES) if (source[name] !== undefined) attributes[name] = source[name];
  return attributes;
}

/** The value of a property in a client, by its address. */
export function valueOf(client: Members, property: ClientProperty): unknown {
  const holder = property.parent === undefined ? client : (client[property.parent] as Members | undefined);
  return holder?.[property.name];
}

/** The JSON Pointer of a property. */
export const pointerTo = (property: ClientProperty): string => `/${property.path.replace('.', '/')}`;

/** The addresses of the properties whose values differ, for the audit record. */
export function changedProperties(before: Members | undefined, after: Members): string[] {
  return PROPERTIES.filter((property) => property.type !== 'attributes')
    .filter((property) => JSON.stringify(valueOf(before ?? {}, property)) !== JSON.stringify(valueOf(after, property)))
    .map((property) => property.path);
}
