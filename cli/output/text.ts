import { styleText } from 'node:util';
import { madePrintable } from '../../openapi/printable.ts';
import { stringWidth, wrapAnsi } from '../on-demand.ts';

type Style = Parameters<typeof styleText>[0];

/** Colours a text, or leaves it. */
export type Paint = (style: Style, text: string) => string;

export const painter = (colours: boolean): Paint =>
  colours ? (style, text) => styleText(style, text) : (_, text) => text;

/** The text with everything that could steer a terminal made visible. Line ends and tabs stay. */
export const harmless = (text: string): string => madePrintable(text, '\n\t');

/** The text on one line. */
export const oneLine = (text: string): string => harmless(text.replace(/\s*[\r\n\t]\s*/g, ' '));

/** Characters that always have one place of their own: those of nearly every text, for which no tables are loaded. */
const isSimple = (text: string): boolean => /^[ -~À-žḀ-ỿ…→←↑↓]*$/.test(text);

/** How many columns a text takes. */
export const widthOf = (text: string): number => (isSimple(text) ? text.length : stringWidth().default(text));

/** The text in what a person sees as characters. */
export function* characters(text: string): Iterable<string> {
  if (isSimple(text)) yield* text;
  else for (const { segment } of new Intl.Segmenter().segment(text)) yield segment;
}

/**
 * The text cut to a width in columns, with an ellipsis where something is missing: at its end, or in the middle of an
 * address, which begins as its neighbours do.
 */
export function cut(text: string, width: number): string {
  if (text.length <= width && widthOf(text) <= width) return text;
  const tail = Math.floor((width * 2) / 3);
  if (!ADDRESS.test(text) || tail < 4) return cutEnd(text, width);
  return `${cutEnd(text, width - tail)}${text.slice(-tail)}`;
}

/** An address in plain letters, each of which has a place of its own. */
const ADDRESS = /^[a-z][\w+.-]*:\/[!-~]*$/i;

function cutEnd(text: string, width: number): string {
  let kept = '';
  let used = 0;
  for (const segment of characters(text)) {
    const next = widthOf(segment);
    if (used + next > width - 1) break;
    kept += segment;
    used += next;
  }
  return `${kept}…`;
}

/** The text filled up with blanks to a width in columns. */
export const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

/** What of a text is whole between two columns: of what is two columns wide, never the half. */
export function sliced(text: string, from: number, to = Infinity): string {
  if (isSimple(text)) return text.slice(from, to);
  let kept = '';
  let column = 0;
  for (const segment of characters(text)) {
    const start = column;
    column += widthOf(segment);
    if (column > to) break;
    if (start >= from) kept += segment;
  }
  return kept;
}

/** A line in lines of at most `width` columns, broken at blanks where that is possible. */
export const broken = (line: string, width: number): string[] =>
  isSimple(line) && line.length <= width
    ? [line]
    : wrapAnsi().default(line, width, { hard: true, trim: true }).split('\n');

/** The text in lines of at most `width` columns, broken at blanks; a word that is longer stands out. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** The same, with words that are longer broken as well. */
export const wrapWhole = (text: string, width: number): string[] =>
  wrap(text, width).flatMap((line) => {
    const pieces = [''];
    for (const segment of characters(line)) {
      const last = pieces.at(-1) ?? '';
      if (last !== '' && widthOf(last + segment) > width) pieces.push(segment);
      else pieces[pieces.length - 1] = last + segment;
    }
    return pieces;
  });
