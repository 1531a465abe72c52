import type { Cursors } from '../search/cursor.ts';
import type { RequestContext, Schemas } from '../shared/contract/operation.ts';
import { dryRunUnderWay } from '../shared/database/dry-run.ts';
import { Problem } from '../shared/problem.ts';
import type { Task } from '../tasks/task.ts';
import { WAITING } from '../tasks/task-items.store.ts';
import type { UndoStores } from './client-past.ts';
import { asked, clientsIn, questionOf, type FoundClients, type UndoInput } from './selection.ts';
import { UNDO, undoTask } from './undo.task.ts';
import { proposedFor, stateOf, type Proposed, type Undo, type UndoNeeds } from './undo.ts';
import type { UndoneClient } from './undone-client.ts';

export type UndoReport = Schemas['ChangesUndo'];

export interface UndoServiceNeeds extends UndoNeeds {
  readonly cursors: Cursors;
  readonly newId: () => string;
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

/** So many clients are written in one transaction. */
const MOST_TOGETHER = 200;
/** How long one request looks for changes, in milliseconds. */
const BUDGET = 1_000;

/** Undoes changes of clients. */
export class ChangesUndo {
  constructor(private readonly needs: UndoServiceNeeds) {}

  /**
   * Undoes changes in one transaction, in which `keep` keeps what is answered, or begins a task that does it. Throws
   * `invalid-request` for what cannot be understood, and `client-changing` where others are always faster.
   */
  async undo<T>(context: RequestContext, input: UndoInput, keep: Keep<T>): Promise<T> {
    const { work, clock } = this.needs;
    const kept = await questionOf(work, input, clock.now());
    const question = asked(kept);
    const end = performance.now() + BUDGET;
    const isOver = (): boolean => performance.now() > end;
    const found = await clientsIn(work, question, { most: MOST_TOGETHER + 1, isOver });
    const isMore = found.below !== undefined || found.inums.size > MOST_TOGETHER;
    const doing = isMore ? { ...context, headers: {}, isTask: true } : context;
    const undo = { context: doing, question, force: input.force ?? false };
    if (!isMore || dryRunUnderWay() !== undefined) return this.together(undo, found, { isWhole: !isMore, keep });
    const task = undoTask(this.needs.newId(), undo, kept);
    return work.write(async (stores) => {
      await stores.tasks.add(task);
      return keep(stores, ofTask(task, {}, []));
    });
  }

  /** What a task has made of clients so far. Throws `not-found`. */
  async report({ id, limit, cursor, left = false }: ReportRequest): Promise<UndoReport> {
    const { work, cursors } = this.needs;
    const binding = JSON.stringify(['undo', id, left]);
    const after = cursor === undefined ? 0 : Number(cursors.decode(binding, cursor).id);
    return work.read(async ({ tasks, taskItems }) => {
      const task = await tasks.find(id);
      if (task?.kind !== UNDO) throw new Problem('not-found', { detail: 'there is no such undo' });
      const page = await taskItems.page(id, { after, limit: limit + 1, ...(left && { state: 'left' }) });
      const shown = page.slice(0, limit);
      const done = shown.filter(({ state }) => state !== WAITING);
      const last = page.length > limit && done.length === shown.length ? done.at(-1) : undefined;
      const entries = done.map(({ result }) => result as unknown as UndoneClient);
      const next = last && cursors.encode(binding, { value: null, id: String(last.position) });
      return { ...ofTask(task, await taskItems.count(id), entries), ...(next !== undefined && { nextCursor: next }) };
    });
  }

  private together<T>(
    undo: Undo,
    { inums }: FoundClients,
    { isWhole, keep }: { readonly isWhole: boolean; readonly keep: Keep<T> },
  ): Promise<T> {
    // In one order, so that two at once wait for each other and do not deadlock.
    const some = [...inums].slice(0, MOST_TOGETHER).sort();
    return this.needs.carryOut({
      about: 'an undo of changes',
      propose: async () => {
        const proposals: Proposed[] = [];
        for (const inum of some) proposals.push(await proposedFor(this.needs, undo, inum));
        return proposals;
      },
      commit: async (stores, proposals) => {
        const entries: UndoneClient[] = [];
        for (const { write, undone } of proposals) entries.push((await write?.(stores)) ?? undone);
        const counts = { changes: proposals.reduce((sum, { count }) => sum + count, 0), clients: entries.length };
        const { requestId: id } = undo.context;
        const state = isWhole ? 'done' : 'waiting';
        return keep(stores, { id, state, complete: isWhole, ...counts, ...toldOf(entries), ...listed(entries) });
      },
    });
  }
}

function toldOf(entries: readonly UndoneClient[]): Pick<UndoReport, 'undone' | 'left'> {
  const left = entries.filter((entry) => stateOf(entry) === 'left').length;
  return { undone: entries.length - left, left };
}

const listed = (entries: readonly UndoneClient[]): Pick<UndoReport, 'entries' | 'entriesCount'> => ({
  entriesCount: entries.length,
  entries: [...entries],
});

/** A task as it is answered. */
function ofTask(
  { id, state }: Task,
  counts: Readonly<Record<string, number>>,
  entries: readonly UndoneClient[],
): UndoReport {
  const { waiting = 0, undone = 0, left = 0 } = counts;
  const told = { clients: waiting + undone + left, undone, left };
  return { id, state, complete: state === 'done', ...told, ...listed(entries) };
}
