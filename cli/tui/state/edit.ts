/** A key that was pressed, or a text that was pasted (`paste`). */
export interface Key {
  /** As node:readline calls it: `return`, `up`, `f2`; what is printed is its own name. */
  readonly name: string;
  /** What it prints; empty for none. */
  readonly text: string;
  readonly ctrl: boolean;
}

/** A text that is being written, and where the cursor stands in it (an index between graphemes). */
export interface Edit {
  readonly text: string;
  readonly at: number;
}

export const editOf = (text: string): Edit => ({ text, at: text.length });

const segmenter = new Intl.Segmenter();

/** The index after the next grapheme, which may be many characters. */
function after({ text, at }: Edit): number {
  const [first] = segmenter.segment(text.slice(at, at + 64));
  return at + (first?.segment.length ?? 0);
}

function before({ text, at }: Edit): number {
  const last = Array.from(segmenter.segment(text.slice(Math.max(0, at - 64), at))).at(-1);
  return at - (last?.segment.length ?? 0);
}

const lineStart = ({ text, at }: Edit): number => (at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1);

function lineEnd({ text, at }: Edit): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

const inserted = ({ text, at }: Edit, more: string): Edit => ({
  text: text.slice(0, at) + more + text.slice(at),
  at: at + more.length,
});

const without = ({ text }: Edit, from: number, to: number): Edit => ({
  text: text.slice(0, from) + text.slice(to),
  at: from,
});

/** Up and down between lines, as far as the line is long. */
function moved(edit: Edit, by: -1 | 1): Edit {
  const column = edit.at - lineStart(edit);
  const start = by < 0 ? lineStart({ ...edit, at: lineStart(edit) - 1 }) : lineEnd(edit) + 1;
  if (by < 0 ? lineStart(edit) === 0 : start > edit.text.length) return edit;
  return { ...edit, at: Math.min(start + column, lineEnd({ ...edit, at: start })) };
}

/** The same, with the cursor after the grapheme that it stood in. */
function between({ text, at }: Edit): Edit {
  const { index, segment } = segmenter.segment(text).containing(at) ?? { index: at, segment: '' };
  return { text, at: index === at ? at : index + segment.length };
}

/** The text after a key; undefined when the key is none that writes. A text of several lines takes Enter, up and down. */
export function edited(edit: Edit, key: Key, lines: boolean): Edit | undefined {
  const changed = changedBy(edit, key, lines);
  return changed && between(changed);
}

function changedBy(edit: Edit, key: Key, lines: boolean): Edit | undefined {
  if (key.name === 'paste') return inserted(edit, lines ? key.text : key.text.replace(/\s*\n\s*/g, ' ').trim());
  if (lines && key.name === 'return') return inserted(edit, '\n');
  if (lines && key.name === 'up') return moved(edit, -1);
  if (lines && key.name === 'down') return moved(edit, 1);
  if (key.ctrl) return byControl(edit, key.name);
  switch (key.name) {
    case 'left':
      return { ...edit, at: before(edit) };
    case 'right':
      return { ...edit, at: after(edit) };
    case 'home':
      return { ...edit, at: lineStart(edit) };
    case 'end':
      return { ...edit, at: lineEnd(edit) };
    case 'backspace':
      return without(edit, before(edit), edit.at);
    case 'delete':
      return without(edit, edit.at, after(edit));
    default:
      return key.text === '' ? undefined : inserted(edit, key.text);
  }
}

/** The keys of a shell. */
function byControl(edit: Edit, name: string): Edit | undefined {
  switch (name) {
    case 'a':
      return { ...edit, at: lineStart(edit) };
    case 'e':
      return { ...edit, at: lineEnd(edit) };
    case 'u':
      return without(edit, lineStart(edit), edit.at);
    case 'k':
      return without(edit, edit.at, lineEnd(edit));
    case 'w':
      return without(edit, edit.text.slice(0, edit.at).replace(/\S+\s*$/, '').length, edit.at);
    default:
      return undefined;
  }
}
