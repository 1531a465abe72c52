import { setTimeout as wait } from 'node:timers/promises';
import { DRY_RUN_OPTION, type Input } from '../../command.ts';
import type { Context } from '../../context.ts';
import type { Operation } from '../../contract/contract.ts';
import { EXIT, Failure } from '../../failure.ts';
import type { Shape } from '../../output/printer.ts';
import { oneLine } from '../../output/text.ts';
import { countOf, countsTold, goesOn, numberOf, verbOf, whyOf, type BulkOperations } from '../../resource/bulk.ts';
import type { Calls } from '../../resource/calls.ts';
import type { Body, Entry } from '../../resource/entry.ts';
import { asEntries, asEntry } from '../../resource/reply.ts';
import { Progress } from '../../transfer/progress.ts';
import { agree } from '../resource/kit.ts';

const RUN_SHAPE: Shape = { id: 'id', columns: ['id', 'state', 'action', 'clients'], known: [] };
const RESULTS: Shape = { id: 'inum', columns: ['inum', 'outcome', 'why'], wraps: 'why', known: [] };

/** In milliseconds, between two looks at how far it is; without a window, between two lines. */
const [PAUSE, LINE] = [300, 10_000];

/** Shows how many clients it is about, asks, and has it done; the end is told, and is a failure where it is not whole. */
export async function carryOut(
  context: Context,
  input: Input,
  { calls, operations, body }: { readonly calls: Calls; readonly operations: BulkOperations; readonly body: Body },
): Promise<void> {
  const { printer, terminal } = context;
  const plan = asEntry(await calls.act(operations.start, { body }));
  const isTrial = input.has(DRY_RUN_OPTION.name);
  if (isTrial && !printer.isTable) return printer.one(plan, RUN_SHAPE);
  await tellPlan(context, plan, isTrial);
  if (isTrial) return;
  const clients = Number(plan['clients']);
  if (clients === 0) return;
  await agree(context, input, `${verbOf(body['action'])} ${numberOf(clients)}?`);
  const begun = asEntry(await calls.act(operations.start, { body: { ...body, confirm: plan['confirm'] } }));
  const id = String(begun['id']);
  terminal.say(`Run ${id} has begun, and goes on when you leave: clientele bulk get ${id}`);
  await tellEnd(context, await followed(context, calls, operations.read, begun), calls, operations);
}

async function tellPlan({ printer, terminal }: Context, plan: Entry, isTrial: boolean): Promise<void> {
  const clients = Number(plan['clients']);
  const sample = asEntries(plan['sample'] ?? []);
  const refused = sample.filter(({ outcome }) => outcome === 'failed');
  if (clients === 0) terminal.say('No client is like that: nothing was done.');
  if (clients === 0) return;
  if (isTrial) terminal.say(`It is about ${numberOf(clients)}. Of the first ${sample.length}, which were tried:`);
  if (isTrial) {
    await printer.list(only(sample.map(readable)), RESULTS, '');
    terminal.say('This is a plan: nothing was done.');
    return;
  }
  for (const one of refused) {
    const { inum, why } = readable(one);
    terminal.say(`${String(inum)} would be refused: ${String(why)}`);
  }
}

/** Watches a run to its end, with a bar in a window, and else with a line now and then. */
async function followed({ terminal }: Context, calls: Calls, read: Operation, begun: Entry): Promise<Entry> {
  const total = Number(begun['clients']);
  const progress = new Progress(terminal, String(begun['action']), total);
  let [run, done, said] = [begun, 0, terminal.now()];
  while (goesOn(run)) {
    await wait(PAUSE);
    run = asEntry(await calls.act(read, { named: [['id', String(begun['id'])]] }));
    const now = total - countOf(run, 'waiting');
    progress.step(now - done);
    done = now;
    if (terminal.talksToTty || terminal.now() - said < LINE) continue;
    terminal.say(`${done.toLocaleString('en')} of ${numberOf(total)}`);
    said = terminal.now();
  }
  progress.clear();
  return run;
}

async function tellEnd(context: Context, run: Entry, calls: Calls, { results }: BulkOperations): Promise<void> {
  const { printer, terminal } = context;
  const { id, state, detail } = run;
  const failures = asEntries(run['failures'] ?? []);
  const secrets =
    run['action'] === 'rotate' && !printer.isTable ? ` The secrets: clientele bulk results ${String(id)} --all` : '';
  if (!printer.isTable) await printer.one(run, RUN_SHAPE);
  else if (run['action'] === 'rotate') {
    const pages = calls.pagesOf(results, [['id', String(id)]]);
    await printer.list(entriesOf(pages), { ...RESULTS, columns: ['inum', 'outcome', 'secret'], wraps: 'secret' }, '');
  } else if (failures.length > 0) await printer.list(only(failures.map(readable)), RESULTS, '');
  const isUndone = countOf(run, 'changed') > 0 && run['action'] !== 'rotate';
  const undo = isUndone ? ` To undo that: clientele undo --request-id ${String(id)}` : '';
  terminal.say(`Of ${numberOf(Number(run['clients']))}: ${countsTold(run)}.${undo}${secrets}`);
  const more = [`All results: clientele bulk results ${String(id)}`];
  if (state !== 'done')
    throw new Failure(
      EXIT.refused,
      `the run is ${String(state)}${typeof detail === 'string' ? `: ${detail}` : ''}`,
      more,
    );
  const failed = countOf(run, 'failed');
  if (failed > 0) throw new Failure(EXIT.refused, `${failed} failed`, more);
}

async function* entriesOf(
  pages: AsyncIterable<{ readonly entries: readonly Entry[] }>,
): AsyncGenerator<readonly Entry[]> {
  for await (const { entries } of pages) yield entries;
}

const readable = (one: Entry): Entry => ({ inum: one['inum'], outcome: one['outcome'], why: oneLine(whyOf(one)) });

async function* only(entries: readonly Entry[]): AsyncGenerator<readonly Entry[]> {
  yield entries;
}
