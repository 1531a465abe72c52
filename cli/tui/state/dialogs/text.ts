import type { Key } from '../edit.ts';
import { movedRow, moveOf } from '../moves.ts';
import type { AskScreen, Step, TextScreen } from '../state.ts';
import { all, because, changed, popped, said, stay } from '../steps.ts';
import { REASON_KEY, sayWhy } from './reason.ts';

export function textKey(screen: TextScreen, key: Key, rows: number): Step {
  const { id, lines, copy, actions } = screen;
  const action = actions.find((candidate) => candidate.key === key.name);
  if (action !== undefined) return action.step;
  if (key.name === 'c' && copy !== undefined) {
    return (state) =>
      state.isPlain
        ? said('note', 'Without escapes nothing is copied: it stands above.')(state)
        : {
            ...state,
            copied: { text: copy, count: state.copied.count + 1 },
            message: { tone: 'done', text: 'Copied, where the terminal allows it (OSC 52).' },
          };
  }
  if (['escape', 'return', 'q', 'v'].includes(key.name)) return popped;
  return scrolled(lines.length, rows, key.name, (move) =>
    changed('text', id, (text) => ({ ...text, top: move(text.top) })),
  );
}

export function askKey(screen: AskScreen, key: Key, rows: number): Step {
  const answer = screen.answers.find((candidate) => candidate.key === key.name);
  if (answer !== undefined) return all(popped, because(screen.reason ?? '', answer.step));
  if (key.name === REASON_KEY && screen.reason !== undefined) return sayWhy(screen);
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
