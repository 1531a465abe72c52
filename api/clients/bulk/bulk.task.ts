import type { RequestContext } from '../../shared/contract/operation.ts';
import { mayCall } from '../../shared/contract/administration-scopes.ts';
import type { Clock } from '../../shared/clock.ts';
import { errorFields, type Log } from '../../shared/log/log.ts';
import { Problem } from '../../shared/problem.ts';
import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import { WAITING, type TaskItem } from '../../tasks/task-items.store.ts';
import type { Json, Step, TaskKind } from '../../tasks/task.ts';
import { LATER, putOff } from '../../tasks/put-off.ts';
import { presentCaller, type Lost, type Present } from '../client.authority.ts';
import {
  BULK,
  countsOf,
  neededFor,
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
  /** The issuers whose tokens are taken, with the scopes that those of others can bring. */
  readonly issuers: ReadonlyMap<string, ReadonlySet<string>>;
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
  | {
      readonly isDone: false;
      readonly state: BulkState;
      readonly progress: Progress;
      readonly wait?: number;
      readonly isPaused?: boolean;
    }
  | { readonly isDone: true; readonly result: BulkState; readonly progress: Progress };
interface Progress {
  readonly done: number;
  readonly total: number;
}

/** The client is in another version than the question found it in. */
class Moved extends Error {}
/** Another process has done it meanwhile, or the run is paused or stopped. */
class DoneElsewhere extends Error {}

class BulkStep {
  constructor(
    private readonly needs: BulkTaskNeeds,
    private readonly run: BulkParameters,
  ) {}

  async from({ paused: _held, ...state }: BulkState): Promise<NextStep> {
    const { work, clock, issuers } = this.needs;
    const { isChosen = this.run.question === undefined } = state;
    const context = await work.read((stores) => presentContext(stores, this.run, { now: clock.now(), issuers }));
    if (context === 'gone') return this.end(await this.counts(), 'whoever does it may not do this any more');
    if (context === 'ended') return { ...this.next({ ...state, paused: ENDED }, await this.counts()), isPaused: true };
    return isChosen ? this.doSome(context) : this.chooseSome(state);
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
  private async doSome(context: RequestContext): Promise<NextStep> {
    const { run, stopAfterFailures = Infinity, doing } = this.run;
    const { work, clock, doors } = this.needs;
    const counts = await this.counts();
    const key = doing.encryptTo && (await sealingKey(doing.encryptTo));
    if (typeof key === 'string') return this.end(counts, `encryptTo ${key}`);
    const writing = new ItemWriter(this.needs, { run: this.run, context, key });
    const open = doors((stores, outcome) => writing.finish(stores, outcome));
    const end = clock.elapsed() + TIME;
    let [failures, isLater] = [counts.failed, false];
    for (const item of await work.read(({ taskItems }) => taskItems.next(run, DONE))) {
      const began = clock.elapsed();
      if (failures >= stopAfterFailures || began >= end) break;
      const outcome = await writing.write(open, item);
      if (outcome === undefined && !(await this.goesOn())) break;
      if (outcome === 'failed') failures += 1;
      if (outcome === WAITING) isLater = true;
      // Others get as much of the machine as this takes.
      await clock.wait(Math.min(50, clock.elapsed() - began));
    }
    const after = await this.counts();
    if (after.waiting === 0) return this.end(after);
    return after.failed >= stopAfterFailures
      ? this.end(after, `stopped after ${after.failed} failures`)
      : { ...this.next({ isChosen: true }, after), ...(isLater && { wait: LATER }) };
  }

  /** Whether nobody has paused or stopped it meanwhile. */
  private async goesOn(): Promise<boolean> {
    const task = await this.needs.work.read(({ tasks }) => tasks.find(this.run.run));
    return task?.state === 'waiting' || task?.state === 'running';
  }

  private async counts(): Promise<Counts> {
    const { run, clients } = this.run;
    return countsOf(clients, await this.needs.work.read(({ taskItems }) => taskItems.count(run)));
  }

  private next(state: BulkState, counts: Counts): Extract<NextStep, { isDone: false }> {
    return { isDone: false, state, progress: this.progress(counts) };
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

const ENDED = 'the token that it is done with is of another issuer and has ended: resume it with one that is good';

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

  /** Returns what has come of it: `waiting` where it is put off, undefined where it could not be noted. */
  async write(doors: ReturnType<OpenDoors>, item: TaskItem): Promise<BulkResult['outcome'] | undefined> {
    this.item = item;
    try {
      await this.attempt(doors, item.key).catch((error: unknown) => this.refused(error));
      return this.outcome;
    } catch (error) {
      if (error instanceof DoneElsewhere) return undefined;
      throw error;
    }
  }

  /** Notes that a client was left as it is. Throws the error where that says nothing about the client. */
  private async refused(error: unknown): Promise<void> {
    const isHeldUp = error instanceof Problem && error.problem === 'client-changing';
    const later = isHeldUp && this.item && putOff(this.item);
    if (later) return this.needs.work.write((stores) => this.finished(stores, later));
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

  private async note(stores: BulkStores, { outcome, ...result }: Omit<BulkResult, 'inum'>): Promise<void> {
    const { position = 0 } = this.item ?? {};
    await this.finished(stores, { position, state: outcome, result });
  }

  private async finished({ taskItems }: BulkStores, item: Omit<TaskItem, 'key'>): Promise<void> {
    if (!(await taskItems.finish(this.writing.run.run, item))) throw new DoneElsewhere();
    this.outcome = item.state as BulkResult['outcome'];
  }

  /** A fault of ours with one client is no reason to leave out the others. */
  private faultOf(error: unknown): Omit<BulkResult, 'inum'> | undefined {
    if (error instanceof Problem || error instanceof DoneElsewhere) return undefined;
    this.needs.log.error('a client of a run failed', { run: this.writing.run.run, ...errorFields(error) });
    return failedWith(new Problem('internal-error'), this.writing.run.run);
  }
}

/** Who does a run, with what it may do still. */
async function presentContext(
  stores: BulkStores,
  { doer, resumed, doing: { action }, question, run }: BulkParameters,
  present: Present,
): Promise<RequestContext | Lost> {
  const { caller: kept, ...context } = { ...doer, ...resumed };
  const caller = await presentCaller(stores, kept, present);
  if (typeof caller === 'string') return caller;
  const mayDo = neededFor(action, question !== undefined).every((operation) => mayCall(caller, operation));
  return mayDo ? { ...context, caller, requestId: run, headers: {}, isTask: true } : 'gone';
}
