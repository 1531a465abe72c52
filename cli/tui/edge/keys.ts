import { emitKeypressEvents, type Interface } from 'node:readline';
import type { Key } from '../state/edit.ts';

/** A key as node:readline tells it. */
interface Pressed {
  readonly name?: string;
  readonly sequence?: string;
  readonly ctrl?: boolean;
  readonly meta?: boolean;
  readonly shift?: boolean;
}

/** Milliseconds after Esc in which more would make it another key. */
const ESCAPE = 50;

/** Calls `press` for each key of a terminal; a bracketed paste is one key. Returns how to stop. */
export function readKeys(input: NodeJS.ReadStream, press: (key: Key) => void): () => void {
  let pasted: string | undefined;
  const listener = (text: string | undefined, pressed: Pressed): void => {
    if (pressed.name === 'paste-start') pasted = '';
    else if (pressed.name === 'paste-end') {
      press({ name: 'paste', text: (pasted ?? '').replace(/\r\n?/g, '\n'), ctrl: false });
      pasted = undefined;
    } else if (pasted !== undefined) pasted += pressed.sequence ?? text ?? '';
    else press(keyOf(text, pressed));
  };
  // It asks nothing of its second argument but this.
  emitKeypressEvents(input, { escapeCodeTimeout: ESCAPE } as unknown as Interface);
  input.setRawMode(true);
  input.on('keypress', listener);
  input.resume();
  return () => {
    input.off('keypress', listener);
    input.setRawMode(false);
    input.pause();
  };
}

// eslint-disable-next-line no-control-regex -- what is none of these is printed
const CONTROL = /[\u0000-\u001f\u007f]/;

/** The key of a keypress. */
export function keyOf(
  text: string | undefined,
  { name = '', ctrl = false, meta = false, shift = false }: Pressed,
): Key {
  if (text !== undefined && text !== '' && !ctrl && !meta && !CONTROL.test(text)) {
    return { name: text === ' ' ? 'space' : text, text, ctrl: false };
  }
  if (name === 'enter') return { name: 'return', text: '', ctrl: false };
  if (name === 'tab' && shift) return { name: 'backtab', text: '', ctrl: false };
  return { name: meta && name !== 'escape' ? `meta-${name}` : name, text: '', ctrl };
}
