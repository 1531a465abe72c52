import { presentCaller, type KeptCaller, type Lost } from '../clients/client.authority.ts';
import { timestamp } from '../shared/clock.ts';
import { mayCall } from '../shared/contract/administration-scopes.ts';
import type { RequestContext } from '../shared/contract/operation.ts';
import { Problem } from '../shared/problem.ts';
import type { TaskItem } from '../tasks/task-items.store.ts';
import type { Json, Progress, Step, Task, TaskKind } from '../tasks/task.ts';
import { LATER, putOff } from '../tasks/put-off.ts';
import { newTask, type DoneWork } from '../tasks/task.service.ts';
import type { UndoStores } from './client-past.ts';
import { asked, clientsIn, type KeptQuestion } from './selection.ts';
import { deadline, proposedFor, stateOf, type Undo, type UndoNeeds } from './undo.ts';
import type { UndoneClient } from './undone-client.ts';

/** The name of the task that undoes changes of many clients. */
export const UNDO = 'undo-changes';
const OPERATION = 'undo-oauth-openid-changes';

/** Who asks for it. Nothing of the request is kept that could be secret. */
export interface Doer {
  readonly caller: KeptCaller;
  readonly source: string;
  readonly reason?: string;
}

/** What a task undoes, and for whom, as it is kept with the task. */
interface UndoParameters extends Doer {
  readonly id: string;
  readonly question: KeptQuestion;
  readonly force: boolean;
  /** Who does it now, where somebody has resumed it. */
  readonly resumed?: Doer;
}

/** Of how many clients all was undone, and of how many something was left; the others wait. */
export type UndoCounts = Readonly<Partial<Record<'waiting' | 'undone' | 'left', number>>>;

/** Where it is: the clients are found first, from the newest change on. */
interface Found extends Record<string, Json | undefined> {
  readonly below?: number;
  readonly isWhole?: boolean;
  /** Of how many clients what has come, once it has ended. */
  readonly counts?: UndoCounts;
  /** Why it is held, or has ended before all was done. */
  readonly paused?: string;
  readonly stopped?: string;
}

export const foundIn = ({ checkpoint }: Task): Found => (checkpoint ?? {}) as Found;
export const parametersOf = ({ parameters }: Task): UndoParameters => parameters as unknown as UndoParameters;

/** In which state it is, and why: what may not go on has ended, although it is not done. */
export function stateOfTask(task: Task): { readonly state: Task['state']; readonly detail?: string } {
  const { stopped, paused } = foundIn(task);
  const held = task.state === 'paused' ? paused : undefined;
  const detail = task.state === 'failed' ? 'the service could not go on; its log says why' : (stopped ?? held);
  const state = stopped === undefined ? task.state : 'stopped';
  return { state, ...(detail !== undefined && { detail }) };
}

/** So many clients are found, and undone, in a step: it takes some seconds at most. */
const [FOUND, AT_ONCE] = [1_000, 20];
/** How long a step looks for changes, in milliseconds. */
const BUDGET = 1_000;

/** A task that undoes changes. Those that it makes have its id as that of their request. */
export function undoTask(id: string, { context, force }: Undo, question: KeptQuestion, now: number): Task {
  const parameters: UndoParameters = { id, question, force, ...doerIn(context) };
  return newTask({ id, kind: UNDO, parameters: parameters as unknown as Json, now: timestamp(now) });
}

/** An undo that was done at once, with the id of its request, as a task that does it would leave it. */
export function undoAtOnce(undo: Undo, question: KeptQuestion, counts: UndoCounts, now: number): DoneWork {
  const { id, kind, parameters, createdAt } = undoTask(undo.context.requestId, undo, question, now);
  return { id, kind, parameters, createdAt, checkpoint: { isWhole: true, counts } };
}

function doerIn({ caller, source, reason }: RequestContext): Doer {
  return { caller: { ...caller, scopes: [...caller.scopes] }, source, ...(reason !== undefined && { reason }) };
}

/** What a task goes on with that somebody has resumed: who that is does what is left. */
export function resumedBy(context: RequestContext, task: Task): { parameters: Json; checkpoint: Json } {
  const { paused: _held, ...checkpoint } = foundIn(task);
  return { parameters: { ...parametersOf(task), resumed: doerIn(context) } as unknown as Json, checkpoint };
}

/** Another process has done it meanwhile, or the task is paused or stopped. */
class DoneElsewhere extends Error {}

