/** Signatures with a key pair (RFC 7518) that every JOSE library here verifies. HMAC and `none` are never among them. */
export const SIGNATURE_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
] as const;

/** The two names of signatures with Ed25519: RFC 8037's, which says the family only, and that of RFC 9864. */
const ED25519: readonly string[] = ['EdDSA', 'Ed25519'];

/** What assertions and statements may be signed with. */
export const ASSERTION_ALGORITHMS: readonly string[] = [...SIGNATURE_ALGORITHMS, ...ED25519];

/** Whether two names mean one algorithm. */
export const isSameAlgorithm = (one: unknown, other: unknown): boolean =>
  one === other || (ED25519.includes(String(one)) && ED25519.includes(String(other)));

/** What the kinds of keys that are known here verify, by `crv` where there is one and else by `kty`. */
const VERIFIED_BY: ReadonlyMap<string, readonly string[]> = new Map([
  ['RSA', SIGNATURE_ALGORITHMS.filter((alg) => !alg.startsWith('ES'))],
  ['P-256', ['ES256']],
  ['P-384', ['ES384']],
  ['P-521', ['ES512']],
  ['Ed25519', ED25519],
]);

/** The algorithms of assertions that a public key may verify, by its kind and by what it says about its use (RFC 7517 section 4). */
export function algorithmsOf(key: Readonly<Record<string, unknown>>): readonly string[] {
  const { kty, crv, use = 'sig', key_ops: operations = ['verify'], alg } = key;
  if (use !== 'sig' || !Array.isArray(operations) || !operations.includes('verify')) return [];
  const possible = VERIFIED_BY.get(String(crv ?? kty)) ?? [];
  return alg === undefined ? possible : possible.filter((candidate) => isSameAlgorithm(candidate, alg));
}
