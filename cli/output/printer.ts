import { usageFailure } from '../failure.ts';
import { csv, jsonPath, yaml } from '../on-demand.ts';
import { didYouMean } from '../suggestion.ts';
import type { Terminal } from '../terminal.ts';
import { at, cellOf } from './entry.ts';
import type { Entry } from '../resource/entry.ts';
import { card, Table } from './table.ts';
import { harmless, painter, type Paint } from './text.ts';

const FORMATS = ['table', 'json', 'yaml', 'csv', 'name'] as const;
type Format = (typeof FORMATS)[number] | 'jsonpath';

export interface Shape {
  /** The member that names an entry. */
  readonly id: string;
  /** Another member that people know it by. */
  readonly name?: string | undefined;
  /** The columns of a table, unless others are chosen. */
  readonly columns: readonly string[];
  /** The last column, where it is not to be cut in a window. */
  readonly wraps?: string;
  /** Every path that can be a column. Empty when it is not known. */
  readonly known: readonly string[];
}

export interface PrinterOptions {
  readonly format?: string | undefined;
  readonly columns?: string | undefined;
  readonly colour?: boolean | undefined;
}

/** Writes entries to standard output, in the format that was asked for; nothing else is ever written there. */
export class Printer {
  readonly paint: Paint;
  /** For what is said on standard error. */
  readonly talkPaint: Paint;
  private readonly format: Format;
  private readonly path: string;

  constructor(
    private readonly terminal: Terminal,
    private readonly options: PrinterOptions,
  ) {
    [this.format, this.path] = formatOf(options.format ?? 'table');
    const noColour = (terminal.env['NO_COLOR'] ?? '') !== '';
    this.paint = painter(options.colour ?? (terminal.isTty && !noColour));
    this.talkPaint = painter(options.colour ?? (terminal.talksToTty && !noColour));
  }

  /** Whether the entries are for a person to read. */
  get isTable(): boolean {
    return this.format === 'table';
  }

  /** Whether an entry is shown whole, a line for each member. */
  get isCard(): boolean {
    return this.isTable && this.options.columns === undefined;
  }

  /** Whether a table has a column for this member. */
  hasColumn(name: string, { columns }: Shape): boolean {
    return (this.options.columns?.split(',') ?? columns).some((column) => column.trim() === name);
  }

  /** Lines that are harmless already, and may have colours. */
  lines(text: string): Promise<void> {
    return this.terminal.write(text);
  }

  async text(text: string): Promise<void> {
    await this.terminal.write(this.terminal.isTty ? harmless(text) : text);
  }

  /** One entry. What the service shows only once is said where the format leaves it out. */
  async one(entry: Entry, shape: Shape): Promise<void> {
    for (const [name, value] of Object.entries(entry)) {
      if (isShownOnce(name) && typeof value === 'string' && !this.showsSecret(entry, name, value)) {
        this.terminal.say(`${name}, shown this once: ${value}`);
      }
    }
    if (this.isCard) {
      await this.terminal.write(card(entry, this.paint, this.width));
    } else if (this.format === 'json') await this.json(entry);
    else if (this.format === 'yaml') await this.text(yaml().stringify(entry, YAML));
    else await this.list(pagesOf([entry]), shape);
  }

  /** Of the window, where a person looks through one. */
  private get width(): number | undefined {
    return this.terminal.isTty ? this.terminal.columns : undefined;
  }

  /** A value as JSON, in colours where there are colours. */
  async json(value: unknown): Promise<void> {
    await this.terminal.write(`${coloured(jsonOf(value), this.paint)}\n`);
  }

  /**
   * Entries page by page, as they come: the list may be longer than the memory. Where there are none, that is said, in
   * these words; a program still gets its list or its heads.
   */
  async list(pages: AsyncIterable<readonly Entry[]>, shape: Shape, none = 'There are none.'): Promise<void> {
    const columns = this.columnsOf(shape);
    const write = this.pageWriter(shape, columns);
    let isEmpty = true;
    for await (const page of pages) {
      if (page.length === 0) continue;
      isEmpty = false;
      await write(page);
    }
    if (this.format === 'json') await this.terminal.write(isEmpty ? '[]\n' : '\n]\n');
    if (!isEmpty) return;
    if (this.format === 'yaml') await this.terminal.write('[]\n');
    if (this.format === 'csv') await write([]);
    this.terminal.say(none);
  }

