import { said as saidOf, type Failure } from '../../failure.ts';
import type { Call } from './call.ts';
import type { Message, Screen, State, Step, TextScreen } from './state.ts';

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
  readonly isQuiet?: boolean;
  readonly done: (value: T) => Step;
  readonly failed?: (failure: Failure) => Step;
}

/** Asks something of the service. What was asked for the same purpose before is not waited for any more. */
export const asked =
  <C extends Call>(
    call: C,
    { purpose, delay = 0, isQuiet = false, done, failed = toldFailure }: Ask<Answered<C>>,
  ): Step =>
  (state) => ({
    ...state,
    nextId: state.nextId + 1,
    requests: [
      ...state.requests.filter((request) => request.purpose !== purpose),
      // The call says of which type its answer is.
      {
        ...{ id: state.nextId, call, delay, isQuiet, reason: state.reason, purpose, failed },
        done: done as (value: unknown) => Step,
      },
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

export const isWaiting = ({ requests }: State): boolean => requests.some(({ isQuiet }) => !isQuiet);

/** Does a step, and what comes of it, for a reason. */
export const because =
  (reason: string, step: Step): Step =>
  (state) => ({ ...step({ ...state, reason }), reason: state.reason });
