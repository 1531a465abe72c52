import type { ClientDocument } from '../../clients/document/client.document.ts';
import type { ClientListRequest, ClientPage } from '../../clients/client.search.ts';
import type { Metadata } from '../../registration/metadata/registration.mapping.ts';
import type { Schemas } from '../../shared/contract/operation.ts';
import type { Fault } from '../../shared/problem.ts';
import type { Json, Task, TaskKind } from '../../tasks/task.ts';
import { runnableScript } from '../policy/runnable.ts';
import type { RunnableScript, RunScript } from '../policy/script-runner.ts';
import type { ScriptRecords } from '../records/script-records.ts';
import { decisionOf, type Decision } from './decision.ts';

/** The name of the task that tries a script on the clients that there are. */
export const REPLAY = 'script-replay';

export type ReplayParameters = Required<Pick<Schemas['ScriptReplayInput'], 'function' | 'limit'>> & {
  readonly script: string;
  readonly pattern?: string;
  readonly fieldValuePair?: string;
  readonly filter?: string;
  /** When it began, in epoch milliseconds: what relative dates are counted from. */
  readonly at?: number;
  /** Who has begun it. */
  readonly caller?: string;
};

type Reason = Schemas['ScriptReplay']['reasons'][number];
type Report = Omit<Schemas['ScriptReplay'], 'id' | 'state' | 'total'>;
/** What has been found so far, and where it goes on. */
type Found = Report & { readonly cursor?: string; readonly total?: number };

export interface ReplayNeeds {
  readonly records: ScriptRecords;
  readonly run: RunScript;
  readonly search: SearchOfReplay;
  readonly answered: (document: ClientDocument) => Promise<Metadata>;
  readonly metadataFaults: (metadata: unknown) => Fault[];
}

/** Finds clients; relative dates are counted from `at`, in epoch milliseconds, or from now. */
export type SearchOfReplay = (request: ClientListRequest, at?: number) => Promise<ClientPage>;

/** Which clients a replay is about. */
export const askedBy = ({
  pattern,
  fieldValuePair,
  filter,
}: Pick<ReplayParameters, 'pattern' | 'fieldValuePair' | 'filter'>) => ({
  ...{ caller: REPLAY, partial: true },
  ...(pattern !== undefined && { pattern }),
  ...(fieldValuePair !== undefined && { fieldValuePair }),
  ...(filter !== undefined && { filter }),
});

/** So many clients at once: a step ends within some seconds. */
const BATCH = 25;
const MOST_REASONS = 50;
const MOST_EXAMPLES = 5;
const OTHERS = 'other reasons';
const NOTHING: Found = { done: 0, passed: 0, changed: 0, refused: 0, failed: 0, reasons: [] };

export const replaying = (needs: ReplayNeeds): TaskKind => ({
  name: REPLAY,
  parameters: { type: 'object', required: ['script', 'function', 'limit'] },
  step: async (state, parameters) => {
    const { script: inum, function: hook, limit, at, ...which } = parameters as unknown as ReplayParameters;
    const found = (state as unknown as Found | undefined) ?? NOTHING;
    const script = runnableScript(needs.records, await needs.records.one(inum));
    const place = found.cursor === undefined ? {} : { cursor: found.cursor };
    const page = await needs.search({ ...askedBy(which), ...place, limit: Math.min(BATCH, limit - found.done) }, at);
    const total = found.total ?? (page.isEstimate && page.total < limit ? undefined : Math.min(page.total, limit));
    let next: Found = { ...found, ...(total !== undefined && { total }) };
    for (const { text } of page.entries) {
      const document = JSON.parse(text) as ClientDocument;
      next = withCase(next, document.inum, await decided(needs, script, hook, document));
    }
    const progress = { done: next.done, ...(next.total !== undefined && { total: next.total }) };
    const { cursor: _before, ...report } = next;
    const isDone = page.nextCursor === undefined || next.done >= limit;
    if (isDone) return { isDone, progress, result: report as unknown as Json };
    return { isDone, progress, state: { ...report, cursor: page.nextCursor } as unknown as Json };
  },
});

async function decided(
  { run, answered, metadataFaults }: ReplayNeeds,
  script: RunnableScript,
  hook: ReplayParameters['function'],
  document: ClientDocument,
): Promise<Decision> {
  const client = await answered(document);
  const method = hook === 'createClient' ? 'POST' : 'PUT';
  const request = { method, headers: {}, address: '127.0.0.1', signed: false, isTask: false, body: client };
  const { outcome } = await run(script, hook, { client, request });
  return decisionOf({ hook, client }, outcome, metadataFaults);
}

function withCase(found: Found, inum: string, { decision, error, changes }: Decision): Found {
  const done = found.done + 1;
  const changed = Object.keys(changes);
  if (decision === 'missing' || (decision === 'passed' && changed.length === 0))
    return { ...found, done, passed: found.passed + 1 };
  const fate = decision === 'passed' ? 'changed' : decision;
  const reason = fate === 'changed' ? changed.sort().join(', ') : (error?.description ?? '');
  const reasons = withReason(found.reasons, { decision: fate, reason, clients: 1, examples: [inum] });
  return { ...found, done, [fate]: found[fate] + 1, reasons };
}

function withReason(reasons: readonly Reason[], one: Reason): Reason[] {
  const isSame = ({ decision, reason }: Reason): boolean => decision === one.decision && reason === one.reason;
  const known = reasons.find(isSame);
  if (known !== undefined) {
    const examples = [...known.examples, ...one.examples].slice(0, MOST_EXAMPLES);
    return reasons.map((reason) => (reason === known ? { ...known, clients: known.clients + 1, examples } : reason));
  }
  if (reasons.length < MOST_REASONS || one.reason === OTHERS) return [...reasons, one];
  return withReason(reasons, { ...one, reason: OTHERS });
}

/** A replay as it is answered. */
export function replayOf({ id, state, checkpoint }: Task): Schemas['ScriptReplay'] {
  const { cursor: _cursor, ...found } = (checkpoint as unknown as Found | undefined) ?? NOTHING;
  return { id, state, ...found };
}
