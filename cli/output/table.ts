import { at, membersOf, readable } from './entry.ts';
import type { Entry } from '../resource/entry.ts';
import { cut, oneLine, pad, widthOf, wrap, wrapWhole, type Paint } from './text.ts';

export interface TableStyle {
  readonly columns: readonly string[];
  /** The column that names an entry. */
  readonly id: string;
  /** Another one that people know it by. */
  readonly name?: string | undefined;
  /** The column that goes on in further lines, where others are cut. It is the last. */
  readonly wraps?: string | undefined;
  /** Of the window; undefined when nothing is cut. */
  readonly width: number | undefined;
  readonly paint: Paint;
}

const GAP = 2;
/** A column that is not wider is not cut while an id can be. */
const NARROW = 6;

/** A table in pieces: the widths are those of the first page, so that a long list can be written as it comes. */
export class Table {
  private widths: number[] | undefined;

  constructor(private readonly style: TableStyle) {}

  /** The lines of a page, under the heads of the columns if it is the first. */
  page(entries: readonly Entry[]): string {
    const { columns, paint } = this.style;
    const rows = entries.map((entry) => columns.map((column) => oneLine(readable(at(entry, column), ', '))));
    const isFirst = this.widths === undefined;
    this.widths ??= this.fit([columns, ...rows]);
    const heads = isFirst ? [paint('bold', this.line(columns))] : [];
    return [...heads, ...rows.map((row) => this.line(row))].map((line) => `${line}\n`).join('');
  }

  private line(cells: readonly string[]): string {
    const { width, columns, wraps } = this.style;
    const last = cells.length - 1;
    const room = this.widths?.[last] ?? 0;
    if (width === undefined || columns[last] !== wraps) return this.cut(cells);
    const [first = '', ...others] = wrapWhole(cells[last] ?? '', room);
    const indent = ' '.repeat(sum((this.widths ?? []).slice(0, last)) + GAP * last);
    return [this.cut([...cells.slice(0, last), first]), ...others.map((line) => indent + line)].join('\n');
  }

  private cut(cells: readonly string[]): string {
    const { width } = this.style;
    return cells
      .map((cell, index) => {
        const room = this.widths?.[index] ?? 0;
        const shown = width === undefined ? cell : cut(cell, room);
        return index === cells.length - 1 ? shown : pad(shown, room + GAP);
      })
      .join('')
      .trimEnd();
  }

  /**
   * The widths that the cells need, taken from the widest while the line is longer than the window: first where the head
   * stays whole, then from what people know an entry by as well, then everywhere. An id is there to be copied, and is cut
   * when nothing else is left.
   */
  private fit(rows: readonly (readonly string[])[]): number[] {
    const { columns, width, id, name } = this.style;
    const widths = columns.map((_, index) => Math.max(...rows.map((row) => widthOf(row[index] ?? ''))));
    if (width === undefined) return widths;
    const heads = columns.map((column) => Math.max(NARROW, widthOf(column)));
    const stages = [
      columns.map((column, index) => (column === id || column === name ? Infinity : (heads[index] ?? 0))),
      columns.map((column, index) => (column === id ? Infinity : (heads[index] ?? 0))),
      columns.map((column) => (column === id ? Infinity : NARROW)),
      columns.map(() => 1),
    ];
    let over = sum(widths) + GAP * (columns.length - 1) - width;
    for (const floors of stages) {
      for (; over > 0; over -= 1) {
        const spare = widths.map((taken, index) => (taken > (floors[index] ?? 0) ? taken : 0));
        const most = Math.max(...spare);
        if (most === 0) break;
        const widest = spare.indexOf(most);
        widths[widest] = most - 1;
      }
    }
    return widths;
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/**
 * One entry, a line for each member and for each further item of a list. In a window long texts go on below, set in; an
 * address is never broken, since it is there to be copied.
 */
export function card(entry: Entry, paint: Paint, width: number | undefined): string {
  const members = membersOf(entry);
  const room = Math.max(0, ...members.map(([path]) => widthOf(path))) + GAP;
  return members
    .map(([path, value]) => {
      const items =
        Array.isArray(value) && value.length > 0 ? value.map((item) => readable(item, ', ')) : [readable(value, '')];
      const lines = items.flatMap((item, index) => {
        const head = index === 0 ? paint('bold', pad(oneLine(path), room)) : ' '.repeat(room);
        const text = oneLine(item);
        const [first = '', ...others] = width === undefined ? [text] : wrap(text, Math.max(20, width - room - GAP));
        return [`${head}${first}`.trimEnd(), ...others.map((line) => ' '.repeat(room + GAP) + line)];
      });
      return `${lines.join('\n')}\n`;
    })
    .join('');
}

/**
 * Rows of text in columns, the last of which is broken into lines where the window ends; the first one is at least so
 * wide.
 */
export function columnsOf(rows: readonly (readonly [string, string])[], width: number, least = 0): string {
  const indent = '  ';
  const room = Math.min(36, Math.max(least, ...rows.map(([head]) => widthOf(head)))) + GAP;
  return rows
    .map(([head, text]) => {
      const lines = wrap(text, Math.max(20, width - room - indent.length));
      const isLong = widthOf(head) > room - GAP;
      const first = isLong ? `${indent}${head}\n${indent}${' '.repeat(room)}` : indent + pad(head, room);
      return `${(first + lines.join(`\n${indent}${' '.repeat(room)}`)).trimEnd()}\n`;
    })
    .join('');
}
