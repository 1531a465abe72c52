import type { RequestContext } from '../../shared/contract/operation.ts';
import { mayCall } from '../../shared/contract/administration-scopes.ts';
import type { Clock } from '../../shared/clock.ts';
import { errorFields, type Log } from '../../shared/log/log.ts';
import { Problem } from '../../shared/problem.ts';
import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import { WAITING, type TaskItem } from '../../tasks/task-items.store.ts';
import type { Json, Step, TaskKind } from '../../tasks/task.ts';
import { presentCaller } from '../client.authority.ts';
import {
  BULK,
  SINGLE,
  untouched,
  type BulkParameters,
  type BulkResult,
  type BulkState,
  type BulkStores,
  type Counts,
  type OpenDoors,
  type SealingKey,
} from './bulk.ts';
import { chosenInums, digestWith, versionChosen, type ChoiceNeeds } from './chosen-clients.ts';
import { doTo, failedWith, outcomeOf, refusalOf } from './one-client.ts';
import { sealingKey } from './sealed-secret.ts';

export interface BulkTaskNeeds extends ChoiceNeeds {
  readonly work: UnitOfWork<BulkStores>;
  readonly clock: Clock;
  readonly log: Log;
  readonly doors: OpenDoors;
}

/** So many clients are chosen in a step, and at most so many are done, or as many as there is time for: milliseconds. */
const [CHOSEN, DONE, TIME] = [200, 50, 500];
/** How often a client is looked at that others write at the same moment. */
const ATTEMPTS = 4;

/** The kind of task that does something to many clients, one after the other, each in a transaction of its own. */
export const bulkTask = (needs: BulkTaskNeeds): TaskKind => ({
  name: BULK,
  parameters: { type: 'object', required: ['run', 'doing', 'clients', 'doer', 'at'] },
  step: async (state, parameters) =>
    (await new BulkStep(needs, parameters as unknown as BulkParameters).from(
      (state ?? {}) as unknown as BulkState,
    )) as unknown as Step<Json>,
});

type NextStep =
  | { readonly isDone: false; readonly state: BulkState; readonly progress: Progress }
  | { readonly isDone: true; readonly result: BulkState; readonly progress: Progress };
interface Progress {
  readonly done: number;
  readonly total: number;
}

/** The client is in another version than the question found it in. */
class Moved extends Error {}
/** Another process has done it meanwhile. */
class DoneElsewhere extends Error {}

class BulkStep {
  constructor(
    private readonly needs: BulkTaskNeeds,
    private readonly run: BulkParameters,
  ) {}

  from(state: BulkState): Promise<NextStep> {
    const { isChosen = this.run.question === undefined } = state;
    return isChosen ? this.doSome() : this.chooseSome(state);
  }

  /** Chooses some more clients. It may do so twice: those that are there stay. */
  private async chooseSome({ cursor, digest: before = '' }: BulkState): Promise<NextStep> {
    const { run, question = {}, at, clients } = this.run;
    const page = await chosenInums(this.needs, question, { at, limit: CHOSEN, cursor, partial: true });
    const items = page.entries.map((key) => ({ key }));
    const digest = digestWith(before, page.entries);
    const counts = await this.needs.work.write(async ({ taskItems }) => {
      await taskItems.add(run, items);
      return taskItems.count(run);
    });
    const chosen = counts[WAITING] ?? 0;
    const { nextCursor } = page;
    if (nextCursor !== undefined && chosen <= clients)
      return this.next({ cursor: nextCursor, digest }, untouched(clients));
    if (chosen === clients && digest === this.run.digest) return this.next({ isChosen: true }, untouched(clients));
    return this.end(untouched(clients), `${othersThan(clients, chosen)}: nothing was done`);
  }

  /** Does some more of the clients that wait. */
  private async doSome(): Promise<NextStep> {
    const { run, stopAfterFailures = Infinity, doing } = this.run;
    const { work, clock, doors } = this.needs;
    const counts = await this.counts();
    const context = await work.read((stores) => presentContext(stores, this.run, clock.now()));
    if (context === undefined) return this.end(counts, 'whoever has begun it may not do this any more');
    const key = doing.encryptTo && (await sealingKey(doing.encryptTo));
    if (typeof key === 'string') return this.end(counts, `encryptTo ${key}`);
    const writing = new ItemWriter(this.needs, { run: this.run, context, key });
    const open = doors((stores, outcome) => writing.finish(stores, outcome));
    const end = clock.elapsed() + TIME;
    let failures = counts.failed;
    for (const item of await work.read(({ taskItems }) => taskItems.next(run, DONE))) {
      const began = clock.elapsed();
      if (failures >= stopAfterFailures || began >= end) break;
      if ((await writing.write(open, item)) === 'failed') failures += 1;
      // Others get as much of the machine as this takes.
      await clock.wait(Math.min(50, clock.elapsed() - began));
    }
    const after = await this.counts();
    if (after.waiting === 0) return this.end(after);
    return after.failed >= stopAfterFailures
      ? this.end(after, `stopped after ${after.failed} failures`)
      : this.next({ isChosen: true }, after);
  }

