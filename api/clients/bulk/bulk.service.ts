import { mayCall, requireCall } from '../../shared/contract/administration-scopes.ts';
import { callerKey, type OperationId, type RequestContext, type Schemas } from '../../shared/contract/operation.ts';
import { timestamp, type Clock } from '../../shared/clock.ts';
import { tried } from '../../shared/database/dry-run.ts';
import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import { canonical } from '../../shared/idempotency/idempotency.ts';
import { newInum, sha256 } from '../../shared/ids.ts';
import { Problem } from '../../shared/problem.ts';
import type { Json, Task } from '../../tasks/task.ts';
import { requireFewOpen } from '../../tasks/few-open.ts';
import { steered, type Verb } from '../../tasks/steering.ts';
import { newTask, type TaskService } from '../../tasks/task.service.ts';
import {
  BULK,
  countsOf,
  neededFor,
  SINGLE,
  untouched,
  type BulkInput,
  type BulkParameters,
  type BulkResult,
  type BulkState,
  type BulkStores,
  type Doer,
  type OpenDoors,
} from './bulk.ts';
import { inputFaults, wishOf, type Wish } from './bulk.input.ts';
import { choiceOf, chosenClients, versionChosen, type Choice, type ChoiceNeeds } from './chosen-clients.ts';
import { doTo, outcomeOf, refusalOf } from './one-client.ts';
import { sealingKey } from './sealed-secret.ts';

export interface BulkServiceNeeds extends ChoiceNeeds {
  readonly work: UnitOfWork<BulkStores>;
  readonly clock: Clock;
  readonly doors: OpenDoors;
  readonly tasks: TaskService;
  /** Has what is due run soon. */
  readonly wake: () => void;
}

type Bulk = Schemas['ClientBulk'];

export interface BulkRequest {
  readonly input: BulkInput;
  readonly strict: boolean;
}

/** Which results of a run: after a position, those with an outcome or all. */
export interface ResultsRequest {
  readonly run: string;
  readonly outcome?: BulkResult['outcome'] | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** So many clients are tried for a plan, so many failures are told with a run, so many ids are looked up at once. */
const [SAMPLE, FAILURES, AT_ONCE] = [10, 10, 200];
const MOST = 100_000;

/** What is done to many clients: plans of it, and the runs that do it. */
export class ClientBulks {
  constructor(private readonly needs: BulkServiceNeeds) {}

  /**
   * Says what would be done or, where that was confirmed, begins a run. `keep` is called in the unit of work that begins it.
   * Throws `invalid-request`, `insufficient-scope`, `bulk-not-confirmed` where it is not what was confirmed, and
   * `too-many-runs`.
   */
  async begin<T>(
    context: RequestContext,
    { input, strict }: BulkRequest,
    keep: (stores: BulkStores, bulk: Bulk) => Promise<T>,
  ): Promise<T> {
    requireCall(context.caller, SINGLE[input.action]);
    const errors = await inputFaults(input);
    if (errors.length > 0) throw new Problem('invalid-request', { errors });
    const wish = wishOf(input, strict);
    requireCalls(context, neededFor(input.action, 'question' in wish.chosen));
    const at = this.needs.clock.now();
    const choice = await this.chosen(wish, at);
    const { clients, first } = choice;
    const confirm = confirmationOf(input, choice);
    const { confirm: confirmed } = input;
    if (confirmed === undefined) {
      const sample = await this.sample(context, wish, first);
      const about = { action: input.action, ...('question' in wish.chosen && wish.chosen.question) };
      const plan: Bulk = { state: 'planned', ...about, clients, confirm, counts: untouched(clients), sample };
      return this.needs.work.write((stores) => keep(stores, plan));
    }
    if (confirmed !== confirm) throw notConfirmed(confirmed, clients);
    return this.start(context, { wish, choice, at, input }, keep);
  }

  async find(run: string): Promise<Bulk> {
    const task = await this.task(run);
    const { counted, failed } = await this.needs.work.read(async ({ taskItems }) => ({
      counted: await taskItems.count(run),
      failed: await taskItems.page(run, { state: 'failed', limit: FAILURES }),
    }));
    return { ...shown(task, counted), failures: failed.map(resultOf) };
  }

  async list(part: { readonly startIndex: number; readonly limit: number }): Promise<Schemas['ClientBulkPage']> {
    const { total, tasks } = await this.needs.tasks.list({ kind: BULK, ...part });
    const entries: Bulk[] = [];
    for (const task of tasks) {
      const counted = stateOf(task).counts ?? (await this.needs.work.read(({ taskItems }) => taskItems.count(task.id)));
      entries.push(shown(task, counted));
    }
    return { start: part.startIndex, totalEntriesCount: total, entriesCount: entries.length, entries };
  }

