import { shown } from '../form/display.ts';
import { changeLine } from '../state/form/change-line.ts';
import { choicesOf } from '../state/dialogs/picker.ts';
import type { AskScreen, EditorScreen, MergeScreen, PickerScreen, TextScreen } from '../state/state.ts';
import { editLine, fit, span, wrapped, type Pane, type Line } from './line.ts';

const heading = (title: string, width: number): Line => [span(fit(title, width), 'bold')];

const around = (row: number, room: number, length: number): number =>
  Math.max(0, Math.min(row - Math.floor(room / 2), length - room));

export function pickerBody(picker: PickerScreen, width: number, height: number): Pane {
  const choices = choicesOf(picker);
  const about = picker.lines.flatMap((line) => wrapped(line, width)).slice(0, Math.floor(height / 3));
  const room = Math.max(1, height - about.length - 2);
  const from = around(picker.row, room, choices.length);
  const labels = Math.min(40, Math.max(12, ...choices.map(({ label }) => label.length)) + 2);
  const rows = choices.slice(from, from + room).map(({ label, note = '', value }, index): Line => {
    const isHere = from + index === picker.row;
    const tick = picker.ticked === undefined ? '' : picker.ticked.includes(value) ? '[x] ' : '[ ] ';
    const text = note === '' ? label : `${fit(label, labels)} ${note}`;
    return [span(fit(`${isHere ? '> ' : '  '}${tick}${text}`, width), isHere ? 'cursor' : 'plain')];
  });
  const none = picker.isLoading ? 'asking ...' : 'Nothing is like that.';
  return {
    title: heading(picker.title, width),
    lines: [
      ...about.map((line): Line => [span(line, 'dim')]),
      [span('Search: '), ...editLine(picker.search, Math.max(4, width - 8))],
      [],
      ...(rows.length > 0 ? rows : [[span(`  ${none}`, 'dim')]]),
    ],
    focus: rows.length > 0 ? about.length + 2 + picker.row - from : about.length,
  };
}

export function editorBody(editor: EditorScreen, width: number, height: number): Pane {
  const problem = editor.problem === undefined ? [] : wrapped(editor.problem, width);
  const help = [
    ...wrapped(editor.help, width).map((line): Line => [span(line, 'dim')]),
    ...problem.map((line): Line => [span(line, 'fault')]),
  ];
  const { edit, isLines } = editor;
  if (!isLines)
    return {
      title: heading(editor.title, width),
      lines: [...help, [], [span('> '), ...editLine(edit, width - 2)]],
      focus: help.length + 1,
    };
  const before = edit.text.slice(0, edit.at).split('\n');
  const row = before.length - 1;
  const texts = edit.text.split('\n');
  const room = Math.max(1, height - help.length - 1);
  const from = around(row, room, texts.length);
  const lines = texts
    .slice(from, from + room)
    .map((text, index): Line =>
      from + index === row ? editLine({ text, at: before[row]?.length ?? 0 }, width) : [span(fit(text, width))],
    );
  return { title: heading(editor.title, width), lines: [...help, [], ...lines], focus: help.length + 1 + row - from };
}

export function textBody(screen: TextScreen, width: number, height: number): Pane {
  const { lines, top } = scrolledLines(screen, width, height);
  return { title: heading(`${screen.title}${top}`, width), lines: lines.map((line): Line => [span(line)]), focus: 0 };
}

export function askBody(screen: AskScreen, width: number, height: number): Pane {
  const why: Line[] =
    (screen.reason ?? '') === '' ? [] : wrapped(`Reason: ${screen.reason}`, width).map((line): Line => [span(line)]);
  const { lines } = scrolledLines(screen, width, Math.max(1, height - 1 - why.length));
  const style = (line: string): 'fault' | 'dim' | 'plain' =>
    line.startsWith('! ') ? 'fault' : line.startsWith('advice: ') ? 'dim' : 'plain';
  return {
    title: heading(screen.title, width),
    lines: [...why, [], ...lines.map((line): Line => [span(line, style(line))])],
    focus: 0,
  };
}

function scrolledLines(
  { lines, top }: AskScreen | TextScreen,
  width: number,
  height: number,
): { lines: string[]; top: string } {
  const whole = lines.flatMap((line) => {
    const indent = /^ */.exec(line)?.[0].slice(0, Math.floor(width / 2)) ?? '';
    return wrapped(line.trimStart(), width - indent.length).map((part) => indent + part);
  });
  const from = Math.max(0, Math.min(top, whole.length - height));
  const place =
    whole.length > height ? `  (${from + 1}-${Math.min(whole.length, from + height)} of ${whole.length})` : '';
  return { lines: whole.slice(from, from + height), top: place };
}

export function mergeBody({ merge, row, taken }: MergeScreen, width: number, height: number): Pane {
  const { conflicts, theirs } = merge;
  const half = Math.floor((width - 2) / 2);
  const intro =
    conflicts.length === 0
      ? 'Somebody else has changed other members in between. Yours go on top of theirs.'
      : 'Somebody else has changed the same members in between. Left keeps yours, Right takes theirs.';
  const pairs = conflicts.flatMap(({ field, mine, theirs: other }, index): Line[] => {
    const isTaken = taken.has(field.path);
    const cell = (value: unknown, on: boolean): string =>
      fit(`${on ? '(o)' : '( )'} ${shown(field, value) || '(none)'}`, half - 1);
    return [
      [span(fit(`${index === row ? '>' : ' '} ${field.label}`, width), index === row ? 'cursor' : 'bold')],
      [
        span('  '),
        span(cell(mine, !isTaken), isTaken ? 'dim' : 'changed'),
        span(' '),
        span(cell(other, isTaken), isTaken ? 'changed' : 'dim'),
      ],
    ];
  });
  const others = theirs
    .flatMap((change) => wrapped(changeLine(change), width - 2))
    .map((line): Line => [span(`  ${line}`, 'dim')]);
  const heads: Line[] =
    conflicts.length === 0 ? [] : [[span(`  ${fit('    Yours', half - 1)} ${fit('    Theirs', half - 1)}`, 'bold')]];
  const lines: Line[] = [
    ...wrapped(intro, width).map((line): Line => [span(line)]),
    [],
    ...heads,
    ...pairs,
    ...(others.length > 0 ? [[], [span('They also changed:', 'bold')], ...others] : []),
  ];
  const focus = wrapped(intro, width).length + 1 + heads.length + row * 2;
  const from = around(focus, height, lines.length);
  return {
    title: heading('Changed by somebody else', width),
    lines: lines.slice(from, from + height),
    focus: focus - from,
  };
}
