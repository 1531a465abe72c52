import { createLocalJWKSet, errors, type CryptoKey, type JSONWebKeySet, type JWSHeaderParameters } from 'jose';
import type { ClientDocument } from './client.document.ts';
import type { Clock } from '../shared/clock.ts';
import { countedCache } from '../shared/counted-cache.ts';
import type { GuardedFetch } from '../shared/guarded-fetch.ts';
import type { Meters } from '../shared/meters.ts';

/**
 * The public keys of a client that a JWT with this header may be signed with. Rejects when the keys cannot be had;
 * the message is for the log.
 */
export type ClientKeys = (
  client: Pick<ClientDocument, 'jwks' | 'jwksUri'>,
  header: JWSHeaderParameters,
) => Promise<CryptoKey[]>;

type KeySet = ReturnType<typeof createLocalJWKSet>;

/** One fetch of a key set. Times are those of `Clock.elapsed`. */
interface Fetched {
  readonly keys: Promise<KeySet>;
  readonly at: number;
  freshUntil: number;
}

const SECOND = 1_000;
const LEAST_AGE = 60 * SECOND;
const MOST_AGE = 600 * SECOND;
/** After a fetch an unknown key id, or a failure, causes no other one for so long. */
const COOLDOWN = 30 * SECOND;
const MOST_SETS = 1_000;

export interface ClientKeysOptions {
  readonly fetch: GuardedFetch;
  readonly clock: Clock;
  readonly meters: Meters;
}

/** Finds the keys of clients: in `jwks`, or behind `jwksUri`, whose key sets are kept for one to ten minutes. */
export function clientKeys({ fetch, clock, meters }: ClientKeysOptions): ClientKeys {
  const sets = countedCache<string, Fetched>(meters, 'client_key_sets', { max: MOST_SETS });

  const load = (url: string, previous?: Fetched): Fetched => {
    const at = clock.elapsed();
    const fetched: Fetched = {
      at,
      freshUntil: at + COOLDOWN,
      keys: fetch(url)
        .then(({ body, cacheControl }) => {
          const keys = parseKeySet(body);
          fetched.freshUntil = at + ageOf(cacheControl);
          return keys;
        })
        .catch((error: unknown) => {
          // What was fetched before is good until its time is over, whatever became of the server.
          if (previous === undefined || clock.elapsed() >= previous.freshUntil) throw error;
          fetched.freshUntil = previous.freshUntil;
          return previous.keys;
        }),
    };
    sets.set(url, fetched);
    return fetched;
  };

  const remoteKeys = async (url: string, header: JWSHeaderParameters): Promise<CryptoKey[]> => {
    const cached = sets.get(url);
    const fetched = cached !== undefined && clock.elapsed() < cached.freshUntil ? cached : load(url);
    const found = await matchingKeys(await fetched.keys, header);
    if (found.length > 0 || clock.elapsed() < fetched.at + COOLDOWN) return found;
    const latest = sets.get(url);
    const again = latest === undefined || latest === fetched ? load(url, fetched) : latest;
    return matchingKeys(await again.keys, header);
  };

  return async (client, header) => {
    if (client.jwks !== undefined) return matchingKeys(parseKeySet(client.jwks), header);
    if (client.jwksUri !== undefined) return remoteKeys(client.jwksUri, header);
    return [];
  };
}

/** Throws when the text is not JSON of a key set: jose checks the shape. */
const parseKeySet = (text: string): KeySet => createLocalJWKSet(JSON.parse(text) as JSONWebKeySet);

/** Several keys fit when the header names none: then each may be the one. */
async function matchingKeys(keys: KeySet, header: JWSHeaderParameters): Promise<CryptoKey[]> {
  try {
    return [await keys(header)];
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return [];
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    const several: CryptoKey[] = [];
    for await (const key of error) several.push(key);
    return several;
  }
}

/** How long an answer with this `Cache-Control` is kept, in milliseconds. */
function ageOf(cacheControl = ''): number {
  if (/\bno-(store|cache)\b/i.test(cacheControl)) return LEAST_AGE;
  const seconds = /\bmax-age=(\d{1,9})\b/i.exec(cacheControl)?.[1];
  return seconds === undefined ? MOST_AGE : Math.min(Math.max(Number(seconds) * SECOND, LEAST_AGE), MOST_AGE);
}
