import type { ClientProperty } from '../../../openapi/property.ts';
import type { Field, Valued } from '../../search/field.ts';
import { customText, hostOf, hostText, valueText } from '../../search/values/value-text.ts';
import { PROPERTIES, valueOf, type ClientDocument, type Members } from './client.document.ts';

/** In a column or a table of their own, derived from the inum, secret, or too large for anybody to ask for. */
const ELSEWHERE = new Set([
  ...['inum', 'applicationType', 'softwareId', 'expirationDate', 'clientIdIssuedAt', 'clientSecretExpiresAt'],
  ...['lastAccessTime', 'scopes', 'claims', 'dn', 'baseDn', 'jwks', 'softwareStatement'],
  ...['clientSecret', 'registrationAccessToken'],
]);

/** Properties that always have the value of another one. */
const SAME: Readonly<Record<string, string>> = {
  displayName: 'clientName',
  authenticationMethod: 'tokenEndpointAuthMethod',
};

/** What nearly every client has: a search for it finds its page at once, and a row for each would help nobody. */
const COMMON: Readonly<Record<string, string>> = {
  tokenEndpointAuthMethod: 'client_secret_basic',
  allAuthenticationMethods: 'client_secret_basic',
  subjectType: 'public',
  'attributes.parLifetime': '600',
  'attributes.minimumAcrLevel': '-1',
};

const CUSTOM = 'customAttributes';
/** Lists of addresses whose hosts are searched for. */
const WITH_HOSTS = ['redirectUris', 'postLogoutRedirectUris', 'claimRedirectUris', 'requestUris'];

const TYPES = new Set<ClientProperty['type']>(['string', 'integer', 'date-time', 'string-list', 'localized']);

/** How the values of a property are kept for searches; undefined where they are not. */
export function valuedAs({ path, type }: Pick<ClientProperty, 'path' | 'type'>): Valued | undefined {
  if (!TYPES.has(type) || ELSEWHERE.has(path)) return undefined;
  const property = SAME[path] ?? path;
  const except = COMMON[property];
  return { property, ...(except !== undefined && { except }) };
}

/** The field of a custom attribute. */
export const customField = (key: string): Field => ({
  name: `${CUSTOM}.${key}`,
  type: 'custom',
  path: `$.${CUSTOM}`,
  key,
  valued: { property: CUSTOM, textOf: (value) => customText(key, value) },
});

/** The hosts of lists of addresses, `redirectUris.host`, as fields. */
export const HOST_FIELDS: ReadonlyMap<string, Field> = new Map(
  WITH_HOSTS.map((list) => {
    const name = `${list}.host`;
    const valued: Valued = { property: name, textOf: hostText, isOnlyThere: true };
    return [name, { name, type: 'list', path: `$.${list}`, valued }];
  }),
);

const KEPT = PROPERTIES.filter(({ path, type }) => valuedAs({ path, type })?.property === path);

/** What `client_values` has of a client, each row once. */
export function valuesOf(document: ClientDocument): { property: string; value: string; inum: string }[] {
  const members = document as Members;
  const rows = [
    ...KEPT.flatMap((property) => textsOf(valueOf(members, property)).map((text) => [property.path, text] as const)),
    ...WITH_HOSTS.flatMap((list) =>
      textsOf(members[list]).flatMap((address) =>
        [hostOf(address)].flatMap((host) => (host === undefined ? [] : [[`${list}.host`, host] as const])),
      ),
    ),
    ...(document.customAttributes ?? []).flatMap(({ name, values = [] }) =>
      values.map((value) => [CUSTOM, customText(name, value)] as const),
    ),
  ].filter(([property, text]) => text !== COMMON[property]);
  const kept = new Map(
    rows.map(([property, text]) => [`${property} ${text}`, { property, value: valueText(text), inum: document.inum }]),
  );
  return [...kept.values()];
}

/** The texts of a value: of a list its entries, of a localized member those of its languages. */
function textsOf(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.map(String);
  if (typeof value !== 'object') return [String(value as string | number)];
  return Object.values((value as { values?: Record<string, string> }).values ?? {});
}
