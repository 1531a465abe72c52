import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify, type JWK, type JWTPayload } from 'jose';
import { parseUrl } from '../../../openapi/parse-url.ts';
import { timestamp, type Clock } from '../clock.ts';
import { isTextInJwt } from '../contract/text.ts';
import { sha256 } from '../ids.ts';
import { isFromFuture } from '../keys/issued-at.ts';
import { ASSERTION_ALGORITHMS } from '../keys/signature-algorithms.ts';
import { NONCE_AGE, type Nonces } from './nonces.ts';

export interface ProofNeeds {
  readonly clock: Clock;
  readonly nonces: Nonces;
  /** Notes a digest until then, at all replicas. Returns false when it was noted before. */
  readonly once: (digest: string, until: string) => Promise<boolean>;
  /** The public base URL, which the addresses of proofs begin with. */
  readonly base: string;
}

/** A request that is to be proved by its sender's key. */
export interface ProvedRequest {
  /** The DPoP header; undefined where there is none. */
  readonly proof: string | undefined;
  readonly method: string;
  /** Below the base URL. */
  readonly path: string;
  /** The token that is bound to the key, where one is sent. */
  readonly token?: string;
  /** The thumbprint of that key: a proof with another one is not spent. */
  readonly jkt?: string;
}

/** The thumbprint (RFC 7638) of the key, or what is wrong, which the sender may know. */
export type ProofVerdict =
  | { readonly jkt: string }
  | { readonly fault: string; readonly error: 'invalid_dpop_proof' | 'use_dpop_nonce' | 'invalid_token' };

/** DPoP, as the endpoints of the service take it (RFC 9449). */
export interface Dpop {
  /** What the proof of a request shows (section 4.3). A proof is good once. */
  readonly check: (request: ProvedRequest) => Promise<ProofVerdict>;
  /** What every reply to a request with a proof carries (section 8.2). */
  readonly headers: () => { readonly 'DPoP-Nonce': string };
}

/** What proofs may be signed with. */
export const PROOF_ALGORITHMS = ASSERTION_ALGORITHMS;

const MOST_LENGTH = 8_192;
/** How old a proof without a nonce may be, in seconds. */
const MOST_AGE = 60;

const invalid = (fault: string): ProofVerdict => ({ error: 'invalid_dpop_proof', fault });

/**
 * Checks proofs: one without a nonce is good for a minute, one with a nonce for as long as that, whatever the clock of its
 * sender says.
 */
export function dpop({ clock, nonces, once, base }: ProofNeeds): Dpop {
  const isTimely = ({ iat = 0, nonce }: JWTPayload): boolean =>
    typeof nonce === 'string'
      ? nonces.isFresh(nonce)
      : iat >= clock.now() / 1_000 - MOST_AGE && !isFromFuture({ iat }, clock.now());

  const check: Dpop['check'] = async (request) => {
    const { proof } = request;
    if (proof === undefined) return invalid('there is no DPoP proof');
    const verified = await verifiedProof(proof, clock);
    if (typeof verified === 'string') return invalid(verified);
    const { payload, key } = verified;
    const fault = faultIn(payload, request, base);
    if (fault !== undefined) return invalid(fault);
    if (!isTimely(payload)) {
      const what = payload['nonce'] === undefined ? 'iat is not of this minute' : 'the nonce is not of these minutes';
      return { error: 'use_dpop_nonce', fault: `${what}: send the one of the DPoP-Nonce header` };
    }
    const jkt = await calculateJwkThumbprint(key);
    if (request.jkt !== undefined && request.jkt !== jkt)
      return { error: 'invalid_token', fault: 'the token is bound to another key than that of the proof' };
    const digest = sha256(JSON.stringify(['dpop', jkt, payload.jti]));
    const isFirst = await once(digest, timestamp(clock.now() + NONCE_AGE + MOST_AGE * 1_000));
    return isFirst ? { jkt } : invalid('the proof was used before');
  };
  return { check, headers: () => ({ 'DPoP-Nonce': nonces.current() }) };
}

async function verifiedProof(proof: string, clock: Clock): Promise<{ payload: JWTPayload; key: JWK } | string> {
  // More than one header is joined with commas, which are in no JWT.
  if (proof.length > MOST_LENGTH || !isTextInJwt(proof)) return 'the DPoP header is not one JWT';
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: [...PROOF_ALGORITHMS],
      requiredClaims: ['jti', 'htm', 'htu', 'iat'],
      currentDate: new Date(clock.now()),
    });
    return { payload, key: protectedHeader.jwk ?? {} };
  } catch (error) {
    return `the proof does not verify: ${error instanceof Error ? error.message : 'it is not one'}`;
  }
}

function faultIn(payload: JWTPayload, { method, path, token }: ProvedRequest, base: string): string | undefined {
  const { jti, htm, htu, ath } = payload;
  if (typeof jti !== 'string' || jti === '') return 'jti is not a text';
  // What answers GET answers HEAD.
  if (htm !== method && !(htm === 'HEAD' && method === 'GET')) return `htm is not ${method}`;
  if (addressOf(String(htu)) !== addressOf(base + path)) return `htu is not ${base}${path}`;
  if (token === undefined) return undefined;
  return ath === createHash('sha256').update(token).digest('base64url')
    ? undefined
    : 'ath is not the hash of the token';
}

/** Without query and fragment (RFC 9449 section 4.2), and in the spelling of `URL`; with or without a slash at its end. */
function addressOf(text: string): string | undefined {
  const url = parseUrl(text);
  return url && url.origin + url.pathname.replace(/(.)\/$/, '$1');
}
