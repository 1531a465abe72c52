import { createPublicKey } from 'node:crypto';
import { CompactEncrypt, importJWK, type CryptoKey, type JWK } from 'jose';
import { rsaFault } from '../../shared/keys/rsa-strength.ts';
import type { BulkInput, SealingKey } from './bulk.ts';

type Jwk = NonNullable<BulkInput['encryptTo']>;

const ALGORITHMS: Readonly<Record<Jwk['kty'], readonly [string, ...string[]]>> = {
  RSA: ['RSA-OAEP-256', 'RSA-OAEP', 'RSA-OAEP-384', 'RSA-OAEP-512'],
  EC: ['ECDH-ES+A256KW', 'ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW'],
  OKP: ['ECDH-ES+A256KW', 'ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW'],
};
const CURVES: ReadonlySet<unknown> = new Set(['P-256', 'P-384', 'P-521', 'X25519']);

/** The members of a JWK that its owner keeps (RFC 7518 sections 6.2.2 and 6.3.2). */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** Reads a public key (RFC 7517) that secrets are encrypted to; or says, in words that go on after its name, what is wrong with it. */
export async function sealingKey(jwk: Jwk): Promise<SealingKey | string> {
  const members = jwk as Readonly<Record<string, unknown>>;
  const { alg: wanted, use, crv } = members;
  if (PRIVATE.some((name) => name in members)) return 'has a private key: send its public part only';
  if (use !== undefined && use !== 'enc') return 'is not for encryption: its use has to be enc';
  const known = ALGORITHMS[jwk.kty];
  const alg = wanted ?? known[0];
  if (typeof alg !== 'string' || !known.includes(alg)) return `has an alg that is none of ${known.join(', ')}`;
  if (jwk.kty !== 'RSA' && !CURVES.has(crv)) return `has a crv that is none of ${[...CURVES].join(', ')}`;
  try {
    const fault = rsaFault(createPublicKey({ key: { ...members }, format: 'jwk' }));
    if (fault !== undefined) return fault;
    const key = (await importJWK(members as JWK, alg)) as CryptoKey;
    return { key, header: { alg, enc: 'A256GCM', ...(jwk.kid !== undefined && { kid: jwk.kid }) } };
  } catch {
    return 'is no public key as RFC 7517 has them';
  }
}

/** JSON as a JWE in compact form (RFC 7516), which only the owner of the key can read. */
export const sealed = (text: string, { key, header }: SealingKey): Promise<string> =>
  new CompactEncrypt(new TextEncoder().encode(text)).setProtectedHeader({ ...header, cty: 'json' }).encrypt(key);
