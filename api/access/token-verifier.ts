import type { KeyObject } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { VerifiedCaller, VerifyToken } from '../http/authenticate.ts';
import { ageing, type Clock } from '../shared/clock.ts';
import { countedCache } from '../shared/limits/counted-cache.ts';
import { sha256 } from '../shared/ids.ts';
import { incarnationIn } from '../shared/incarnation.ts';
import type { GuardedFetch } from '../shared/fetch/guarded-fetch.ts';
import { isFromFuture } from '../shared/keys/issued-at.ts';
import type { Meters } from '../shared/meters.ts';
import { rsaFault } from '../shared/keys/rsa-strength.ts';
import type { TrustedIssuer } from '../shared/trusted-issuer.ts';
import { callerOf } from './caller-of.ts';
import { ownScopes, scopesOf, type GrantedScopes } from './granted-scopes.ts';
import { issuerKeys, type FindKey } from './trusted-issuer.ts';
import { ALGORITHMS, readUnverified, type UnverifiedToken } from './unverified-token.ts';
import { hasEnded, SKEW, verifyOwn, verifyTrusted, type VerifyClaims } from './verified-claims.ts';

export interface TokenVerifierNeeds {
  readonly clock: Clock;
  readonly meters: Meters;
  /** Fetches the keys of trusted issuers. */
  readonly fetch: GuardedFetch;
  /** The built-in issuer, asked in process. */
  readonly issuer: {
    readonly ownKey: (kid: string) => Promise<KeyObject | undefined>;
    /** What the client of a token of its own is called, where both are still good. */
    readonly callerStatus: (token: IssuedToken) => Promise<{ readonly name?: string } | undefined>;
  };
  readonly config: {
    readonly issuer: string;
    readonly audience: string;
    readonly builtInIssuer: boolean;
    readonly trustedIssuers: readonly TrustedIssuer[];
  };
}

interface IssuedToken {
  readonly clientId: string;
  readonly jti: string;
}

/** An issuer under one audience, and what its tokens may bring. */
interface Authority {
  readonly issuer: string;
  readonly audience: string;
  readonly findKey: FindKey;
  readonly algorithms: readonly string[];
  readonly verify: VerifyClaims;
  readonly scopes: GrantedScopes;
  /** How far ahead the end of its tokens may be, in seconds. */
  readonly longest: number;
  /** Whether it is the built-in one. */
  readonly isOwn: boolean;
}

interface VerifiedToken {
  readonly caller: VerifiedCaller;
  /** When it expires, in seconds since the epoch. */
  readonly exp: number;
  /** Until when the key counts that it was verified with, in time of `Clock.elapsed`. */
  readonly until?: number;
  /** What has to be asked on every request, for tokens of the built-in issuer. */
  readonly issued?: IssuedToken;
}

/** Many groups make long tokens; the headers of a request may have twice as much. */
const MOST_LENGTH = 16 * 1024;
const MOST_VERIFIED = 1_000;
/** How far ahead the end of a token of another issuer may be, in seconds: a day, which is the most that issuers give. */
const LONGEST = 86_400;
/** Said when everything but the end is in order. */
const EXPIRED = 'it has expired';

/**
 * Verifies access tokens of the built-in issuer and of trusted ones. A token that was found good is remembered until
 * it expires; one of the built-in issuer is looked at again each time for its client and its revocation.
 */
export function tokenVerifier({ clock, meters, fetch, issuer, config }: TokenVerifierNeeds): VerifyToken {
  const verified = countedCache<string, VerifiedToken>(meters, 'tokens', {
    max: MOST_VERIFIED,
    ttlResolution: 0,
    perf: ageing(clock),
  });
  const authorities = authoritiesOf(config, issuer.ownKey, (trusted) => issuerKeys(trusted, { fetch, clock, meters }));

  const verify = async (token: string): Promise<VerifiedToken | string> => {
    const unverified = readUnverified(token);
    if (typeof unverified === 'string') return unverified;
    const authority = authorityOf(authorities, unverified);
    if (typeof authority === 'string') return authority;
    const found = await authority.findKey(unverified);
    if (found === undefined) return 'its key is not known';
    const weakness = rsaFault(found.key);
    if (weakness !== undefined) return `its key ${weakness}`;
    const end = meters.signature('verify', 'access_token');
    const claims = await verifiedClaims(token, found.key, authority, clock);
    end();
    if (typeof claims === 'string') return claims;
    const outcome = verifiedToken(claims, authority);
    return typeof outcome === 'string' || found.until === undefined ? outcome : { ...outcome, until: found.until };
  };
  const remembered = async (token: string): Promise<VerifiedToken | string> => {
    const digest = sha256(token);
    const known = verified.get(digest);
    if (known !== undefined && known.exp * 1_000 > clock.now()) return known;
    const outcome = await verify(token);
    if (typeof outcome === 'string') return outcome;
    // What is known of a token is no older than what is known of its key: the issuer may have withdrawn it.
    const { exp, until = Number.POSITIVE_INFINITY } = outcome;
    const ttl = Math.floor(Math.min(exp * 1_000 - clock.now(), until - clock.elapsed()));
    if (ttl > 0) verified.set(digest, outcome, { ttl });
    return outcome;
  };
  const judge = async (token: string): Promise<VerifiedCaller | string> => {
    if (token.length > MOST_LENGTH) return 'it is too long';
    const outcome = await remembered(token);
    if (typeof outcome === 'string') return outcome;
    const { caller, issued } = outcome;
    if (issued === undefined) return caller;
    const client = await issuer.callerStatus(issued);
    if (client === undefined) return `it is revoked, or its client ${caller.clientId} is no longer active`;
    return { ...caller, ...client };
  };

  return async (token) => {
    const outcome = await judge(token);
    return typeof outcome === 'string' ? { reason: outcome, isExpired: outcome === EXPIRED } : outcome;
  };
}

