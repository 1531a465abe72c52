import { CallFailure } from '../../../failure.ts';
import type { Entry } from '../../../resource/entry.ts';
import type { Call } from '../call.ts';
import { reading } from '../dialogs/asking.ts';
import type { Step, TextScreen } from '../state.ts';
import { all, asked, changed, said, stay, toldFailure } from '../steps.ts';

/** What is to be seen of something that goes on in the service. */
export type Sight = Pick<TextScreen, 'title' | 'lines' | 'actions'>;

/** Something that goes on in the service, whether it is looked at or not. */
export interface Watching {
  readonly purpose: string;
  /** That tells how far it is. */
  readonly call: Extract<Call, { does: 'call' }>;
  /** In milliseconds, until it is looked at again; undefined when that will be no other. */
  readonly pause: (entry: Entry) => number | undefined;
  /** `look` goes on with what it has become. */
  readonly sight: (entry: Entry, look: (entry: Entry) => Step) => Sight;
  /** What comes of its end. */
  readonly ended: (entry: Entry) => Step;
}

/** In milliseconds, until a service that does not answer is asked again. */
const AGAIN = 2_000;

/** Shows how far it is, also while somebody does something else. */
export const watched =
  (watching: Watching, entry: Entry): Step =>
  (state) => {
    const screen = state.nextId;
    return all(reading('', []), looked(watching, entry, screen))(state);
  };

function looked(watching: Watching, entry: Entry, screen: number): Step {
  const look = (next: Entry): Step => looked(watching, next, screen);
  const sight = watching.sight(entry, look);
  return all(
    changed('text', screen, (text) => ({ ...text, ...sight })),
    again(watching, screen, watching.pause(entry)),
  );
}

function again(watching: Watching, screen: number, delay: number | undefined): Step {
  if (delay === undefined) return stay;
  const { purpose, call, pause, ended } = watching;
  return asked(call, {
    ...{ purpose, delay, isQuiet: true },
    done: (next) => all(looked(watching, next, screen), pause(next) === undefined ? ended(next) : stay),
    failed: (failure) =>
      failure instanceof CallFailure && failure.status === undefined
        ? all(said('fault', `${failure.message}; it is tried again`), again(watching, screen, AGAIN))
        : toldFailure(failure),
  });
}
