import { createHash, randomUUID } from 'node:crypto';
import type { JWK } from 'jose';

/** The private key that a token is bound to. */
export type ProofKey = JWK;

/** A request that is sent with a token, and the nonce that the service asked for. */
export interface ProvedRequest {
  readonly method: string;
  readonly url: string;
  readonly token: string;
  readonly nonce?: string | undefined;
}

/** Shows that the sender of a request has the key, for this request only (RFC 9449 section 4.2). */
export async function proofOf(key: ProofKey, { method, url, token, nonce }: ProvedRequest): Promise<string> {
  // Loaded when a token is bound, which is seldom.
  const { importJWK, SignJWT } = await import('jose');
  const { d: _d, key_ops: _ops, ext: _ext, ...jwk } = key;
  const { origin, pathname } = new URL(url);
  const claims = {
    jti: randomUUID(),
    htm: method,
    htu: origin + pathname,
    ath: createHash('sha256').update(token).digest('base64url'),
    ...(nonce !== undefined && { nonce }),
  };
  return new SignJWT(claims)
    .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
    .setIssuedAt()
    .sign(await importJWK(key, 'ES256'));
}
