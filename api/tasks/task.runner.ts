import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { timestamp, type Clock } from '../shared/clock.ts';
import { RENEWED, thisProcess, type HeldLease } from '../shared/database/lease.store.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import { errorFields, type Log } from '../shared/log/log.ts';
import { Problem } from '../shared/problem.ts';
import type { Meters } from '../shared/meters.ts';
import type { Step, Json, Task, TaskKind } from './task.ts';
import type { TaskChange, TaskStores } from './task.store.ts';
import { newTask } from './task.service.ts';
import { tracedAlone } from '../shared/tracing.ts';

export interface TaskRunnerNeeds {
  readonly work: UnitOfWork<TaskStores>;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Pick<Meters, 'task'>;
  readonly kinds: readonly TaskKind[];
}

export interface TaskRunner {
  /** Runs what is due, step by step and in turn, until nothing is; nothing at all where another process runs tasks. */
  run(): Promise<void>;
  /** Has a runner that was started look at once for what is due. */
  wake(): void;
  /** Runs what becomes due from now on, until `stop` was called and the step under way is done. */
  start(): { stop(): Promise<void> };
}

const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];
/** How often a process looks for what is due; and how long after its start it does so first, at most. */
const LOOK = 10 * SECOND;
/** Replicas that start together do not all begin at once; a new recurring task is due within so long. */
const SOON = MINUTE;
/** How long a task waits after its first failure in a row; twice as long after each further one. */
const [FIRST_WAIT, LONGEST_WAIT] = [30 * SECOND, HOUR];
/** After so many failures in a row a task is given up, unless it comes again by itself. */
const MOST_FAILURES = 10;
const NAME = 'tasks';

/** Runs tasks, one at a time over all processes that share the database: whoever has the lease. */
export function taskRunner(needs: TaskRunnerNeeds): TaskRunner {
  const { work, clock, log } = needs;
  const holder = thisProcess();
  const names = needs.kinds.map(({ name }) => name);
  const due = (stores: TaskStores): Promise<Task | undefined> => stores.tasks.due(names, timestamp(clock.now()));
  let isReady = false;
  let isStopping = false;
  let rest = new AbortController();

  const runAll = async (lease: HeldLease): Promise<void> => {
    while (!isStopping) {
      const task = await work.write(async (stores) => {
        await stores.leases.require(lease);
        const next = await due(stores);
        if (next?.state === 'waiting')
          await stores.tasks.change(next.id, ['waiting'], { state: 'running', endedAt: null });
        return next;
      });
      if (task === undefined) return;
      await runStep(needs, lease, task);
    }
  };

  const run = async (): Promise<void> => {
    if (!isReady) await work.write(({ tasks }) => addRecurring(tasks, needs));
    isReady = true;
    if ((await work.read(due)) === undefined) return;
    const lease = await work.write(({ leases }) => leases.take({ name: NAME, holder, time: clock }));
    if (lease === undefined) return;
    const renewing = setInterval(() => {
      // Whether it is still there is seen before anything is written.
      work.write(({ leases }) => leases.keep(lease)).catch(() => undefined);
    }, RENEWED);
    try {
      await runAll(lease);
    } finally {
      clearInterval(renewing);
      await work.write(({ leases }) => leases.release(lease));
    }
  };

  return {
    run,
    wake: () => rest.abort(),
    start: () => {
      const stopping = new AbortController();
      const running = (async () => {
        for (let milliseconds = randomInt(LOOK); ; milliseconds = LOOK) {
          await resting(milliseconds, [stopping.signal, rest.signal]);
          if (isStopping) return;
          rest = new AbortController();
          await run().catch((error: unknown) => log.error('tasks cannot be run', errorFields(error)));
        }
      })();
      return {
        stop: () => {
          isStopping = true;
          stopping.abort();
          return running;
        },
      };
    },
  };
}

/** Sleeps, until one of these says that it is enough. */
const resting = (milliseconds: number, signals: AbortSignal[]): Promise<void> =>
  sleep(milliseconds, undefined, { signal: AbortSignal.any(signals) }).catch(() => undefined);

