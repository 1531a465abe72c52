import { In, LessThanOrEqual, type EntityManager } from 'typeorm';
import { TaskEntity } from '../../entities/task.entity.ts';
import type { Makers } from '../shared/database/lazy.stores.ts';
import { leaseStore, type LeaseStore } from '../shared/database/lease.store.ts';
import { taskItemStore, type TaskItemStore } from './task-items.store.ts';
import type { Json, Progress, Task, TaskState } from './task.ts';

/** The stores that a unit of work on tasks has. */
export interface TaskStores {
  readonly tasks: TaskStore;
  readonly taskItems: TaskItemStore;
  readonly leases: LeaseStore;
}

export interface TaskFilter {
  readonly kind?: string;
  readonly state?: TaskState;
  readonly startIndex: number;
  readonly limit: number;
}

/** What is written of a task; null takes a value away. */
export interface TaskChange {
  readonly state?: TaskState;
  readonly parameters?: Json;
  readonly checkpoint?: Json;
  readonly progress?: Progress | null;
  readonly failures?: number;
  readonly failure?: string | null;
  readonly dueAt?: string;
  readonly steppedAt?: string;
  readonly endedAt?: string | null;
}

export interface TaskStore {
  find(id: string): Promise<Task | undefined>;
  /** The tasks that a filter fits, the youngest first, and how many there are. */
  list(filter: TaskFilter): Promise<{ readonly total: number; readonly tasks: Task[] }>;
  /** The tasks of a kind that have not ended, or are held. */
  open(kind: string): Promise<Task[]>;
  /** Adds a task, unless there is one with its id. */
  add(task: Task): Promise<void>;
  /** Changes a task that is in one of these states. Returns whether it was. */
  change(id: string, states: readonly TaskState[], change: TaskChange): Promise<boolean>;
  /** Of the tasks of these kinds that are due, the one that has had no step for the longest time. */
  due(kinds: readonly string[], now: string): Promise<Task | undefined>;
  /** Ends at `now` what is held, does not come again by itself and had its last step until `moment`. */
  stopHeld(moment: string, now: string): Promise<void>;
  /** Removes tasks that ended before `moment` and do not come again, or what they are about; at most so many rows. Returns how many. */
  removeEnded(moment: string, most: number): Promise<number>;
}

const OPEN: readonly TaskState[] = ['waiting', 'running', 'paused'];
const ENDED: readonly TaskState[] = ['stopped', 'failed', 'done'];

export const TASK_STORES: Makers<TaskStores, unknown, unknown> = {
  tasks: (manager) => taskStore(manager),
  taskItems: (manager) => taskItemStore(manager),
  leases: (manager) => leaseStore(manager),
};

function taskStore(manager: EntityManager): TaskStore {
  const rows = manager.getRepository(TaskEntity);
  const items = taskItemStore(manager);
  return {
    find: async (id) => {
      const row = await rows.findOneBy({ id });
      return row === null ? undefined : taskOf(row);
    },
    list: async ({ kind, state, startIndex, limit }) => {
      const where = { ...(kind !== undefined && { kind }), ...(state !== undefined && { state }) };
      const order = { createdAt: 'DESC', id: 'ASC' } as const;
      const [found, total] = await rows.findAndCount({ where, order, skip: startIndex, take: limit });
      return { total, tasks: found.map(taskOf) };
    },
    open: async (kind) => (await rows.findBy({ kind, state: In([...OPEN]) })).map(taskOf),
    add: async (task) => {
      await rows.createQueryBuilder().insert().values(rowOf(task)).orIgnore().execute();
    },
    change: async (id, states, change) => {
      const changed = await rows.update({ id, state: In([...states]) }, columnsOf(change));
      return changed.affected === 1;
    },
    due: async (kinds, now) => {
      const where = { kind: In([...kinds]), state: In(['waiting', 'running']), dueAt: LessThanOrEqual(now) };
      const row = await rows.findOne({ where, order: { steppedAt: 'ASC', id: 'ASC' } });
      return row === null ? undefined : taskOf(row);
    },
    stopHeld: async (moment, now) => {
      const held = rows.createQueryBuilder().update().set({ state: 'stopped', endedAt: now });
      await held.where(`state = 'paused' AND id <> kind AND stepped_at <= :moment`, { moment }).execute();
    },
    removeEnded: async (moment, most) => {
      const where = { state: In([...ENDED]), endedAt: LessThanOrEqual(moment) };
      const ended = await rows.find({ select: { id: true }, where, take: most });
      let removed = 0;
      for (const { id } of ended) {
        if (removed === most) break;
        removed += await items.remove(id, most - removed);
        if (removed === most) break;
        await rows.delete({ id });
        removed += 1;
      }
      return removed;
    },
  };
}

const jsonOf = (value: Json | Progress): string => JSON.stringify(value);

const columnsOf = ({ parameters, checkpoint, progress, ...others }: TaskChange): Partial<TaskEntity> => ({
  ...others,
  ...(parameters !== undefined && { parameters: jsonOf(parameters) }),
  ...(checkpoint !== undefined && { checkpoint: checkpoint === null ? null : jsonOf(checkpoint) }),
  ...(progress !== undefined && { progress: progress === null ? null : jsonOf(progress) }),
});

const rowOf = ({ parameters, checkpoint, progress, failure, endedAt, ...others }: Task): TaskEntity => ({
  ...others,
  parameters: jsonOf(parameters),
  checkpoint: checkpoint === undefined ? null : jsonOf(checkpoint),
  progress: progress === undefined ? null : jsonOf(progress),
  failure: failure ?? null,
  endedAt: endedAt ?? null,
});

const taskOf = ({ parameters, checkpoint, progress, failure, endedAt, state, ...others }: TaskEntity): Task => ({
  ...others,
  state: state as TaskState,
  parameters: JSON.parse(parameters) as Json,
  ...(checkpoint !== null && { checkpoint: JSON.parse(checkpoint) as Json }),
  ...(progress !== null && { progress: JSON.parse(progress) as Progress }),
  ...(failure !== null && { failure }),
  ...(endedAt !== null && { endedAt }),
});
