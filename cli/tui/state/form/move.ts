import { picking } from '../dialogs/asking.ts';
import type { Key } from '../edit.ts';
import type { FormScreen } from '../entry-screens.ts';
import type { Step } from '../state.ts';
import { changed } from '../steps.ts';

/** Moves the cursor by so many members. */
export const moved = (id: number, by: number): Step =>
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
