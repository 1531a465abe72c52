import type { StoredSigningKey } from './signing-key.store.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** How long a key signs. */
const SIGNING = 90 * DAY;
/** How long a key is published before it signs, so that every verifier has seen it. */
const LEAD = DAY;
/** How long a key stays published after its successor took over: its last token lives an hour at most, and a margin. */
const RETIREMENT = HOUR + DAY;

export interface RotationPlan {
  /** From when a new key is to sign (epoch milliseconds); left out when no key is to be made. */
  readonly activeFrom?: number;
  /** The keys that no valid token can be from any more. */
  readonly retired: readonly string[];
}

/** Says which key has to be made now and which have to go. `keys` are in the order of their use; `now` is in epoch milliseconds. */
export function planRotation(keys: readonly StoredSigningKey[], now: number): RotationPlan {
  const starts = keys.map((key) => Date.parse(key.activeFrom));
  const retired = keys
    .filter((_key, index) => (starts[index + 1] ?? Infinity) + RETIREMENT <= now)
    .map((key) => key.kid);
  const newest = starts.at(-1);
  if (newest === undefined) return { activeFrom: now, retired };
  const isDue = newest <= now && now >= newest + SIGNING - LEAD;
  return isDue ? { activeFrom: Math.max(newest + SIGNING, now + LEAD), retired } : { retired };
}
