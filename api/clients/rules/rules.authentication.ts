import type { ClientPropertyPath } from '../../../openapi/properties.gen.ts';
import { PROPERTIES, type ClientDocument } from '../document/client.document.ts';
import { KEY_MEMBERS, SIGNING_MEMBERS } from './rules.algorithms.ts';
import { BOTH_DOORS, findTexts, REGISTRATION_ONLY, textsOf, when, type Finding, type Rule } from './rule.ts';
import { algorithmsOf, ASSERTION_ALGORITHMS, isSameAlgorithm } from '../../shared/keys/signature-algorithms.ts';
import { keysOf } from './rules.keys.ts';
import { isSymmetric, keyBytes, leastKeyBytes, mostDemandingAlgorithm, needsSecret } from '../secrets/secret.policy.ts';

const ADDITIONAL = 'attributes.additionalTokenEndpointAuthMethods';
/** The members that say how a client may authenticate. */
export const METHODS = ['tokenEndpointAuthMethod', ADDITIONAL] as const satisfies ClientPropertyPath[];
const ALGORITHMS = [...SIGNING_MEMBERS, ...KEY_MEMBERS] as const satisfies ClientPropertyPath[];

const KNOWN_METHODS = PROPERTIES.find(({ path }) => path === 'tokenEndpointAuthMethod')?.values ?? [];
/** The methods with an assertion, and what their algorithms begin with. */
const ASSERTED: readonly { readonly method: string; readonly algorithm: RegExp }[] = [
  { method: 'client_secret_jwt', algorithm: /^HS/ },
  { method: 'private_key_jwt', algorithm: /^(RS|PS|ES|Ed)/ },
];

/** Whether the client may authenticate with one of these methods. */
export const mayUse = (client: ClientDocument, ...methods: readonly string[]): boolean =>
  client.allAuthenticationMethods.some((method) => methods.includes(method));

/** Whether the client has keys that a server can find. */
export const hasKeys = (client: ClientDocument): boolean => client.jwks !== undefined || client.jwksUri !== undefined;

/** Id of the rule about secrets that are keys; the secret that a client has already is judged where it is known. */
export const SECRET_IS_A_KEY = 'secret-is-a-key';

function findShortKey(client: ClientDocument): readonly Finding[] {
  const alg = mostDemandingAlgorithm(client);
  if (client.clientSecret === undefined || keyBytes(client.clientSecret) >= leastKeyBytes(alg)) return [];
  return [{ detail: `${alg ?? ''} needs ${leastKeyBytes(alg)}` }];
}

/** Whether a client has what its authentication methods need. */
export const AUTHENTICATION_RULES: readonly Rule[] = [
  {
    id: 'known-authentication-methods',
    reference: 'RFC 7591 section 2',
    properties: [ADDITIONAL],
    doors: BOTH_DOORS,
    sentence: 'must be authentication methods that tokenEndpointAuthMethod can be',
    find: (client) => findTexts(textsOf(client, [ADDITIONAL]), (method) => !KNOWN_METHODS.includes(method)),
  },
  {
    id: 'public-or-confidential',
    reference: 'RFC 6749 section 2.1',
    properties: METHODS,
    doors: REGISTRATION_ONLY,
    sentence: 'must not be none beside another method: whoever leaves the credentials out gets in as well',
    find: (client) => when(mayUse(client, 'none') && client.allAuthenticationMethods.length > 1),
  },
  {
    id: 'method-has-keys',
    reference: 'RFC 7591 section 2',
    properties: [...METHODS, 'jwks', 'jwksUri'],
    doors: REGISTRATION_ONLY,
    sentence: 'must not be private_key_jwt or self_signed_tls_client_auth without jwks or jwksUri',
    find: (client) => when(mayUse(client, 'private_key_jwt', 'self_signed_tls_client_auth') && !hasKeys(client)),
  },
  {
    id: 'method-has-verifying-key',
    reference: 'RFC 7523 section 3',
    properties: ['jwks', ...METHODS, 'tokenEndpointAuthSigningAlg'],
    doors: BOTH_DOORS,
    sentence: 'must hold a key that assertions of private_key_jwt can be verified with',
    find: (client) => {
      if (!mayUse(client, 'private_key_jwt') || client.jwks === undefined) return [];
      const { tokenEndpointAuthSigningAlg: pinned } = client;
      const possible = keysOf(client).flatMap(algorithmsOf);
      const isVerified =
        pinned === undefined ? possible.length > 0 : possible.some((alg) => isSameAlgorithm(alg, pinned));
      return isVerified ? [] : [{ detail: `for signing, and for ${pinned ?? ASSERTION_ALGORITHMS.join(', ')}` }];
    },
  },
  {
    id: 'method-has-certificate-subject',
    reference: 'RFC 8705 section 2.1.2',
    properties: [...METHODS, 'attributes.tlsClientAuthSubjectDn'],
    doors: REGISTRATION_ONLY,
    sentence: 'must not be tls_client_auth without attributes.tlsClientAuthSubjectDn',
    find: (client) => when(mayUse(client, 'tls_client_auth') && client.attributes.tlsClientAuthSubjectDn === undefined),
  },
  {
    id: 'method-has-spiffe-id',
    reference: 'SPIFFE-ID section 2',
    properties: [...METHODS, 'attributes.spiffeId'],
    doors: REGISTRATION_ONLY,
    sentence: 'must not be spiffe_jwt without attributes.spiffeId',
    find: (client) => when(mayUse(client, 'spiffe_jwt') && client.attributes.spiffeId === undefined),
  },
  {
    id: 'assertion-algorithm-fits-method',
    reference: 'OpenID Connect Core section 9',
    properties: ['tokenEndpointAuthSigningAlg', ...METHODS],
    doors: BOTH_DOORS,
    sentence: 'must fit the method: HS… for client_secret_jwt, the others for private_key_jwt',
    find: (client) => {
      const { tokenEndpointAuthSigningAlg: alg } = client;
      const used = ASSERTED.filter(({ method }) => mayUse(client, method));
      return when(alg !== undefined && used.length > 0 && !used.some(({ algorithm }) => algorithm.test(alg)));
    },
  },
  {
    id: SECRET_IS_A_KEY,
    reference: 'RFC 7518 section 3.2',
    properties: ['clientSecret', ...SIGNING_MEMBERS],
    doors: BOTH_DOORS,
    sentence: 'must have as many bytes as the hash of each HMAC algorithm of the client: 32, 48 or 64',
    find: (client) => findShortKey(client),
  },
  {
    id: 'symmetric-algorithm-needs-secret',
    reference: 'OpenID Connect Core section 10.1',
    properties: [...ALGORITHMS, ...METHODS],
    doors: REGISTRATION_ONLY,
    sentence: 'must not be an algorithm with the client secret as its key: the methods of the client give it none',
    find: (client) => (needsSecret(client) ? [] : findTexts(textsOf(client, ALGORITHMS), isSymmetric, METHODS)),
  },
];
