import type { Context } from './context.ts';

/** An option of a command: what the parser, the help, the completion and the manual know of it. */
export interface Option {
  /** Without its dashes: `client-name`. */
  readonly name: string;
  readonly short?: string;
  /** What it takes, as the help calls it; a switch takes nothing. */
  readonly value?: string;
  /** It may be given several times. */
  readonly repeats?: boolean;
  /** A switch that `--no-<name>` turns off. */
  readonly negatable?: boolean;
  /** The words it takes, for completion; whether there are others is up to the command. */
  readonly choices?: readonly string[];
  /** It takes the path of a file or folder. */
  readonly takesPath?: boolean;
  readonly summary: string;
  /** It writes a member of the body, as its namesakes of other commands do. */
  readonly isMember?: boolean;
  /** Listed only by `--help-all`. */
  readonly rare?: boolean;
}

export interface Argument {
  readonly name: string;
  readonly summary: string;
  readonly optional?: boolean;
  readonly many?: boolean;
  /** What stands there, for completion: ids of what the noun is about, or a path. */
  readonly is?: 'id' | 'path';
  /** The words that can stand there, for completion. */
  readonly choices?: readonly string[];
}

export interface Example {
  readonly line: string;
  readonly note: string;
}

/** What was written on the command line. */
export class Input {
  readonly args: readonly string[];
  /** Options in the order in which they were written. */
  readonly given: readonly { readonly name: string; readonly value: string }[];

  /** The last word of the command. */
  readonly command: string;

  constructor(command: string, args: readonly string[], given: readonly { name: string; value: string }[]) {
    this.command = command;
    this.args = args;
    this.given = given;
  }

  has(name: string): boolean {
    return this.given.some((option) => option.name === name);
  }

  /** The value of an option; of several the last one. */
  value(name: string): string | undefined {
    return this.values(name).at(-1);
  }

  values(name: string): string[] {
    return this.given.filter((option) => option.name === name).map((option) => option.value);
  }

  /** The argument at this place, which the parser has made sure of. */
  arg(index: number): string {
    return this.args[index] ?? '';
  }
}

/** A command: one definition for the parser, the help, the completion and the manual. */
export interface Command {
  /** `['clients', 'list']`, `['whoami']`. */
  readonly words: readonly string[];
  /** One line. */
  readonly summary: string;
  readonly details?: string;
  readonly args: readonly Argument[];
  readonly options: readonly Option[];
  readonly examples: readonly Example[];
  run(context: Context, input: Input): Promise<void>;
}

/** Options that every command takes, before or after its words. */
export const GLOBAL_OPTIONS: readonly Option[] = [
  { name: 'url', value: 'URL', summary: 'the service, with --as or --access-token' },
  { name: 'as', value: 'ID', summary: 'the client to work as, with --as-secret-file' },
  { name: 'as-secret-file', value: 'FILE', takesPath: true, summary: 'its secret; - is standard input' },
  { name: 'access-token', value: 'FILE', takesPath: true, summary: 'a token instead; - is standard input' },
  { name: 'profile', value: 'NAME', summary: 'a connection that login has kept' },
  { name: 'reason', value: 'TEXT', summary: 'why, which the history of what is changed tells' },
  { name: 'color', negatable: true, summary: 'colours, or none; a terminal has them by itself' },
];

export const OUTPUT_OPTION: Option = {
  name: 'output',
  short: 'o',
  value: 'FORMAT',
  choices: ['table', 'json', 'yaml', 'csv', 'name', 'jsonpath='],
  summary: 'table, json, yaml, csv, name, jsonpath=X',
};

export const COLUMNS_OPTION: Option = {
  name: 'columns',
  value: 'A,B',
  summary: 'the columns of a table or CSV',
};

export const IF_MATCH_OPTION: Option = {
  name: 'if-match',
  value: 'ETAG',
  summary: 'only if it is still this version',
  rare: true,
};

export const DRY_RUN_OPTION: Option = { name: 'dry-run', summary: 'what it would do, and no more' };

export const YES_OPTION: Option = { name: 'yes', short: 'y', summary: 'does not ask' };
