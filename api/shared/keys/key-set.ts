import { createLocalJWKSet, errors, type CryptoKey, type JSONWebKeySet, type JWSHeaderParameters } from 'jose';
import { isSameAlgorithm } from './signature-algorithms.ts';

/** The public keys of a JWK Set (RFC 7517 section 5). */
export type KeySet = ReturnType<typeof createLocalJWKSet>;

/**
 * Reads a key set from JSON text. Entries that are no keys at all are left out. A key on Ed25519 verifies under both
 * names of its algorithm, which jose tells apart. Throws when it is no key set.
 */
export function keySetIn(text: string): KeySet {
  const parsed = JSON.parse(text) as { keys?: unknown } | null;
  if (!Array.isArray(parsed?.keys)) throw new Error('it is not a JWK Set');
  const entries: unknown[] = parsed.keys;
  const keys = entries.filter((entry) => typeof entry === 'object' && entry !== null && !Array.isArray(entry));
  return createLocalJWKSet({ keys: keys.map(withEitherName) } as unknown as JSONWebKeySet);
}

function withEitherName(key: unknown): unknown {
  const { alg, ...rest } = key as { alg?: unknown; crv?: unknown };
  return rest.crv === 'Ed25519' && isSameAlgorithm(alg, 'Ed25519') ? rest : key;
}

/**
 * The keys that a JWT with this header may be signed with: several when it names none. A key that cannot be used, since
 * it is of a kind that is not known here, broken or private, is as good as none.
 */
export async function matchingKeys(keys: KeySet, header: JWSHeaderParameters): Promise<CryptoKey[]> {
  try {
    return [await keys(header)];
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) return [];
    const several: CryptoKey[] = [];
    for await (const key of error) several.push(key);
    return several;
  }
}
