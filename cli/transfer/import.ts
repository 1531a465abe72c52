import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pMapIterable } from 'p-map';
import { YES_OPTION, type Command, type Input, type Option } from '../command.ts';
import { examplesFor } from '../commands/examples.ts';
import { NO_ADVICE } from '../commands/resource/advice.ts';
import type { ResourceKit } from '../commands/resource/kit.ts';
import type { Context } from '../context.ts';
import { EXIT, Failure, reasonOf, said, usageFailure } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import { AT_A_TIME, execute, SecretsFile, type Outcome, type Task } from './apply.ts';
import { differenceLine } from './differences.ts';
import { isClientFile } from './export.ts';
import { readNaming } from './naming.ts';
import { stepFor, type Planner, type Step } from './plan.ts';
import { Advice } from '../output/findings.ts';
import { oneLine } from '../output/text.ts';
import type { Calls } from '../resource/calls.ts';
import type { Service } from '../resource/service.ts';
import { Progress } from './progress.ts';
import { clientsToRemove } from './prune.ts';

const SECRETS_FILE = 'secrets-file';
const PRUNE: Option = { name: 'prune', summary: 'removes clients that have no file' };

/** `import`: makes the clients of the service those of a folder. */
export function importCommand(kit: ResourceKit): Command {
  return {
    words: [kit.resource.noun, 'import'],
    summary: 'creates and changes clients to what the files of a folder say',
    details:
      'The plan comes first: what is created, changed, and left. It may be run again at any time, also after an ' +
      'interruption. --prune never removes administrators or the client that asks.',
    args: [{ name: 'dir', summary: 'the folder, as export writes it', is: 'path' }],
    options: [
      { name: 'dry-run', summary: 'the plan, and no more' },
      { name: SECRETS_FILE, value: 'FILE', takesPath: true, summary: 'gets the secrets that are made; must be new' },
      PRUNE,
      { name: 'confirm', value: 'N', summary: 'how many --prune removes, where nobody can be asked' },
      NO_ADVICE,
      YES_OPTION,
    ],
    examples: examplesFor(`${kit.resource.noun} import`),
    run: async (context, input) => {
      const plan = await makePlan(context, kit, input);
      if (!input.has('dry-run')) return apply(context, plan, input);
      if (plan.counts.refused > 0) throw new Failure(EXIT.refused, `${plan.counts.refused} would be refused`);
    },
  };
}

/** `diff`: what an import would do. */
export function diffCommand(kit: ResourceKit): Command {
  return {
    words: [kit.resource.noun, 'diff'],
    summary: 'shows how the files of a folder differ from the service',
    details: 'A file that cannot be compared is a failure, with exit code 1, also with --exit-code.',
    args: [{ name: 'dir', summary: 'the folder, as export writes it', is: 'path' }],
    options: [
      { name: 'prune', summary: 'also the clients that have no file' },
      { name: 'exit-code', summary: 'ends with 4 when something differs' },
    ],
    examples: examplesFor(`${kit.resource.noun} diff`),
    run: async (context, input) => {
      const { counts } = await makePlan(context, kit, input);
      // What could not be compared may hide a difference, and is none.
      if (counts.refused > 0) throw new Failure(EXIT.refused, `${counts.refused} would be refused`);
      const differs = counts.create + counts.change + counts.remove > 0;
      if (differs && input.has('exit-code')) throw new Failure(EXIT.differs, 'they differ');
    },
  };
}

interface Plan {
  readonly clients: Calls;
  readonly folder: string;
  readonly tasks: readonly Task[];
  readonly counts: Record<Step['kind'] | 'remove', number>;
}

