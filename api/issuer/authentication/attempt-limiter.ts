import type { Clock } from '../../shared/clock.ts';
import { INUM } from '../../shared/ids.ts';
import { OAuthProblem } from '../../shared/problem.ts';
import { networkOf } from '../../shared/limits/source-network.ts';
import { semaphore } from '../../shared/limits/semaphore.ts';
import { windowCounter, type Limit, type WindowCounter } from '../../shared/limits/window-counter.ts';

export interface Attempt {
  readonly clientId: string;
  /** Address of the peer. */
  readonly source: string;
}

/**
 * Runs an attempt to authenticate. Rejects with 429, before anything is computed, when the client or the source has
 * failed too often; counts an attempt that is rejected with 401.
 */
export type AttemptLimiter = <T>(attempt: Attempt, task: () => Promise<T>) => Promise<T>;

/** A source may be many clients, so it is allowed more failures than one client from that source. */
const SOURCE_FACTOR = 10;

/** Limits failed attempts for each client and source, and for each source; successful ones do not count. */
export function attemptLimiter({ points, seconds }: Limit, clock: Clock): AttemptLimiter {
  const limited = (limit: number): (<T>(key: string, task: () => Promise<T>) => Promise<T>) => {
    const failures = windowCounter(seconds, clock);
    // Without it a caller could send any number of guesses at once, all of them before the first one has failed.
    const inTurn = keyedSemaphore(limit);
    return (key, task) =>
      inTurn(key, async () => {
        refuseOver(limit, failures, key);
        try {
          return await task();
        } catch (error) {
          if (error instanceof OAuthProblem && error.status === 401) failures.add(key);
          throw error;
        }
      });
  };
  const bySource = limited(points * SOURCE_FACTOR);
  const byClient = limited(points);
  return ({ clientId, source: address }, task) => {
    const source = networkOf(address);
    // Ids that no client can have share one count.
    const client = INUM.test(clientId) ? clientId : '';
    return bySource(source, () => byClient(`${source} ${client}`, task));
  };
}

function refuseOver(limit: number, failures: WindowCounter, key: string): void {
  if (failures.count(key) < limit) return;
  throw new OAuthProblem(429, 'temporarily_unavailable', 'too many failed attempts', {
    reason: 'too many failed attempts',
    headers: { 'Retry-After': String(failures.secondsLeft(key)) },
  });
}

/** Runs tasks, at most `limit` of each key at once. */
function keyedSemaphore(limit: number): <T>(key: string, task: () => Promise<T>) => Promise<T> {
  const queues = new Map<string, { readonly run: ReturnType<typeof semaphore>; users: number }>();
  return async (key, task) => {
    const queue = queues.get(key) ?? { run: semaphore(limit), users: 0 };
    queues.set(key, queue);
    queue.users += 1;
    try {
      return await queue.run(task);
    } finally {
      queue.users -= 1;
      if (queue.users === 0) queues.delete(key);
    }
  };
}