/** Undoes changes client by client: each in one transaction with what is kept of it, so that nothing is done twice. */
export const undoing = (needs: UndoNeeds): TaskKind => ({
  name: UNDO,
  parameters: { type: 'object', required: ['id', 'question', 'force', 'caller'] },
  step: async (state, given): Promise<Step<Json>> => {
    const parameters = given as unknown as UndoParameters;
    const { paused: _held, ...found } = (state as Found | undefined) ?? {};
    if (found.isWhole !== true) return collected(needs, parameters, found);
    const { id } = parameters;
    const batch = await needs.work.read(({ taskItems }) => taskItems.next(id, AT_ONCE));
    let isLater = false;
    for (const item of batch) {
      const undo = await undoNow(needs, parameters);
      if (typeof undo === 'string') return lost(undo, found, await countsIn(needs, id));
      const outcome = await undoOne(needs, undo, id, item);
      if (outcome === 'elsewhere' && !(await goesOn(needs, id))) break;
      if (outcome === 'later') isLater = true;
    }
    const counts = await countsIn(needs, id);
    const progress = progressOf(counts);
    if (batch.length === 0) return { isDone: true, result: { ...found, counts }, progress };
    return { isDone: false, state: found, progress, ...(isLater && { wait: LATER }) };
  },
});

function lost(how: Lost, found: Found, counts: UndoCounts): Step<Json> {
  const progress = progressOf(counts);
  return how === 'gone'
    ? { isDone: true, result: { stopped: 'whoever does it may not do this any more', counts }, progress }
    : { isDone: false, state: { ...found, paused: ENDED }, progress, isPaused: true };
}

const ENDED = 'the token that it is done with is of another issuer and has ended: resume it with one that is good';

/** Whether nobody has paused or stopped it meanwhile. */
async function goesOn({ work }: UndoNeeds, id: string): Promise<boolean> {
  const task = await work.read(({ tasks }) => tasks.find(id));
  return task?.state === 'waiting' || task?.state === 'running';
}

async function collected(
  { work, clock }: UndoNeeds,
  { id, question }: UndoParameters,
  { below }: Found,
): Promise<Step<Json>> {
  const isOver = deadline(clock, BUDGET);
  const found = await clientsIn(work, asked(question), { ...(below !== undefined && { below }), most: FOUND, isOver });
  await work.write(({ taskItems }) =>
    taskItems.add(
      id,
      [...found.inums].map((key) => ({ key })),
    ),
  );
  const state: Found = found.below === undefined ? { isWhole: true } : { below: found.below };
  return { isDone: false, state };
}

/** Returns whether it is put off, or could not be noted. */
async function undoOne(
  needs: UndoNeeds,
  undo: Undo,
  taskId: string,
  item: TaskItem,
): Promise<'ended' | 'later' | 'elsewhere'> {
  const { key: inum, position } = item;
  const finish = async (stores: UndoStores, undone: UndoneClient): Promise<void> => {
    const ended = { position, state: stateOf(undone), result: undone as unknown as Json };
    if (!(await stores.taskItems.finish(taskId, ended))) throw new DoneElsewhere();
  };
  try {
    await needs.carryOut({
      about: inum,
      propose: () => proposedFor(needs, undo, inum),
      commit: async (stores, { write, undone }) => finish(stores, (await write?.(stores)) ?? undone),
    });
    return 'ended';
  } catch (error) {
    if (error instanceof DoneElsewhere) return 'elsewhere';
    if (!(error instanceof Problem) || error.problem === 'unavailable') throw error;
    // One that cannot be written, since others do it again and again, does not hold up the rest.
    const later = error.problem === 'client-changing' ? putOff(item) : undefined;
    const left = [{ reason: 'refused' as const, detail: error.content.detail ?? error.problem }];
    const undone = { inum, outcome: 'unchanged' as const, changes: [], properties: [], left };
    const ended = later ?? { position, state: 'left', result: undone };
    const isNoted = await needs.work.write(({ taskItems }) => taskItems.finish(taskId, ended));
    if (!isNoted) return 'elsewhere';
    return later === undefined ? 'ended' : 'later';
  }
}

/** The undo as who asked for it may do it still. */
async function undoNow({ work, clock, issuers }: UndoNeeds, parameters: UndoParameters): Promise<Undo | Lost> {
  const { id: requestId, question, force } = parameters;
  const { caller: kept, source, reason } = { ...parameters, ...parameters.resumed };
  const present = { now: clock.now(), issuers };
  const caller = await work.read((stores) => presentCaller(stores, kept, present));
  if (typeof caller === 'string') return caller;
  if (!mayCall(caller, OPERATION)) return 'gone';
  const context: RequestContext = {
    ...{ caller, operation: OPERATION, source, requestId, headers: {}, isTask: true },
    ...(reason !== undefined && { reason }),
  };
  return { context, question: asked(question), force };
}

const countsIn = ({ work }: UndoNeeds, id: string): Promise<UndoCounts> =>
  work.read(({ taskItems }) => taskItems.count(id));

const progressOf = ({ waiting = 0, undone = 0, left = 0 }: UndoCounts): Progress => ({
  done: undone + left,
  total: waiting + undone + left,
});
