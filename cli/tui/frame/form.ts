import { shown, shownLines } from '../form/display.ts';
import { valueIn } from '../form/draft.ts';
import type { FormField } from '../form/field.ts';
import type { Section } from '../form/model.ts';
import { titleOf, fieldOf } from '../state/form/screen.ts';
import type { FormScreen } from '../state/entry-screens.ts';
import { editLine, fit, span, wrapped, type Pane, type Line } from './line.ts';

const BAR = 22;

/** A form: the sections beside the members of the present one, and what the member at the cursor is for. */
export function formBody(
  form: FormScreen,
  width: number,
  { height, hasBar }: { height: number; hasBar: boolean },
): Pane {
  const { sections } = form.kind.form;
  const section = sections.find(({ fields }) => fields.some(({ path }) => path === form.path));
  const bar = hasBar && sections.length > 1 ? BAR : 0;
  const help = helpLines(form, width, height >= 14 ? 3 : 1);
  const room = Math.max(1, height - help.length - 1);
  const { lines, focus } = fieldLines(form, section, width - bar, room);
  const body = Array.from({ length: room }, (_, index): Line => [
    ...(bar === 0 ? [] : [barSpan(form, section, sections[index], bar)]),
    ...(lines[index] ?? []),
  ]);
  const rule = section === undefined || bar > 0 ? '' : ` ${section.label} `;
  return {
    title: title(form, width),
    lines: [...body, [span(fit(rule.padStart(4, '-').padEnd(width, '-'), width), 'dim')], ...help],
    focus,
  };
}

function title(form: FormScreen, width: number): Line {
  const changes = form.draft.size;
  const note = changes === 0 ? '' : `  ${changes} ${changes === 1 ? 'change' : 'changes'}`;
  return [span(fit(titleOf(form), Math.max(0, width - note.length)), 'bold'), span(note, 'changed')];
}

function barSpan(
  form: FormScreen,
  current: Section | undefined,
  section: Section | undefined,
  width: number,
): ReturnType<typeof span> {
  if (section === undefined) return span(' '.repeat(width));
  const isRefused = section.fields.some(({ path }) => form.refused.has(path));
  const isChanged = section.fields.some(({ path }) => form.draft.has(path));
  const sign = isRefused ? '!' : isChanged ? '*' : ' ';
  const text = fit(`${section === current ? '>' : ' '}${sign}${section.label}`, width - 1);
  return span(`${text} `, section === current ? 'current' : isRefused ? 'fault' : isChanged ? 'changed' : 'dim');
}

/** The lines of the section around the cursor. */
function fieldLines(
  form: FormScreen,
  section: Section | undefined,
  width: number,
  room: number,
): { lines: Line[]; focus: number } {
  const all: Line[] = [];
  let focus = 0;
  for (const field of section?.fields ?? []) {
    if (field.path === form.path) focus = all.length;
    all.push(...linesOf(form, field, width));
  }
  const from = Math.max(0, Math.min(focus - Math.floor(room / 2), all.length - room));
  return { lines: all.slice(from, from + room), focus: focus - from };
}

function linesOf(form: FormScreen, field: FormField, width: number): Line[] {
  const isHere = field.path === form.path;
  const labelWidth = Math.min(34, Math.floor(width * 0.45));
  const room = width - labelWidth - 4;
  const sign = form.refused.has(field.path) ? '!' : form.draft.has(field.path) ? '*' : ' ';
  const label = `${isHere ? '>' : ' '}${sign}${fit(field.label, labelWidth)} `;
  const problem = form.refused.get(field.path);
  const faults =
    problem === undefined ? [] : wrapped(problem, width - 4).map((text): Line => [span(`   ${text}`, 'fault')]);
  return [...valueLines(form, field, { label, room, width }), ...faults];
}

function valueLines(form: FormScreen, field: FormField, at: { label: string; room: number; width: number }): Line[] {
  const { label, room } = at;
  const isHere = field.path === form.path;
  const value = valueIn(form.base, form.draft, field);
  if (isHere && form.editing !== undefined) return [[span(label, 'current'), ...editLine(form.editing, room)]];
  const style = isHere
    ? 'cursor'
    : form.draft.has(field.path)
      ? 'changed'
      : field.control === 'read-only'
        ? 'dim'
        : 'plain';
  if (!isHere) return [[span(label, style), span(fit(shown(field, value), room), style)]];
  // At the cursor the whole value can be read, as far as some lines go.
  const entries = shownLines(field, value).flatMap((entry) => wrapped(entry, room));
  const lines =
    entries.length > MOST
      ? [...entries.slice(0, MOST - 1), `… ${entries.length - MOST + 1} more, Enter shows all`]
      : entries;
  const [first = '', ...more] = lines;
  const indent = ' '.repeat(label.length);
  return [
    [span(label, style), span(fit(first, room), style)],
    ...more.map((line): Line => [span(indent), span(fit(line, room), 'current')]),
  ];
}

const MOST = 6;

function helpLines(form: FormScreen, width: number, most: number): Line[] {
  const field = fieldOf(form);
  const lines = field === undefined ? [] : wrapped(field.description, width);
  const [last = ''] = lines.slice(most - 1);
  const kept = lines.length > most ? [...lines.slice(0, most - 1), `${fit(last, width - 10).trimEnd()} … F1`] : lines;
  return Array.from({ length: most }, (_, index): Line => [span(kept[index] ?? '', 'dim')]);
}
