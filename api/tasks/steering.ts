import type { Task } from './task.ts';
import type { TaskChange } from './task.store.ts';
import { TaskRefusal, type TaskService } from './task.service.ts';

/** What whoever may begin a task can do with it. */
export type Verb = 'pause' | 'resume' | 'stop';

/** The states in which there is nothing to do any more. */
const ENDS: Readonly<Record<Verb, Task['state'] | undefined>> = { pause: 'paused', stop: 'stopped', resume: undefined };

/**
 * Holds a task, ends it, or lets it go on: one that was held or has failed with what `resumed` makes of it. Returns whether it could
 * be done in the state that it is in.
 */
export async function steered(
  tasks: TaskService,
  verb: Verb,
  task: Task,
  resumed: (task: Task) => Pick<TaskChange, 'parameters' | 'checkpoint'>,
): Promise<boolean> {
  if (task.state === ENDS[verb]) return true;
  const isHeld = task.state === 'paused' || task.state === 'failed';
  try {
    // One that somebody has held since does not go on in the name of who began it.
    if (verb === 'resume') await (isHeld ? tasks.resume(task.id, resumed(task)) : tasks.hurry(task.id));
    else await tasks[verb](task.id);
    return true;
  } catch (error) {
    if (error instanceof TaskRefusal) return false;
    throw error;
  }
}