  private async counts(): Promise<Counts> {
    const { run } = this.run;
    return { ...untouched(0), ...(await this.needs.work.read(({ taskItems }) => taskItems.count(run))) };
  }

  private next(state: BulkState, counts: Counts): NextStep {
    return { isDone: false, state: { ...state, counts }, progress: this.progress(counts) };
  }

  private end(counts: Counts, stopped?: string): NextStep {
    const result = { counts, ...(stopped !== undefined && { stopped }) };
    return { isDone: true, result, progress: this.progress(counts) };
  }

  private progress({ waiting }: Counts): Progress {
    const { clients: total } = this.run;
    return { done: total - waiting, total };
  }
}

const othersThan = (clients: number, chosen: number): string => {
  if (chosen === clients) return 'other clients fit by now than were confirmed';
  return `${chosen > clients ? 'more' : chosen} clients fit by now, and ${clients} were confirmed`;
};

interface Writing {
  readonly run: BulkParameters;
  readonly context: RequestContext;
  readonly key: SealingKey | undefined;
}

/** Does one item after the other, and notes what has come of each in the transaction that does it. */
class ItemWriter {
  private item: TaskItem | undefined;
  private before: number | undefined;
  private outcome: BulkResult['outcome'] = WAITING;

  constructor(
    private readonly needs: BulkTaskNeeds,
    private readonly writing: Writing,
  ) {}

  /** Inside: what has come of the item that is done. */
  async finish(stores: BulkStores, made: unknown): Promise<void> {
    await this.note(stores, await outcomeOf(made, this.before, this.writing.key));
  }

  async write(doors: ReturnType<OpenDoors>, item: TaskItem): Promise<BulkResult['outcome']> {
    this.item = item;
    try {
      await this.attempt(doors, item.key).catch((error: unknown) => this.refused(error));
      return this.outcome;
    } catch (error) {
      if (error instanceof DoneElsewhere) return 'skipped';
      throw error;
    }
  }

  /** Notes that a client was left as it is. Throws the error where that says nothing about the client. */
  private async refused(error: unknown): Promise<void> {
    const refusal = refusalOf(error, this.writing.run.run) ?? this.faultOf(error);
    if (refusal === undefined) throw error;
    await this.needs.work.write((stores) => this.note(stores, refusal));
  }

  /** Does one that is still chosen: others may have changed or used it since. */
  private async attempt(doors: ReturnType<OpenDoors>, inum: string): Promise<void> {
    const { run, context } = this.writing;
    const { question, at, doing } = run;
    for (let tries = 1; tries <= ATTEMPTS; tries += 1) {
      const version = question && (await versionChosen(this.needs, question, { inum, at }));
      if (question !== undefined && version === undefined) {
        await this.needs.work.write((stores) => this.note(stores, { outcome: 'skipped' }));
        return;
      }
      const check = (present: number): void => {
        this.before = present;
        if (question !== undefined && present !== version) throw new Moved();
      };
      try {
        await doTo(doors, doing, { inum, context, check });
        return;
      } catch (error) {
        const isGone = question !== undefined && error instanceof Problem && error.problem === 'client-not-found';
        if (!(error instanceof Moved) && !isGone) throw error;
      }
    }
    throw new Problem('client-changing');
  }

  private async note({ taskItems }: BulkStores, { outcome, ...result }: Omit<BulkResult, 'inum'>): Promise<void> {
    const { position = 0 } = this.item ?? {};
    const { run } = this.writing.run;
    if (!(await taskItems.finish(run, { position, state: outcome, result }))) throw new DoneElsewhere();
    this.outcome = outcome;
  }

  /** A fault of ours with one client is no reason to leave out the others. */
  private faultOf(error: unknown): Omit<BulkResult, 'inum'> | undefined {
    if (error instanceof Problem || error instanceof DoneElsewhere) return undefined;
    this.needs.log.error('a client of a run failed', { run: this.writing.run.run, ...errorFields(error) });
    return failedWith(new Problem('internal-error'), this.writing.run.run);
  }
}

/**
 * Who has begun a run, with the scopes that a client of ours has still; undefined when it may not do this any more. What
 * others have issued is taken as it was.
 */
async function presentContext(
  stores: BulkStores,
  { doer: { caller, ...context }, doing: { action }, run }: BulkParameters,
  now: number,
): Promise<RequestContext | undefined> {
  const present = await presentCaller(stores, caller, now);
  if (present === undefined || !mayCall(present, SINGLE[action])) return undefined;
  return { ...context, caller: present, requestId: run, headers: {} };
}