  async results({ run, outcome, cursor, limit }: ResultsRequest): Promise<Schemas['ClientBulkResultPage']> {
    await this.task(run);
    const { cursors, work } = this.needs;
    const binding = JSON.stringify([run, outcome ?? '']);
    const after = cursor === undefined ? 0 : Number(cursors.decode(binding, cursor).id);
    const asked = { after, limit: limit + 1, ...(outcome !== undefined && { state: outcome }) };
    const found = await work.read(({ taskItems }) => taskItems.page(run, asked));
    const entries = found.slice(0, limit);
    const last = found.length > limit ? entries.at(-1) : undefined;
    return {
      entriesCount: entries.length,
      entries: entries.map(resultOf),
      ...(last && { nextCursor: cursors.encode(binding, { value: null, id: String(last.position) }) }),
    };
  }

  /**
   * Whoever resumes a run that is held or has failed is who does it from then on. Throws `bulk-state` where the run has ended, and
   * `insufficient-scope` for who may not do what it does.
   */
  async control(context: RequestContext, run: string, verb: Verb): Promise<Bulk> {
    const task = await this.task(run);
    const { doing, question } = parametersOf(task);
    requireCalls(context, neededFor(doing.action, verb === 'resume' && question !== undefined));
    if (!(await steered(this.needs.tasks, verb, task, (held) => resumedBy(context, held)))) {
      const { state } = shown(await this.task(run), {});
      throw new Problem('bulk-state', { detail: `the run is ${state}` });
    }
    this.needs.wake();
    return this.find(run);
  }

  /** Which clients a request is about. */
  private async chosen({ chosen }: Wish, at: number): Promise<Choice> {
    if ('inums' in chosen) {
      await this.requireAll(chosen.inums);
      return { clients: chosen.inums.length, first: chosen.inums.slice(0, SAMPLE), digest: '' };
    }
    const { total } = await chosenClients(this.needs, chosen.question, { at, limit: 1 });
    if (total > MOST) {
      const detail = `fits ${total} clients: at most ${MOST} are changed at once, so that it has to be narrower`;
      throw new Problem('invalid-request', {
        errors: [{ pointer: `/${Object.keys(chosen.question)[0] ?? ''}`, detail }],
      });
    }
    const choice = await choiceOf(this.needs, chosen.question, { at, limit: SAMPLE });
    const [inum] = choice.first;
    // What is asked about one client later on has to be a question as well.
    if (inum !== undefined) await versionChosen(this.needs, chosen.question, { inum, at });
    return choice;
  }

  /** Refuses a list that names what there is not. */
  private async requireAll(inums: readonly string[]): Promise<void> {
    const there = new Set<string>();
    for (let start = 0; start < inums.length; start += AT_ONCE) {
      const some = inums.slice(start, start + AT_ONCE);
      for (const { inum } of await this.needs.work.read(({ clients }) => clients.byIds(some))) there.add(inum);
    }
    const errors = inums.flatMap((inum, index) =>
      there.has(inum) ? [] : [{ pointer: `/inums/${index}`, detail: `there is no client ${inum}` }],
    );
    if (errors.length > 0) throw new Problem('invalid-request', { errors });
  }

  /** What would become of some clients. */
  private async sample(asking: RequestContext, { doing }: Wish, inums: readonly string[]): Promise<BulkResult[]> {
    const context = { ...asking, headers: {}, isTask: true };
    const key = doing.encryptTo && (await sealingKey(doing.encryptTo));
    // Whoever may only delete learns nothing of what there is.
    const mayRead = mayCall(asking.caller, 'get-oauth-openid-clients-by-inum');
    const results: BulkResult[] = [];
    for (const inum of inums) {
      let before: number | undefined;
      let result: Omit<BulkResult, 'inum'> = { outcome: 'unchanged' };
      const doors = this.needs.doors(async (_stores, made) => {
        result = await outcomeOf(made, before, typeof key === 'string' ? undefined : key);
      });
      const check = (version: number): void => void (before = version);
      try {
        const { records } = await tried(async (dryRun) => {
          await doTo(doors, doing, { inum, context, check });
          return dryRun;
        });
        const { secret: _none, ...outcome } = result;
        const record = records.find((each) => each.kind === 'client' && each.inum === inum);
        const changed = record !== undefined && mayRead && { changed: [...record.changed] };
        results.push({ inum, ...outcome, ...changed });
      } catch (error) {
        const refusal = refusalOf(error, context.requestId);
        if (refusal === undefined) throw error;
        results.push({ inum, ...refusal });
      }
    }
    return results;
  }

