import { errors, jwtVerify, type CryptoKey, type JWTVerifyOptions } from 'jose';
import { isFromFuture } from '../../shared/keys/issued-at.ts';
import { ASSERTION_ALGORITHMS } from '../../shared/keys/signature-algorithms.ts';
import type { Meters } from '../../shared/meters.ts';

/** Algorithms with a shared secret, which only a policy can know. */
export const HMAC = ['HS256', 'HS384', 'HS512'];

/** What software statements, and requests that come with one, may be signed with. */
export const ALGORITHMS = [...ASSERTION_ALGORITHMS, ...HMAC];

/** RFC 7518 section 3.2: at least as long as what the shortest hash gives, in bytes. */
const SHORTEST_SECRET = 32;

/** Tolerance for clocks, in seconds. */
const SKEW = 30;

/** A shared secret as a key, where it is long enough to be one. */
export function secretKeys(secret: string | undefined): readonly Uint8Array[] {
  const key = new TextEncoder().encode(secret);
  return key.length < SHORTEST_SECRET ? [] : [key];
}

/** What a JWT is held to: whose it is, for whom, and at what time, in epoch milliseconds. */
export interface Demands extends Pick<JWTVerifyOptions, 'issuer' | 'audience'> {
  readonly now: number;
  /** Begins to measure a check; what it returns ends that. */
  readonly measured: () => ReturnType<Meters['signature']>;
}

/** Why a JWT is signed with none of these keys, or does not say what it has to; undefined where it is good. */
export async function signatureFault(
  text: string,
  keys: readonly (CryptoKey | Uint8Array)[],
  { now, measured, ...demands }: Demands,
): Promise<string | undefined> {
  let reason = 'there is no key for it';
  const options = { ...demands, algorithms: ALGORITHMS, clockTolerance: SKEW, currentDate: new Date(now) };
  for (const key of keys) {
    const end = measured();
    try {
      const { payload } = await jwtVerify(text, key, options);
      if (!isFromFuture(payload, now)) return undefined;
      reason = 'its iat is in the future';
    } catch (error) {
      reason = error instanceof errors.JOSEError ? error.message : 'it cannot be verified';
    } finally {
      end();
    }
  }
  return reason;
}
