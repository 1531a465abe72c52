import type { KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { PRINTABLE } from '../../openapi/printable.ts';
import { presentName } from '../shared/contract/administration-scopes.ts';
import type { VerifyToken } from '../http/authenticate.ts';
import { ageing, type Clock } from '../shared/clock.ts';
import { countedCache } from '../shared/limits/counted-cache.ts';
import { sha256 } from '../shared/ids.ts';
import { incarnationIn } from '../shared/incarnation.ts';
import type { GuardedFetch } from '../shared/fetch/guarded-fetch.ts';
import type { Meters } from '../shared/meters.ts';
import { rsaFault } from '../shared/keys/rsa-strength.ts';
import type { Caller } from '../shared/contract/operation.ts';
import { issuerKeys, type FindKey, type TrustedIssuer } from './trusted-issuer.ts';
import { ALGORITHMS, readUnverified, textsOf, type UnverifiedToken } from './unverified-token.ts';

export interface TokenVerifierNeeds {
  readonly clock: Clock;
  readonly meters: Meters;
  /** Fetches the keys of trusted issuers. */
  readonly fetch: GuardedFetch;
  /** The built-in issuer, asked in process. */
  readonly issuer: {
    readonly ownKey: (kid: string) => Promise<KeyObject | undefined>;
    /** Whether a token of its own, and the client that it was issued to, are still good. */
    readonly callerStatus: (token: IssuedToken) => Promise<boolean>;
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
  /** The scopes that count, under their present names; all when it is left out. */
  readonly allowed?: ReadonlySet<string>;
}

interface VerifiedToken {
  readonly caller: Caller;
  /** When it expires, in seconds since the epoch. */
  readonly exp: number;
  /** Until when the key counts that it was verified with, in time of `Clock.elapsed`. */
  readonly until?: number;
  /** What has to be asked on every request, for tokens of the built-in issuer. */
  readonly issued?: IssuedToken;
}

const MOST_LENGTH = 8 * 1024;
const MOST_VERIFIED = 1_000;
/** Tolerance for clocks, in seconds. */
const SKEW = 30;
/** How far ahead the end of a token of another issuer may be, in seconds: a day, which is the most that issuers give. */
const LONGEST = 86_400;
/** What jsonwebtoken says when the signature is right; issuer and audience were looked at before. */
const EXPIRED = 'jwt expired';
/** Longer names do not fit into audit records. */
const MOST_CLIENT_ID = 512;

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
    const claims = verifiedClaims(token, found.key, authority, clock);
    end();
    if (typeof claims === 'string') return claims;
    const isOwn = config.builtInIssuer && authority.issuer === config.issuer;
    if (!isOwn && !endsSoon(claims, clock)) return `it ends more than ${LONGEST} seconds ahead`;
    const outcome = verifiedToken(claims, authority, isOwn);
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
  const judge = async (token: string): Promise<Caller | string> => {
    if (token.length > MOST_LENGTH) return 'it is too long';
    const outcome = await remembered(token);
    if (typeof outcome === 'string') return outcome;
    const { caller, issued } = outcome;
    const isGood = issued === undefined || (await issuer.callerStatus(issued));
    return isGood ? caller : `it is revoked, or its client ${caller.clientId} is no longer active`;
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
  const own: Authority = { issuer: config.issuer, audience: config.audience, findKey: findOwn };
  // An issuer may be trusted for several audiences; its keys are the same.
  const keys = new Map(config.trustedIssuers.map(({ issuer }) => [issuer, keysOf(issuer)]));
  const trusted = config.trustedIssuers.flatMap(({ issuer, audience, scopes }) => {
    const findKey = keys.get(issuer);
    return findKey === undefined ? [] : [{ issuer, audience, findKey, allowed: new Set(scopes.map(presentName)) }];
  });
  return config.builtInIssuer ? [own, ...trusted] : trusted;
}

function authorityOf(authorities: readonly Authority[], { issuer, audiences }: UnverifiedToken): Authority | string {
  const candidates = authorities.filter((authority) => authority.issuer === issuer);
  if (candidates.length === 0) return `its issuer is not trusted: ${issuer.slice(0, 200)}`;
  const authority = candidates.find(({ audience }) => audiences.includes(audience));
  return authority ?? 'it is for another audience';
}

/** Checks the signature, `iss`, `aud`, `exp` and `nbf`. Returns the claims, or why they do not hold. */
function verifiedClaims(
  token: string,
  key: KeyObject,
  { issuer, audience }: Authority,
  clock: Clock,
): jwt.JwtPayload | string {
  const clockTimestamp = Math.floor(clock.now() / 1_000);
  try {
    const claims = jwt.verify(token, key, {
      algorithms: ALGORITHMS,
      issuer,
      audience,
      clockTolerance: SKEW,
      clockTimestamp,
    });
    if (typeof claims === 'string') return 'its claims are not an object';
    // RFC 7800, RFC 8705, RFC 9449: it is good only with a proof that the caller has the key.
    if (claims['cnf'] !== undefined) return 'it is bound to a key, and nothing proves that the caller has it';
    return claims.exp === undefined ? 'it has no exp' : claims;
  } catch (error) {
    return error instanceof Error ? error.message : 'it cannot be verified';
  }
}

/** Whether the end is a moment of the near future: a JSON number can be infinite. */
const endsSoon = ({ exp = 0 }: jwt.JwtPayload, clock: Clock): boolean =>
  exp <= Math.floor(clock.now() / 1_000) + LONGEST + SKEW;

function verifiedToken(claims: jwt.JwtPayload, authority: Authority, isOwn: boolean): VerifiedToken | string {
  const [clientId] = [claims['client_id'], claims['azp'], claims.sub].flatMap(textsOf).filter((text) => text !== '');
  if (clientId === undefined || clientId.length + authority.issuer.length >= MOST_CLIENT_ID)
    return 'it names no client';
  if (!PRINTABLE.test(clientId)) return 'the name of its client is not printable text';
  const { jti, exp = 0 } = claims;
  const { issuer, allowed } = authority;
  const claimed = textsOf(claims['scope'])
    .flatMap((text) => text.split(' '))
    .map(presentName);
  const scopes = new Set(claimed.filter((scope) => scope !== '' && (allowed?.has(scope) ?? true)));
  // In the log and the audit, a client of another issuer is not taken for one of ours.
  if (!isOwn) return { caller: { clientId: `${issuer} ${clientId}`, issuer, scopes }, exp };
  if (jti === undefined) return 'it has no jti';
  const caller = { clientId, issuer, scopes, incarnation: incarnationIn(jti) };
  return { caller, exp, issued: { clientId, jti } };
}
