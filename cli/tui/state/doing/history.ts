import { at, cellOf } from '../../../output/entry.ts';
import { oneLine } from '../../../output/text.ts';
import type { Entry } from '../../../resource/entry.ts';
import type { Named } from '../../../resource/request.ts';
import { shown } from '../../form/display.ts';
import { fieldAtPointer } from '../../form/draft.ts';
import { isEmpty } from '../../form/values.ts';
import type { Revision } from '../call.ts';
import { picking, agreeing, reading } from '../dialogs/asking.ts';
import { shownOnce } from '../form/made.ts';
import { actionOf, type Kind, nameOf } from '../kind.ts';
import { idOf, relisted } from '../list/entries.ts';
import type { Answer, Step } from '../state.ts';
import { all, asked, said, stay } from '../steps.ts';
import { undone } from './undo.ts';

/** Who wrote an entry and when, the newest first; each can be looked into, compared with what is now, and restored. */
export function history(kind: Kind, entry: Entry): Step {
  const revisions = actionOf(kind, 'revisions');
  if (revisions === undefined) return stay;
  const id = idOf(kind, entry);
  const done = (found: readonly Revision[]): Step => listed({ kind, id, entry, name: nameOf(kind, entry), found });
  const log = actionOf(kind, 'history');
  return asked(
    { does: 'revisions', noun: kind.resource.noun, id, operation: revisions, log },
    { purpose: 'history', done },
  );
}

interface History {
  readonly kind: Kind;
  readonly id: string;
  /** As it was shown when its history was asked for. */
  readonly entry: Entry;
  readonly name: string;
  /** The newest first. */
  readonly found: readonly Revision[];
}

function listed(about: History): Step {
  const { kind, name, found } = about;
  if (found.length === 0) return said('note', 'Nothing was written since there is a history.');
  const canRestore = actionOf(kind, 'restore-revision') !== undefined;
  return picking({
    title: `History of ${name}`,
    lines: [`Enter shows what was changed${canRestore ? ', and can make it that again' : ''}.`],
    stays: true,
    choices: found.map(({ number, at, who, what, restored: again = what }) => ({
      label: `${at.slice(0, 16).replace('T', ' ')}  ${who}`,
      note: again,
      value: String(number),
    })),
    chosen: ([number = '']) => opened(about, Number(number)),
  });
}

/** What a revision has changed: against the one before it. */
function opened(about: History, number: number): Step {
  const place = about.found.findIndex((revision) => revision.number === number);
  const [revision, before] = [about.found[place], about.found[place + 1]];
  if (revision === undefined) return stay;
  const title = `${about.name} at ${revision.at.replace('T', ' ')}, by ${revision.who}`;
  const { reason, restored: again } = revision;
  const told = [
    ...(again === undefined ? [] : [`It was ${again}.`]),
    ...(reason === undefined ? [] : [`Reason: ${reason}`]),
  ];
  const head = told.length === 0 ? [] : [...told, ''];
  const now = about.found[0];
  const actions: Answer[] = [
    ...(now === undefined || now === revision
      ? []
      : [{ key: 'n', label: 'compare with now', step: compared(about, { from: revision, to: now }) }]),
    ...(actionOf(about.kind, 'restore-revision') === undefined || revision.isRemoved || now === revision
      ? []
      : [{ key: 'b', label: 'make it that again', step: restored(about, revision) }]),
    ...(about.kind.undo === undefined || revision.requestId === undefined
      ? []
      : [{ key: 'u', label: 'take this back', step: undone({ ...about, requestId: revision.requestId }) }]),
  ];
  if (revision.isRemoved) return reading(title, [...head, 'It was removed.'], { actions });
  if (before === undefined) {
    const done = (reply: unknown): Step => reading(title, [...head, ...documentLines(about.kind, reply)], { actions });
    return read(about, number, [], done);
  }
  const done = (reply: unknown): Step => reading(title, [...head, ...differenceLines(about.kind, reply)], { actions });
  return read(about, number, [['compare', String(before.number)]], done);
}

const compared = (about: History, { from, to }: { from: Revision; to: Revision }): Step =>
  read(about, to.number, [['compare', String(from.number)]], (reply) =>
    reading(`${about.name}: from ${from.at.replace('T', ' ')} until now`, differenceLines(about.kind, reply)),
  );

function read({ kind, id }: History, number: number, named: Named, done: (reply: unknown) => Step): Step {
  const operation = actionOf(kind, 'get-revision');
  if (operation === undefined) return stay;
  const all: Named = [['number', String(number)], ...named];
  return asked({ does: 'act', noun: kind.resource.noun, id, operation, named: all }, { purpose: 'revision', done });
}

function differenceLines({ form }: Kind, reply: unknown): string[] {
  const { differences } = { ...(reply as { differences?: unknown } | null) };
  const lines = (Array.isArray(differences) ? (differences as Difference[]) : []).map(({ pointer, before, after }) => {
    const field = fieldAtPointer(form, pointer);
    const label = field?.label ?? pointer.replace(/^\//, '').replaceAll('/', '.');
    const text = (value: unknown): string => (value === undefined ? '(none)' : oneLine(cellOf(value, ', ')));
    return `${label}: ${text(before)} → ${text(after)}`;
  });
  return lines.length === 0 ? ['Nothing is different.'] : lines;
}

interface Difference {
  readonly pointer: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

function documentLines({ form }: Kind, reply: unknown): string[] {
  const { document = {} } = { ...(reply as { document?: Entry } | null) };
  return form.fields.flatMap((field) => {
    const value = at(document, field.path);
    return isEmpty(value) || field.aliasOf !== undefined ? [] : [`${field.label}: ${shown(field, value)}`];
  });
}

/** Makes it what it was, when that is agreed to. */
function restored({ kind, id, entry: was, name }: History, revision: Revision): Step {
  const operation = actionOf(kind, 'restore-revision');
  if (operation === undefined) return stay;
  const when = revision.at.replace('T', ' ');
  const named: Named = [['number', String(revision.number)]];
  const done = (reply: unknown): Step => {
    const entry: Entry = { ...(reply as object | null) };
    return all(
      afterRestore(kind, id, entry),
      said('done', `${name} is what it was at ${when}.`),
      shownOnce(name, entry),
    );
  };
  const call = { does: 'act', noun: kind.resource.noun, id, operation, named, shown: was } as const;
  const send = asked(call, { purpose: 'restore', done });
  return agreeing(
    `Make ${name} what it was at ${when}?`,
    ['That is a write like any other, and can be undone here as well.'],
    [{ key: 'y', label: 'make it that again', step: send }],
  );
}

/** Goes back to the list, where it is what it is now: a form of before would show what is not true any more. */
const afterRestore =
  (kind: Kind, id: string, entry: Entry): Step =>
  (state) =>
    relisted(kind, id, entry)({ ...state, screens: state.screens.filter(({ is }) => is === 'list') });
