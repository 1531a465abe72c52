import { setTimeout as wait } from 'node:timers/promises';
import {
  COLUMNS_OPTION,
  DRY_RUN_OPTION,
  OUTPUT_OPTION,
  YES_OPTION,
  type Command,
  type Input,
  type Option,
} from '../../command.ts';
import type { Context } from '../../context.ts';
import { DRY_RUN, type Operation } from '../../contract/contract.ts';
import { EXIT, Failure, usageFailure } from '../../failure.ts';
import type { Shape } from '../../output/printer.ts';
import type { Calls } from '../../resource/calls.ts';
import type { Body, Entry } from '../../resource/entry.ts';
import { asEntries, asEntry } from '../../resource/reply.ts';
import { bodyFields, bodyFrom, fieldOptions } from '../body.ts';
import { examplesFor } from '../examples.ts';
import { filterIn, listOptions, listQuery, WHERE } from '../listing/list-query.ts';
import { agree, type ResourceKit } from '../resource/kit.ts';
import { ALL_OPTION, printPages } from '../resource/read-commands.ts';
import { withDays } from './days.ts';
import { undoLines } from './undo-lines.ts';

const REPORT: Shape = { id: 'id', columns: ['id', 'state', 'clients', 'undone', 'left'], known: [] };
const LISTED: Shape = { ...REPORT, columns: [...REPORT.columns, 'caller', 'createdAt'] };
const [FORCE, FILTER, ID, UP_TO] = ['force', 'filter', 'id', 'upTo'];

/** The operations on changes that are taken back. */
export interface UndoOperations {
  readonly start: Operation;
  readonly read: Operation;
  readonly list: Operation | undefined;
  /** What can be done to one that has begun, by verb. */
  readonly steering: ReadonlyMap<string, Operation>;
}

const RESUME = 'resume';
const VERBS: Readonly<Record<string, string>> = {
  pause: 'holds it, until it is resumed',
  [RESUME]: 'lets it go on from where it was',
  stop: 'ends it for good; what was undone stays so',
};

/** In milliseconds, between two looks at how far a task is. */
const PAUSE = 500;
const GOING_ON: readonly unknown[] = ['waiting', 'running'];

/** `undo`: takes back changes of clients. What would come of it is shown before it is asked for. */
export function undoCommand(kit: ResourceKit, operations: UndoOperations): Command {
  const { start, read } = operations;
  const { contract, resource } = kit;
  const fields = bodyFields(contract, start).filter(({ path }) => !['changes', FORCE, FILTER].includes(path));
  return {
    words: ['undo'],
    summary: 'takes back changes of clients',
    details:
      'What was changed again since stays, and then the exit code is 1. More than 200 clients are done by a task.',
    args: [{ name: 'change', summary: 'its id, which history tells', optional: true, many: true }],
    options: [
      ...fieldOptions(fields, undefined),
      { ...WHERE, summary: WHERE_SUMMARY },
      { name: FORCE, summary: 'also what was changed again since' },
      ...listOptionsOf(operations),
      { name: ID, value: 'ID', summary: 'reads an undo that was begun', rare: true },
      ...Object.entries(VERBS).map(([name, summary]) => ({ name, summary: `with --id: ${summary}`, rare: true })),
      YES_OPTION,
      DRY_RUN_OPTION,
      OUTPUT_OPTION,
    ],
    examples: examplesFor('undo'),
    run: async (context, given) => {
      const input = withDays(given, context.terminal.now());
      const calls = (await context.service()).of(resource);
      if (input.has(LIST.name))
        return listed(context, input, { calls, operations, flags: fields.map(({ flag }) => flag) });
      const begun = input.value(ID);
      const verbs = Object.keys(VERBS).filter((verb) => input.has(verb));
      if (begun === undefined && verbs.length > 0) throw usageFailure(`--${String(verbs[0])} needs --id, which undo?`);
      if (begun !== undefined) return ofBegun(context, { calls, operations, id: begun, verbs });
      const body: Body = {
        ...(await bodyFrom(context, fields, input)),
        ...filterIn(input, 'changes'),
        ...changesIn(input),
      };
      if (Object.keys(body).length === 0) throw usageFailure('undo what? Say the ids of changes, or --by, --since …');
      if (input.has(FORCE)) body[FORCE] = true;
      const isTrial = input.has(DRY_RUN_OPTION.name);
      let planned: Body = {};
      if (isTrial || !input.has(YES_OPTION.name)) {
        if (!isTrial && !context.terminal.canAsk) throw usageFailure('nobody is here to be asked: say --yes');
        const plan = answerIn(asEntry(await calls.act(start, { body, named: [[DRY_RUN, 'true']] })));
        if (isTrial || context.printer.isTable) await show(context, plan);
        if (isTrial) {
          conclude(context, plan, isTrial);
          return;
        }
        await agree(context, input, `Undo this${plan['complete'] === true ? '' : ', and what is not shown'}?`);
        if (plan[UP_TO] !== undefined) planned = { [UP_TO]: plan[UP_TO] };
      }
      const report = asEntry(await calls.act(start, { body: { ...body, ...planned } }));
      const id = String(report['id']);
      if (report['state'] === 'done') return tell(context, report);
      context.terminal.say(`Undo ${id} has begun, and goes on when you leave: clientele undo --id ${id}`);
      await tell(context, await ended(context, calls, read, id));
    },
  };
}