async function makePlan(context: Context, kit: ResourceKit, input: Input): Promise<Plan> {
  const { terminal } = context;
  // A comparison makes no secret that somebody would have to see.
  const keepsSecrets = input.has(SECRETS_FILE) || input.command === 'diff';
  const folder = resolve(terminal.cwd, input.arg(0));
  const files = await filesIn(folder, input.arg(0));
  const service = await context.service();
  const clients = service.of(kit.resource);
  const naming = await readNaming(service, (text) => terminal.say(text));
  const former = new Map<string, Set<string>>();
  const onFormer = (file: string, what: string): void =>
    void former.set(what, (former.get(what) ?? new Set()).add(file));
  const planner: Planner = { clients, folder, fields: kit.fields, naming, onFormer };
  const advice = new Advice();
  const counts = { create: 0, change: 0, same: 0, refused: 0, remove: 0 };
  const seen = new Map<string, string>();
  const tasks: Task[] = [];
  const progress = new Progress(terminal, 'Comparing', files.length);
  const steps = pMapIterable(files, (file) => stepFor(planner, file), {
    concurrency: AT_A_TIME,
    backpressure: 2 * AT_A_TIME,
  });
  for await (const found of steps) {
    const step = withoutRefused(found, seen, keepsSecrets);
    counts[step.kind] += 1;
    if ('advice' in step) advice.add(step.advice, step.id);
    if (step.id !== undefined && !seen.has(step.id)) seen.set(step.id, step.file);
    const task = taskOf(step);
    if (task !== undefined) tasks.push(task);
    progress.clear();
    await context.printer.lines(planLines(context, step));
    progress.step();
  }
  progress.clear();
  for (const [what, named] of former) terminal.say(formerLine(what, [...named].sort()));
  const removed = input.has(PRUNE.name) ? await removals(context, service, clients, { seen, counts }) : [];
  terminal.say(
    `${counts.create} to create, ${counts.change} to change, ${counts.same} unchanged, ` +
      `${counts.refused} refused, ${counts.remove} to remove.`,
  );
  const isAdvised = input.command === 'import' && !input.has(NO_ADVICE.name);
  const width = terminal.talksToTty ? terminal.columns : undefined;
  if (isAdvised) for (const line of advice.lines(width)) terminal.say(line);
  return { clients, folder, tasks: tasks.concat(removed), counts };
}

/** The word on what files from before formats refer to. */
function formerLine(what: string, files: readonly string[]): string {
  const shown = files.slice(0, 5).map(oneLine).join(', ');
  return `${what}, in files of an earlier version: ${shown}${files.length > 5 ? `, and ${files.length - 5} more` : ''}.`;
}

async function filesIn(folder: string, shown: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter(isClientFile).sort();
  } catch (error) {
    throw usageFailure(`${shown} cannot be read: ${reasonOf(error)}`);
  }
}

/** The step, unless it cannot be taken: the second file for a client, or a secret that nobody would see. */
function withoutRefused(step: Step, seen: ReadonlyMap<string, string>, keepsSecrets: boolean): Step {
  if (step.kind === 'refused') return step;
  const first = seen.get(step.id);
  if (first !== undefined)
    return { kind: 'refused', id: step.id, file: step.file, reason: `${step.id} has another file` };
  if (step.kind === 'same' || !step.getsSecret || keepsSecrets) return step;
  const reason = 'would get a secret that nobody sees: give --secrets-file';
  return { kind: 'refused', id: step.id, file: step.file, reason };
}

function taskOf(step: Step): Task | undefined {
  if (step.kind === 'create') return { kind: 'create', id: step.id, file: step.file };
  if (step.kind === 'change') return { kind: 'change', id: step.id, file: step.file, etag: step.etag };
  return undefined;
}

/** The lines of the plan for one file; of a client that stays as it is there is nothing to say. */
function planLines({ printer }: Context, step: Step): string {
  const { paint } = printer;
  switch (step.kind) {
    case 'same':
      return '';
    case 'create':
      return `${paint('green', `+ ${oneLine(step.id)}`)}${step.getsSecret ? '  gets a secret' : ''}\n`;
    case 'change': {
      const lines = step.changes.map((difference) => `    ${differenceLine(difference, paint)}\n`);
      return `${paint('yellow', `~ ${oneLine(step.id)}`)}${step.getsSecret ? '  gets a secret' : ''}\n${lines.join('')}`;
    }
    case 'refused':
      return `${paint('red', `! ${oneLine(step.file)}`)}: ${oneLine(step.reason)}\n`;
  }
}

