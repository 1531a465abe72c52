import { hintsFor } from '../state/hints.ts';
import type { Screen, State } from '../state/state.ts';
import { isWaiting, top } from '../state/steps.ts';
import { askBody, editorBody, mergeBody, pickerBody, textBody } from './dialogs.ts';
import { formBody } from './form.ts';
import { fit, fitLine, span, type Pane, type Line, type Style } from './line.ts';
import { listBody } from './list.ts';

/** What is seen: as many lines as the screen is high, each as wide as it is, and the line that a reader begins at. */
export interface Frame {
  readonly lines: readonly Line[];
  /** The line that the cursor is in. */
  readonly focus: number;
}

const SPINNER = ['|', '/', '-', '\\'];

/** What is seen of a state. Pure; every line has the width, and there are `height` of them. */
export function frame(state: State, width: number, height: number): Frame {
  const screen = top(state);
  if (screen === undefined || height < 4 || width < 20) {
    const lines = Array.from({ length: Math.max(1, height) }, () => fitLine([], width));
    return { lines: [fitLine([span('This window is too small.')], width), ...lines.slice(1)], focus: 0 };
  }
  const room = height - 3;
  const body = bodyOf(state, screen, width, room);
  const lines = Array.from({ length: room }, (_, index) => fitLine(body.lines[index] ?? [], width));
  return {
    lines: [fitLine(body.title, width), ...lines, messageLine(state, width), footer(screen, width)],
    focus: Math.min(room, body.focus + 1),
  };
}

function bodyOf(state: State, screen: Screen, width: number, height: number): Pane {
  switch (screen.is) {
    case 'list':
      return listBody(state, screen, width, height);
    case 'form':
      return formBody(screen, width, { height, hasBar: !state.isPlain && width >= 70 });
    case 'picker':
      return pickerBody(screen, width, height);
    case 'editor':
      return editorBody(screen, width, height);
    case 'text':
      return textBody(screen, width, height);
    case 'ask':
      return askBody(screen, width, height);
    case 'merge':
      return mergeBody(screen, width, height);
  }
}

const TONES: Readonly<Record<string, Style>> = { done: 'done', note: 'plain', fault: 'fault' };

function messageLine(state: State, width: number): Line {
  const { message, tick } = state;
  // A service that answers at once is not waited for.
  const isSlow = isWaiting(state) && tick > 0;
  const waiting = isSlow ? `${SPINNER[tick % SPINNER.length] ?? ''} ` : '  ';
  const text = message?.text ?? (isSlow ? 'waiting for the service ...' : '');
  return fitLine([span(waiting), span(fit(text, width - 2), TONES[message?.tone ?? 'note'] ?? 'plain')], width);
}

/** As many keys as there is room for. */
function footer(screen: Screen, width: number): Line {
  const line: ReturnType<typeof span>[] = [];
  let used = 0;
  for (const [key, does] of hintsFor(screen)) {
    const length = key.length + does.length + 3;
    if (used + length > width) break;
    line.push(span(key, 'bold'), span(` ${does}  `, 'dim'));
    used += length;
  }
  return fitLine(line, width);
}
