import { KeyObject } from 'node:crypto';
import type { Clock } from '../shared/clock.ts';
import type { FetchedDocument, GuardedFetch } from '../shared/fetch/guarded-fetch.ts';
import { keySetIn } from '../shared/keys/key-set.ts';
import type { Meters } from '../shared/meters.ts';
import { Problem } from '../shared/problem.ts';
import { remoteKeySet } from '../shared/fetch/remote-key-set.ts';

export interface FoundKey {
  readonly key: KeyObject;
  /** Until when it counts, in time of `Clock.elapsed`; for as long as the token when it is left out. */
  readonly until?: number;
}

/**
 * Finds the key of an issuer that a token names, or undefined when there is none.
 * Throws `unavailable` when the issuer's keys cannot be fetched: the token may well be good.
 */
export type FindKey = (header: { readonly alg: string; readonly kid: string }) => Promise<FoundKey | undefined>;

export interface IssuerKeysNeeds {
  readonly fetch: GuardedFetch;
  readonly clock: Clock;
  readonly meters: Meters;
}

const KEYS_AGE = 600_000;
/** An issuer that is away for a while does not lock everybody out; a key that it withdraws meanwhile ends with this. */
const GRACE = 3_600_000;

/**
 * The keys of a trusted issuer: found by discovery at the first token, kept for ten minutes, fetched again for an
 * unknown key id at most every 30 seconds. While they cannot be fetched, those that were had last go on to count for an
 * hour: anyone can send a token with an unknown key id, and one bad answer is no withdrawal.
 */
export function issuerKeys(issuer: string, { fetch, clock, meters }: IssuerKeysNeeds): FindKey {
  let sets = 0;
  const load = async () => {
    const { body } = await fetch(await keySetAddress(fetch, issuer));
    const keys = keySetIn(body);
    sets = 1;
    return { keys, age: KEYS_AGE };
  };
  const onLook = meters.cache('issuer_keys', () => sets);
  const find = remoteKeySet({ clock, load, grace: GRACE, onLook });
  return async (header) => {
    const { keys, until } = await find({ ...header }).catch((cause: unknown) => {
      const detail = `the keys of ${issuer} cannot be fetched`;
      throw new Problem('unavailable', { detail, headers: { 'Retry-After': '30' } }, { cause });
    });
    const [key, ...more] = keys;
    return key === undefined || more.length > 0 ? undefined : { key: KeyObject.from(key), until };
  };
}

/**
 * Reads the metadata of the issuer: OpenID Connect Discovery 1.0 section 4, else RFC 8414 section 3. Both take a slash
 * at its end off first.
 */
async function keySetAddress(fetch: GuardedFetch, issuer: string): Promise<string> {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  const openid = `${origin}${path}/.well-known/openid-configuration`;
  const oauth = `${origin}/.well-known/oauth-authorization-server${path}`;
  const addressIn = async (address: string): Promise<string> => jwksUriIn(await fetch(address), address, issuer);
  return addressIn(openid).catch(() => addressIn(oauth));
}

function jwksUriIn({ body }: FetchedDocument, address: string, issuer: string): string {
  const metadata = JSON.parse(body) as { issuer?: unknown; jwks_uri?: unknown } | null;
  // Otherwise any site could speak for the issuer (RFC 8414 section 3.3).
  if (metadata?.issuer !== issuer) throw new Error(`${address} is about another issuer`);
  const { jwks_uri: keySet } = metadata;
  if (typeof keySet !== 'string') throw new Error(`${address} has no jwks_uri`);
  return keySet;
}
