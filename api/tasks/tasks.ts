import { Ajv } from 'ajv';
import { newInum } from '../shared/ids.ts';
import { timestamp } from '../shared/clock.ts';
import { BATCH } from '../shared/sweep.ts';
import { sweeping } from './sweeping.ts';
import { taskRunner, type TaskRunner, type TaskRunnerNeeds } from './task.runner.ts';
import { taskService, type TaskService } from './task.service.ts';

export interface Tasks {
  readonly service: TaskService;
  readonly runner: TaskRunner;
}

/** How long a task that has ended is kept, and one is held before it is ended, in milliseconds. */
const KEPT = 30 * 86_400_000;

/** Long work, put together. */
export function tasksOf({ work, clock, log, meters, kinds }: TaskRunnerNeeds): Tasks {
  const forget = async (): Promise<boolean> => {
    const moment = timestamp(clock.now() - KEPT);
    return work.write(async ({ tasks }) => {
      await tasks.stopHeld(moment, timestamp(clock.now()));
      return (await tasks.removeEnded(moment, BATCH)) < BATCH;
    });
  };
  const all = [...kinds, sweeping('tasks', forget)];
  return {
    service: taskService({ work, clock, kinds: all, newId: newInum, faultOf }),
    runner: taskRunner({ work, clock, log, meters, kinds: all }),
  };
}

function faultOf(schema: object, value: unknown): string | undefined {
  const ajv = new Ajv({ allErrors: true, validateSchema: false });
  return ajv.validate(schema, value) ? undefined : ajv.errorsText(ajv.errors, { dataVar: '' });
}