interface Begun {
  readonly calls: Calls;
  readonly operations: UndoOperations;
  readonly id: string;
  readonly verbs: readonly string[];
}

/** Shows what has come of an undo in the end, or holds it, ends it, or lets it go on before. */
async function ofBegun(context: Context, { calls, operations, id, verbs }: Begun): Promise<void> {
  const [verb, another] = verbs;
  if (another !== undefined) throw usageFailure(`--${String(verb)} and --${another} are two things: one will do`);
  const steering = operations.steering.get(verb ?? '');
  if (verb !== undefined && steering === undefined) throw usageFailure(`this service cannot ${verb} an undo`);
  const report = steering && asEntry(await calls.act(steering, { named: [['undo', id]] }));
  if (report === undefined || verb === RESUME) return tell(context, await ended(context, calls, operations.read, id));
  if (!context.printer.isTable) return context.printer.one(report, REPORT);
  const { state, undone, left, clients } = report;
  const done = Number(undone) + Number(left);
  context.terminal.say(`The undo ${id} is ${String(state)}: ${done} of ${countOf(clients)} are done.`);
}

const LIST: Option = { name: 'list', summary: 'what was undone so far, by whom, and what was left' };

/** What lists undos, where the service does. */
const listOptionsOf = ({ list }: UndoOperations): Option[] =>
  list === undefined
    ? []
    : [
        LIST,
        ...[...listOptions(list), ALL_OPTION, COLUMNS_OPTION].map((option) => ({
          ...option,
          rare: true,
          summary: `with --list: ${option.summary}`,
        })),
      ];

interface Listing extends Pick<Begun, 'calls' | 'operations'> {
  /** That say which changes are undone. */
  readonly flags: readonly string[];
}

async function listed(context: Context, input: Input, { calls, operations: { list }, flags }: Listing): Promise<void> {
  if (list === undefined) return;
  const about = [FORCE, ID, WHERE.name, ...flags].find((name) => input.has(name));
  if (about !== undefined || input.args.length > 0)
    throw usageFailure(`--list has all undos: ${about === undefined ? input.arg(0) : `--${about}`} is about one`);
  const named = listQuery(list, input);
  await printPages(context, input, { calls, operation: list, named, shape: LISTED, none: 'There are no undos.' });
}

const WHERE_SUMMARY = `only those: 'subject.name eq "ann" and not changed eq "scopes"'`;

function changesIn({ args }: Input): Body {
  const wrong = args.find((arg) => !/^\d{1,9}$/.test(arg));
  if (wrong !== undefined) throw usageFailure(`a change has a number, as clientele history tells it, and not ${wrong}`);
  return args.length === 0 ? {} : { changes: args.map(Number) };
}

/** What a plan says that would be answered. */
function answerIn({ status, result }: Entry): Entry {
  const answer = asEntry(result);
  if (Number(status) < 400) return answer;
  throw new Failure(EXIT.refused, String(answer['detail'] ?? answer['title']));
}

/** Waits for the end of a task, and reads what it has left. */
async function ended({ terminal }: Context, calls: Calls, read: Operation, id: string): Promise<Entry> {
  const asked = [
    ['undo', id],
    ['left', 'true'],
    ['limit', '200'],
  ] as const;
  for (;;) {
    const report = asEntry(await calls.act(read, { named: asked }));
    if (!GOING_ON.includes(report['state'])) return report;
    const done = Number(report['undone']) + Number(report['left']);
    if (terminal.talksToTty) terminal.draw(`${id}: ${done} of ${String(report['clients'])} clients`);
    await wait(PAUSE);
    if (terminal.talksToTty) terminal.draw('');
  }
}

async function tell(context: Context, report: Entry): Promise<void> {
  await show(context, report);
  conclude(context, report, false);
}

async function show({ printer, terminal }: Context, report: Entry): Promise<void> {
  if (!printer.isTable) return printer.one(report, REPORT);
  const width = terminal.isTty ? terminal.columns : undefined;
  await printer.lines(undoLines(asEntries(report['entries']), { paint: printer.paint, width }));
}

/** Says in a line what came of it. Throws where something was left. */
function conclude({ terminal, printer }: Context, report: Entry, isTrial: boolean): void {
  const { id, state, complete, clients, undone, left } = report;
  if (printer.isTable) {
    if (clients === 0) terminal.say('There are no such changes.');
    else terminal.say(`${countOf(clients)}: ${String(undone)} undone, ${String(left)} with something left.`);
    if (complete !== true && isTrial) terminal.say('There may be more clients: those are the first ones.');
    if (isTrial) terminal.say('This is a plan: nothing was done.');
  }
  if (!isTrial && state !== 'done') throw new Failure(EXIT.refused, `the undo ${String(id)} is ${String(state)}`);
  if (Number(left) > 0)
    throw new Failure(EXIT.refused, `of ${countOf(left)} something ${isTrial ? 'would be' : 'was'} left`);
}

const countOf = (count: unknown): string => `${String(count)} client${count === 1 ? '' : 's'}`;
