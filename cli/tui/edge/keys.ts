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
    else for (const key of keysOf(text, pressed)) press(key);
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

/**
 * The keys of a keypress: one, or where Esc came right before another one that prints nothing, both. What prints comes as
 * `meta`, since a terminal sends the same for Alt and for Esc right before it.
 */
export function keysOf(text: string | undefined, pressed: Pressed): Key[] {
  const { name = '', sequence = '', ctrl = false, meta = false, shift = false } = pressed;
  if (text !== undefined && text !== '' && !ctrl && !meta && !CONTROL.test(text)) {
    return [{ name: text === ' ' ? 'space' : text, text, ctrl: false }];
  }
  const key = { name: NAMES.get(`${shift ? 'shift ' : ''}${name}`) ?? name, text: '', ctrl };
  if (sequence === ESC) return [key];
  if (sequence.startsWith(ESC + ESC)) return [ESCAPED, key];
  if (!meta) return [key];
  if (name === '') return [ESCAPED, controlled(sequence)];
  return name.length > 1 ? [ESCAPED, key] : [{ name: 'meta', text: name, ctrl: false }];
}

/** What came after Esc with Ctrl, which Node does not name there. */
const controlled = (sequence: string): Key => ({
  name: String.fromCodePoint((sequence.codePointAt(1) ?? 0) + CONTROLLED),
  text: '',
  ctrl: true,
});

/** From what Ctrl makes of a letter to the letter. */
const CONTROLLED = 0x60;
const ESC = '\u001b';
const ESCAPED: Key = { name: 'escape', text: '', ctrl: false };

const NAMES: ReadonlyMap<string, string> = new Map([
  ['enter', 'return'],
  ['shift tab', 'backtab'],
]);
