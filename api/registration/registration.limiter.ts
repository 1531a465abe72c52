import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { networkOf } from '../shared/source-network.ts';
import { OAuthProblem } from '../shared/problem.ts';

/** Counts a registration, or a change of one, from this address. Rejects with 429 when there were too many. */
export type RegistrationLimiter = (source: string) => Promise<void>;

/** Limits registrations for each source, the refused ones as well: checking them costs the same. */
export function registrationLimiter(limit: { readonly points: number; readonly seconds: number }): RegistrationLimiter {
  const registrations = new RateLimiterMemory({
    keyPrefix: 'registration',
    points: limit.points,
    duration: limit.seconds,
  });
  return async (source) => {
    try {
      await registrations.consume(networkOf(source));
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      const headers = { 'Retry-After': String(Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000))) };
      throw new OAuthProblem(429, 'temporarily_unavailable', 'too many registrations', { headers });
    }
  };
}
