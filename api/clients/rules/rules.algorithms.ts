import type { ClientPropertyPath } from '../../../openapi/properties.gen.ts';
import { ADVICE, BOTH_DOORS, findTexts, REGISTRATION_ONLY, textsOf, valueAt, when, type Rule } from './rule.ts';

/** RFC 7518 section 3.1, RFC 8037, RFC 8812, RFC 9864. */
const SIGNING = ['HS', 'RS', 'PS', 'ES']
  .flatMap((family) => [256, 384, 512].map((bits) => `${family}${bits}`))
  .concat('ES256K', 'EdDSA', 'Ed25519', 'none');

/** RFC 7518 section 4.1 and the later ones of RSA-OAEP; without passwords, which clients do not have. */
const RSA_ENCRYPTION = ['RSA1_5', 'RSA-OAEP', 'RSA-OAEP-256', 'RSA-OAEP-384', 'RSA-OAEP-512'];
const CURVE_ENCRYPTION = ['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW'];
const SECRET_ENCRYPTION = ['dir', ...[128, 192, 256].flatMap((bits) => [`A${bits}KW`, `A${bits}GCMKW`])];
const KEY_ENCRYPTION = [...RSA_ENCRYPTION, ...CURVE_ENCRYPTION, ...SECRET_ENCRYPTION];

/** RFC 7518 section 5.1. */
export const CONTENT_ENCRYPTION = ['A128CBC-HS256', 'A192CBC-HS384', 'A256CBC-HS512', 'A128GCM', 'A192GCM', 'A256GCM'];

/** Members whose signature is what makes the thing worth anything: `none` is never an answer. */
const ALWAYS_SIGNED = [
  'tokenEndpointAuthSigningAlg',
  'accessTokenSigningAlg',
  'backchannelAuthenticationRequestSigningAlg',
  'attributes.introspectionSignedResponseAlg',
  'attributes.txTokenSignedResponseAlg',
  'attributes.jansAuthSignedRespAlg',
  'attributes.logoutStatusJwtSignedResponseAlg',
] as const satisfies ClientPropertyPath[];

/** Every member that names a JWS algorithm. */
export const SIGNING_MEMBERS = [
  ...ALWAYS_SIGNED,
  'idTokenSignedResponseAlg',
  'userInfoSignedResponseAlg',
  'requestObjectSigningAlg',
] as const satisfies ClientPropertyPath[];

/** Members with a JWE algorithm for the key, of what the client receives: it is encrypted to one of its keys. */
const ENCRYPTED_TO_CLIENT = [
  'idTokenEncryptedResponseAlg',
  'userInfoEncryptedResponseAlg',
  'attributes.introspectionEncryptedResponseAlg',
  'attributes.txTokenEncryptedResponseAlg',
  'attributes.jansAuthEncRespAlg',
] as const satisfies ClientPropertyPath[];

/** Every member that names a JWE algorithm for the key. */
export const KEY_MEMBERS = [
  ...ENCRYPTED_TO_CLIENT,
  'requestObjectEncryptionAlg',
] as const satisfies ClientPropertyPath[];

/** Every member that names a JWE algorithm for the content. */
const CONTENT_MEMBERS = [
  'idTokenEncryptedResponseEnc',
  'userInfoEncryptedResponseEnc',
  'attributes.introspectionEncryptedResponseEnc',
  'attributes.txTokenEncryptedResponseEnc',
  'attributes.jansAuthEncRespEnc',
  'requestObjectEncryptionEnc',
] as const satisfies ClientPropertyPath[];

/** The member for the key that belongs to one for the content. */
const keyMemberOf = (path: (typeof CONTENT_MEMBERS)[number]): ClientPropertyPath =>
  path.replace(/Enc$/, 'Alg') as ClientPropertyPath;

/** Janssen writes `A128CBC+HS256` for what JOSE calls `A128CBC-HS256`. */
const joseName = (enc: string): string => enc.replace(/^(A\d+CBC)\+(HS\d+)$/, '$1-$2');
const needsClientKey = (alg: string): boolean => [...RSA_ENCRYPTION, ...CURVE_ENCRYPTION].includes(alg);