/** Adds the tasks that come again by themselves; one that waits for longer than that, by a wrong clock, is brought near. */
async function addRecurring(tasks: TaskStores['tasks'], { kinds, clock }: TaskRunnerNeeds): Promise<void> {
  const now = clock.now();
  for (const { name, every } of kinds) {
    if (every === undefined) continue;
    const dueAt = timestamp(now + randomInt(SOON));
    const found = await tasks.find(name);
    if (found === undefined)
      await tasks.add(newTask({ id: name, kind: name, parameters: {}, now: timestamp(now), dueAt }));
    else if (found.dueAt > timestamp(now + every)) await tasks.change(name, ['waiting'], { dueAt });
  }
}

/** Does the next step of a task, and writes what has come of it as long as this process has the lease. */
async function runStep(needs: TaskRunnerNeeds, lease: HeldLease, task: Task): Promise<void> {
  const { work, clock, log, meters } = needs;
  const kind = needs.kinds.find(({ name }) => name === task.kind);
  if (kind === undefined) return;
  const outcome = await tracedAlone(`task ${kind.name}`, {}, () => kind.step(task.checkpoint, task.parameters)).then(
    (step) => ({ step }),
    (error: unknown) => ({ error }),
  );
  const now = clock.now();
  const change = 'step' in outcome ? afterStep(kind, outcome.step, now) : afterFailure(kind, task, outcome.error, now);
  await work.write(async ({ leases, tasks }) => {
    await leases.require(lease);
    const { state, ...others } = change;
    // Who was paused meanwhile keeps what the step has done; who was stopped has ended.
    if (!(await tasks.change(task.id, ['running'], change)))
      await tasks.change(task.id, ['paused', 'waiting'], state === 'done' ? change : others);
  });
  if ('error' in outcome) {
    const { failures } = change;
    const [about, error] = [{ task: task.id, kind: kind.name }, errorFields(outcome.error)];
    if (failures === undefined) {
      log.warn('task waits', { ...about, ...error });
      return;
    }
    log.error('task failed', { ...about, failures, ...error });
    meters.task(kind.name, 'failed', now);
  } else if (outcome.step.isDone) meters.task(kind.name, 'done', now);
}

function afterStep({ every }: TaskKind, step: Step<Json>, now: number): TaskChange {
  const at = timestamp(now);
  const common = { steppedAt: at, failures: 0, failure: null, progress: step.progress ?? null };
  if (!step.isDone) {
    const { state: checkpoint, wait, isPaused = false } = step;
    const due = wait !== undefined && { dueAt: timestamp(now + wait) };
    return { ...common, checkpoint, ...due, ...(isPaused && { state: 'paused' as const }) };
  }
  const ended = { ...common, checkpoint: null, endedAt: at };
  return every === undefined
    ? { ...ended, checkpoint: step.result ?? null, state: 'done' }
    : { ...ended, state: 'waiting', dueAt: timestamp(now + every) };
}

/** How long a task waits for what passes by itself, in milliseconds, at least and at most. */
const [SHORT_WAIT, LONG_WAIT] = [5 * SECOND, MINUTE];

/** What has no place or time for a task at this moment is no failure of it: it goes on in a moment from where it is. */
function afterHindrance(error: unknown, now: number): TaskChange | undefined {
  if (!(error instanceof Problem) || error.problem !== 'unavailable') return undefined;
  const seconds = Number(error.content.headers?.['Retry-After']);
  if (Number.isNaN(seconds)) return undefined;
  const wait = Math.min(Math.max(seconds * SECOND, SHORT_WAIT), LONG_WAIT);
  return { steppedAt: timestamp(now), dueAt: timestamp(now + wait) };
}

const FAILURE = 512;

function afterFailure({ every = Infinity }: TaskKind, task: Task, error: unknown, now: number): TaskChange {
  const hindrance = every === Infinity ? afterHindrance(error, now) : undefined;
  if (hindrance !== undefined) return hindrance;
  const failures = task.failures + 1;
  const wait = Math.min(FIRST_WAIT * 2 ** Math.min(task.failures, 20), LONGEST_WAIT, every);
  const isGivenUp = every === Infinity && failures >= MOST_FAILURES;
  const at = timestamp(now);
  return {
    state: isGivenUp ? 'failed' : 'waiting',
    failures,
    failure: String(errorFields(error)['error']).slice(0, FAILURE),
    steppedAt: at,
    dueAt: timestamp(now + wait),
    ...(isGivenUp && { endedAt: at }),
  };
}
