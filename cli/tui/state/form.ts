import { shownLines } from '../form/display.ts';
import { isTicked } from '../form/display.ts';
import { changesOf, placeOf, valueIn, withValue } from '../form/draft.ts';
import type { FormField } from '../form/model.ts';
import { problemOf, textOf, valueOf, withPlain } from '../form/values.ts';
import { at, cellOf } from '../../output/entry.ts';
import type { Entry } from '../../resource/entry.ts';
import type { Choice, Stored } from './call.ts';
import { picking, question, reading, writing } from './dialogs.ts';
import { edited, editOf, type Key } from './edit.ts';
import { nameOf, type Kind } from './kind.ts';
import { all, asked, changed, popped, pushed, said, stay, type FormScreen, type State, type Step } from './state.ts';

/** Opens the form of what is stored. */
export const formWith = (kind: Kind, { stored, base }: Stored): Step =>
  pushed((id): FormScreen => formScreen(id, kind, base, stored));

/** Opens the form of a new one that begins with these members. */
export const newForm = (kind: Kind, base: Entry): Step =>
  pushed((id): FormScreen => ({ ...formScreen(id, kind, {}, undefined), draft: new Map(pathsIn(kind, base)) }));

const formScreen = (id: number, kind: Kind, base: Entry, stored: Stored['stored'] | undefined): FormScreen => ({
  is: 'form',
  id,
  kind,
  stored,
  base,
  draft: new Map(),
  path: firstPath(kind, stored === undefined),
  editing: undefined,
  refused: new Map(),
});

/** A new one begins where there is something to write. */
const firstPath = ({ form }: Kind, isNew: boolean): string =>
  form.fields.find(({ isFixed }) => isNew || !isFixed)?.path ?? '';

const pathsIn = ({ form }: Kind, base: Entry): [string, unknown][] =>
  form.fields.flatMap((field): [string, unknown][] => {
    const value = at(base, field.path);
    return field.control === 'read-only' || value === undefined ? [] : [[field.path, value]];
  });

export const fieldOf = ({ kind, path }: FormScreen): FormField | undefined =>
  kind.form.fields.find((field) => field.path === path);

export const titleOf = ({ kind, stored, base }: FormScreen): string => {
  const { singular, id } = kind.resource;
  if (stored === undefined) return `Add ${singular}`;
  const name = nameOf(kind, base);
  const own = cellOf(at(base, id), '');
  return `Edit ${singular}: ${name}${name === own ? '' : ` (${own})`}`;
};

/** Whether something would be lost with the form. */
export const hasChanges = ({ draft, editing }: FormScreen): boolean => draft.size > 0 || editing !== undefined;

/** Whether it can be written at all, by what the contract has. */
export const canWrite = ({ kind, stored }: FormScreen): boolean => {
  const { create, patch } = kind.resource.operations;
  return (stored === undefined ? create : patch) !== undefined;
};

const isLocked = (form: FormScreen, field: FormField): boolean =>
  field.control === 'read-only' || (field.isFixed && form.stored !== undefined) || !canWrite(form);

/** Puts a value into a field. */
export const put = (id: number, own: string, value: unknown): Step =>
  changed('form', id, (form) => {
    const refused = new Map(form.refused);
    const field = form.kind.form.fields.find((candidate) => candidate.path === own);
    const path = field === undefined ? own : placeOf(field);
    refused.delete(path);
    const problem = field && problemOf(field, value);
    if (problem !== undefined) refused.set(path, problem);
    return { ...form, refused, draft: withValue(form.base, form.draft, path, value), editing: undefined };
  });

/** A key while a field is written in its line. */
export function editKey(form: FormScreen, key: Key): Step {
  const field = fieldOf(form);
  const { id, editing } = form;
  if (field === undefined || editing === undefined) return stay;
  if (key.name === 'escape') return changed('form', id, (screen) => ({ ...screen, editing: undefined }));
  const taken = put(id, field.path, valueOf(field, editing.text));
  if (key.name === 'return') return taken;
  if (['tab', 'down'].includes(key.name)) return all(taken, moved(id, 1));
  if (['backtab', 'up'].includes(key.name)) return all(taken, moved(id, -1));
  if (['f2', 'pageup', 'pagedown'].includes(key.name)) return taken;
  const next = edited(editing, key, false);
  return next === undefined ? stay : changed('form', id, (screen) => ({ ...screen, editing: next }));
}

const moved = (id: number, by: number): Step =>
  changed('form', id, (form) => {
    const { fields } = form.kind.form;
    const place = fields.findIndex(({ path }) => path === form.path);
    const next = fields[Math.max(0, Math.min(place + by, fields.length - 1))];
    return { ...form, path: next?.path ?? form.path };
  });

const toSection = (id: number, by: number): Step =>
  changed('form', id, (form) => {
    const { sections } = form.kind.form;
    const place = sections.findIndex(({ fields }) => fields.some(({ path }) => path === form.path));
    const next = sections[Math.max(0, Math.min(place + by, sections.length - 1))];
    return { ...form, path: next?.fields[0]?.path ?? form.path };
  });

