import type { Clock } from '../shared/clock.ts';
import { timestamp } from '../shared/clock.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import { requireFewOpen } from './few-open.ts';
import type { Json, Task, TaskKind, TaskState } from './task.ts';
import type { NewItem } from './task-items.store.ts';
import type { TaskChange, TaskFilter, TaskStores } from './task.store.ts';

export interface TaskServiceNeeds {
  readonly work: UnitOfWork<TaskStores>;
  readonly clock: Clock;
  readonly kinds: readonly TaskKind[];
  readonly newId: () => string;
  /** What is wrong with a value, by the JSON Schema given first; nothing when it fits. */
  readonly faultOf: (schema: object, value: unknown) => string | undefined;
}

/** A task cannot be made so, or what was asked does not fit the state that it is in; the message says why. */
export class TaskRefusal extends Error {
  override readonly name = 'TaskRefusal';
}

/** What people can do with tasks. Every call names a task that is there, or throws a TaskRefusal. */
export interface TaskService {
  /**
   * Has the runner do a piece of work soon. Throws a TaskRefusal for a kind or parameters that there are not, and
   * `too-many-runs` where too many of those have not ended that `isTheirs` tells by their parameters.
   */
  create(kind: string, parameters?: Json, isTheirs?: (parameters: Json) => boolean): Promise<Task>;
  /**
   * Notes what was done without a task, in its unit of work, as a task that has ended and what it was about. An id that is taken, is the
   * name of a kind or does not fit is left as it is, and nothing is noted.
   */
  note(stores: TaskStores, done: DoneWork, items: readonly Required<NewItem>[]): Promise<void>;
  find(id: string): Promise<Task | undefined>;
  list(filter: TaskFilter): Promise<{ readonly total: number; readonly tasks: Task[] }>;
  /** Holds the task after the step that is under way. */
  pause(id: string): Promise<Task>;
  /** Has a task that comes again run soon, with a first step that begins anew; one that somebody has paused stays so. */
  hasten(kind: string): Promise<void>;
  /** Lets the task go on now: from a pause, after it has failed, or before its time; with other parameters where they are given. */
  resume(id: string, anew?: Pick<TaskChange, 'parameters' | 'checkpoint'>): Promise<Task>;
  /** Lets a task that nobody holds go on before its time. */
  hurry(id: string): Promise<Task>;
  /** Ends the task after the step that is under way. What comes again by itself can only be paused. */
  stop(id: string): Promise<Task>;
}

/** What was done at once, as its kind of task would have left it. */
export type DoneWork = Pick<Task, 'id' | 'kind' | 'parameters' | 'createdAt'> & Required<Pick<Task, 'checkpoint'>>;

/** As many characters as an id can have. */
const LONGEST_ID = 64;

export function taskService({ work, clock, kinds, newId, faultOf }: TaskServiceNeeds): TaskService {
  const now = (): string => timestamp(clock.now());
  const change = (id: string, from: readonly TaskState[], changed: Parameters<TaskStores['tasks']['change']>[2]) =>
    work.write(async ({ tasks }) => {
      const isChanged = await tasks.change(id, from, changed);
      const task = await tasks.find(id);
      if (task === undefined) throw new TaskRefusal(`there is no task ${id}`);
      if (!isChanged)
        throw new TaskRefusal(`the task ${id} is ${task.state}: only one that is ${from.join(' or ')} can`);
      return task;
    });

  return {
    create: async (name, parameters = {}, isTheirs) => {
      const kind = kinds.find((known) => known.name === name);
      if (kind === undefined) throw new TaskRefusal(`there is no kind of task ${name}`);
      if (kind.every !== undefined)
        throw new TaskRefusal(`there is a task ${name} already, which comes again by itself`);
      const fault = faultOf(kind.parameters ?? NO_PARAMETERS, parameters);
      if (fault !== undefined) throw new TaskRefusal(`parameters of ${name}: ${fault}`);
      const task = newTask({ id: newId(), kind: name, parameters, now: now() });
      await work.write(async ({ tasks }) => {
        if (isTheirs !== undefined) await requireFewOpen({ tasks }, name, isTheirs);
        await tasks.add(task);
      });
      return task;
    },
    note: async ({ tasks, taskItems }, { createdAt, checkpoint, ...done }, items) => {
      const isTaken = done.id.length > LONGEST_ID || kinds.some(({ name }) => name === done.id);
      if (isTaken || (await tasks.find(done.id)) !== undefined) return;
      const ended = { state: 'done', checkpoint, endedAt: createdAt } as const;
      await tasks.add({ ...newTask({ ...done, now: createdAt }), ...ended });
      await taskItems.add(done.id, items);
    },
    find: (id) => work.read(({ tasks }) => tasks.find(id)),
    list: (filter) => work.read(({ tasks }) => tasks.list(filter)),
    pause: (id) => change(id, GOING, { state: 'paused' }),
    hasten: (kind) =>
      work.write(async ({ tasks }) => {
        await tasks.add(newTask({ id: kind, kind, parameters: {}, now: now() }));
        await tasks.change(kind, ['waiting'], { dueAt: now() });
      }),
    resume: (id, anew) =>
      change(id, [...GOING, 'paused', 'failed'], {
        ...anew,
        state: 'waiting',
        failures: 0,
        dueAt: now(),
        endedAt: null,
      }),
    hurry: (id) => change(id, GOING, { state: 'waiting', failures: 0, dueAt: now() }),
    stop: async (id) => {
      const task = await work.read(({ tasks }) => tasks.find(id));
      if (task !== undefined && comesAgain(task)) throw new TaskRefusal(`the task ${id} comes again: pause it instead`);
      return change(id, [...GOING, 'paused', 'failed'], { state: 'stopped', endedAt: now() });
    },
  };
}

const GOING: readonly TaskState[] = ['waiting', 'running'];

/** There is one task of such a kind, which has its name. */
const comesAgain = ({ id, kind }: Task): boolean => id === kind;

const NO_PARAMETERS = { type: 'object', maxProperties: 0 };

/** A task that has had no step yet. */
export const newTask = (made: {
  readonly id: string;
  readonly kind: string;
  readonly parameters: Json;
  readonly now: string;
  readonly dueAt?: string;
}): Task => ({
  id: made.id,
  kind: made.kind,
  state: 'waiting',
  parameters: made.parameters,
  failures: 0,
  createdAt: made.now,
  dueAt: made.dueAt ?? made.now,
  steppedAt: made.now,
});
