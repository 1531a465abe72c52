import { forGood } from '../shared/database/dry-run.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import { Problem } from '../shared/problem.ts';
import type { ChangeStores } from './change.stores.ts';

/**
 * Puts all changes that are committed by now into batches of the feed, and returns the number of the last one: what is committed
 * later is in none up to it. Throws `unavailable` when `isOver` before that; what was done until then is kept.
 */
export async function lastBatch(
  work: Pick<UnitOfWork<ChangeStores>, 'read' | 'write'>,
  isOver: () => boolean,
): Promise<number> {
  let isLeft = await work.read(({ changeFeed }) => changeFeed.isWaiting());
  while (isLeft) {
    // Also what is only planned has to know what it is about.
    isLeft = !(await forGood(() => work.write(({ changeFeed }) => changeFeed.advance())));
    if (isLeft && isOver()) throw new Problem('unavailable', { detail: BEHIND, headers: { 'Retry-After': '1' } });
  }
  return work.read(({ changeFeed }) => changeFeed.last());
}

const BEHIND = 'there are many changes that nobody has listed in order so far, and that goes on: ask again in a moment';
