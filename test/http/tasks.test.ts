import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '../../entities/data-source.ts';
import { migrate } from '../../entities/migrate.ts';
import type { Clock } from '../../api/shared/clock.ts';
import { unitOfWork, type UnitOfWork } from '../../api/shared/database/unit-of-work.ts';
import type { Log } from '../../api/shared/log/log.ts';
import { NO_METERS } from '../../api/shared/meters.ts';
import type { Step, Task, TaskKind } from '../../api/tasks/task.ts';
import { TaskRefusal } from '../../api/tasks/task.service.ts';
import { lazyStores } from '../../api/shared/database/lazy.stores.ts';
import { TASK_STORES, type TaskStores } from '../../api/tasks/task.store.ts';
import { tasksOf, type Tasks } from '../../api/tasks/tasks.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { renewingNothing } from '../support/interleaving.ts';

let folder: string;
let created: TestDatabase;
let database: Database;
let work: UnitOfWork<TaskStores>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
  created = await createDatabase(folder);
  database = await openDatabase(created.url);
  await migrate(database, { then: () => Promise.resolve() });
  work = unitOfWork(database, lazyStores<TaskStores, unknown>(TASK_STORES, undefined));
});
beforeEach(() => database.writer.query('DELETE FROM tasks'));
afterAll(async () => {
  await database.close();
  await created.drop();
  rmSync(folder, { recursive: true, force: true });
});

const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];
let at = Date.now();
const clock: Clock = { now: () => at, elapsed: () => at, wait: () => Promise.resolve() };
const advance = (milliseconds: number): void => void (at += milliseconds);

const errors: string[] = [];
const log: Log = {
  error: (message, fields) => errors.push(JSON.stringify({ message, ...fields })),
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
};

/** One process that runs tasks of these kinds. */
const processWith = (...kinds: TaskKind[]): Tasks => tasksOf({ work, clock, log, meters: NO_METERS, kinds });

interface Count {
  readonly to: number;
}

/** Counts by one a step; `onStep` is told to where. */
const counting = (onStep: (count: number) => unknown = () => undefined, name = 'count'): TaskKind => {
  const kind: TaskKind<Count & Record<string, number>, number> = {
    name,
    parameters: {
      type: 'object',
      properties: { to: { type: 'integer', minimum: 1 } },
      required: ['to'],
      additionalProperties: false,
    },
    step: async (before = 0, { to }): Promise<Step<number>> => {
      const done = before + 1;
      await onStep(done);
      const progress = { done, total: to };
      return done === to ? { isDone: true, progress } : { isDone: false, state: done, progress };
    },
  };
  return kind;
};

const found = async ({ service }: Tasks, id: string): Promise<Task> => {
  const task = await service.find(id);
  if (task === undefined) throw new Error(`no task ${id}`);
  return task;
};

