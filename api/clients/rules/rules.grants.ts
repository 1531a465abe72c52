import { lookup } from '../../../openapi/lookup.ts';
import { mayUse, METHODS } from './rules.authentication.ts';
import { findTexts, REGISTRATION_ONLY, textsOf, when, type Rule } from './rule.ts';

/** The grant that each part of a response type is completed with (OpenID Connect Dynamic Client Registration section 2). */
const GRANT_OF: Readonly<Record<string, string>> = {
  code: 'authorization_code',
  token: 'implicit',
  id_token: 'implicit',
};

/** The grants that a response type, which may be a combination (`code id_token`), is completed with. */
export const grantsOf = (type: string): string[] => type.split(' ').flatMap((part) => lookup(GRANT_OF, part) ?? []);

/** Which grants and response types go together, and with whom. */
export const GRANT_RULES: readonly Rule[] = [
  {
    id: 'response-types-have-grants',
    reference: 'OpenID Connect Dynamic Client Registration section 2',
    properties: ['responseTypes', 'grantTypes'],
    doors: REGISTRATION_ONLY,
    sentence: 'must have the grant types that they are completed with: code authorization_code, the others implicit',
    find: (client) => {
      const granted: readonly string[] = client.grantTypes;
      const isBroken = (type: string): boolean => !grantsOf(type).every((grant) => granted.includes(grant));
      return findTexts(textsOf(client, ['responseTypes']), isBroken, ['grantTypes']);
    },
  },
  {
    id: 'grants-have-response-types',
    reference: 'RFC 7591 section 2.1',
    properties: ['grantTypes', 'responseTypes'],
    doors: REGISTRATION_ONLY,
    sentence: 'must have a response type to begin with: authorization_code code, implicit token or id_token',
    find: (client) => {
      const begun = (client.responseTypes ?? []).flatMap(grantsOf);
      const isBroken = (grant: string): boolean => Object.values(GRANT_OF).includes(grant) && !begun.includes(grant);
      return findTexts(textsOf(client, ['grantTypes']), isBroken, ['responseTypes']);
    },
  },
  {
    id: 'no-password-grant',
    reference: 'RFC 9700 section 2.4, FAPI 2.0 section 5.3.2.1',
    properties: ['grantTypes'],
    doors: REGISTRATION_ONLY,
    sentence: 'must not hold password: the client would see the passwords of its users',
    find: (client) => findTexts(textsOf(client, ['grantTypes']), (grant) => grant === 'password'),
  },
  {
    id: 'no-grant-called-none',
    reference: 'RFC 7591 section 2',
    properties: ['grantTypes'],
    doors: REGISTRATION_ONLY,
    sentence: 'must not hold none: it is no grant type, and an empty list says that there is none',
    find: (client) => findTexts(textsOf(client, ['grantTypes']), (grant) => grant === 'none'),
  },
  {
    id: 'client-credentials-of-confidential-client',
    reference: 'RFC 6749 section 4.4',
    properties: ['grantTypes', ...METHODS],
    doors: REGISTRATION_ONLY,
    sentence: 'must not hold client_credentials when the authentication method can be none',
    find: (client) => when(client.grantTypes.includes('client_credentials') && mayUse(client, 'none')),
  },
];
