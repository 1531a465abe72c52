import jwt from 'jsonwebtoken';
import type { Clock } from '../shared/clock.ts';
import { isTyped } from '../shared/keys/jwt-type.ts';
import type { Meters } from '../shared/meters.ts';
import type { SigningKeys } from './keys/signing-keys.ts';

/** The claims of an access token of ours (RFC 9068 section 2.2). */
export interface AccessTokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly client_id: string;
  readonly aud: string;
  /** Seconds since the epoch, as `exp`. */
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  readonly scope?: string;
  /** The key that it is bound to, by its thumbprint (RFC 9449 section 6.1). */
  readonly cnf?: { readonly jkt: string };
}

/** How a token is sent. */
export const tokenType = ({ cnf }: AccessTokenClaims): 'Bearer' | 'DPoP' => (cnf === undefined ? 'Bearer' : 'DPoP');

export interface TokenReaderNeeds {
  readonly keys: SigningKeys;
  readonly clock: Clock;
  readonly meters: Meters;
  readonly issuer: string;
}

/** Reads an access token, whatever it is for. Returns its claims, or undefined when it is not one of ours or has expired. */
export type ReadAccessToken = (token: string) => Promise<AccessTokenClaims | undefined>;

export function tokenReader({ keys, clock, meters, issuer }: TokenReaderNeeds): ReadAccessToken {
  return async (token) => {
    const { kid, typ } = headerOf(token) ?? {};
    // Software statements have the same keys.
    const key = kid === undefined || !isTyped(typ, 'at+jwt') ? undefined : await keys.publicKey(kid);
    if (key === undefined) return undefined;
    const clockTimestamp = Math.floor(clock.now() / 1_000);
    const end = meters.signature('verify', 'access_token');
    try {
      // What our key has signed, we have made, so that it has this shape.
      return jwt.verify(token, key, { algorithms: ['RS256'], issuer, clockTimestamp }) as AccessTokenClaims;
    } catch {
      return undefined;
    } finally {
      end();
    }
  };
}

function headerOf(token: string): { readonly kid?: string; readonly typ?: unknown } | undefined {
  try {
    return jwt.decode(token, { complete: true })?.header;
  } catch {
    return undefined;
  }
}