describe('a task', () => {
  it('goes step by step to its end, and says how far it is', async () => {
    const seen: unknown[] = [];
    const own = processWith(
      counting(async () => {
        seen.push(await found(own, id).then(({ state, progress }) => [state, progress]));
      }),
    );
    const { id, state } = await own.service.create('count', { to: 3 });
    expect(state).toBe('waiting');
    await own.runner.run();
    expect(seen).toEqual([
      ['running', undefined],
      ['running', { done: 1, total: 3 }],
      ['running', { done: 2, total: 3 }],
    ]);
    expect(await found(own, id)).toMatchObject({ state: 'done', progress: { done: 3, total: 3 }, failures: 0 });
    const listed = await own.service.list({ kind: 'count', state: 'done', startIndex: 0, limit: 10 });
    expect(listed.tasks.map((task) => task.id)).toEqual([id]);
  });

  it('is held by a pause with what was done, and goes on from there', async () => {
    const steps: number[] = [];
    const own = processWith(
      counting(async (count) => {
        steps.push(count);
        if (count === 2) await own.service.pause(id);
      }),
    );
    const { id } = await own.service.create('count', { to: 4 });
    await own.runner.run();
    expect(await found(own, id)).toMatchObject({ state: 'paused', progress: { done: 2 } });
    await own.runner.run();
    expect(steps).toEqual([1, 2]);
    await own.service.resume(id);
    await own.runner.run();
    expect(steps).toEqual([1, 2, 3, 4]);
    expect((await found(own, id)).state).toBe('done');
  });

  it('ends when it is stopped, and cannot go on', async () => {
    const own = processWith(counting((count) => (count === 2 ? own.service.stop(id) : undefined)));
    const { id } = await own.service.create('count', { to: 4 });
    await own.runner.run();
    expect(await found(own, id)).toMatchObject({ state: 'stopped', progress: { done: 1 } });
    await expect(own.service.resume(id)).rejects.toThrow(`the task ${id} is stopped`);
    await expect(own.service.pause(id)).rejects.toThrow('waiting or running');
  });

  it('that is asked for wrongly is refused with the reason', async () => {
    const { service } = processWith(counting());
    await expect(service.create('counts', {})).rejects.toThrow('there is no kind of task counts');
    await expect(service.create('count', { to: 0 })).rejects.toThrow('parameters of count: /to must be >= 1');
    await expect(service.pause('nowhere')).rejects.toThrow(new TaskRefusal('there is no task nowhere'));
  });

  it('goes on elsewhere from its last step when its process is gone, and what that does late counts for nothing', async () => {
    let release: () => void = () => undefined;
    let reach: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const reached = new Promise<void>((resolve) => (reach = resolve));
    const first = processWith(
      counting((count) => {
        if (count < 3) return undefined;
        reach();
        return held;
      }),
    );
    const steps: number[] = [];
    const second = processWith(counting((count) => steps.push(count)));
    const { id } = await second.service.create('count', { to: 5 });
    const gone = renewingNothing();
    const late = first.runner.run().catch((error: unknown) => (error as Error).name);
    await reached;
    gone.end();
    await second.runner.run();
    advance(39 * SECOND);
    await second.runner.run();
    expect([steps, (await found(second, id)).state]).toEqual([[], 'running']);
    advance(SECOND);
    await second.runner.run();
    expect([steps, await found(second, id)]).toEqual([[3, 4, 5], expect.objectContaining({ state: 'done' })]);
    release();
    expect(await late).toBe('LeaseLostError');
    expect(await found(second, id)).toMatchObject({ state: 'done', progress: { done: 5 } });
  });

  it('is run by one process at a time, and others get their turn between its steps', async () => {
    let [running, most] = [0, 0];
    const order: string[] = [];
    const kinds = ['long', 'short'].map((name) =>
      counting(async (count) => {
        running += 1;
        most = Math.max(most, running);
        order.push(`${name} ${count}`);
        await new Promise((resolve) => setImmediate(resolve));
        advance(1);
        running -= 1;
      }, name),
    );
    const processes = [processWith(...kinds), processWith(...kinds), processWith(...kinds)];
    await processes[0]?.service.create('long', { to: 4 });
    advance(1);
    await processes[0]?.service.create('short', { to: 2 });
    await Promise.all(processes.map(({ runner }) => runner.run()));
    expect([most, order]).toEqual([1, ['long 1', 'short 1', 'long 2', 'short 2', 'long 3', 'long 4']]);
  });
});

describe('a task that fails', () => {
  it('says why, is done again later and later from its last step, and is given up in the end', async () => {
    const steps: number[] = [];
    const own = processWith(
      counting((count) => {
        steps.push(count);
        if (count === 2) throw new Error('the disk is full');
      }),
    );
    const { id } = await own.service.create('count', { to: 3 });
    await own.runner.run();
    expect(await found(own, id)).toMatchObject({ state: 'waiting', failures: 1, failure: 'Error: the disk is full' });
    expect(errors.at(-1)).toMatch(
      /"message":"task failed","task":"[^"]+","kind":"count","failures":1,"error":"Error: the/,
    );
    advance(29 * SECOND);
    await own.runner.run();
    expect(steps).toEqual([1, 2]);
    advance(SECOND);
    await own.runner.run();
    advance(59 * SECOND);
    await own.runner.run();
    expect(steps).toEqual([1, 2, 2]);
    for (let attempt = 3; attempt <= 10; attempt += 1) {
      advance(HOUR);
      await own.runner.run();
    }
    expect(await found(own, id)).toMatchObject({ state: 'failed', failures: 10, progress: { done: 1 } });
    await own.service.resume(id);
    await own.runner.run();
    expect(await found(own, id)).toMatchObject({ state: 'waiting', failures: 1 });
  });
});

