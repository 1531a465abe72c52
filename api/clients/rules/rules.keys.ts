import { createPublicKey, X509Certificate, type JsonWebKey, type KeyObject } from 'node:crypto';
import { rsaFault } from '../../shared/keys/rsa-strength.ts';
import { isTextInJson } from '../../shared/contract/text.ts';
import type { ClientDocument } from '../document/client.document.ts';
import { BOTH_DOORS, findTexts, REGISTRATION_ONLY, textsOf, when, type Finding, type Rule } from './rule.ts';
import { isHttps, parseUri } from './uri.ts';

/** A key as it is written in `jwks`: nothing about it is known but that it is an object. */
type WrittenKey = Readonly<Record<string, unknown>>;

/** Checking a key costs up to 2 ms, and whoever registers a client can make us do it. */
const MOST_KEYS = 100;
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

/** What keys a client has, and where they come from. */
export const KEY_RULES: readonly Rule[] = [
  {
    id: 'jwks-is-a-key-set',
    reference: 'RFC 7517 section 5',
    properties: ['jwks'],
    doors: BOTH_DOORS,
    sentence: `must be JSON text of an object with an array "keys" of at most ${MOST_KEYS} public keys`,
    find: (client) => when(client.jwks !== undefined && parseKeySet(client.jwks) === undefined),
  },
  {
    id: 'jwks-is-text',
    reference: 'RFC 8259 section 8.2',
    properties: ['jwks'],
    doors: BOTH_DOORS,
    sentence: 'must be Unicode text, without halves of surrogate pairs',
    find: (client) => when(client.jwks !== undefined && !isTextInJson(client.jwks)),
  },
  {
    id: 'jwks-is-public',
    reference: 'RFC 7591 section 2',
    properties: ['jwks'],
    doors: BOTH_DOORS,
    sentence: 'must hold public keys only',
    find: (client) => findKeys(client, privateFault),
  },
  {
    id: 'jwks-is-usable',
    reference: 'RFC 7518 section 6',
    properties: ['jwks'],
    doors: BOTH_DOORS,
    sentence: 'must hold keys that are strong enough and have good parameters, where their kind is known here',
    find: (client) => findKeys(client, parameterFault),
  },
  {
    id: 'jwks-certificate-fits',
    reference: 'RFC 7517 section 4.7',
    properties: ['jwks'],
    doors: BOTH_DOORS,
    sentence: 'must hold certificates (x5c) for the same key as the bare one only',
    find: (client) => findKeys(client, certificateFault),
  },
  {
    id: 'jwks-distinct-kids',
    reference: 'RFC 7517 section 4.5',
    properties: ['jwks'],
    doors: BOTH_DOORS,
    sentence: 'must not hold two keys for the same use under one kid',
    find: (client) => findKeys(client, kidFault),
  },
  {
    id: 'jwks-use-is-given',
    reference: 'OpenID Connect Dynamic Client Registration section 2',
    properties: ['jwks'],
    doors: REGISTRATION_ONLY,
    sentence: 'must say the use of every key, since there are keys for signing and for encryption',
    find: (client) => findKeys(client, useFault),
  },
  {
    id: 'one-source-of-keys',
    reference: 'RFC 7591 section 2',
    properties: ['jwks', 'jwksUri'],
    doors: BOTH_DOORS,
    sentence: 'must not stand beside jwksUri',
    find: (client) => when(client.jwks !== undefined && client.jwksUri !== undefined),
  },
  {
    id: 'jwks-uri-is-https',
    reference: 'RFC 7591 section 2',
    properties: ['jwksUri'],
    doors: BOTH_DOORS,
    sentence: 'must be an https URI',
    find: (client) => findTexts(textsOf(client, ['jwksUri']), (text) => !isHttps(parseUri(text))),
  },
];

/** The keys of the client by value; empty when it has none, or none that can be read. */
export const keysOf = (client: ClientDocument): readonly WrittenKey[] =>
  client.jwks === undefined ? [] : (parseKeySet(client.jwks) ?? []);

