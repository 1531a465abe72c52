import { presentCaller, type KeptCaller } from '../clients/client.authority.ts';
import { timestamp } from '../shared/clock.ts';
import { mayCall } from '../shared/contract/administration-scopes.ts';
import type { RequestContext } from '../shared/contract/operation.ts';
import { Problem } from '../shared/problem.ts';
import type { TaskItem } from '../tasks/task-items.store.ts';
import type { Json, Step, Task, TaskKind } from '../tasks/task.ts';
import { LATER, putOff } from '../tasks/put-off.ts';
import { newTask } from '../tasks/task.service.ts';
import type { UndoStores } from './client-past.ts';
import { asked, clientsIn, type KeptQuestion } from './selection.ts';
import { proposedFor, stateOf, type Undo, type UndoNeeds } from './undo.ts';
import type { UndoneClient } from './undone-client.ts';

/** The name of the task that undoes changes of many clients. */
export const UNDO = 'undo-changes';
const OPERATION = 'undo-oauth-openid-changes';

/** What a task undoes, and for whom, as it is kept with the task. */
interface UndoParameters {
  readonly id: string;
  readonly question: KeptQuestion;
  readonly force: boolean;
  readonly caller: KeptCaller;
  readonly source: string;
  readonly reason?: string;
}

/** Where it is: the clients are found first, from the newest change on. */
interface Found extends Record<string, Json | undefined> {
  readonly below?: number;
  readonly isWhole?: boolean;
}

/** So many clients are found, and undone, in a step: it takes some seconds at most. */
const [FOUND, AT_ONCE] = [1_000, 20];
/** How long a step looks for changes, in milliseconds. */
const BUDGET = 1_000;

/** A task that undoes changes. Those that it makes have its id as that of their request. */
export function undoTask(id: string, { context, force }: Undo, question: KeptQuestion): Task {
  const { caller, source, reason } = context;
  const parameters: UndoParameters = {
    ...{ id, question, force, source },
    caller: { ...caller, scopes: [...caller.scopes] },
    ...(reason !== undefined && { reason }),
  };
  return newTask({ id, kind: UNDO, parameters: parameters as unknown as Json, now: timestamp(question.now) });
}

/** Undoes changes client by client: each in one transaction with what is kept of it, so that nothing is done twice. */
export const undoing = (needs: UndoNeeds): TaskKind => ({
  name: UNDO,
  parameters: { type: 'object', required: ['id', 'question', 'force', 'caller'] },
  step: async (state, given): Promise<Step<Json>> => {
    const parameters = given as unknown as UndoParameters;
    const found = (state as Found | undefined) ?? {};
    if (found.isWhole !== true) return collected(needs, parameters, found);
    const { id } = parameters;
    const batch = await needs.work.read(({ taskItems }) => taskItems.next(id, AT_ONCE));
    let isLater = false;
    for (const item of batch) {
      const undo = await undoNow(needs, parameters);
      if (undo === undefined) {
        await needs.work.write(({ tasks }) => tasks.change(id, ['running'], stopped(needs.clock.now())));
        break;
      }
      if (await undoOne(needs, undo, parameters.id, item)) isLater = true;
    }
    return {
      ...(batch.length === 0 ? { isDone: true } : { isDone: false, state: found, ...(isLater && { wait: LATER }) }),
      ...(await progress(needs, id)),
    };
  },
});

async function collected({ work }: UndoNeeds, { id, question }: UndoParameters, { below }: Found): Promise<Step<Json>> {
  const end = performance.now() + BUDGET;
  const isOver = (): boolean => performance.now() > end;
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

/** Returns whether it is put off. */
async function undoOne(needs: UndoNeeds, undo: Undo, taskId: string, item: TaskItem): Promise<boolean> {
  const { key: inum, position } = item;
  const finish = async (stores: UndoStores, undone: UndoneClient): Promise<void> => {
    const ended = { position, state: stateOf(undone), result: undone as unknown as Json };
    if (!(await stores.taskItems.finish(taskId, ended))) throw new Error(`${inum} was undone by another process`);
  };
  try {
    await needs.carryOut({
      about: inum,
      propose: () => proposedFor(needs, undo, inum),
      commit: async (stores, { write, undone }) => finish(stores, (await write?.(stores)) ?? undone),
    });
  } catch (error) {
    if (!(error instanceof Problem) || error.problem === 'unavailable') throw error;
    // One that cannot be written, since others do it again and again, does not hold up the rest.
    const later = error.problem === 'client-changing' ? putOff(item) : undefined;
    if (later !== undefined) {
      await needs.work.write(({ taskItems }) => taskItems.finish(taskId, later));
      return true;
    }
    const left = [{ reason: 'refused' as const, detail: error.content.detail ?? error.problem }];
    await needs.work.write((stores) =>
      finish(stores, { inum, outcome: 'unchanged', changes: [], properties: [], left }),
    );
  }
  return false;
}

/** The undo as who asked for it may do it still; undefined where they may not any more. */
async function undoNow({ work, clock, issuers }: UndoNeeds, parameters: UndoParameters): Promise<Undo | undefined> {
  const { id: requestId, question, force, source, reason } = parameters;
  const present = { now: clock.now(), issuers };
  const caller = await work.read((stores) => presentCaller(stores, parameters.caller, present));
  if (typeof caller === 'string' || !mayCall(caller, OPERATION)) return undefined;
  const context: RequestContext = {
    ...{ caller, operation: OPERATION, source, requestId, headers: {}, isTask: true },
    ...(reason !== undefined && { reason }),
  };
  return { context, question: asked(question), force };
}

const stopped = (now: number) => ({ state: 'stopped', endedAt: timestamp(now) }) as const;

async function progress({ work }: UndoNeeds, id: string): Promise<Pick<Step<Json>, 'progress'>> {
  const { waiting = 0, undone = 0, left = 0 } = await work.read(({ taskItems }) => taskItems.count(id));
  return { progress: { done: undone + left, total: waiting + undone + left } };
}