/** Which algorithms there are, and which fit together. */
export const ALGORITHM_RULES: readonly Rule[] = [
  {
    id: 'signing-algorithm-exists',
    reference: 'RFC 7518 section 3.1',
    properties: SIGNING_MEMBERS,
    doors: BOTH_DOORS,
    sentence: `must be a JWS algorithm: ${SIGNING.join(', ')}`,
    find: (client) => findTexts(textsOf(client, SIGNING_MEMBERS), (alg) => !SIGNING.includes(alg)),
  },
  {
    id: 'signing-is-not-none',
    reference: 'RFC 8725 section 3.2',
    properties: ALWAYS_SIGNED,
    doors: BOTH_DOORS,
    sentence: 'must not be none: what is not signed proves nothing',
    find: (client) => findTexts(textsOf(client, ALWAYS_SIGNED), (alg) => alg === 'none'),
  },
  {
    id: 'id-token-is-signed',
    reference: 'OpenID Connect Dynamic Client Registration section 2',
    properties: ['idTokenSignedResponseAlg', 'responseTypes'],
    doors: BOTH_DOORS,
    sentence: 'must not be none, since the client gets ID tokens through the browser',
    find: (client) =>
      when(
        client.idTokenSignedResponseAlg === 'none' &&
          (client.responseTypes ?? []).some((type) => type.split(' ').includes('id_token')),
      ),
  },
  {
    id: 'key-encryption-exists',
    reference: 'RFC 7518 section 4.1',
    properties: KEY_MEMBERS,
    doors: BOTH_DOORS,
    sentence: `must be a JWE algorithm for keys: ${KEY_ENCRYPTION.join(', ')}`,
    find: (client) => findTexts(textsOf(client, KEY_MEMBERS), (alg) => !KEY_ENCRYPTION.includes(alg)),
  },
  {
    id: 'content-encryption-exists',
    reference: 'RFC 7518 section 5.1',
    properties: CONTENT_MEMBERS,
    doors: BOTH_DOORS,
    sentence: `must be a JWE algorithm for content: ${CONTENT_ENCRYPTION.join(', ')}`,
    find: (client) => findTexts(textsOf(client, CONTENT_MEMBERS), (enc) => !CONTENT_ENCRYPTION.includes(joseName(enc))),
  },
  {
    id: 'content-encryption-needs-key-encryption',
    reference: 'OpenID Connect Dynamic Client Registration section 2',
    properties: [...CONTENT_MEMBERS, ...KEY_MEMBERS],
    doors: BOTH_DOORS,
    sentence: 'must not stand without the algorithm for the key',
    find: (client) =>
      CONTENT_MEMBERS.flatMap((path) => {
        const alg = keyMemberOf(path);
        const isBroken = valueAt(client, alg) === undefined && `there is no ${alg}`;
        return findTexts(textsOf(client, [path]), () => isBroken, [alg]);
      }),
  },
  {
    id: 'encryption-needs-a-key',
    reference: 'RFC 7591 section 2',
    properties: [...ENCRYPTED_TO_CLIENT, 'jwks', 'jwksUri'],
    doors: REGISTRATION_ONLY,
    sentence: 'must not stand without jwks or jwksUri: there is no key to encrypt to',
    find: (client) => {
      const hasKeys = client.jwks !== undefined || client.jwksUri !== undefined;
      const isBroken = (alg: string): boolean => !hasKeys && needsClientKey(alg);
      return findTexts(textsOf(client, ENCRYPTED_TO_CLIENT), isBroken, ['jwks', 'jwksUri']);
    },
  },
  {
    id: 'content-encryption-spelling',
    reference: 'RFC 7518 section 5.1',
    properties: CONTENT_MEMBERS,
    doors: ADVICE,
    sentence: 'should be spelled as in JOSE: servers other than Janssen do not know the name',
    find: (client) =>
      findTexts(textsOf(client, CONTENT_MEMBERS), (enc) => joseName(enc) !== enc && `it is ${joseName(enc)}`),
  },
  {
    id: 'no-rsa1-5',
    reference: 'RFC 8725 section 3.2',
    properties: KEY_MEMBERS,
    doors: ADVICE,
    sentence: 'should not be RSA1_5, which has been broken again and again',
    find: (client) => findTexts(textsOf(client, KEY_MEMBERS), (alg) => alg === 'RSA1_5'),
  },
];
