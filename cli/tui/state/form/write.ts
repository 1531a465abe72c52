import { at, cellOf } from '../../../output/entry.ts';
import { isTicked, shownLines } from '../../form/display.ts';
import { placeOf, valueIn, withValue } from '../../form/draft.ts';
import type { FormField } from '../../form/field.ts';
import { problemOf, textOf, valueOf, withPlain } from '../../form/values.ts';
import type { Choice } from '../call.ts';
import { picking, reading, writing } from '../dialogs/asking.ts';
import { edited, editOf, type Key } from '../edit.ts';
import type { FormScreen } from '../entry-screens.ts';
import type { Step } from '../state.ts';
import { all, asked, changed, stay } from '../steps.ts';
import { moved } from './move.ts';
import { fieldOf, isLocked } from './screen.ts';

/** Puts a value into a field. */
const put = (id: number, own: string, value: unknown): Step =>
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
