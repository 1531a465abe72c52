import type { Clock } from '../clock.ts';
import type { KeyRing } from '../keys/key-ring.ts';

/** Values that proofs show to be fresh by (RFC 9449 section 8). Nothing is stored: every replica makes and knows the same. */
export interface Nonces {
  current(): string;
  /** Whether a value was given out a short time ago, by this replica or another one. */
  isFresh(nonce: string): boolean;
}

const PURPOSE = 'dpop nonce';
/** How long a value stays the same, in milliseconds; it is good for that time and once more. */
const PERIOD = 150_000;

/** How long a proof with a nonce can be good, in milliseconds: clocks of replicas differ, by a period at most. */
export const NONCE_AGE = 3 * PERIOD;

export function nonces(ring: KeyRing, clock: Clock): Nonces {
  const period = (): number => Math.floor(clock.now() / PERIOD);
  return {
    current: () => `${period()}~${ring.mac(String(period()), PURPOSE)}`,
    isFresh(nonce) {
      const [, text = '', mac = ''] = /^(\d{1,12})~(.+)$/.exec(nonce) ?? [];
      return Math.abs(Number(text) - period()) <= 1 && ring.isMac(mac, text, PURPOSE);
    },
  };
}
