import { INUM } from '../../shared/ids.ts';
import { OAuthProblem } from '../../shared/problem.ts';
import type { CounterName, Limits } from '../../shared/limits/limits.ts';
import { networkOf } from '../../shared/limits/source-network.ts';
import { semaphore } from '../../shared/limits/semaphore.ts';
import type { Limit, WindowCounter } from '../../shared/limits/window-counter.ts';

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

/**
 * Limits failed attempts for each client and source, and for each source; successful ones do not count. Of those under way at
 * once each process has its part.
 */
export function attemptLimiter({ points, seconds }: Limit, limits: Limits): AttemptLimiter {
  const limited = (name: CounterName, limit: number): (<T>(key: string, task: () => Promise<T>) => Promise<T>) => {
    const failures = limits.counter(name, seconds);
    // Without it a caller could send any number of guesses at once, all of them before the first one has failed.
    const inTurn = keyedSemaphore(Math.max(1, Math.floor(limit / limits.processes)));
    return (key, task) =>
      inTurn(key, async () => {
        await refuseOver(limit, failures, key);
        try {
          return await task();
        } catch (error) {
          if (error instanceof OAuthProblem && error.status === 401) await failures.add(key);
          throw error;
        }
      });
  };
  const bySource = limited('failures-by-source', points * SOURCE_FACTOR);
  const byClient = limited('failures-by-client', points);
  return ({ clientId, source: address }, task) => {
    const source = networkOf(address);
    // Ids that no client can have share one count.
    const client = INUM.test(clientId) ? clientId : '';
    return bySource(source, () => byClient(`${source} ${client}`, task));
  };
}

async function refuseOver(limit: number, failures: WindowCounter, key: string): Promise<void> {
  const { count, secondsLeft } = await failures.of(key);
  if (count < limit) return;
  throw new OAuthProblem(429, 'temporarily_unavailable', 'too many failed attempts', {
    reason: 'too many failed attempts',
    headers: { 'Retry-After': String(secondsLeft) },
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