describe('a task that comes again by itself', () => {
  it('runs soon, then every hour, once over all processes, also when it fails', async () => {
    let runs = 0;
    const recurring: TaskKind = {
      name: 'sweep-yard',
      every: HOUR,
      step: () => {
        runs += 1;
        return runs === 2 ? Promise.reject(new Error('on purpose')) : Promise.resolve({ isDone: true });
      },
    };
    const processes = [processWith(recurring), processWith(recurring)];
    const runAll = (): Promise<unknown> => Promise.all(processes.map(({ runner }) => runner.run()));
    await runAll();
    advance(MINUTE);
    await runAll();
    expect(runs).toBe(1);
    advance(HOUR - SECOND);
    await runAll();
    expect(runs).toBe(1);
    advance(SECOND);
    await runAll();
    const [own] = processes as [Tasks];
    expect(await found(own, 'sweep-yard')).toMatchObject({ state: 'waiting', failures: 1 });
    advance(30 * SECOND);
    await runAll();
    expect([runs, await found(own, 'sweep-yard')]).toEqual([3, expect.objectContaining({ failures: 0 })]);
    await expect(own.service.stop('sweep-yard')).rejects.toThrow('pause it instead');
    await expect(own.service.create('sweep-yard')).rejects.toThrow('there is a task sweep-yard already');
    await own.service.pause('sweep-yard');
    advance(3 * HOUR);
    await runAll();
    expect(runs).toBe(3);
  });

  it('forgets tasks a month after their end, with all that they were about', async () => {
    const own = processWith(counting());
    const { id } = await own.service.create('count', { to: 1 });
    const keys = Array.from({ length: 2_100 }, (_none, index) => ({ key: `client-${index}` }));
    expect(await work.write(({ taskItems }) => taskItems.add(id, keys))).toBe(2_100);
    await own.runner.run();
    advance(29 * 24 * HOUR);
    await own.runner.run();
    expect(await own.service.find(id)).toBeDefined();
    advance(24 * HOUR);
    await own.runner.run();
    expect(await own.service.find(id)).toBeUndefined();
    expect(await work.read(({ taskItems }) => taskItems.count(id))).toEqual({});
  });
});

describe('what a task is about', () => {
  it('is there once each, in order, and ends once, with what has come of it', async () => {
    const own = processWith(counting());
    const { id } = await own.service.create('count', { to: 1 });
    const add = (...keys: string[]) =>
      work.write(({ taskItems }) =>
        taskItems.add(
          id,
          keys.map((key) => ({ key, result: { version: 1 } })),
        ),
      );
    expect([await add('b', 'a', 'b'), await add('a', 'c'), await add()]).toEqual([2, 1, 0]);
    const finish = (position: number, state: string) =>
      work.write(({ taskItems }) => taskItems.finish(id, { position, state, result: { why: state } }));
    expect([await finish(1, 'failed'), await finish(1, 'changed'), await finish(3, 'changed')]).toEqual([
      ...[true, false, true],
    ]);
    const items = work.read(({ taskItems }) => taskItems.page(id, { after: 1, limit: 5 }));
    expect(await items).toEqual([
      { position: 2, key: 'a', state: 'waiting', result: { version: 1 } },
      { position: 3, key: 'c', state: 'changed', result: { why: 'changed' } },
    ]);
    const failed = work.read(({ taskItems }) => taskItems.page(id, { state: 'failed', limit: 5 }));
    expect((await failed).map(({ key }) => key)).toEqual(['b']);
    expect(await work.read(({ taskItems }) => taskItems.next(id, 5))).toHaveLength(1);
    expect(await work.read(({ taskItems }) => taskItems.count(id))).toEqual({ waiting: 1, failed: 1, changed: 1 });
  });
});
