import type { Clock } from '../shared/clock.ts';
import { networkOf } from '../shared/limits/source-network.ts';
import { OAuthProblem } from '../shared/problem.ts';
import { windowCounter, type Limit } from '../shared/limits/window-counter.ts';

/** Counts a registration, or a change of one, from this address. Throws 429 when there were too many. */
export type RegistrationLimiter = (source: string) => void;

/** Limits registrations for each source, the refused ones as well: checking them costs the same. */
export function registrationLimiter({ points, seconds }: Limit, clock: Clock): RegistrationLimiter {
  const registrations = windowCounter(seconds, clock);
  return (source) => {
    const network = networkOf(source);
    if (registrations.add(network) <= points) return;
    const headers = { 'Retry-After': String(registrations.secondsLeft(network)) };
    throw new OAuthProblem(429, 'temporarily_unavailable', 'too many registrations', { headers });
  };
}