/** Moves the cursor; undefined when the key is none that moves. */
export function formMoveKey({ id, kind }: FormScreen, { name }: Key): Step | undefined {
  switch (name) {
    case 'up':
    case 'backtab':
      return moved(id, -1);
    case 'down':
    case 'tab':
      return moved(id, 1);
    case 'pageup':
      return toSection(id, -1);
    case 'pagedown':
      return toSection(id, 1);
    case 'home':
      return moved(id, -kind.form.fields.length);
    case 'end':
      return moved(id, kind.form.fields.length);
    default:
      return undefined;
  }
}

/** Begins to write the field that the cursor is at, with what its control is. */
export function write(form: FormScreen): Step {
  const field = fieldOf(form);
  if (field === undefined) return stay;
  const { id } = form;
  const value = valueIn(form.base, form.draft, field);
  const taken = (text: string): Step => put(id, field.path, valueOf(field, text));
  if (isLocked(form, field)) return reading(field.label, shownLines(field, value));
  switch (field.control) {
    case 'switch':
      return put(id, field.path, isTicked(field, value) === field.isInverted);
    case 'choice':
      return picking({
        ...about(field),
        value: cellOf(value ?? field.default, ''),
        choices: [{ label: '(none)', value: '' }, ...choicesFrom(field.values)],
        chosen: ([chosen = '']) => taken(chosen),
      });
    case 'choices':
      return picking({
        ...about(field),
        choices: choicesFrom(field.values),
        ticked: listOf(value),
        chosen: (values) => put(id, field.path, values.length === 0 ? emptied(form, field) : values),
      });
    case 'references':
      return references(form, field, listOf(value));
    case 'list':
    case 'lines':
    case 'languages':
    case 'json': {
      const done = (text: string): Step =>
        field.control === 'languages'
          ? put(id, field.path, withPlain(at(form.base, field.path), valueOf(field, text)))
          : taken(text);
      return writing({
        title: field.label,
        help: HELP[field.control] ?? '',
        isLines: true,
        text: textOf(field, value),
        done,
      });
    }
    default:
      return changed('form', id, (screen) => ({ ...screen, editing: editOf(textOf(field, value)) }));
  }
}

const emptied = ({ base }: FormScreen, { path }: FormField): unknown => (at(base, path) === undefined ? undefined : []);

const HELP: Partial<Record<FormField['control'], string>> = {
  list: 'One entry a line.',
  languages: 'One language a line: de=Laden',
  json: 'JSON, or YAML.',
};

const about = ({ label, description }: FormField): { title: string; lines: string[] } => ({
  title: label,
  lines: [description],
});

const choicesFrom = (values: readonly string[]): Choice[] => values.map((value) => ({ label: value, value }));

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** Chooses what is referred to. What is in the field already can be chosen while the others are asked for, or unknown. */
const references =
  (form: FormScreen, field: FormField, ticked: readonly string[]): Step =>
  (state) => {
    const screen = state.nextId;
    const chosen = (values: readonly string[]): Step => put(form.id, field.path, values);
    const open = picking({ ...about(field), choices: choicesFrom(ticked), ticked, isLoading: true, chosen });
    const failed = (): Step =>
      changed('picker', screen, (picker) => ({ ...picker, isLoading: false, lines: [...picker.lines, UNREADABLE] }));
    const done = (found: readonly Choice[]): Step =>
      changed('picker', screen, (picker) => {
        const known = new Set(found.map(({ value }) => value));
        const others = picker.choices.filter(({ value }) => !known.has(value));
        return { ...picker, isLoading: false, choices: [...others, ...found] };
      });
    return all(
      open,
      asked({ does: 'references', refs: field.refs ?? '' }, { purpose: 'references', done, failed }),
    )(state);
  };

const UNREADABLE = 'What there is to choose from cannot be read now.';

/** Takes back the change of the field that the cursor is at. */
export const undone = ({ id, base, path }: FormScreen): Step => put(id, path, at(base, path));

/** Leaves the form, and asks before changes are lost. */
export function left(form: FormScreen): Step {
  if (!hasChanges(form)) return popped;
  const changes = changesOf(form.kind.form, form.base, form.draft).length;
  return question(
    `${changes} ${changes === 1 ? 'change is' : 'changes are'} not saved.`,
    [],
    [{ key: 'y', label: 'leave without saving', step: popped }],
  );
}

/** The box to jump to any member: by its label, its name on the wire or in registration. */
export function jump({ id, kind }: FormScreen): Step {
  const choices = kind.form.fields.map(({ label, path, registrationName }) => ({
    label,
    note: [path, ...(registrationName === undefined ? [] : [registrationName])].join('  '),
    value: path,
  }));
  return picking({
    title: 'Go to a member',
    lines: ['Type a part of its label, its name, or its registration name.'],
    choices,
    chosen: ([path = '']) => changed('form', id, (form) => ({ ...form, path })),
  });
}

/** The document as JSON, as it is stored and as it would be. */
export function asJson(title: string, entry: Entry): Step {
  const text = JSON.stringify(entry, null, 2);
  return reading(title, text.split('\n'), { copy: text });
}

/** The forms under what is seen that have changes. */
export const unsaved = ({ screens }: State): FormScreen[] =>
  screens.filter((screen): screen is FormScreen => screen.is === 'form' && hasChanges(screen));

export const saidNothing: Step = said('note', 'Nothing was changed.');
