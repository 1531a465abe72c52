import { In, type EntityManager } from 'typeorm';
import { TaskItemEntity } from '../../entities/task-item.entity.ts';
import { insertRows } from '../shared/database/plain-insert.store.ts';
import type { Json } from './task.ts';

/** The state of what is still to be done. */
export const WAITING = 'waiting';

/** One of the things that a task is about. */
export interface TaskItem {
  /** Its place among the others, from 1. */
  readonly position: number;
  readonly key: string;
  /** `waiting`, or how it ended in the words of its kind of task: at most 16 characters. */
  readonly state: string;
  /** What is known of it; after its end, what has come of it. */
  readonly result?: Json;
}

/** An item without a state waits. */
export type NewItem = Pick<TaskItem, 'key' | 'result'> & Partial<Pick<TaskItem, 'state'>>;

/** What tasks are about, one by one. Items go with their task. */
export interface TaskItemStore {
  /** Adds items that wait or have ended, after those that there are; keys that the task has stay as they are. Returns how many are new. */
  add(taskId: string, items: readonly NewItem[]): Promise<number>;
  /** The first items that wait. */
  next(taskId: string, limit: number): Promise<TaskItem[]>;
  /**
   * Ends an item that waits, in the transaction of what is done. Returns false where it does not wait any more, since somebody
   * else has done it, or its task was paused or stopped: the transaction has to be rolled back.
   */
  finish(taskId: string, item: Omit<TaskItem, 'key'>): Promise<boolean>;
  /** How many there are, by state. */
  count(taskId: string): Promise<Readonly<Record<string, number>>>;
  /** A page of them by position, after `after`, those in a state or all. */
  page(taskId: string, asked: { state?: string; after?: number; limit: number }): Promise<TaskItem[]>;
  /** Removes up to `most` items of a task. Returns how many. */
  remove(taskId: string, most: number): Promise<number>;
}

/** In rows of one statement: SQLite takes 32,766 values. */
const AT_ONCE = 1_000;

export function taskItemStore(manager: EntityManager): TaskItemStore {
  const rows = manager.getRepository(TaskItemEntity);
  const addSome = async (taskId: string, items: readonly NewItem[]): Promise<number> => {
    const there = await rows.find({ select: { key: true }, where: { taskId, key: In(items.map(({ key }) => key)) } });
    const known = new Set(there.map(({ key }) => key));
    const added = items.filter(({ key }) => !known.has(key) && known.add(key));
    const first = 1 + ((await rows.maximum('position', { taskId })) ?? 0);
    await insertRows(
      manager,
      TaskItemEntity,
      added.map(({ key, state = WAITING, result }, index) => ({
        ...{ taskId, position: first + index, key, state },
        result: textOf(result),
      })),
    );
    return added.length;
  };

  return {
    add: async (taskId, items) => {
      let added = 0;
      for (let start = 0; start < items.length; start += AT_ONCE)
        added += await addSome(taskId, items.slice(start, start + AT_ONCE));
      return added;
    },
    next: async (taskId, limit) =>
      (await rows.find({ where: { taskId, state: WAITING }, order: { position: 'ASC' }, take: limit })).map(itemOf),
    finish: async (taskId, { position, state, result }) => {
      const ended = await rows
        .createQueryBuilder()
        .update()
        .set({ state, result: textOf(result) })
        .where('task_id = :taskId AND position = :position AND state = :waiting', {
          taskId,
          position,
          waiting: WAITING,
        })
        // Who pauses or stops it waits for this transaction, or is seen by it.
        .andWhere(`EXISTS (SELECT 1 FROM tasks t WHERE t.id = :taskId AND t.state IN ('waiting', 'running'))`)
        .execute();
      return ended.affected === 1;
    },
    count: async (taskId) => {
      const counted = await manager.query<{ state: string; items: number | string }[]>(
        'SELECT state, COUNT(*) AS items FROM task_items WHERE task_id = ? GROUP BY state',
        [taskId],
      );
      return Object.fromEntries(counted.map(({ state, items }) => [state, Number(items)]));
    },
    page: async (taskId, { state, after = 0, limit }) => {
      const query = rows.createQueryBuilder('i').where('i.taskId = :taskId AND i.position > :after', { taskId, after });
      if (state !== undefined) query.andWhere('i.state = :state', { state });
      return (await query.orderBy('i.position').take(limit).getMany()).map(itemOf);
    },
    remove: async (taskId, most) => {
      const gone = await rows.find({ select: { position: true }, where: { taskId }, take: most });
      if (gone.length > 0) await rows.delete({ taskId, position: In(gone.map(({ position }) => position)) });
      return gone.length;
    },
  };
}

const textOf = (result: Json | undefined): string | null => (result === undefined ? null : JSON.stringify(result));

const itemOf = ({ position, key, state, result }: TaskItemEntity): TaskItem => ({
  ...{ position, key, state },
  ...(result !== null && { result: JSON.parse(result) as Json }),
});
