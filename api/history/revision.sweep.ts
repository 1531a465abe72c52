import { timestamp, type Clock } from '../shared/clock.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import type { TaskKind } from '../tasks/task.ts';
import type { RevisionStore } from './revision.store.ts';

/** How many revisions of each resource are kept, and for how long (milliseconds). */
export interface HistoryKeep {
  readonly count: number;
  readonly age: number;
}

const BATCH = 200;

interface SweepNeeds {
  readonly work: UnitOfWork<{ readonly revisions: RevisionStore }>;
  readonly clock: Clock;
}

type Place = { readonly kind: string; readonly inum: string };

const DAY = 86_400_000;

/** The kind of task that removes every day the revisions that are not to be kept. */
export const sweepingHistory = (needs: SweepNeeds, keep: HistoryKeep): TaskKind<null, Place> => ({
  name: 'sweep-history',
  every: DAY,
  step: async (after) => {
    const state = await sweep(needs, keep, after);
    return state === undefined ? { isDone: true } : { isDone: false, state };
  },
});

/** Does it for the next resources after `after`, but for the newest of each. Returns where to go on, or undefined at the end. */
async function sweep({ work, clock }: SweepNeeds, keep: HistoryKeep, after?: Place): Promise<Place | undefined> {
  const since = timestamp(clock.now() - keep.age);
  const batch = await work.read(({ revisions }) => revisions.resourcesAfter(after, BATCH));
  for (const resource of batch) {
    const isTooMuch = resource.revisions > keep.count || (resource.oldest < since && resource.revisions > 1);
    if (isTooMuch) await work.write(({ revisions }) => revisions.prune(resource, { count: keep.count, since }));
  }
  const last = batch.at(-1);
  return last === undefined || batch.length < BATCH ? undefined : { kind: last.kind, inum: last.inum };
}
