import { editorKey } from './dialogs/editor.ts';
import { pickerKey } from './dialogs/picker.ts';
import { reasonAsked, wantsReason } from './dialogs/reason.ts';
import { askKey, textKey } from './dialogs/text.ts';
import type { Key } from './edit.ts';
import { formKey } from './form/keys.ts';
import { mergeKey } from './form/merge.ts';
import { unsaved } from './form/screen.ts';
import { editKey } from './form/write.ts';
import { listKey } from './list/keys.ts';
import type { Action } from './action.ts';
import type { State } from './state.ts';
import { because, isWaiting, top } from './steps.ts';

/** The exit code after Ctrl-C. */
const INTERRUPTED = 130;

/** What the state is after something has happened. Pure: what has to be asked is in `requests`. */
export function reduce(state: State, action: Action): State {
  const next = reduced(state, action);
  // Waiting for the next one begins anew.
  return !isWaiting(next) && next.tick > 0 ? { ...next, tick: 0 } : next;
}

function reduced(state: State, action: Action): State {
  switch (action.type) {
    case 'key':
      return keyed(state, action.key);
    case 'size':
      return { ...state, width: action.width, height: action.height };
    case 'tick':
      return { ...state, tick: state.tick + 1 };
    case 'signal':
      return { ...state, ended: action.code };
    case 'answered':
    case 'failed': {
      const request = state.requests.find(({ id }) => id === action.id);
      // Nobody waits for it any more.
      if (request === undefined) return state;
      const rest = { ...state, requests: state.requests.filter((each) => each !== request) };
      if (action.type === 'answered') return because(request.reason, request.done(action.value))(rest);
      if (wantsReason(action.failure)) return reasonAsked(request)(rest);
      return because(request.reason, request.failed(action.failure))(rest);
    }
  }
}

function keyed(state: State, key: Key): State {
  if (key.name === 'meta') return escapedFirst(state, key.text);
  if (key.ctrl && key.name === 'c') return interrupted(state);
  const screen = top({ ...state, isLeaving: false });
  const heard = { ...state, isLeaving: false, message: undefined };
  if (screen === undefined) return heard;
  // Rows of a page of whatever is seen.
  const rows = Math.max(1, state.height - 6);
  switch (screen.is) {
    case 'list':
      return listKey(screen, key, rows)(heard);
    case 'form':
      return (screen.editing === undefined ? formKey(screen, key) : editKey(screen, key))(heard);
    case 'picker':
      return pickerKey(screen, key, rows)(heard);
    case 'editor':
      return editorKey(screen, key)(heard);
    case 'text':
      return textKey(screen, key, rows)(heard);
    case 'ask':
      return askKey(screen, key, rows)(heard);
    case 'merge':
      return mergeKey(screen, key.name)(heard);
  }
}

/**
 * Esc and a key right after it, which may be Alt and that key. Where something is written, Alt is as likely, and nothing
 * is done; what Esc asks is not answered by the key.
 */
function escapedFirst(state: State, name: string): State {
  const screen = top(state);
  const isWriting =
    screen?.is === 'editor' ||
    screen?.is === 'picker' ||
    (screen?.is === 'list' && screen.isSearching) ||
    (screen?.is === 'form' && screen.editing !== undefined);
  if (isWriting) return state;
  const closed = keyed(state, { name: 'escape', text: '', ctrl: false });
  return top(closed)?.is === 'ask' ? closed : keyed(closed, { name, text: name, ctrl: false });
}

function interrupted(state: State): State {
  if (state.isLeaving || unsaved(state).length === 0) return { ...state, ended: INTERRUPTED };
  const message = {
    tone: 'fault',
    text: 'There are changes that are not saved. Ctrl-C again leaves without them.',
  } as const;
  return { ...state, isLeaving: true, message };
}
