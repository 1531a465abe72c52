import { said as saidOf, type Failure } from '../../failure.ts';
import type { Entry } from '../../resource/entry.ts';
import type { Version } from '../../resource/calls.ts';
import type { Call, Choice } from './call.ts';
import type { Draft, Merge } from '../form/draft.ts';
import type { Edit, Key } from './edit.ts';
import type { Kind } from './kind.ts';

export type Action =
  | { readonly type: 'key'; readonly key: Key }
  | { readonly type: 'size'; readonly width: number; readonly height: number }
  | { readonly type: 'answered'; readonly id: number; readonly value: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly failure: Failure }
  | { readonly type: 'tick' }
  | { readonly type: 'signal'; readonly code: number };

export type Step = (state: State) => State;

/** Something that is asked of the service: who takes it out of the state does not wait for it any more. */
export interface Request {
  readonly id: number;
  readonly call: Call;
  /** Milliseconds before it is sent, in which another one may take its place. */
  readonly delay: number;
  /** What it is for; another request for the same takes its place. */
  readonly purpose: string;
  readonly done: (value: unknown) => Step;
  readonly failed: (failure: Failure) => Step;
}

export interface Message {
  readonly tone: 'done' | 'note' | 'fault';
  readonly text: string;
}

export interface ListScreen {
  readonly is: 'list';
  readonly id: number;
  readonly kind: Kind;
  readonly search: Edit;
  /** The search is being written. */
  readonly isSearching: boolean;
  /** By the path of a member, the value that it has to have. */
  readonly filters: ReadonlyMap<string, string>;
  readonly sort: { readonly path: string; readonly isDown: boolean } | undefined;
  readonly entries: readonly Entry[];
  readonly total: number | undefined;
  readonly isEstimate: boolean;
  readonly nextCursor: string | undefined;
  readonly row: number;
  readonly marked: ReadonlySet<string>;
  readonly isLoaded: boolean;
}

export interface FormScreen {
  readonly is: 'form';
  readonly id: number;
  readonly kind: Kind;
  /** What is stored; undefined for a new one. */
  readonly stored: Version | undefined;
  /** What is stored with references by name, or what a new one begins with. */
  readonly base: Entry;
  readonly draft: Draft;
  /** The address of the member that the cursor is at. */
  readonly path: string;
  readonly editing: Edit | undefined;
  /** What speaks against members, by their addresses. */
  readonly refused: ReadonlyMap<string, string>;
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
  /** Counts while something is asked, for the sign of waiting. */
  readonly tick: number;
  /** Ctrl-C was pressed where there are changes. */
  readonly isLeaving: boolean;
  /** What was copied last, and the how manieth time. */
  readonly copied: { readonly text: string; readonly count: number };
  /** The exit code, once the program has to end. */
  readonly ended: number | undefined;
}

export const top = (state: State): Screen | undefined => state.screens.at(-1);

/** Puts a screen over the others. */
export const pushed =
  (make: (id: number) => Screen): Step =>
  (state) => ({
    ...state,
    screens: [...state.screens, make(state.nextId)],
    nextId: state.nextId + 1,
    message: undefined,
  });

/** Takes the screen away that is seen, with what it has asked. */
export const popped: Step = (state) => ({ ...state, screens: state.screens.slice(0, -1) });

/** Changes the screen with this id, if it is still there. */
export const changed =
  <I extends Screen['is']>(is: I, id: number, change: (screen: Extract<Screen, { is: I }>) => Screen): Step =>
  (state) => ({
    ...state,
    screens: state.screens.map((screen) =>
      screen.id === id && screen.is === is ? change(screen as Extract<Screen, { is: I }>) : screen,
    ),
  });

export const said =
  (tone: Message['tone'], text: string): Step =>
  (state) => ({ ...state, message: { tone, text } });

/** One step after another. */
export const all =
  (...steps: readonly Step[]): Step =>
  (state) =>
    steps.reduce((current, step) => step(current), state);

export const stay: Step = (state) => state;

export interface Ask<T> {
  readonly purpose: string;
  readonly delay?: number;
  readonly done: (value: T) => Step;
  readonly failed?: (failure: Failure) => Step;
}

/** Asks something of the service. What was asked for the same purpose before is not waited for any more. */
export const asked =
  <C extends Call>(call: C, { purpose, delay = 0, done, failed = toldFailure }: Ask<Answered<C>>): Step =>
  (state) => ({
    ...state,
    nextId: state.nextId + 1,
    requests: [
      ...state.requests.filter((request) => request.purpose !== purpose),
      // The call says of which type its answer is.
      { id: state.nextId, call, delay, purpose, failed, done: done as (value: unknown) => Step },
    ],
  });

/** What a call is answered with. */
export type Answered<C extends Call> = NonNullable<Extract<Call, { does: C['does'] }>['answers']>;

/** Says what went wrong: where messages stand, or if there is more to read than fits there, on a page of its own. */
export const toldFailure =
  (failure: Failure): Step =>
  (state) => {
    const text = saidOf(failure);
    if (text.length < state.width) return said('fault', text)(state);
    const lines = [failure.message, '', ...failure.lines.map((line) => line.trim())];
    return pushed((id): TextScreen => ({ is: 'text', id, title: 'Not done', lines, top: 0, actions: [] }))(state);
  };

export const isWaiting = ({ requests }: State): boolean => requests.length > 0;
