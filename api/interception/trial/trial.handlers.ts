import { inBody } from '../../search/body-faults.ts';
import type { Clock } from '../../shared/clock.ts';
import { requireCall } from '../../shared/contract/administration-scopes.ts';
import { callerKey, type Handlers } from '../../shared/contract/operation.ts';
import { Problem } from '../../shared/problem.ts';
import type { Json } from '../../tasks/task.ts';
import type { TaskService } from '../../tasks/task.service.ts';
import type { ScriptRecords } from '../records/script-records.ts';
import { askedBy, REPLAY, replayOf, type ReplayParameters, type SearchOfReplay } from './replay.ts';
import type { scriptTrial } from './trial.service.ts';

type TrialOperation = 'test-config-script' | 'replay-config-script' | 'get-config-script-replay';

export interface TrialHandlersNeeds {
  readonly records: Pick<ScriptRecords, 'one'>;
  readonly test: ReturnType<typeof scriptTrial>;
  readonly tasks: Pick<TaskService, 'create' | 'find'>;
  readonly search: SearchOfReplay;
  readonly clock: Clock;
}

/** A replay tells about clients. */
const READING = 'get-oauth-openid-clients';
const SCRIPTS = '/jans-config-api/api/v1/config/scripts';

/** The operations that try scripts. */
export function trialHandlers({
  records,
  test,
  tasks,
  search,
  clock,
}: TrialHandlersNeeds): Pick<Handlers, TrialOperation> {
  return {
    'test-config-script': async ({ path, body }) => ({ status: 200, body: await test(path.inum, body) }),
    'replay-config-script': async ({ path, body, context }) => {
      requireCall(context.caller, READING);
      const { inum } = await records.one(path.inum);
      const { function: name = 'createClient', limit = 1_000, ...which } = body;
      const at = clock.now();
      // What cannot be asked is told to who asks, and is no task.
      await search({ ...askedBy(which), limit: 1 }, at).catch((error: unknown) => {
        throw inBody(error);
      });
      const caller = callerKey(context.caller);
      const parameters: ReplayParameters = { script: inum, function: name, limit, ...which, at, caller };
      const isTheirs = (other: Json): boolean => (other as unknown as ReplayParameters).caller === caller;
      const task = await tasks.create(REPLAY, parameters, isTheirs);
      const headers = { Location: `${SCRIPTS}/${inum}/replay/${task.id}` };
      return { status: 202, body: replayOf(task), headers };
    },
    'get-config-script-replay': async ({ path, context }) => {
      const task = await tasks.find(path.replay);
      const { script } = (task?.parameters ?? {}) as Partial<ReplayParameters>;
      if (task?.kind !== REPLAY || script !== path.inum)
        throw new Problem('not-found', { detail: 'there is no such replay' });
      requireCall(context.caller, READING);
      return { status: 200, body: replayOf(task) };
    },
  };
}
