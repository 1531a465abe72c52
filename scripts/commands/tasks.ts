import { foundations } from '../../api/compose.ts';
import { prepare } from '../../api/setup/prepare.ts';
import { NO_METERS } from '../../api/shared/meters.ts';
import { rebuildAnew, REBUILD_VALUES } from '../../api/clients/values/values-rebuild.ts';
import { TaskRefusal, type TaskService } from '../../api/tasks/task.service.ts';
import type { Task } from '../../api/tasks/task.ts';
import { tasksOf } from '../../api/tasks/tasks.ts';
import { withGround } from '../ground.ts';

const USAGE = `npm run tasks [-- pause ID | resume ID | stop ID | ${REBUILD_VALUES}]`;
const VERBS = ['pause', 'resume', 'stop'] as const;
const SHOWN = 1_000;

type Verb = (typeof VERBS)[number];

const isVerb = (word: string): word is Verb => VERBS.some((verb) => verb === word);

/** Lists the tasks of the service, or does something with one of them: the service runs them, and need not run now. */
const [verb, id, ...others] = process.argv.slice(2);
await withGround({ usage: USAGE, accepts: isRight, existing: true }, async (ground) => {
  const { clock, log } = ground;
  await prepare(ground);
  const { work } = foundations(ground);
  const tasks = tasksOf({ work, clock, log, meters: NO_METERS, kinds: [] }).service;
  if (verb === REBUILD_VALUES) await rebuildAnew({ work, tasks });
  try {
    const found = verb !== undefined && isVerb(verb) ? [await tasks[verb](id ?? '')] : await all(tasks);
    for (const task of found) process.stdout.write(`${lineOf(task)}\n`);
  } catch (error) {
    if (!(error instanceof TaskRefusal)) throw error;
    process.stderr.write(`clientele: ${error.message}\n`);
    process.exitCode = 1;
  }
});

function isRight(): boolean {
  if (others.length > 0) return false;
  if (id === undefined) return verb === undefined || verb === REBUILD_VALUES;
  return verb !== undefined && isVerb(verb);
}

async function all(tasks: TaskService): Promise<Task[]> {
  return (await tasks.list({ startIndex: 0, limit: SHOWN })).tasks;
}

function lineOf({ id: name, state, progress, dueAt, endedAt, failure }: Task): string {
  const { done, total } = progress ?? {};
  const reached = done === undefined ? [] : [total === undefined ? `${done}` : `${done} of ${total}`];
  const when = state === 'waiting' ? [`due ${dueAt}`] : [];
  const last = endedAt === undefined ? [] : [`ended ${endedAt}`];
  return [name, state, ...reached, ...when, ...last, ...(failure === undefined ? [] : [failure])].join('  ');
}