  private async start<T>(
    context: RequestContext,
    { wish, choice, at, input }: { wish: Wish; choice: Choice; at: number; input: BulkInput },
    keep: (stores: BulkStores, bulk: Bulk) => Promise<T>,
  ): Promise<T> {
    const run = newInum();
    const { doing, chosen } = wish;
    const parameters: BulkParameters = {
      ...{ run, doing, clients: choice.clients, at },
      ...('question' in chosen && { question: chosen.question, digest: choice.digest }),
      ...(input.stopAfterFailures !== undefined && { stopAfterFailures: input.stopAfterFailures }),
      doer: doerIn(context),
    };
    const task = newTask({ id: run, kind: BULK, parameters: parameters as unknown as Json, now: timestamp(at) });
    const caller = callerKey(context.caller);
    const kept = await this.needs.work.write(async (stores) => {
      await requireFewOpen(
        stores,
        BULK,
        (other) => callerKey((other as unknown as BulkParameters).doer.caller) === caller,
      );
      await stores.tasks.add(task);
      if ('inums' in chosen)
        await stores.taskItems.add(
          run,
          chosen.inums.map((key) => ({ key })),
        );
      return keep(stores, shown(task, {}));
    });
    this.needs.wake();
    return kept;
  }

  private async task(run: string): Promise<Task> {
    const task = await this.needs.tasks.find(run);
    if (task?.kind !== BULK) throw new Problem('not-found', { detail: 'there is no such run' });
    return task;
  }
}

/** What has to be sent to do what a plan says: it tells the number, and stands for which clients they are and all that is asked for. */
function confirmationOf({ confirm: _confirm, ...input }: BulkInput, { clients, digest: chosen }: Choice): string {
  const digest = Buffer.from(sha256(`${chosen} ${canonical(input)}`), 'hex').toString('base64url');
  return `${clients}-${digest.slice(0, 22)}`;
}

function notConfirmed(confirmed: string, clients: number): Problem {
  const [number] = /^\d+(?=-)/.exec(confirmed) ?? [];
  const detail =
    number === undefined || number === String(clients)
      ? 'something else was confirmed, or other clients: send the same body without confirm, and what that answers'
      : `it is about ${clients} clients by now, and ${number} were confirmed: ask again without confirm`;
  return new Problem('bulk-not-confirmed', { detail });
}

const parametersOf = ({ parameters }: Task): BulkParameters => parameters as unknown as BulkParameters;
const stateOf = ({ checkpoint }: Task): BulkState => (checkpoint ?? {}) as unknown as BulkState;

function requireCalls({ caller }: RequestContext, operations: readonly OperationId[]): void {
  for (const operation of operations) requireCall(caller, operation);
}

function doerIn({ caller, operation, source, requestId, reason }: RequestContext): Doer {
  const kept = { caller: { ...caller, scopes: [...caller.scopes] }, operation, source, requestId };
  return { ...kept, ...(reason !== undefined && { reason }) };
}

/** What a task goes on with that somebody has resumed. */
function resumedBy(context: RequestContext, task: Task): { parameters: Json; checkpoint: Json } {
  const { paused: _held, ...checkpoint } = stateOf(task);
  return {
    parameters: { ...parametersOf(task), resumed: doerIn(context) } as unknown as Json,
    checkpoint: checkpoint,
  };
}

/** A run as its task and its items have it. */
function shown(task: Task, counted: Readonly<Record<string, number>>): Bulk {
  const { doing, question, clients, doer, resumed } = parametersOf(task);
  const { stopped, paused } = stateOf(task);
  const held = task.state === 'paused' ? paused : undefined;
  const detail = task.state === 'failed' ? 'the service could not go on; its log says why' : (stopped ?? held);
  const counts = countsOf(clients, counted);
  return {
    id: task.id,
    state: stopped === undefined ? task.state : 'stopped',
    ...(detail !== undefined && { detail }),
    action: doing.action,
    ...question,
    ...{ clients, counts, caller: doer.caller.clientId },
    ...(resumed && { resumedBy: resumed.caller.clientId }),
    ...(doer.reason !== undefined && { reason: doer.reason }),
    createdAt: task.createdAt.slice(0, 19),
    ...(task.endedAt !== undefined && { endedAt: task.endedAt.slice(0, 19) }),
  };
}

const resultOf = ({ key, state, result }: { key: string; state: string; result?: Json }): BulkResult => ({
  inum: key,
  outcome: state as BulkResult['outcome'],
  ...(state !== 'waiting' && (result as Omit<BulkResult, 'inum' | 'outcome'> | undefined)),
});
