import { lookup } from '../../../openapi/lookup.ts';
import type { Entry } from '../../resource/entry.ts';
import { asEntries, asEntry } from '../../resource/reply.ts';
import { oneLine, wrap, type Paint } from '../../output/text.ts';
import { differenceLine } from '../../transfer/differences.ts';

/** How lines are written: in which colours, and how wide, where a window ends somewhere. */
export interface LineStyle {
  readonly paint: Paint;
  readonly width: number | undefined;
}

const OUTCOMES: Readonly<Record<string, readonly [style: Parameters<Paint>[0], words: string]>> = {
  changed: ['green', 'changed'],
  removed: ['red', 'removed'],
  restored: ['green', 'restored'],
  unchanged: ['dim', 'as it is'],
};

/** What becomes of clients, for a person: each with its properties, and what is left of its changes. */
export function undoLines(entries: readonly Entry[], style: LineStyle): string {
  return entries
    .flatMap((entry) => [
      headOf(entry, style),
      ...asEntries(entry['properties'] ?? []).map((one) => propertyLine(one, style)),
      ...asEntries(entry['left'] ?? []).map((one) => leftLine(one, style)),
    ])
    .map((line) => `${line}\n`)
    .join('');
}

const textOf = (value: unknown): string => (typeof value === 'string' ? oneLine(value) : '');

function headOf({ inum, clientName, outcome }: Entry, { paint }: LineStyle): string {
  const [colour, words] = lookup(OUTCOMES, String(outcome)) ?? ['bold', textOf(outcome)];
  const name = textOf(clientName);
  return `${paint('bold', textOf(inum))}${name === '' ? '' : `  ${name}`}  ${paint(colour, words)}`;
}

const propertyLine = ({ property, before, after }: Entry, style: LineStyle): string =>
  indented(differenceLine({ path: textOf(property), before, after }, style.paint), style);

function leftLine({ property, detail, later }: Entry, style: LineStyle): string {
  const about = property === undefined ? '' : `${textOf(property)}: `;
  const line = `${style.paint('yellow', 'left')}  ${about}${textOf(detail)}${later === undefined ? '' : laterIn(asEntry(later))}`;
  return indented(line, style);
}

/** When it was changed again, by whom, and the number of that change: `(2026-02-01 11:02 by bob, change 4720)`. */
function laterIn({ id, at, caller, subject }: Entry): string {
  const { name, sub } = asEntry(subject ?? {});
  const who = [name, sub, caller].map(textOf).find((text) => text !== '') ?? '';
  return ` (${textOf(at).slice(0, 16).replace('T', ' ')} by ${who}, change ${String(id)})`;
}

function indented(line: string, { width }: LineStyle): string {
  const lines = width === undefined ? [line] : wrap(line, width - 4);
  return `  ${lines.join('\n    ')}`;
}
