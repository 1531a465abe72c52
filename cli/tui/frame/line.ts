import { broken, characters, cut, oneLine, pad, sliced, widthOf } from '../../output/text.ts';
import type { Edit } from '../state/edit.ts';

/** What a part of a line means; how it looks is for the terminal to say. */
export type Style = 'plain' | 'bold' | 'dim' | 'cursor' | 'current' | 'changed' | 'fault' | 'done' | 'caret';

export interface Span {
  readonly text: string;
  readonly style: Style;
}

/** A line of the screen: parts without any escapes. */
export type Line = readonly Span[];

export const span = (text: string, style: Style = 'plain'): Span => ({ text, style });

export const textOfLine = (line: Line): string => line.map(({ text }) => text).join('');

/** A text of exactly this width, cut with an ellipsis or filled up with blanks; everything in it is harmless. */
export const fit = (text: string, width: number): string => {
  if (width <= 0) return '';
  return pad(cut(oneLine(text), width), width);
};

/** A line of exactly this width. */
export function fitLine(line: Line, width: number): Line {
  const spans: Span[] = [];
  let left = width;
  for (const { text, style } of line) {
    if (left <= 0) break;
    const wide = widthOf(text);
    const shown = wide <= left ? text : pad(sliced(text, 0, left), left);
    spans.push({ text: shown, style });
    left -= widthOf(shown);
  }
  return left > 0 ? [...spans, span(' '.repeat(left))] : spans;
}

/** A text in lines of at most this width, broken at blanks where that is possible. */
export const wrapped = (text: string, width: number): string[] => broken(oneLine(text).trim(), Math.max(1, width));

/** The part of a text that is written which has the cursor in it, in exactly this width. */
export function editLine({ text, at }: Edit, width: number): Line {
  if (width < 4) return [span(' '.repeat(Math.max(0, width)), 'caret')];
  const [before, rest] = [oneLine(text.slice(0, at)), oneLine(text.slice(at))];
  const [first = ''] = characters(rest);
  const under = widthOf(first) > 0 ? first : ' ';
  const [used, wide] = [widthOf(before), widthOf(under)];
  const from = Math.max(0, used + wide - width);
  const shownBefore = from === 0 ? before : sliced(before, from + 1, used);
  const lead = from === 0 ? '' : '…';
  const after = sliced(rest.slice(first.length), 0, Math.max(0, width - widthOf(lead + shownBefore) - wide));
  return fitLine([span(lead + shownBefore), span(under, 'caret'), span(after)], width);
}

/** The part between the first line and the message, and the line of it that has the cursor. */
export interface Pane {
  readonly title: Line;
  readonly lines: readonly Line[];
  readonly focus: number;
}
