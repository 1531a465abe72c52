import { Problem } from '../shared/problem.ts';
import type { Json } from './task.ts';
import type { TaskStores } from './task.store.ts';

/** So many runs of a kind that one caller has begun may not have ended, those that are held included: each keeps what it is about. */
const MOST = 20;

/** Refuses one more to who has begun so many, which is seen from their parameters. Throws `too-many-runs`. */
export async function requireFewOpen(
  { tasks }: Pick<TaskStores, 'tasks'>,
  kind: string,
  isTheirs: (parameters: Json) => boolean,
): Promise<void> {
  const open = (await tasks.open(kind)).filter(({ parameters }) => isTheirs(parameters));
  if (open.length < MOST) return;
  const detail = `${MOST} that this caller has begun have not ended: wait for them, or stop those that are paused`;
  throw new Problem('too-many-runs', { detail });
}
