import { lookup } from '../../openapi/lookup.ts';
import {
  CLAIM_PROPERTIES,
  CLIENT_PROPERTIES,
  SCOPE_PROPERTIES,
  SCRIPT_PROPERTIES,
} from '../../openapi/properties.gen.ts';
import type { Property } from '../../openapi/property.ts';
import { usageFailure } from '../failure.ts';
import { didYouMean } from '../suggestion.ts';
import type { Operation } from './contract.ts';

/** What a list can be filtered and sorted by, by its address. */
const SEARCHED: Readonly<Record<string, readonly Property[]>> = {
  '/jans-config-api/api/v1/openid/clients': CLIENT_PROPERTIES,
  '/jans-config-api/api/v1/scopes': SCOPE_PROPERTIES,
  '/jans-config-api/api/v1/attributes': CLAIM_PROPERTIES,
  '/jans-config-api/api/v1/config/scripts': SCRIPT_PROPERTIES,
};

/** Objects, whose members are searched for one by one. */
const OBJECTS: ReadonlySet<string> = new Set(['map', 'attributes', 'custom-attributes']);

const propertiesOf = ({ path }: Operation): readonly Property[] =>
  (lookup(SEARCHED, path) ?? []).filter(({ type }) => !OBJECTS.has(type));

/** Refuses a name that the list knows nothing by. Where the contract does not tell the names, the service is asked. */
function propertyNamed(operation: Operation, name: string, where: string): Property | undefined {
  const properties = propertiesOf(operation);
  // These have names that only the clients know, hosts and secrets are no properties, and an id has its name in OAuth.
  const isElse = /^(clientId|secrets\.expiresAt|customAttributes\..*|.*Uris\.host)$/.test(name);
  if (properties.length === 0 || isElse) return undefined;
  const found = properties.find(({ path, db }) => path === name || db === name);
  if (found !== undefined) return found;
  const known = properties.map(({ path }) => path);
  throw usageFailure(`${where}: there is no ${name}${didYouMean(name, known)}`);
}

/** Refuses a name to sort by that is none of the properties. */
export function checkSort(operation: Operation, name: string, where: string): void {
  const type = name === '' ? undefined : propertyNamed(operation, name, where)?.type;
  if (type === 'string-list' || type === 'localized') {
    throw usageFailure(`${where}: ${name} has several values, and so no order`);
  }
}

/** Refuses `member=value` when the member is not known, or the value cannot be one of its. */
export function checkFilter(operation: Operation, text: string, where: string): void {
  const [, name = '', operator = '', value = ''] = /^([^=!<>]+)(!=|<=|>=|=|<|>)(.*)$/s.exec(text) ?? [];
  if (name.trim() === '') throw usageFailure(`${where} takes MEMBER=VALUE, also with != < <= > >=, and not ${text}`);
  const property = propertyNamed(operation, name.trim(), where);
  // An empty value asks for what is absent; what a backslash means is for the service to say.
  if (property === undefined || value === '' || value.includes('\\')) return;
  const { path, type, values } = property;
  if (type === 'boolean' && !/^(true|false)$/i.test(value)) {
    throw usageFailure(`${where}: ${path} is true or false, not ${value}`);
  }
  if (type === 'integer' && !/^-?\d{1,15}$/.test(value)) {
    throw usageFailure(`${where}: ${path} is a number, not ${value}`);
  }
  if (values !== undefined && /^!?=$/.test(operator) && !values.includes(value)) {
    throw usageFailure(`${where}: ${path} is never ${value}${didYouMean(value, values)}`, [
      `One of: ${values.join(', ')}`,
    ]);
  }
}
