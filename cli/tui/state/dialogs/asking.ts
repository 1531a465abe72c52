import type { Choice } from '../call.ts';
import { editOf } from '../edit.ts';
import type { Answer, AskScreen, EditorScreen, PickerScreen, Step, TextScreen } from '../state.ts';
import { pushed } from '../steps.ts';

/** Asks a question; each answer closes it. */
export const question = (title: string, lines: readonly string[], answers: readonly Answer[]): Step =>
  pushed((id): AskScreen => ({ is: 'ask', id, title, lines, top: 0, answers, reason: undefined }));

/** Asks a question whose answers write something; whoever answers can say why. */
export const agreeing = (title: string, lines: readonly string[], answers: readonly Answer[]): Step =>
  pushed((id): AskScreen => ({ is: 'ask', id, title, lines, top: 0, answers, reason: '' }));

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
  readonly stays?: boolean;
  readonly chosen: (values: readonly string[]) => Step;
}

export const picking = ({
  title,
  lines = [],
  choices,
  value,
  ticked,
  isLoading = false,
  stays = false,
  chosen,
}: Picking): Step =>
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
    stays,
    chosen,
  }));

export interface Writing {
  readonly title: string;
  readonly help?: string;
  readonly isLines?: boolean;
  readonly text?: string;
  readonly check?: (text: string) => string | undefined;
  readonly done: (text: string) => Step;
}

export const writing = ({
  title,
  help = '',
  isLines = false,
  text = '',
  check = () => undefined,
  done,
}: Writing): Step =>
  pushed((id): EditorScreen => ({
    is: 'editor',
    id,
    title,
    help,
    isLines,
    initial: text,
    edit: editOf(text),
    problem: undefined,
    check,
    done,
  }));
