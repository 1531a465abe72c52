import { Command as Parser, CommanderError, Option as ParserOption } from 'commander';
import { GLOBAL_OPTIONS, Input, type Command, type Option } from './command.ts';
import { lineOf } from './help.ts';
import { usageFailure } from './failure.ts';
import { didYouMean } from './suggestion.ts';

/** What a command line asks for: a command, or help about one, or about a noun, or about the program. */
export interface Line {
  readonly words: readonly string[];
  /** Without the words of the command. */
  readonly rest: readonly string[];
  readonly help: 'none' | 'short' | 'all';
}

const HELP = new Set(['--help', '-h', '--help-all']);

/** Takes a command line apart as far as it can be done without knowing the command. */
export function lineFrom(argv: readonly string[], commands: readonly Command[]): Line {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const asked = argv.slice(0, end).filter((token) => HELP.has(token));
  const tokens = argv.filter((token, index) => index >= end || !HELP.has(token));
  const [help, start] = tokens[0] === 'help' ? ['short' as const, 1] : [helpOf(asked), 0];
  const places = wordPlaces(tokens, start);
  const [first] = places.map((place) => tokens[place] ?? '');
  const isNoun = commands.some(({ words }) => words.length > 1 && words[0] === first);
  const used = places.slice(0, isNoun ? 2 : 1);
  const words = used.map((place) => tokens[place] ?? '');
  return { words, rest: tokens.slice(start).filter((_, index) => !used.includes(index + start)), help };
}

const helpOf = (asked: readonly string[]): Line['help'] => {
  if (asked.includes('--help-all')) return 'all';
  return asked.length > 0 ? 'short' : 'none';
};

/** Where the first words stand that are neither options nor values of global ones. */
function wordPlaces(tokens: readonly string[], start: number): number[] {
  const places: number[] = [];
  const takesValue = (token: string): boolean =>
    token === '-o' ||
    [...GLOBAL_OPTIONS, OUTPUT].some(({ name, value }) => value !== undefined && token === `--${name}`);
  for (let index = start; index < tokens.length && places.length < 2; index += 1) {
    const token = tokens[index] ?? '';
    if (!token.startsWith('-')) places.push(index);
    else if (takesValue(token)) index += 1;
  }
  return places;
}

const OUTPUT = { name: 'output', value: 'FORMAT' };

/** The command with these words; a word that is none is refused, with what is close to it. */
export function commandOf(words: readonly string[], commands: readonly Command[]): Command {
  const [first = '', second] = words;
  const found = commands.find((command) => command.words.join(' ') === words.join(' '));
  if (found !== undefined) return found;
  const ofNoun = commands.filter((command) => command.words[0] === first);
  if (ofNoun.length === 0) {
    const known = new Set(commands.map((command) => command.words[0] ?? ''));
    throw usageFailure(`there is no command ${first}${didYouMean(first, known)}`, ['clientele --help lists them all']);
  }
  const verbs = ofNoun.map((command) => command.words[1] ?? '');
  const what = second === undefined ? `what about ${first}` : `${first} knows no ${second}${didYouMean(second, verbs)}`;
  throw usageFailure(what, [`One of: ${verbs.join(', ')}`]);
}

/** Reads the arguments and options of a command; throws a usage failure for whatever it does not know. */
export function inputFor(command: Command, rest: readonly string[]): Input {
  const given: { name: string; value: string }[] = [];
  const parser = new Parser(command.words.join(' '))
    .exitOverride()
    .helpOption(false)
    .configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
    .action(() => undefined);
  for (const { name, optional, many } of command.args) {
    const place = `${name}${many === true ? '...' : ''}`;
    parser.argument(optional === true ? `[${place}]` : `<${place}>`);
  }
  const options = everyOption(command);
  for (const option of options) {
    for (const flags of flagsOf(option)) {
      const added = new ParserOption(flags);
      parser.addOption(added);
      parser.on(`option:${added.name()}`, (value: string | null | undefined) => {
        given.push({ name: added.name(), value: value ?? '' });
      });
    }
  }
  try {
    parser.parse(spelledOut(rest, options), { from: 'user' });
  } catch (error) {
    throw error instanceof CommanderError ? usageFailureOf(error, command) : error;
  }
  return new Input(command.words.at(-1) ?? '', parser.args, given);
}

/** The options of a command, and those of every command unless it has its own of that name. */
function everyOption({ options }: Command): Option[] {
  const own = new Set(options.flatMap(({ name }) => [name, name.replace(/^no-/, '')]));
  return [...options, ...GLOBAL_OPTIONS.filter(({ name }) => !own.has(name))];
}

function flagsOf({ name, short, value, negatable }: Option): string[] {
  const long = `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` <${value}>`}`;
  return negatable === true ? [long, `--no-${name}`] : [long];
}

/** `--disabled=false` as `--no-disabled`. */
function spelledOut(rest: readonly string[], options: readonly Option[]): string[] {
  const pairs = new Set(options.filter(({ negatable }) => negatable === true).map(({ name }) => name));
  return rest.map((token) => {
    const [, name = '', value] = /^--(.+)=(true|false)$/.exec(token) ?? [];
    if (!pairs.has(name)) return token;
    return value === 'true' ? `--${name}` : `--no-${name}`;
  });
}

function usageFailureOf({ code, message }: CommanderError, command: Command): Error {
  const usage = [`Usage: ${lineOf(command)}`];
  const unknown = /'--([^'=]+)/.exec(message)?.[1];
  if (code === 'commander.unknownOption' && unknown !== undefined) {
    const known = everyOption(command).map(({ name }) => `--${name}`);
    return usageFailure(`there is no option --${unknown}${didYouMean(`--${unknown}`, known)}`, usage);
  }
  return usageFailure(message.replace(/^error: /, '').replaceAll('\n', ' '), usage);
}
