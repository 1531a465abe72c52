import jwt from 'jsonwebtoken';
import { isTyped } from '../shared/keys/jwt-type.ts';
import { SIGNATURE_ALGORITHMS } from '../shared/keys/signature-algorithms.ts';
import { isTextInJwt } from '../shared/contract/text.ts';

/** What a token says about itself before anything is verified: enough to find the key that decides. */
export interface UnverifiedToken {
  readonly alg: string;
  readonly kid: string;
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** Whether it says that it is a JWT at all, as ours do. */
  readonly isMarked: boolean;
}

/** Signatures only: with HMAC a public key would serve as the secret, and `none` proves nothing. */
export const ALGORITHMS: readonly string[] = [...SIGNATURE_ALGORITHMS, 'EdDSA', 'Ed25519'];

/** Reads the head of a token. Returns what is wrong with it instead, for the log, when it is not to be looked at further. */
export function readUnverified(token: string): UnverifiedToken | string {
  if (!isTextInJwt(token)) return 'it is not Unicode text';
  const parts = decode(token);
  if (parts === undefined) return 'it is not a JWT';
  const { header, payload } = parts;
  const { alg, kid, typ } = header;
  if (!ALGORITHMS.includes(alg)) return 'its algorithm is not allowed';
  // Access tokens (RFC 9068), and the plain JWTs of issuers that do not mark theirs.
  if (!isTyped(typ, 'at+jwt', 'jwt', 'none')) return 'its type is not that of an access token';
  if (typeof kid !== 'string' || kid === '') return 'it names no key';
  // RFC 7515 section 4.1.11: what must be understood, and is not, makes the token invalid.
  if (header.crit !== undefined) return 'it has critical extensions';
  const { iss, aud } = payload;
  if (isIdToken(payload)) return 'it is an ID token';
  if (typeof iss !== 'string') return 'it names no issuer';
  return { alg, kid, issuer: iss, audiences: textsOf(aud), isMarked: typ !== undefined };
}

function decode(token: string): { header: jwt.JwtHeader; payload: jwt.JwtPayload } | undefined {
  try {
    const parts = jwt.decode(token, { complete: true });
    return parts !== null && isObject(parts.payload) ? { header: parts.header, payload: parts.payload } : undefined;
  } catch {
    return undefined;
  }
}

/** Hashes of what is issued beside it are in ID tokens only (OpenID Connect Core section 3.3.2.11); Keycloak names the kind. */
const isIdToken = (claims: jwt.JwtPayload): boolean =>
  claims['at_hash'] !== undefined || claims['c_hash'] !== undefined || claims['typ'] === 'ID';

const isObject = (value: unknown): value is jwt.JwtPayload => typeof value === 'object' && value !== null;

/** The texts in a claim that is one text or a list of them. */
export function textsOf(claim: unknown): string[] {
  const entries: unknown[] = Array.isArray(claim) ? claim : [claim];
  return entries.filter((entry) => typeof entry === 'string');
}
