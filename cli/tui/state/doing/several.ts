import { said as saidOf, type Failure } from '../../../failure.ts';
import { oneLine } from '../../../output/text.ts';
import type { Entry } from '../../../resource/entry.ts';
import type { Call } from '../call.ts';
import { agreeing, reading } from '../dialogs/asking.ts';
import { actionOf, type Kind, nameOf } from '../kind.ts';
import { idOf, relisted } from '../list/entries.ts';
import type { Step, TextScreen } from '../state.ts';
import { all, asked, changed, said, stay } from '../steps.ts';

interface Doing {
  readonly verb: string;
  readonly done: string;
  readonly call: (kind: Kind, shown: Entry) => Call | undefined;
  /** What the lists show afterwards, with what was answered. */
  readonly after: (entry: Entry, answer: unknown) => Entry | undefined;
}

const byAction = (verb: string, done: string): Doing => ({
  verb,
  done,
  // It is answered with what it has become.
  after: (entry, answer) => ({ ...entry, ...(answer as Entry) }),
  call: (kind, shown) => {
    const operation = actionOf(kind, verb);
    return operation && { does: 'act', noun: kind.resource.noun, id: idOf(kind, shown), operation, shown };
  },
});

/** What is done to one or several, by the verb that the contract has. */
const DOINGS: Readonly<Record<'activate' | 'deactivate' | 'delete' | 'approve' | 'reject', Doing>> = {
  activate: byAction('activate', 'activated'),
  deactivate: byAction('deactivate', 'deactivated'),
  approve: byAction('approve', 'approved'),
  reject: byAction('reject', 'rejected'),
  delete: {
    verb: 'delete',
    done: 'removed',
    after: () => undefined,
    call: (kind, shown) =>
      kind.resource.operations.delete && {
        does: 'remove',
        noun: kind.resource.noun,
        id: idOf(kind, shown),
        shown,
      },
  },
};

export type DoingName = keyof typeof DOINGS;

/** Whether the service declares it. */
export const canDo = (kind: Kind, name: DoingName): boolean => DOINGS[name].call(kind, {}) !== undefined;

/** Says what will happen to each, and does it one by one when that is agreed to. */
export function several(kind: Kind, name: DoingName, entries: readonly Entry[], then: Step = stay): Step {
  const doing = DOINGS[name];
  if (entries.length === 0 || !canDo(kind, name)) return stay;
  const isKept = name === 'delete' && actionOf(kind, 'removed') !== undefined;
  const kept = isKept ? ['', 'They can be brought back for a while: z in the list.'] : [];
  const lines = [
    ...entries.flatMap((entry) => [`${doing.verb} ${named(kind, entry)}`, ...askedBy(name, entry)]),
    ...kept,
  ];
  const count =
    entries.length === 1 ? `this ${kind.resource.singular}` : `these ${entries.length} ${kind.resource.noun}`;
  return agreeing(`${capital(doing.verb)} ${count}?`, lines, [
    { key: 'y', label: doing.verb, step: all(started(kind, doing, entries), then) },
  ]);
}

/** The members that a client wants to have, which a decision is about. */
function askedBy(name: DoingName, { approval }: Entry): string[] {
  if (name !== 'approve' && name !== 'reject') return [];
  const { change = {} } = (approval ?? {}) as { change?: Entry };
  return Object.entries(change).map(([member, value]) => oneLine(`  ${member}: ${JSON.stringify(value)}`));
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** An entry by its name and id. */
export const named = (kind: Kind, entry: Entry): string => {
  const [name, id] = [nameOf(kind, entry), idOf(kind, entry)];
  return oneLine(name === id ? id : `${name} (${id})`);
};

/** Does it to the first, then to the rest, and says of each what came of it. */
function started(kind: Kind, doing: Doing, entries: readonly Entry[]): Step {
  const [only] = entries;
  if (entries.length === 1 && only !== undefined) {
    const call = doing.call(kind, only);
    if (call === undefined) return stay;
    const told = said('done', `${named(kind, only)} is ${doing.done}.`);
    const done = (answer: unknown): Step => all(applied(kind, doing, only, answer), told);
    return asked(call, { purpose: `do ${idOf(kind, only)}`, done });
  }
  return (state) => {
    const results = state.nextId;
    return all(reading(`${capital(doing.done)}: one by one`, []), next(kind, doing, entries, results))(state);
  };
}

const applied = (kind: Kind, doing: Doing, entry: Entry, answer: unknown): Step =>
  relisted(kind, idOf(kind, entry), doing.after(entry, answer));

/** `results` is the screen that has a line for each. */
function next(kind: Kind, doing: Doing, [entry, ...rest]: readonly Entry[], results: number): Step {
  if (entry === undefined) return all(line(results, ''), line(results, 'That was all of them.'));
  const call = doing.call(kind, entry);
  if (call === undefined) return stay;
  const go = next(kind, doing, rest, results);
  return asked(call, {
    purpose: `several ${results}`,
    done: (answer) =>
      all(applied(kind, doing, entry, answer), line(results, `${doing.done}: ${named(kind, entry)}`), go),
    failed: (failure: Failure) =>
      all(line(results, `not ${doing.done}: ${named(kind, entry)}: ${saidOf(failure)}`), go),
  });
}

const line = (results: number, text: string): Step =>
  changed('text', results, (screen): TextScreen => ({ ...screen, lines: [...screen.lines, text] }));

/** Removes the entry of a form, and leaves the form. */
export const removedFrom = (kind: Kind, entry: Entry, form: number): Step =>
  several(kind, 'delete', [entry], (state) => ({
    ...state,
    screens: state.screens.filter((screen) => screen.id !== form),
  }));
