import { OPERATIONS } from '../../../openapi/operations.gen.ts';
import type { Caller, Handlers } from '../../shared/contract/operation.ts';
import { Problem } from '../../shared/problem.ts';
import type { TaskService } from '../../tasks/task.service.ts';
import type { ScriptRecords } from '../records/script-records.ts';
import { REPLAY, replayOf, type ReplayParameters } from './replay.ts';
import type { scriptTrial } from './trial.service.ts';

type TrialOperation = 'test-config-script' | 'replay-config-script' | 'get-config-script-replay';

export interface TrialHandlersNeeds {
  readonly records: Pick<ScriptRecords, 'one'>;
  readonly test: ReturnType<typeof scriptTrial>;
  readonly tasks: Pick<TaskService, 'create' | 'find'>;
}

const SCRIPTS = '/jans-config-api/api/v1/config/scripts';

/** The operations that try scripts. */
export function trialHandlers({ records, test, tasks }: TrialHandlersNeeds): Pick<Handlers, TrialOperation> {
  return {
    'test-config-script': async ({ path, body }) => ({ status: 200, body: await test(path.inum, body) }),
    'replay-config-script': async ({ path, body, context }) => {
      requireReading(context.caller);
      const { inum } = await records.one(path.inum);
      const { function: name = 'createClient', limit = 1_000, ...filter } = body;
      const parameters: ReplayParameters = { script: inum, function: name, limit, ...filter };
      const task = await tasks.create(REPLAY, parameters);
      const headers = { Location: `${SCRIPTS}/${inum}/replay/${task.id}` };
      return { status: 202, body: replayOf(task), headers };
    },
    'get-config-script-replay': async ({ path, context }) => {
      const task = await tasks.find(path.replay);
      const { script } = (task?.parameters ?? {}) as Partial<ReplayParameters>;
      if (task?.kind !== REPLAY || script !== path.inum)
        throw new Problem('not-found', { detail: 'there is no such replay' });
      requireReading(context.caller);
      return { status: 200, body: replayOf(task) };
    },
  };
}

const READING = OPERATIONS.flatMap((row) => (row.id === 'get-oauth-openid-clients' ? row.scopes : []));

/** A replay tells about clients. */
function requireReading({ scopes }: Caller): void {
  if (READING.some((scope) => scopes.has(scope))) return;
  throw new Problem('insufficient-scope', {
    detail: `the token has none of the scopes ${READING.join(' ')}`,
    headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${READING.join(' ')}"` },
  });
}
