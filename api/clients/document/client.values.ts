import type { ClientProperty } from '../../../openapi/property.ts';
import type { Field, KeptProperty, Valued } from '../../search/field.ts';
import { customText, hostPart, hostsOf, hostText, valueText } from '../../search/values/value-text.ts';
import type { ValueRow } from '../../search/values/value-key.ts';
import { JUDGED, JUDGED_BY, signatureOf } from '../profiles/judgement.ts';
import { differences, PROPERTIES, valueOf, type ClientDocument } from './client.document.ts';

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
const WITH_HOSTS = ['redirectUris', 'postLogoutRedirectUris', 'claimRedirectUris', 'requestUris'] as const;

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

const VALUED = PROPERTIES.filter((property) => valuedAs(property)?.property === property.path);

/** What `client_values` has of every client, once it has all of it. */
export const KEPT_PROPERTIES: readonly KeptProperty[] = [
  ...VALUED.flatMap((property) => valuedAs(property) ?? []),
  ...[...HOST_FIELDS.values()].flatMap(({ valued }) => valued ?? []),
  { property: CUSTOM, rule: CUSTOM_RULE },
  JUDGED,
].map(({ property, rule }) => ({ property, rule }));

/** What is kept under one name, and the properties that it is made of. */
interface Kept {
  readonly property: string;
  readonly madeOf: readonly string[];
  readonly textsOf: (document: ClientDocument) => readonly string[];
}

const KEPT: readonly Kept[] = [
  ...VALUED.map((property): Kept => {
    return {
      property: property.path,
      madeOf: [property.path],
      textsOf: (client) => textsOf(valueOf(client, property)),
    };
  }),
  ...WITH_HOSTS.map((list): Kept => {
    const textsIn = (client: ClientDocument): string[] => textsOf(client[list]).flatMap(hostsOf);
    return { property: `${list}.host`, madeOf: [list], textsOf: textsIn };
  }),
  { property: CUSTOM, madeOf: [CUSTOM], textsOf: ({ customAttributes = [] }) => customAttributes.flatMap(customTexts) },
  {
    property: JUDGED.property,
    madeOf: JUDGED_BY,
    textsOf: (client) => [signatureOf(client)].filter((signature) => signature !== ''),
  },
];

type Custom = NonNullable<ClientDocument['customAttributes']>[number];

const customTexts = ({ name, values = [] }: Custom): string[] => values.map((value) => customText(name, value));

/** What `client_values` has of a client, each row once. */
export const valuesOf = (document: ClientDocument): ValueRow[] => rowsOf(document, KEPT);

function rowsOf(document: ClientDocument, kept: readonly Kept[]): ValueRow[] {
  const rows: ValueRow[] = [];
  for (const { property, textsOf: textsIn } of kept) {
    const texts = textsIn(document);
    // Most have none, or one.
    for (const text of texts.length > 1 ? new Set(texts) : texts)
      if (text !== COMMON.get(property)) rows.push({ property, value: valueText(text), inum: document.inum });
  }
  return rows;
}

export type ChangedValues = readonly [gone: readonly ValueRow[], added: readonly ValueRow[]];

/** The rows that are gone and those that are added when a client is changed. */
export function changedValues(before: ClientDocument, after: ClientDocument): ChangedValues {
  const paths = differences(before, after);
  const different = KEPT.filter(({ madeOf }) => madeOf.some((path) => paths.has(path)));
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
