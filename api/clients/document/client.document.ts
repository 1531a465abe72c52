import { CLIENT_PROPERTIES } from '../../../openapi/properties.gen.ts';
import type { ClientProperty } from '../../../openapi/property.ts';
import { changedMembers, memberOrder, topLevelOf, type Members } from '../../shared/contract/members.ts';
import type { Schemas } from '../../shared/contract/operation.ts';

export { valueOf, type Members } from '../../shared/contract/members.ts';

/** A client as it is stored and answered, without secret and activity. */
export type ClientDocument = Schemas['ClientReply'];
/** The writable members of a client. */
export type ClientInput = Schemas['ClientInput'];

/** The table of properties. The rows are widened: their literal types make the compiler slow and help nobody here. */
export const PROPERTIES: readonly ClientProperty[] = CLIENT_PROPERTIES;
export const TOP_LEVEL = topLevelOf(PROPERTIES);

/** Kept in rows of their own, and never in the document. */
const ELSEWHERE = new Set([
  ...['clientSecret', 'clientSecretHash', 'registrationAccessToken', 'lastAccessTime', 'lastLogonTime', 'ttl'],
  ...['createdAt', 'updatedAt', 'registrationMethod', 'registeredBy'],
]);

/** Copies the members that a document holds from `source`, in the order of the contract; absent ones are left out. */
export const orderedDocument = memberOrder(PROPERTIES, ELSEWHERE);

/** The addresses of the properties whose values differ, for the audit record. */
export const changedProperties = (before: Members | undefined, after: Members): readonly string[] =>
  before === undefined ? changedMembers(PROPERTIES, undefined, after) : [...differences(before, after)];

const texts = new WeakMap<ClientDocument, string>();

/** A document as it is stored. It is needed in several places of a write, and made once. */
export function documentText(document: ClientDocument): string {
  const text = texts.get(document) ?? JSON.stringify(document);
  texts.set(document, text);
  return text;
}

const found = new WeakMap<Members, { readonly before: Members; readonly paths: ReadonlySet<string> }>();

/** The same of two documents. The rules, the values and the log all ask for it, and nobody changes what is a document. */
export function differences(before: Members, after: Members): ReadonlySet<string> {
  const known = found.get(after);
  if (known?.before === before) return known.paths;
  const paths = new Set(changedMembers(PROPERTIES, before, after));
  found.set(after, { before, paths });
  return paths;
}
