import { at, cellOf, membersOf, type Entry } from './entry.ts';
import { cut, oneLine, pad, widthOf, wrap, type Paint } from './text.ts';

export interface TableStyle {
  readonly columns: readonly string[];
  /** The column that names an entry. */
  readonly id: string;
  /** Of the window; undefined when nothing is cut. */
  readonly width: number | undefined;
  readonly paint: Paint;
}

const GAP = 2;
/** A column that is not wider is not cut while an id can be spared. */
const NARROW = 6;

/** A table in pieces: the widths are those of the first page, so that a long list can be written as it comes. */
export class Table {
  private widths: number[] | undefined;

  constructor(private readonly style: TableStyle) {}

  /** The lines of a page, under the heads of the columns if it is the first. */
  page(entries: readonly Entry[]): string {
    const { columns, paint } = this.style;
    const rows = entries.map((entry) => columns.map((column) => oneLine(cellOf(at(entry, column), ', '))));
    const isFirst = this.widths === undefined;
    this.widths ??= this.fit([columns, ...rows]);
    const heads = isFirst ? [paint('bold', this.line(columns))] : [];
    return [...heads, ...rows.map((row) => this.line(row))].map((line) => `${line}\n`).join('');
  }

  private line(cells: readonly string[]): string {
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

  /** The widths that the cells need, taken from the widest while the line is longer than the window. */
  private fit(rows: readonly (readonly string[])[]): number[] {
    const { columns, width, id } = this.style;
    const widths = columns.map((_, index) => Math.max(...rows.map((row) => widthOf(row[index] ?? ''))));
    if (width === undefined) return widths;
    const room = Math.max(width - GAP * (columns.length - 1), columns.length * 4);
    for (let over = sum(widths) - room; over > 0; over -= 1) {
      // An id is there to be copied: it is cut when nothing else is left.
      const isId = (index: number): boolean => columns[index] === id;
      const others = Math.max(0, ...widths.filter((_, index) => !isId(index)));
      const most = others > NARROW ? others : Math.max(...widths);
      const widest = widths.findIndex((taken, index) => taken === most && (others <= NARROW || !isId(index)));
      widths[widest] = (widths[widest] ?? 0) - 1;
    }
    return widths;
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** One entry, a line for each member and for each further item of a list. */
export function card(entry: Entry, paint: Paint): string {
  const members = membersOf(entry);
  const room = Math.max(0, ...members.map(([path]) => widthOf(path))) + GAP;
  return members
    .map(([path, value]) => {
      const items =
        Array.isArray(value) && value.length > 0 ? value.map((item) => cellOf(item, ', ')) : [cellOf(value, '')];
      const lines = items.map((item, index) => {
        const head = index === 0 ? paint('bold', pad(oneLine(path), room)) : ' '.repeat(room);
        return `${head}${oneLine(item)}`.trimEnd();
      });
      return `${lines.join('\n')}\n`;
    })
    .join('');
}

/** Rows of text in columns, the last of which is broken into lines where the window ends. */
export function columnsOf(rows: readonly (readonly [string, string])[], width: number, indent = '  '): string {
  const room = Math.min(36, Math.max(0, ...rows.map(([head]) => widthOf(head)))) + GAP;
  return rows
    .map(([head, text]) => {
      const lines = wrap(text, Math.max(20, width - room - indent.length));
      const isLong = widthOf(head) > room - GAP;
      const first = isLong ? `${indent}${head}\n${indent}${' '.repeat(room)}` : indent + pad(head, room);
      return `${(first + lines.join(`\n${indent}${' '.repeat(room)}`)).trimEnd()}\n`;
    })
    .join('');
}
