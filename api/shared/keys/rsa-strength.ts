import type { KeyObject } from 'node:crypto';

/** NIST SP 800-131A, RFC 7518 section 3.3; what is longer than OpenSSL computes with is of no use. */
const BITS = { least: 2_048, most: 16_384 };
const MOST_EXPONENT = 2n ** 64n;

/** Why a public key is too weak, or of no use, in words that go on after "it"; undefined for good ones, and for other kinds than RSA. */
export function rsaFault(key: KeyObject): string | undefined {
  if (key.asymmetricKeyType?.startsWith('rsa') !== true) return undefined;
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < BITS.least || modulusLength > BITS.most)
    return `has a modulus of ${modulusLength} bits: ${BITS.least} to ${BITS.most} are needed`;
  // Even or 1, anyone can undo it; longer ones are refused by OpenSSL.
  const isUsable = publicExponent >= 3n && publicExponent % 2n === 1n && publicExponent < MOST_EXPONENT;
  return isUsable ? undefined : 'has an exponent that is not odd, or not from 3 to 64 bits long';
}