async function removals(
  context: Context,
  service: Service,
  clients: Calls,
  { seen, counts }: { seen: ReadonlyMap<string, string>; counts: Plan['counts'] },
): Promise<Task[]> {
  if (counts.refused > 0) {
    context.terminal.say('Nothing is pruned while files are refused: their clients would look as if they had none.');
    return [];
  }
  const { ids, kept } = await clientsToRemove(clients, await service.callerId(), seen);
  counts.remove = ids.length;
  for (const [id, reason] of kept) await context.printer.lines(`= ${oneLine(id)}  kept: ${reason}\n`);
  for (const id of ids) await context.printer.lines(`${context.printer.paint('red', `- ${oneLine(id)}`)}\n`);
  return ids.map((id): Task => ({ kind: 'remove', id }));
}

async function apply(context: Context, plan: Plan, input: Input): Promise<void> {
  const { terminal } = context;
  const { clients, folder, tasks, counts } = plan;
  await agree(context, counts, input);
  const path = input.value(SECRETS_FILE);
  const isKept = path !== undefined && tasks.length > 0;
  const secrets = isKept ? await SecretsFile.create(resolve(terminal.cwd, path)) : undefined;
  const stop = new AbortController();
  const release = terminal.onInterrupt(() => {
    stop.abort();
    terminal.say('Stopping: what is under way is finished. Once more ends at once.');
  });
  try {
    const outcomes = execute({ clients, folder, secrets, stop }, tasks);
    const { done, failed } = await report(context, outcomes, tasks.length);
    const summary = `${done} of ${tasks.length} done, ${failed} failed, ${counts.refused} refused`;
    if (stop.signal.aborted) throw new Failure(EXIT.interrupted, `interrupted: ${summary}`, [GO_ON]);
    if (failed + counts.refused > 0) throw new Failure(EXIT.refused, summary);
    terminal.say(`${summary}.`);
  } finally {
    release();
    await secrets?.close();
  }
}

const GO_ON = 'The same command goes on from here, with another --secrets-file where there was one.';

/** Prints what came of each task. What ends the run is thrown once everything that was under way has come back. */
async function report(
  { terminal, printer }: Context,
  outcomes: AsyncIterable<Outcome>,
  total: number,
): Promise<Report> {
  const progress = new Progress(terminal, 'Importing', total);
  const result: Report = { done: 0, failed: 0 };
  let fatal: Failure | undefined;
  for await (const outcome of outcomes) {
    const { task, failure } = outcome;
    fatal ??= outcome.fatal;
    result[failure === undefined ? 'done' : 'failed'] += 1;
    progress.clear();
    const line = failure === undefined ? `${DONE[task.kind]}  ${task.id}` : `failed   ${task.id}: ${said(failure)}`;
    await printer.text(`${line}\n`);
    progress.step();
  }
  progress.clear();
  if (fatal !== undefined) {
    throw new Failure(fatal.exitCode, fatal.message, [...fatal.lines, `${result.done} of ${total} done. ${GO_ON}`]);
  }
  return result;
}

interface Report {
  done: number;
  failed: number;
}

const DONE: Readonly<Record<Task['kind'], string>> = { create: 'created', change: 'changed', remove: 'removed' };

const asked = async (terminal: Terminal, question: string): Promise<string | undefined> =>
  terminal.canAsk ? terminal.ask(question) : undefined;

/** Asks before the plan is carried out, and for the number of clients that would be removed. */
async function agree({ terminal }: Context, counts: Plan['counts'], input: Input): Promise<void> {
  if (counts.remove > 0) {
    const question = `Type ${counts.remove} to remove as many clients: `;
    const given = input.value('confirm') ?? (await asked(terminal, question));
    if (given === undefined)
      throw usageFailure(`--prune would remove ${counts.remove}: say --confirm ${counts.remove}`);
    if (given !== String(counts.remove)) {
      throw new Failure(EXIT.refused, `nothing was done: ${counts.remove} would be removed, not ${given || 'none'}`);
    }
    return;
  }
  if (input.has(YES_OPTION.name) || !terminal.canAsk || counts.create + counts.change === 0) return;
  const answer = await terminal.ask('Carry this out? [y/N] ');
  if (!/^y(es)?$/i.test(answer)) throw new Failure(EXIT.refused, 'nothing was done');
}
