import { at, cellOf } from '../../../output/entry.ts';
import type { Entry } from '../../../resource/entry.ts';
import { changesOf, type Draft } from '../../form/draft.ts';
import type { FormField } from '../../form/field.ts';
import type { Stored } from '../call.ts';
import { question, reading } from '../dialogs/asking.ts';
import { type Kind, nameOf } from '../kind.ts';
import type { Chosen, FormScreen } from '../entry-screens.ts';
import type { State, Step } from '../state.ts';
import { popped, pushed, said } from '../steps.ts';

/** Opens the form of what is stored. */
export const formWith = (kind: Kind, { stored, base }: Stored, draft: Draft = new Map()): Step =>
  pushed((id): FormScreen => ({ ...formScreen(id, kind, base, stored), draft }));

/** Opens the form of a new one that begins with these members. */
export const newForm = (kind: Kind, base: Entry): Step =>
  pushed((id): FormScreen => ({ ...formScreen(id, kind, {}, undefined), draft: new Map(pathsIn(kind, base)) }));

/** Opens an empty form: what is written there many are given. */
export const manyForm = (kind: Kind, many: Chosen): Step =>
  pushed((id): FormScreen => ({ ...formScreen(id, kind, {}, undefined), path: firstPath(kind, false), many }));

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

export const titleOf = ({ kind, stored, base, many }: FormScreen): string => {
  const { singular, id } = kind.resource;
  if (many !== undefined) return `Change ${many.told}`;
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

/** Whether nothing can be written in this field. */
export const isLocked = (form: FormScreen, field: FormField): boolean =>
  field.control === 'read-only' || (field.isFixed && (form.stored ?? form.many) !== undefined) || !canWrite(form);

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

/** The document as JSON, as it is stored and as it would be. */
export function asJson(title: string, entry: Entry): Step {
  const text = JSON.stringify(entry, null, 2);
  return reading(title, text.split('\n'), { copy: text });
}

/** The forms under what is seen that have changes. */
export const unsaved = ({ screens }: State): FormScreen[] =>
  screens.filter((screen): screen is FormScreen => screen.is === 'form' && hasChanges(screen));

export const saidNothing: Step = said('note', 'Nothing was changed.');