function parseKeySet(text: string): readonly WrittenKey[] | undefined {
  const set = parseJson(text) as { keys?: unknown } | null | undefined;
  const keys: unknown = set?.keys;
  const isSet = Array.isArray(keys) && keys.length <= MOST_KEYS && keys.every(isObject);
  return isSet ? (keys as WrittenKey[]) : undefined;
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

type KeyFault = (key: WrittenKey, index: number, keys: readonly WrittenKey[]) => string | undefined;

/** `jwks` is one text, so that a finding names the key in words. */
function findKeys(client: ClientDocument, faultOf: KeyFault): readonly Finding[] {
  return keysOf(client).flatMap((key, index, keys) => {
    const fault = faultOf(key, index, keys);
    return fault === undefined ? [] : [{ detail: `key ${index} ${fault}` }];
  });
}

function privateFault(key: WrittenKey): string | undefined {
  if (key['kty'] === 'oct') return 'is symmetric';
  const name = PRIVATE_MEMBERS.find((member) => member in key);
  return name === undefined ? undefined : `has the private member ${name}`;
}

function parameterFault(key: WrittenKey): string | undefined {
  if (key['kty'] === 'oct' || !isKnownKind(key)) return undefined;
  const publicKey = importKey(key);
  if (publicKey === undefined) return 'has wrong parameters';
  return rsaFault(publicKey);
}

/** Public keys of other kinds are kept for who knows them, and ignored here (RFC 7517 section 5). */
const isKnownKind = ({ kty, crv }: WrittenKey): boolean =>
  typeof kty !== 'string' || kty === 'RSA' || KNOWN_CURVES.get(kty)?.includes(String(crv)) === true;

const KNOWN_CURVES: ReadonlyMap<string, readonly string[]> = new Map([
  ['EC', ['P-256', 'P-384', 'P-521', 'secp256k1']],
  ['OKP', ['Ed25519', 'Ed448', 'X25519', 'X448']],
]);

/** The key without private members. Checks that a point is on its curve; base64url with other characters is none. */
function importKey({ kty, crv, n, e, x, y }: WrittenKey): KeyObject | undefined {
  const numbers = [n, e, x, y].filter((value) => value !== undefined);
  if (!numbers.every((value) => typeof value === 'string' && /^[A-Za-z0-9_-]+$/.test(value))) return undefined;
  try {
    return createPublicKey({ key: { kty, crv, n, e, x, y } as JsonWebKey, format: 'jwk' });
  } catch {
    return undefined;
  }
}

function certificateFault(key: WrittenKey): string | undefined {
  const chain = key['x5c'];
  if (chain === undefined || !isKnownKind(key)) return undefined;
  const bare = importKey(key);
  const first: unknown = Array.isArray(chain) ? chain[0] : undefined;
  const certified = typeof first === 'string' ? certifiedKey(first) : undefined;
  if (certified === undefined) return 'has an x5c that is not a list of certificates';
  return bare?.equals(certified) === true ? undefined : 'has a certificate of another key';
}

function certifiedKey(certificate: string): KeyObject | undefined {
  try {
    return new X509Certificate(Buffer.from(certificate, 'base64')).publicKey;
  } catch {
    return undefined;
  }
}

/** A key without `use` serves every use. Which of two kinds is meant, the algorithm says. */
function kidFault(key: WrittenKey, index: number, keys: readonly WrittenKey[]): string | undefined {
  const clashes = (other: WrittenKey): boolean =>
    other['kid'] === key['kid'] &&
    other['kty'] === key['kty'] &&
    (other['use'] === key['use'] || [other['use'], key['use']].includes(undefined));
  const clash = key['kid'] !== undefined && keys.slice(0, index).some(clashes);
  return clash ? `has the kid ${JSON.stringify(key['kid']).slice(0, 100)} of an earlier one` : undefined;
}

function useFault(key: WrittenKey, _index: number, keys: readonly WrittenKey[]): string | undefined {
  const uses = keys.map((other) => other['use']);
  return uses.includes('sig') && uses.includes('enc') && key['use'] === undefined ? 'has no use' : undefined;
}