  private pageWriter(shape: Shape, columns: readonly string[]): (page: readonly Entry[]) => Promise<void> {
    const { terminal } = this;
    switch (this.format) {
      case 'table': {
        const table = new Table({
          columns,
          id: shape.id,
          name: shape.name,
          wraps: shape.wraps,
          width: this.width,
          paint: this.paint,
        });
        return (page) => terminal.write(table.page(page));
      }
      case 'csv': {
        let heads: (readonly string[])[] = [columns];
        return (page) => {
          const rows = page.map((entry) => columns.map((column) => cellOf(at(entry, column), ';')));
          const lines = csv().stringify([...heads, ...rows], { escape_formulas: true });
          heads = [];
          return this.text(lines);
        };
      }
      case 'yaml':
        return (page) => this.text(yaml().stringify(page, YAML));
      case 'jsonpath':
        return (page) => this.text(page.flatMap((entry) => this.found(entry)).join(''));
      case 'json':
        return this.jsonWriter();
      case 'name':
        return (page) => this.text(page.map((entry) => `${cellOf(entry[shape.id], '')}\n`).join(''));
    }
  }

  /** Writes a list of JSON, but for its end. */
  private jsonWriter(): (page: readonly Entry[]) => Promise<void> {
    let isOpen = false;
    return async (page) => {
      for (const entry of page) {
        const text = jsonOf(entry).replaceAll('\n', '\n  ');
        await this.terminal.write(`${isOpen ? ',' : '['}\n  ${coloured(text, this.paint)}`);
        isOpen = true;
      }
    };
  }

  /** What the JSONPath finds in an entry, a line each; text without quotes. */
  private found(entry: Entry): string[] {
    let values: unknown[];
    try {
      const { query } = jsonPath();
      values = query(entry as Parameters<typeof query>[0], this.path);
    } catch (error) {
      throw usageFailure(`-o jsonpath=${this.path} is no JSONPath (RFC 9535): ${(error as Error).message}`);
    }
    return values.map((value) => `${typeof value === 'string' ? value : JSON.stringify(value)}\n`);
  }

  private showsSecret(entry: Entry, name: string, value: string): boolean {
    if (this.format === 'json' || this.format === 'yaml') return true;
    if (this.format === 'jsonpath') return this.finds(entry, value);
    if (this.options.columns === undefined) return this.format === 'table';
    return this.options.columns.split(',').some((column) => column.trim() === name);
  }

  /** False also where the path is wrong, which is told after the secret is. */
  private finds(entry: Entry, value: string): boolean {
    try {
      return this.found(entry).some((line) => line.includes(value));
    } catch {
      return false;
    }
  }

  private columnsOf({ columns, known }: Shape): readonly string[] {
    if (this.options.columns === undefined) return columns;
    if (!['table', 'csv'].includes(this.format)) throw usageFailure('--columns is for -o table and -o csv');
    const chosen = this.options.columns.split(',').map((column) => column.trim());
    for (const column of chosen) {
      if (known.length === 0 || known.some((path) => column === path || column.startsWith(`${path}.`))) continue;
      throw usageFailure(`--columns: there is no ${column}${didYouMean(column, known)}`);
    }
    return chosen;
  }
}

/** What the service keeps as a digest, so that nobody can read it again. */
export const isShownOnce = (name: string): boolean => name === 'clientSecret' || name === 'token';

const YAML = { lineWidth: 0 };

async function* pagesOf(entries: readonly Entry[]): AsyncGenerator<readonly Entry[]> {
  yield entries;
}

function formatOf(text: string): [Format, string] {
  if (text.startsWith('jsonpath=')) return ['jsonpath', text.slice('jsonpath='.length)];
  const format = FORMATS.find((name) => name === text);
  if (format !== undefined) return [format, ''];
  throw usageFailure(`-o does not take ${text}${didYouMean(text, [...FORMATS, 'jsonpath=EXPR'])}`, [
    `One of: ${FORMATS.join(', ')}, jsonpath=EXPR`,
  ]);
}

/** JSON with two blanks of indentation. What could steer a terminal is escaped, which JSON allows everywhere. */
export const jsonOf = (value: unknown): string => harmless(JSON.stringify(value, null, 2));

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b/g;

function coloured(json: string, paint: Paint): string {
  return json.replace(TOKEN, (token, text: string | undefined, colon: string | undefined) => {
    if (text === undefined) return paint('yellow', token);
    return colon === undefined ? paint('green', token) : paint('cyan', text) + colon;
  });
}
