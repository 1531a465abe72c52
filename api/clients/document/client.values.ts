import type { ClientProperty } from '../../../openapi/property.ts';
import type { Field, KeptProperty, Valued } from '../../search/field.ts';
import { customText, hostPart, hostsOf, hostText, valueText } from '../../search/values/value-text.ts';
import type { ValueRow } from '../../search/values/value-key.ts';
import { JUDGED, signatureOf } from '../profiles/judgement.ts';
import { isSame } from '../../shared/contract/members.ts';
import { PROPERTIES, valueOf, type ClientDocument, type Members } from './client.document.ts';

/** In a column or a table of their own, derived from the inum, secret, or too large for anybody to ask for. */
const ELSEWHERE = new Set([
  ...['inum', 'applicationType', 'softwareId', 'expirationDate', 'clientIdIssuedAt', 'clientSecretExpiresAt'],
  ...['createdAt', 'updatedAt', 'registrationMethod', 'registeredBy'],
  ...['lastAccessTime', 'scopes', 'claims', 'dn', 'baseDn', 'jwks', 'softwareStatement'],
  ...['clientSecret', 'clientSecretHash', 'registrationAccessToken'],
  ...['approval.state', 'approval.reason', 'approval.by', 'approval.at'],
]);

/** Properties that always have the value of another one. */
const SAME: ReadonlyMap<string, string> = new Map([
  ['displayName', 'clientName'],
  ['authenticationMethod', 'tokenEndpointAuthMethod'],
]);

/** What nearly every client has: a search for it finds its page at once, and a row for each would help nobody. */
const COMMON: ReadonlyMap<string, string> = new Map([
  ['tokenEndpointAuthMethod', 'client_secret_basic'],
  ['allAuthenticationMethods', 'client_secret_basic'],
  ['subjectType', 'public'],
  ['attributes.parLifetime', '600'],
  ['attributes.minimumAcrLevel', '-1'],
]);

const CUSTOM = 'customAttributes';
/** Lists of addresses whose hosts are searched for. */
const WITH_HOSTS = ['redirectUris', 'postLogoutRedirectUris', 'claimRedirectUris', 'requestUris'];

const TYPES = new Set<ClientProperty['type']>(['string', 'integer', 'date-time', 'string-list', 'localized']);

/** How the values of a property are kept for searches; undefined where they are not. */
export function valuedAs({ path, type }: Pick<ClientProperty, 'path' | 'type'>): Valued | undefined {
  if (!TYPES.has(type) || ELSEWHERE.has(path)) return undefined;
  const property = SAME.get(path) ?? path;
  const except = COMMON.get(property);
  return { property, rule: ruleOf(type, except), ...(except !== undefined && { except }) };
}

/** Begins with the form that values are kept in, which changes when `valueText` and the like do. */
const ruleOf = (what: string, except?: string): string => `1 ${what}${except === undefined ? '' : ` but ${except}`}`;

const [CUSTOM_RULE, HOST_RULE] = [ruleOf('custom'), ruleOf('hosts')];

/** The field of a custom attribute. */
export const customField = (key: string): Field => ({
  name: `${CUSTOM}.${key}`,
  type: 'custom',
  path: `$.${CUSTOM}`,
  key,
  valued: { property: CUSTOM, rule: CUSTOM_RULE, textOf: (value) => customText(key, value) },
});

/** The hosts of lists of addresses, `redirectUris.host`, as fields. */
export const HOST_FIELDS: ReadonlyMap<string, Field> = new Map(
  WITH_HOSTS.map((list) => {
    const name = `${list}.host`;
    const valued: Valued = { property: name, rule: HOST_RULE, textOf: hostText, isOnlyThere: true, partOf: hostPart };
    return [name, { name, type: 'list', path: `$.${list}`, valued }];
  }),
);

const KEPT = PROPERTIES.filter((property) => valuedAs(property)?.property === property.path);

/** What `client_values` has of every client, once it has all of it. */
export const KEPT_PROPERTIES: readonly KeptProperty[] = [
  ...KEPT.flatMap((property) => valuedAs(property) ?? []),
  ...[...HOST_FIELDS.values()].flatMap(({ valued }) => valued ?? []),
  { property: CUSTOM, rule: CUSTOM_RULE },
  JUDGED,
].map(({ property, rule }) => ({ property, rule }));

/** What `client_values` has of a client, each row once. */
export const valuesOf = (document: ClientDocument): ValueRow[] => rowsOf(document, KEPT);

/** The same of some properties, and of what is not of one property. */
function rowsOf(document: ClientDocument, properties: readonly ClientProperty[]): ValueRow[] {
  const members = document as Members;
  const custom = (document.customAttributes ?? []).flatMap(({ name, values = [] }) =>
    values.map((value) => customText(name, value)),
  );
  const texts: readonly (readonly [string, readonly string[]])[] = [
    ...properties.map((property) => [property.path, textsOf(valueOf(members, property))] as const),
    ...WITH_HOSTS.map((list) => [`${list}.host`, textsOf(members[list]).flatMap(hostsOf)] as const),
    [CUSTOM, custom],
    [JUDGED.property, [signatureOf(document)].filter((signature) => signature !== '')],
  ];
  return texts.flatMap(([property, all]) => {
    const kept = [...new Set(all)].filter((text) => text !== COMMON.get(property));
    return kept.map((text) => ({ property, value: valueText(text), inum: document.inum }));
  });
}

/** The rows that are gone and those that are added when a client is changed. */
export function changedValues(before: ClientDocument, after: ClientDocument): [gone: ValueRow[], added: ValueRow[]] {
  const different = KEPT.filter((property) => !isSame(valueOf(before, property), valueOf(after, property)));
  const [had, has] = [rowsOf(before, different), rowsOf(after, different)];
  return [without(had, has), without(has, had)];
}

/** The rows that are not among others. */
export function without(rows: readonly ValueRow[], others: readonly ValueRow[]): ValueRow[] {
  const textOfRow = ({ property, value, inum }: ValueRow): string => `${property} ${inum} ${value}`;
  const known = new Set(others.map(textOfRow));
  return rows.filter((row) => !known.has(textOfRow(row)));
}

/** The texts of a value: of a list its entries, of a localized member those of its languages. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  if (Array.isArray(value)) return value.map(String);
  const { values = {} } = (value ?? {}) as { values?: Record<string, string> };
  return Object.values(values);
}
