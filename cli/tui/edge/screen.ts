import type { Frame } from '../frame/frame.ts';
import { type Line, type Style, textOfLine } from '../frame/line.ts';

const ESC = '\u001b[';
/** Another page than the one of the shell, no cursor, no wrapping, and pastes in brackets. */
const ENTER = `${ESC}?1049h${ESC}?25l${ESC}?7l${ESC}?2004h${ESC}2J`;
const LEAVE = `${ESC}0m${ESC}2J${ESC}?2004l${ESC}?7h${ESC}?25h${ESC}?1049l`;
/** Around what is to be seen at once, where the terminal knows it. */
const [BEGIN, END] = [`${ESC}?2026h`, `${ESC}?2026l`];

/** Where frames go. */
export interface Display {
  show(frame: Frame): void;
  /** Nothing of what was shown is there any more. */
  forget(): void;
  copy(text: string): void;
  close(): void;
}

/** Select Graphic Rendition, in colours that can be read on dark and on light. */
const LOOKS: Readonly<Record<Style, string>> = {
  plain: '',
  bold: '1',
  dim: '2',
  cursor: '7',
  current: '1',
  changed: '35',
  fault: '31',
  done: '32',
  caret: '7',
};
/** Without colours, where signs say the same. */
const COLOURLESS: Readonly<Record<Style, string>> = { ...LOOKS, changed: '1', fault: '1', done: '' };

/** A terminal that shows frames: only the lines that have changed are written. */
export function screenOn(output: NodeJS.WriteStream, hasColours: boolean): Display {
  const looks = hasColours ? LOOKS : COLOURLESS;
  let last: string[] = [];
  output.write(ENTER);
  return {
    show: ({ lines }) => {
      const painted = lines.map((line) => paint(line, looks));
      const changed = painted.flatMap((text, row) => (text === last[row] ? [] : `${ESC}${row + 1};1H${ESC}2K${text}`));
      last = painted;
      if (changed.length > 0) output.write(`${BEGIN}${changed.join('')}${END}`);
    },
    forget: () => {
      last = [];
      output.write(`${ESC}2J`);
    },
    copy: (text) => void output.write(clipboard(text)),
    close: () => void output.write(LEAVE),
  };
}

const paint = (line: Line, looks: Readonly<Record<Style, string>>): string =>
  line.map(({ text, style }) => (looks[style] === '' ? text : `${ESC}${looks[style]}m${text}${ESC}0m`)).join('');

/** OSC 52: puts a text into the clipboard of whoever sits at the terminal, also through ssh. */
const clipboard = (text: string): string => `\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`;

/** A screen reader's terminal: what has changed as text, a line each, without any escapes. */
export function plainOn(output: NodeJS.WriteStream): Display {
  let last: ReadonlySet<string> = new Set();
  return {
    show: ({ lines, focus }) => {
      const texts = lines.map((line) => textOfLine(line).trimEnd());
      // A line that only lost the cursor says nothing new.
      const news = texts.filter(
        (text, row) => text !== '' && !last.has(said(text)) && (row === focus || !last.has(bare(text))),
      );
      for (const text of news) output.write(`${text}\n`);
      last = new Set(texts.flatMap((text) => [said(text), bare(text)]));
    },
    forget: () => {
      last = new Set();
    },
    copy: () => undefined,
    close: () => undefined,
  };
}

const said = (text: string): string => `=${text}`;
const bare = (text: string): string => text.replace(/^>/, ' ');
