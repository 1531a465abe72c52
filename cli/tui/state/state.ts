import type { Failure } from '../../failure.ts';
import type { Entry } from '../../resource/entry.ts';
import type { Version } from '../../resource/calls.ts';
import type { Call, Choice } from './call.ts';
import type { Merge } from '../form/draft.ts';
import type { Edit } from './edit.ts';
import type { FormScreen, ListScreen } from './entry-screens.ts';
import type { Kind } from './kind.ts';

export type Step = (state: State) => State;

/** Something that is asked of the service: who takes it out of the state does not wait for it any more. */
export interface Request {
  readonly id: number;
  readonly call: Call;
  /** Milliseconds before it is sent, in which another one may take its place. */
  readonly delay: number;
  /** Whether nobody sits and waits for it: it is looked at again and again. */
  readonly isQuiet: boolean;
  /** Why it is asked, as people have said; empty where they have not. */
  readonly reason: string;
  /** What it is for; another request for the same takes its place. */
  readonly purpose: string;
  readonly done: (value: unknown) => Step;
  readonly failed: (failure: Failure) => Step;
}

export interface Message {
  readonly tone: 'done' | 'note' | 'fault';
  readonly text: string;
}

/** Something to choose from, one or several. */
export interface PickerScreen {
  readonly is: 'picker';
  readonly id: number;
  readonly title: string;
  readonly lines: readonly string[];
  readonly choices: readonly Choice[];
  readonly search: Edit;
  readonly row: number;
  /** The values that are ticked, where several can be. */
  readonly ticked: readonly string[] | undefined;
  /** Where the choices come from is still asked. */
  readonly isLoading: boolean;
  /** It is there again when what was chosen is closed. */
  readonly stays: boolean;
  readonly chosen: (values: readonly string[]) => Step;
}

/** A text to write: in several lines, or in one. */
export interface EditorScreen {
  readonly is: 'editor';
  readonly id: number;
  readonly title: string;
  readonly help: string;
  readonly isLines: boolean;
  readonly initial: string;
  readonly edit: Edit;
  readonly problem: string | undefined;
  /** Why a text is not taken over; undefined when it is. */
  readonly check: (text: string) => string | undefined;
  readonly done: (text: string) => Step;
}

/** Lines to read. */
export interface TextScreen {
  readonly is: 'text';
  readonly id: number;
  readonly title: string;
  readonly lines: readonly string[];
  readonly top: number;
  /** What can be copied to the clipboard of the terminal. */
  readonly copy?: string;
  readonly actions: readonly Answer[];
}

export interface Answer {
  readonly key: string;
  readonly label: string;
  readonly step: Step;
}

/** A question. Esc leaves everything as it is. */
export interface AskScreen {
  readonly is: 'ask';
  readonly id: number;
  readonly title: string;
  readonly lines: readonly string[];
  readonly top: number;
  readonly answers: readonly Answer[];
  /** Why, where what is answered is a write: empty until somebody says it. */
  readonly reason: string | undefined;
}

/** Two changes of the same members, side by side. */
export interface MergeScreen {
  readonly is: 'merge';
  readonly id: number;
  /** The form that the outcome goes to. */
  readonly form: number;
  readonly theirs: { readonly stored: Version; readonly base: Entry };
  readonly merge: Merge;
  readonly row: number;
  /** The members of which theirs is taken. */
  readonly taken: ReadonlySet<string>;
  /** Saves the outcome. */
  readonly again: Again;
}

export type Again = (form: FormScreen) => Step;

export type Screen = ListScreen | FormScreen | PickerScreen | EditorScreen | TextScreen | AskScreen | MergeScreen;

export interface State {
  /** Where the program is connected to, for people. */
  readonly place: string;
  readonly kinds: readonly Kind[];
  /** It is read aloud: nothing stands beside something else. */
  readonly isPlain: boolean;
  readonly width: number;
  readonly height: number;
  /** The last one is the one that is seen. */
  readonly screens: readonly Screen[];
  readonly requests: readonly Request[];
  readonly nextId: number;
  readonly message: Message | undefined;
  /** Why what is asked from here on is asked. */
  readonly reason: string;
  /** Counts while something is asked, for the sign of waiting. */
  readonly tick: number;
  /** Ctrl-C was pressed where there are changes. */
  readonly isLeaving: boolean;
  /** What was copied last, and the how manieth time. */
  readonly copied: { readonly text: string; readonly count: number };
  /** The exit code, once the program has to end. */
  readonly ended: number | undefined;
}
