import type { CryptoKey, JWSHeaderParameters } from 'jose';
import type { Clock } from '../clock.ts';
import { matchingKeys, type KeySet } from '../keys/key-set.ts';

export interface RemoteKeySetOptions {
  readonly clock: Clock;
  /** Fetches the set. `age` is for how long it counts, in milliseconds. */
  readonly load: () => Promise<{ readonly keys: KeySet; readonly age: number }>;
  /** For how long the last set goes on to count after that while no other can be had, in milliseconds. */
  readonly grace?: number;
  /** Told at each look whether a set was there that counts. */
  readonly onLook?: (isHit: boolean) => void;
}

export interface FoundKeys {
  readonly keys: readonly CryptoKey[];
  /** Until when they count, in time of `Clock.elapsed`. */
  readonly until: number;
}

/** Finds the keys for the header of a JWT. Rejects when no set can be had, with what went wrong. */
export type FindKeys = (header: JWSHeaderParameters) => Promise<FoundKeys>;

/** After a fetch there is no other one for so long, whatever tokens with unknown key ids come, in milliseconds. */
const COOLDOWN = 30_000;

/**
 * A key set that is somewhere else. Strangers can name key ids that are not in it, and its server can be away or slow:
 * a set that was had counts until its time is over, and while it is fetched again only those wait who name a key that
 * is not in it.
 */
export function remoteKeySet({ clock, load, grace = 0, onLook = () => undefined }: RemoteKeySetOptions): FindKeys {
  /** The last set that was had. */
  let held: { readonly keys: KeySet; readonly until: number } | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let failure: Error | undefined;
  let pending: Promise<void> | undefined;

  const fetchIt = async (): Promise<void> => {
    const at = clock.elapsed();
    try {
      const { keys, age } = await load();
      held = { keys, until: at + age };
      failure = undefined;
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    }
    askedAt = at;
    pending = undefined;
  };
  /** Fetches the set, or waits for the fetch that is under way; nothing when the last one is too recent. */
  const refresh = (): Promise<void> | undefined => {
    if (pending === undefined && clock.elapsed() >= askedAt + COOLDOWN) pending = fetchIt();
    return pending;
  };
  const counts = (extra: number): boolean => held !== undefined && clock.elapsed() < held.until + extra;

  return async (header) => {
    onLook(counts(0));
    if (!counts(0)) {
      const fetching = refresh();
      // Once a fetch has failed, those that come after it need not wait for the next one as well.
      if (failure === undefined || !counts(grace)) await fetching;
    }
    if (held === undefined || !counts(grace)) throw failure ?? new Error('the keys are too old');
    let keys = await matchingKeys(held.keys, header);
    if (keys.length === 0) {
      await refresh();
      keys = await matchingKeys(held.keys, header);
    }
    const until = counts(0) ? held.until : Math.min(askedAt + COOLDOWN, held.until + grace);
    return { keys, until };
  };
}