function authoritiesOf(
  config: TokenVerifierNeeds['config'],
  ownKey: TokenVerifierNeeds['issuer']['ownKey'],
  keysOf: (issuer: string) => FindKey,
): Authority[] {
  const findOwn: FindKey = async ({ kid }) => {
    const key = await ownKey(kid);
    return key && { key };
  };
  const { issuer, audience } = config;
  const algorithms = ['RS256'];
  const common = { issuer, audience, findKey: findOwn, algorithms };
  const own = { ...common, verify: verifyOwn, scopes: ownScopes, longest: Number.POSITIVE_INFINITY, isOwn: true };
  // An issuer may be trusted for several audiences; its keys are the same.
  const keys = new Map(config.trustedIssuers.map((trusted) => [trusted.issuer, keysOf(trusted.issuer)]));
  const trusted = config.trustedIssuers.flatMap((entry): Authority[] => {
    const findKey = keys.get(entry.issuer);
    if (findKey === undefined) return [];
    const { issuer, audience, algorithms = ALGORITHMS, longestLifetime: longest = LONGEST } = entry;
    const isOwn = config.builtInIssuer && issuer === config.issuer;
    const scopes = scopesOf(entry);
    return [{ issuer, audience, algorithms, longest, findKey, verify: verifyTrusted, scopes, isOwn }];
  });
  return config.builtInIssuer ? [own, ...trusted] : trusted;
}

function authorityOf(authorities: readonly Authority[], token: UnverifiedToken): Authority | string {
  const candidates = authorities.filter(({ issuer }) => issuer === token.issuer);
  if (candidates.length === 0) return `its issuer is not trusted: ${token.issuer.slice(0, 200)}`;
  const authority = candidates.find(({ audience }) => token.audiences.includes(audience));
  if (authority === undefined) return 'it is for another audience';
  if (authority.isOwn && !token.isMarked) return 'its type is not that of an access token';
  return authority.algorithms.includes(token.alg) ? authority : 'its algorithm is not allowed for its issuer';
}

/** The claims of a token that holds, or why it does not. */
async function verifiedClaims(
  token: string,
  key: KeyObject,
  authority: Authority,
  clock: Clock,
): Promise<JWTPayload | string> {
  try {
    const claims = await authority.verify(token, key, { ...authority, clock });
    // RFC 7800, RFC 8705: it is good only with a proof that the caller has the key, of which there is one kind here.
    if (claims['cnf'] !== undefined && boundTo(claims) === undefined)
      return 'it is bound to a key, and nothing proves that the caller has it';
    if (isFromFuture(claims, clock.now())) return 'its iat is in the future';
    const { exp } = claims;
    if (exp === undefined) return 'it has no exp';
    // A moment of the near future: a JSON number can be infinite.
    const isNear = exp <= Math.floor(clock.now() / 1_000) + authority.longest + SKEW;
    return isNear ? claims : `it ends more than ${authority.longest} seconds ahead`;
  } catch (error) {
    if (hasEnded(error)) return EXPIRED;
    return error instanceof Error ? error.message : 'it cannot be verified';
  }
}

/** The thumbprint of the key that a token is bound to, where that is all that it is bound to (RFC 9449 section 6.1). */
function boundTo({ cnf }: JWTPayload): string | undefined {
  const { jkt, ...others } = (typeof cnf === 'object' && cnf !== null ? cnf : {}) as Record<string, unknown>;
  return typeof jkt === 'string' && jkt !== '' && Object.keys(others).length === 0 ? jkt : undefined;
}

function verifiedToken(claims: JWTPayload, authority: Authority): VerifiedToken | string {
  const { jti, exp = 0 } = claims;
  const found = callerOf(claims, authority);
  if (typeof found === 'string') return found;
  const jkt = boundTo(claims);
  const caller = { ...found, exp, scopes: authority.scopes(claims), ...(jkt !== undefined && { boundTo: jkt }) };
  if (!authority.isOwn) return { caller, exp };
  if (jti === undefined) return 'it has no jti';
  return {
    caller: { ...caller, jti, incarnation: incarnationIn(jti) },
    exp,
    issued: { clientId: found.clientId, jti },
  };
}
