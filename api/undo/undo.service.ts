import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Cursors } from '../search/cursor.ts';
import { callerKey, type RequestContext, type Schemas } from '../shared/contract/operation.ts';
import { dryRunUnderWay } from '../shared/database/dry-run.ts';
import { places } from '../shared/limits/places.ts';
import { Problem } from '../shared/problem.ts';
import { requireFewOpen } from '../tasks/few-open.ts';
import { steered, type Verb } from '../tasks/steering.ts';
import type { TaskService } from '../tasks/task.service.ts';
import type { Json, Task } from '../tasks/task.ts';
import { WAITING } from '../tasks/task-items.store.ts';
import type { UndoStores } from './client-past.ts';
import { asked, clientsIn, questionOf, type KeptQuestion } from './selection.ts';
import {
  foundIn,
  parametersOf,
  resumedBy,
  stateOfTask,
  UNDO,
  undoAtOnce,
  undoTask,
  type Doer,
  type UndoCounts,
} from './undo.task.ts';
import type { UndoInput } from './up-to.ts';
import { deadline, proposedFor, stateOf, type Proposed, type Undo, type UndoNeeds } from './undo.ts';
import type { UndoneClient } from './undone-client.ts';

export type UndoReport = Schemas['ChangesUndo'];

export interface UndoServiceNeeds extends UndoNeeds {
  readonly cursors: Cursors;
  readonly newId: () => string;
  readonly tasks: TaskService;
}

/** A page of what a task has made of clients. */
export interface ReportRequest {
  readonly id: string;
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** Only clients of which something was left. */
  readonly left?: boolean | undefined;
}

type Keep<T> = (stores: UndoStores, report: UndoReport) => Promise<T>;

/** So many clients, and changes of them, are undone in one transaction. */
const [MOST_TOGETHER, MOST_CHANGES] = [200, 2_000];
/** And of so many characters: nobody else writes to SQLite meanwhile, and everybody waits for the rest of a transaction. */
const MOST_SIZE = 1_000_000;
/** So many undos are looked for, planned and written at once, and another one waits for so many milliseconds. */
const [AT_ONCE, PATIENCE] = [2, 5_000];

/** Undoes changes of clients. */
export class ChangesUndo {
  private readonly places = places(AT_ONCE, PATIENCE);

  constructor(private readonly needs: UndoServiceNeeds) {}

  /**
   * Undoes changes in one transaction, in which `keep` keeps what is answered, or begins a task that does it. Throws
   * `invalid-request` for what cannot be understood, `too-many-runs`, `client-changing` where others are always faster, and `unavailable` where
   * the time was not enough to find anything that could be planned, or others are at it.
   */
  async undo<T>(context: RequestContext, input: UndoInput, keep: Keep<T>): Promise<T> {
    const giveBack = await this.places.take(callerKey(context.caller));
    if (giveBack === undefined) throw new Problem('unavailable', { detail: BUSY, headers: { 'Retry-After': '1' } });
    try {
      return await this.inPlace(context, input, keep);
    } finally {
      giveBack();
    }
  }

  private async inPlace<T>(context: RequestContext, input: UndoInput, keep: Keep<T>): Promise<T> {
    const { work, clock, budget } = this.needs;
    const isOver = deadline(clock, budget);
    const kept = await questionOf(this.needs, input, { now: clock.now(), isOver });
    const question = asked(kept);
    const found = await clientsIn(work, question, { most: MOST_TOGETHER + 1, mostChanges: MOST_CHANGES, isOver });
    const { below, inums, changes } = found;
    const some = await work.read(({ clients }) => firstOf(clients, [...inums]));
    const isMore = below !== undefined || some.length < inums.size || changes > MOST_CHANGES;
    const doing = isMore ? { ...context, headers: {}, isTask: true } : context;
    const undo = { context: doing, question, force: input.force ?? false };
    const isTrial = dryRunUnderWay() !== undefined;
    if (isTrial && isMore && inums.size === 0) throw nothingFound(budget);
    if (!isMore || isTrial) return this.together({ undo, kept, isTrial, isMore }, some, keep);
    const task = undoTask(this.needs.newId(), undo, kept, clock.now());
    const caller = callerKey(context.caller);
    return work.write(async (stores) => {
      await requireFewOpen(stores, UNDO, (other) => callerKey((other as unknown as Doer).caller) === caller);
      await stores.tasks.add(task);
      return keep(stores, ofTask(task, {}, []));
    });
  }

  /** A page of those that were done at once or by a task, the last one first. */
  async list({ startIndex, limit }: Readonly<Record<'startIndex' | 'limit', number>>): Promise<Schemas['UndoPage']> {
    const { tasks, work } = this.needs;
    const { total, tasks: found } = await tasks.list({ kind: UNDO, startIndex, limit });
    const entries: UndoReport[] = [];
    for (const task of found) {
      const counts = foundIn(task).counts ?? (await work.read(({ taskItems }) => taskItems.count(task.id)));
      entries.push(ofTask(task, counts, []));
    }
    return { start: startIndex, totalEntriesCount: total, entriesCount: entries.length, entries };
  }

  /** What has come of clients so far. Throws `not-found`. */
  async report({ id, limit, cursor, left = false }: ReportRequest): Promise<UndoReport> {
    const { work, cursors } = this.needs;
    const binding = JSON.stringify(['undo', id, left]);
    const after = cursor === undefined ? 0 : Number(cursors.decode(binding, cursor).id);
    return work.read(async ({ tasks, taskItems }) => {
      const task = known(await tasks.find(id));
      const page = await taskItems.page(id, { after, limit: limit + 1, ...(left && { state: 'left' }) });
      const shown = page.slice(0, limit);
      const done = shown.filter(({ state }) => state !== WAITING);
      const last = page.length > limit && done.length === shown.length ? done.at(-1) : undefined;
      const entries = done.map(({ result }) => result as unknown as UndoneClient);
      const next = last && cursors.encode(binding, { value: null, id: String(last.position) });
      return { ...ofTask(task, await taskItems.count(id), entries), ...(next !== undefined && { nextCursor: next }) };
    });
  }

