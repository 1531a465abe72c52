import { KeyObject } from 'node:crypto';
import { createRemoteJWKSet, errors } from 'jose';
import type { Clock } from '../shared/clock.ts';
import type { Meters } from '../shared/meters.ts';
import { Problem } from '../shared/problem.ts';

/** An issuer whose tokens this API takes besides its own. */
export interface TrustedIssuer {
  readonly issuer: string;
  /** The audience that its tokens must have. */
  readonly audience: string;
  /** The scopes that its tokens may bring. */
  readonly scopes: readonly string[];
}

/**
 * Finds the key of an issuer that a token names, or undefined when there is none.
 * Throws `unavailable` when the issuer's keys cannot be fetched: the token may well be good.
 */
export type FindKey = (header: Header) => Promise<KeyObject | undefined>;

type RemoteKeys = ReturnType<typeof createRemoteJWKSet>;

const TIMEOUT = 5_000;
const KEYS_AGE = 600_000;
const COOLDOWN = 30_000;
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * The keys of a trusted issuer: found by discovery at the first token, kept for ten minutes, fetched again for an
 * unknown key id at most every 30 seconds. While the issuer cannot be reached, the keys that are known go on to
 * count, and it is asked again at most every 30 seconds: anyone can send a token with an unknown key id.
 */
export function issuerKeys(issuer: string, clock: Clock, meters: Meters): FindKey {
  const known = new Map<string, KeyObject>();
  const count = meters.cache('issuer_keys', () => known.size);
  let discovery: Promise<RemoteKeys> | undefined;
  let failedAt: number | undefined;

  const fetchKey = async (header: Header): Promise<KeyObject | undefined> => {
    try {
      discovery ??= discover(issuer);
      const keys = await discovery;
      count(keys.fresh && known.has(nameOf(header)));
      const key = KeyObject.from(await keys({ ...header }));
      known.set(nameOf(header), key);
      failedAt = undefined;
      return key;
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
        known.delete(nameOf(header));
        return undefined;
      }
      discovery = undefined;
      failedAt = clock.elapsed();
      return fallback(header, error);
    }
  };
  const fallback = (header: Header, cause?: unknown): KeyObject => {
    const key = known.get(nameOf(header));
    if (key !== undefined) return key;
    const detail = `the keys of ${issuer} cannot be fetched`;
    throw new Problem('unavailable', { detail, headers: { 'Retry-After': '30' } }, { cause });
  };
  return async (header) =>
    failedAt !== undefined && clock.elapsed() - failedAt < COOLDOWN ? fallback(header) : fetchKey(header);
}

interface Header {
  readonly alg: string;
  readonly kid: string;
}

const nameOf = ({ alg, kid }: Header): string => `${alg} ${kid}`;

/** Reads the metadata of the issuer: OpenID Connect Discovery 1.0 section 4, else RFC 8414 section 3. */
async function discover(issuer: string): Promise<RemoteKeys> {
  const { origin, pathname } = new URL(issuer);
  const path = pathname === '/' ? '' : pathname;
  const openid = `${issuer}/.well-known/openid-configuration`;
  const oauth = `${origin}/.well-known/oauth-authorization-server${path}`;
  const keySet = await keySetAddress(openid, issuer).catch(() => keySetAddress(oauth, issuer));
  return createRemoteJWKSet(keySet, { timeoutDuration: TIMEOUT, cacheMaxAge: KEYS_AGE, cooldownDuration: COOLDOWN });
}

async function keySetAddress(address: string, issuer: string): Promise<URL> {
  const signal = AbortSignal.timeout(TIMEOUT);
  const response = await fetch(address, { signal, redirect: 'error', headers: { Accept: 'application/json' } });
  if (response.status !== 200) throw new Error(`${address} answers ${response.status}`);
  const metadata = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown } | null;
  // Otherwise any site could speak for the issuer (RFC 8414 section 3.3).
  if (metadata?.issuer !== issuer) throw new Error(`${address} is about another issuer`);
  const { jwks_uri: keySet } = metadata;
  if (typeof keySet !== 'string' || !URL.canParse(keySet)) throw new Error(`${address} has no jwks_uri`);
  const url = new URL(keySet);
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
  if (!isSafe) throw new Error(`the jwks_uri of ${issuer} is not https`);
  return url;
}
