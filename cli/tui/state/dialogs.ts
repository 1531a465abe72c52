import type { Choice } from './call.ts';
import { moveOf, movedRow } from './moves.ts';
import { edited, editOf, type Key } from './edit.ts';
import {
  all,
  changed,
  popped,
  pushed,
  stay,
  type Answer,
  type AskScreen,
  type EditorScreen,
  type PickerScreen,
  type Step,
  type TextScreen,
} from './state.ts';

/** Asks a question; each answer closes it. */
export const question = (title: string, lines: readonly string[], answers: readonly Answer[]): Step =>
  pushed((id): AskScreen => ({ is: 'ask', id, title, lines, top: 0, answers }));

export const reading = (
  title: string,
  lines: readonly string[],
  more: Partial<Pick<TextScreen, 'copy' | 'actions'>> = {},
): Step => pushed((id): TextScreen => ({ is: 'text', id, title, lines, top: 0, actions: [], ...more }));

export interface Picking {
  readonly title: string;
  readonly lines?: readonly string[];
  readonly choices: readonly Choice[];
  /** The one that the cursor begins at. */
  readonly value?: string | undefined;
  /** The ones that are ticked, where several can be. */
  readonly ticked?: readonly string[];
  readonly isLoading?: boolean;
  readonly chosen: (values: readonly string[]) => Step;
}

export const picking = ({ title, lines = [], choices, value, ticked, isLoading = false, chosen }: Picking): Step =>
  pushed((id): PickerScreen => ({
    is: 'picker',
    id,
    title,
    lines,
    choices,
    search: editOf(''),
    row: Math.max(
      0,
      choices.findIndex((choice) => choice.value === value),
    ),
    ticked,
    isLoading,
    chosen,
  }));

export interface Writing {
  readonly title: string;
  readonly help?: string;
  readonly isLines?: boolean;
  readonly text?: string;
  readonly done: (text: string) => Step;
}

export const writing = ({ title, help = '', isLines = false, text = '', done }: Writing): Step =>
  pushed((id): EditorScreen => ({
    is: 'editor',
    id,
    title,
    help,
    isLines,
    initial: text,
    edit: editOf(text),
    problem: undefined,
    done,
  }));

/** The choices that fit what was typed. */
export function choicesOf({ choices, search }: PickerScreen): readonly Choice[] {
  const wanted = search.text.toLowerCase();
  if (wanted === '') return choices;
  return choices.filter(({ label, note = '', value }) => `${label}\n${note}\n${value}`.toLowerCase().includes(wanted));
}

export function pickerKey(picker: PickerScreen, key: Key, rows: number): Step {
  const { id, ticked } = picker;
  const choices = choicesOf(picker);
  const current = choices[picker.row];
  const by = moveOf(key.name, rows);
  if (by !== undefined) {
    const row = movedRow(picker.row, by, choices.length);
    return changed('picker', id, (screen) => ({ ...screen, row }));
  }
  if (key.name === 'escape') return popped;
  if (key.name === 'space' && ticked !== undefined) {
    return changed('picker', id, (screen) => ({ ...screen, ticked: toggled(ticked, current?.value) }));
  }
  if (key.name === 'f2' || key.name === 'return') {
    if (ticked !== undefined) return all(popped, picker.chosen(ticked));
    return current === undefined ? stay : all(popped, picker.chosen([current.value]));
  }
  const search = edited(picker.search, key, false);
  return search === undefined ? stay : changed('picker', id, (screen) => ({ ...screen, search, row: 0 }));
}

const toggled = (ticked: readonly string[], value: string | undefined): readonly string[] => {
  if (value === undefined) return ticked;
  return ticked.includes(value) ? ticked.filter((each) => each !== value) : [...ticked, value];
};

export function editorKey(editor: EditorScreen, key: Key): Step {
  const { id, isLines, edit, initial, done } = editor;
  const taken = all(popped, done(edit.text));
  if (key.name === 'f2' || (key.ctrl && key.name === 's')) return taken;
  if (!isLines && key.name === 'return') return taken;
  if (key.name === 'escape') {
    if (!isLines || edit.text === initial) return popped;
    return question(
      'What you wrote is not taken over yet.',
      [],
      [
        { key: 'y', label: 'take it over', step: taken },
        { key: 'n', label: 'forget it', step: popped },
      ],
    );
  }
  const next = edited(edit, key, isLines);
  return next === undefined ? stay : changed('editor', id, (screen) => ({ ...screen, edit: next, problem: undefined }));
}

export function textKey(screen: TextScreen, key: Key, rows: number): Step {
  const { id, lines, copy, actions } = screen;
  const action = actions.find((candidate) => candidate.key === key.name);
  if (action !== undefined) return action.step;
  if (key.name === 'c' && copy !== undefined) {
    return (state) => ({
      ...state,
      copied: { text: copy, count: state.copied.count + 1 },
      message: { tone: 'done', text: 'Copied, where the terminal allows it (OSC 52).' },
    });
  }
  if (['escape', 'return', 'q', 'v'].includes(key.name)) return popped;
  return scrolled(lines.length, rows, key.name, (move) =>
    changed('text', id, (text) => ({ ...text, top: move(text.top) })),
  );
}

export function askKey(screen: AskScreen, key: Key, rows: number): Step {
  const answer = screen.answers.find((candidate) => candidate.key === key.name);
  if (answer !== undefined) return all(popped, answer.step);
  if (key.name === 'escape') return popped;
  const { id, lines } = screen;
  return scrolled(lines.length, rows, key.name, (move) =>
    changed('ask', id, (ask) => ({ ...ask, top: move(ask.top) })),
  );
}

function scrolled(length: number, rows: number, name: string, change: (move: (top: number) => number) => Step): Step {
  const by = moveOf(name === 'space' ? 'pagedown' : name, rows);
  if (by === undefined) return stay;
  return change((top) => movedRow(top, by, length));
}