  /**
   * Holds a task, ends it or lets it go on: whoever resumes one that is held or has failed does what is left. Throws `undo-state`
   * where it has ended, and `not-found`.
   */
  async control(context: RequestContext, id: string, verb: Verb): Promise<UndoReport> {
    const { work, tasks } = this.needs;
    const find = async (): Promise<Task> => known(await tasks.find(id));
    if (!(await steered(tasks, verb, await find(), (held) => resumedBy(context, held))))
      throw new Problem('undo-state', { detail: `the undo is ${stateOfTask(await find()).state}` });
    return ofTask(await find(), await work.read(({ taskItems }) => taskItems.count(id)), []);
  }

  private together<T>({ undo, kept, isTrial, isMore }: Together, inums: readonly string[], keep: Keep<T>): Promise<T> {
    // In one order, so that two at once wait for each other and do not deadlock.
    const some = [...inums].sort();
    return this.needs.carryOut({
      about: 'an undo of changes',
      propose: async () => {
        const isOver = deadline(this.needs.clock, this.needs.budget);
        const proposals: Proposed[] = [];
        for (const inum of some) {
          if (isTrial && proposals.length > 0 && isOver()) break;
          proposals.push(await proposedFor(this.needs, undo, inum));
        }
        return proposals;
      },
      commit: async (stores, proposals) => {
        const entries: UndoneClient[] = [];
        for (const { write, undone } of proposals) {
          // SQLite is in this process.
          await nextTurn();
          entries.push((await write?.(stores)) ?? undone);
        }
        const counts = { changes: proposals.reduce((sum, { count }) => sum + count, 0), clients: entries.length };
        const { requestId: id } = undo.context;
        const complete = !isMore && entries.length === some.length;
        const state = isMore ? 'waiting' : 'done';
        const told = { id, state, complete, upTo: kept.upTo } as const;
        const ended = toldOf(entries);
        if (entries.length > 0 && !isTrial) {
          const items = entries.map((entry) => ({
            key: entry.inum,
            state: stateOf(entry),
            result: entry as unknown as Json,
          }));
          await this.needs.tasks.note(stores, undoAtOnce(undo, kept, ended, this.needs.clock.now()), items);
        }
        return keep(stores, { ...told, ...counts, ...ended, ...listed(entries) });
      },
    });
  }
}

function known(task: Task | undefined): Task {
  if (task?.kind !== UNDO) throw new Problem('not-found', { detail: 'there is no such undo' });
  return task;
}

/** The first of these clients, as many as are undone together: more than none. */
async function firstOf(clients: UndoStores['clients'], inums: readonly string[]): Promise<string[]> {
  const some = inums.slice(0, MOST_TOGETHER);
  const sizes = await clients.sizesOf(some);
  let size = 0;
  return some.filter((inum, index) => {
    size += sizes.get(inum) ?? 0;
    return index === 0 || size <= MOST_SIZE;
  });
}

const BUSY = `${AT_ONCE} undos are planned or written at the moment: send it again in a moment`;

/** What is undone together, and whether it is only planned, of more than is undone together. */
interface Together {
  readonly undo: Undo;
  readonly kept: KeptQuestion;
  readonly isTrial: boolean;
  readonly isMore: boolean;
}

const nothingFound = (budget: number): Problem =>
  new Problem('unavailable', {
    detail:
      `none of the changes that were looked at for ${budget / 1_000} s is one of those: say since and until, inum or requestId ` +
      'as well, or have it done without a plan, which a task does that looks at all of them',
    headers: { 'Retry-After': '1' },
  });

function toldOf(entries: readonly UndoneClient[]): Pick<UndoReport, 'undone' | 'left'> {
  const left = entries.filter((entry) => stateOf(entry) === 'left').length;
  return { undone: entries.length - left, left };
}

const listed = (entries: readonly UndoneClient[]): Pick<UndoReport, 'entries' | 'entriesCount'> => ({
  entriesCount: entries.length,
  entries: [...entries],
});

/** A task as it is answered. */
function ofTask(task: Task, counts: UndoCounts, entries: readonly UndoneClient[]): UndoReport {
  const { waiting = 0, undone = 0, left = 0 } = counts;
  const { question, force, caller, resumed, reason } = parametersOf(task);
  const { state, detail } = stateOfTask(task);
  return {
    ...{ id: task.id, state, complete: state === 'done', upTo: question.upTo, question: shownIn(question), force },
    ...(detail !== undefined && { detail }),
    ...{ clients: waiting + undone + left, undone, left, caller: caller.clientId },
    ...(resumed && { resumedBy: resumed.caller.clientId }),
    ...(reason !== undefined && { reason }),
    createdAt: task.createdAt.slice(0, 19),
    ...(task.endedAt !== undefined && { endedAt: task.endedAt.slice(0, 19) }),
    ...listed(entries),
  };
}

const MOST_IDS = 100;

/** What was asked for, in the words of who did. */
function shownIn(question: KeptQuestion): UndoReport['question'] {
  const { upTo: _upTo, upToBatch: _batch, now: _now, ids, since, until, ...words } = question;
  return {
    ...words,
    ...(since !== undefined && { since: since.slice(0, 19) }),
    ...(until !== undefined && { until: until.slice(0, 19) }),
    ...(ids && { changes: ids.slice(0, MOST_IDS) }),
  };
}
