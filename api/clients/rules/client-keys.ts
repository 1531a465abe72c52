import type { CryptoKey, JWSHeaderParameters } from 'jose';
import type { ClientDocument } from '../document/client.document.ts';
import type { Clock } from '../../shared/clock.ts';
import { countedCache } from '../../shared/limits/counted-cache.ts';
import type { GuardedFetch } from '../../shared/fetch/guarded-fetch.ts';
import { keySetIn, matchingKeys } from '../../shared/keys/key-set.ts';
import type { Meters } from '../../shared/meters.ts';
import { remoteKeySet, type FindKeys } from '../../shared/fetch/remote-key-set.ts';

/**
 * The public keys of a client that a JWT with this header may be signed with. Rejects when the keys cannot be had;
 * the message is for the log.
 */
export type ClientKeys = (
  client: Pick<ClientDocument, 'jwks' | 'jwksUri'>,
  header: JWSHeaderParameters,
) => Promise<readonly CryptoKey[]>;

const SECOND = 1_000;
const LEAST_AGE = 60 * SECOND;
const MOST_AGE = 600 * SECOND;
const MOST_SETS = 1_000;

export interface ClientKeysNeeds {
  readonly fetch: GuardedFetch;
  readonly clock: Clock;
  readonly meters: Meters;
}

/** Finds the keys of clients: in `jwks`, or behind `jwksUri`, whose key sets are kept for one to ten minutes. */
export function clientKeys({ fetch, clock, meters }: ClientKeysNeeds): ClientKeys {
  const sets = countedCache<string, FindKeys>(meters, 'client_key_sets', { max: MOST_SETS });

  const setAt = (url: string): FindKeys => {
    const load = async () => {
      const { body, cacheControl } = await fetch(url);
      return { keys: keySetIn(body), age: ageOf(cacheControl) };
    };
    const set = remoteKeySet({ clock, load });
    sets.set(url, set);
    return set;
  };

  return async (client, header) => {
    if (client.jwks !== undefined) return matchingKeys(keySetIn(client.jwks), header);
    if (client.jwksUri === undefined) return [];
    const find = sets.get(client.jwksUri) ?? setAt(client.jwksUri);
    return (await find(header)).keys;
  };
}

/** How long an answer with this `Cache-Control` is kept, in milliseconds. */
function ageOf(cacheControl = ''): number {
  if (/\bno-(store|cache)\b/i.test(cacheControl)) return LEAST_AGE;
  const seconds = /\bmax-age=(\d{1,9})\b/i.exec(cacheControl)?.[1];
  return seconds === undefined ? MOST_AGE : Math.min(Math.max(Number(seconds) * SECOND, LEAST_AGE), MOST_AGE);
}
