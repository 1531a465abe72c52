import { Problem } from '../problem.ts';
import { semaphore } from './semaphore.ts';

/**
 * Runs tasks, at most `limit` at once, in the order in which they came, while at most `most` wait. Who would be one more is
 * refused with `unavailable` (503), so that nobody waits for longer than his caller does.
 */
export function turns(limit: number, most: number, what: string): <T>(task: () => Promise<T>) => Promise<T> {
  const inTurn = semaphore(limit);
  let inside = 0;
  return async (task) => {
    if (inside >= limit + most) {
      const detail = `too many ${what} wait: send it again in a moment`;
      throw new Problem('unavailable', { detail, headers: { 'Retry-After': '2' } });
    }
    inside += 1;
    try {
      return await inTurn(task);
    } finally {
      inside -= 1;
    }
  };
}
