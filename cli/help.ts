import { GLOBAL_OPTIONS, type Command, type Option } from './command.ts';
import { columnsOf } from './output/table.ts';
import { wrap } from './output/text.ts';

/** Where help is printed: the width of the window, at most what reads well. */
const widthFor = (columns: number): number => Math.min(columns, 100);

/** `-o, --output FORMAT`, `--[no-]color`; what can be given several times has dots after it. */
export function usageOf({ name, short, value, negatable, repeats }: Option): string {
  const long = `--${negatable === true ? '[no-]' : ''}${name}`;
  return `${short === undefined ? '' : `-${short}, `}${long}${value === undefined ? '' : ` ${value}`}${repeats === true ? '...' : ''}`;
}

export const lineOf = ({ words, args, options }: Command): string => {
  const places = args.map(({ name, optional, many }) => {
    const place = `<${name}>${many === true ? '...' : ''}`;
    return optional === true ? `[${place}]` : place;
  });
  return ['clientele', ...words, ...places, ...(options.length > 0 ? ['[options]'] : [])].join(' ');
};

const rows = (options: readonly Option[]): [string, string][] =>
  options.map((option) => [usageOf(option), option.summary]);

/** The help of one command; `all` lists the rare options as well. */
export function commandHelp(command: Command, columns: number, all: boolean): string {
  const width = widthFor(columns);
  const shown = command.options.filter((option) => all || option.rare !== true);
  const hidden = command.options.length - shown.length;
  const places = command.args.map(({ name, summary }): [string, string] => [`<${name}>`, summary]);
  return [
    `Usage: ${lineOf(command)}\n`,
    ...wrap(`${sentence(command.summary)} ${command.details ?? ''}`.trim(), width).map((line) => `${line}\n`),
    ...(places.length + shown.length > 0 ? ['\n', columnsOf([...places, ...rows(shown)], width)] : []),
    ...(hidden > 0 ? [`  and ${hidden} more: --help-all\n`] : []),
    ...(all ? ['\nOptions of every command:\n', columnsOf(rows(GLOBAL_OPTIONS), width)] : []),
    ...(command.examples.length > 0 ? ['\n', ...examplesOf(command, all || shown.length < 9, width)] : []),
  ].join('');
}

/** The examples, or where the options take the screen the first; long ones go on in a next line as a shell takes it. */
function examplesOf({ examples }: Command, all: boolean, width: number): string[] {
  return examples.slice(0, all ? undefined : 1).map(({ line }) => {
    const lines: string[] = [];
    for (const part of line.split(/ (?=--?[a-z])/)) {
      const last = lines.at(-1);
      if (last === undefined || last.length + part.length + 5 > width) lines.push(part);
      else lines[lines.length - 1] = `${last} ${part}`;
    }
    return `  ${lines.join(' \\\n    ')}\n`;
  });
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** So many verbs fit one screen with a line each. */
const MOST_LINES = 18;

/** The help of a noun: its verbs, a line each, where there are many only those that other nouns do not have. */
export function nounHelp(noun: string, commands: readonly Command[], columns: number): string {
  const isLong = commands.length > MOST_LINES;
  const verbOf = ({ words }: Command): string => words[1] ?? '';
  const isTold = (command: Command): boolean => ![...COMMON, ...UNDO, ...COUNTERPARTS].includes(verbOf(command));
  const told = isLong ? commands.filter(isTold) : commands;
  const list = told.map(({ words, summary }): [string, string] => [
    (isLong ? words.slice(1) : words).join(' '),
    summary,
  ]);
  const named = (verbs: readonly string[]): string =>
    commands.flatMap((command) => (verbs.includes(verbOf(command)) ? [verbOf(command)] : [])).join(', ');
  const width = widthFor(columns);
  const said = wrap(`${named([...COMMON, ...UNDO])}, as most nouns have`, width - 2).map((line) => `  ${line}\n`);
  const counterparts = named(COUNTERPARTS);
  return [
    `Usage: clientele ${noun} <command> [options]\n\n`,
    ...(isLong ? said : []),
    columnsOf(list, width),
    ...(isLong && counterparts !== '' ? [`  and ${counterparts}\n`] : []),
    `\nclientele ${noun} <command> --help says more.\n`,
  ].join('');
}

/** What most nouns take, and the help of the program says once. */
const COMMON = ['list', 'get', 'create', 'update', 'patch', 'edit', 'delete', 'schema'];

/** What is understood from the verbs that are told. */
const COUNTERPARTS = ['deactivate', 'reject', 'add-secret', 'remove-secret', 'forget-reporter'];

/** What undoes a change, where there are revisions. */
const UNDO = ['revisions', 'get-revision', 'compare', 'restore'];

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  Clients: ['clients', 'bulk'],
  'What clients may ask for': ['scopes', 'claims'],
  'Who may register': ['registration-tokens', 'statements', 'scripts'],
};

/** The help of the program, which fits one screen, with room for nouns to come. */
export function programHelp(commands: readonly Command[], version: string, columns: number): string {
  const width = widthFor(columns);
  const verbs = new Map<string, string[]>();
  for (const { words } of commands) {
    const [noun = '', verb] = words;
    if (verb !== undefined) verbs.set(noun, [...(verbs.get(noun) ?? []), verb]);
  }
  const grouped = new Set(Object.values(GROUPS).flat());
  const groups = { ...GROUPS, More: [...verbs.keys()].filter((noun) => !grouped.has(noun)) };
  const sections = Object.entries(groups).flatMap(([title, nouns]) => {
    const rows = nouns.filter((noun) => verbs.has(noun)).map((noun) => [noun, special(verbs.get(noun) ?? [])] as const);
    return rows.length === 0 ? [] : [`${title}\n`, columnsOf(rows, width, 19)];
  });
  const single = commands.filter(({ words }) => words.length === 1).map(({ words }) => words[0]);
  const every = ['-o FORMAT', ...GLOBAL_OPTIONS.map(usageOf)];
  const said = (text: string): string => `${wrap(text, width).join('\n  ')}\n`;
  return [
    `clientele ${version}: OAuth and OpenID Connect clients, from the command line\n`,
    'Usage: clientele <noun> <verb> [options]\n\n',
    ...sections,
    `This program\n${wrap(single.join(', '), width - 2)
      .map((line) => `  ${line}\n`)
      .join('')}`,
    said(`Most nouns take ${[...COMMON, ...UNDO].join(', ')}.`),
    said(`Every command takes ${every.join(', ')}.`),
    'clientele <noun> --help and clientele <noun> <verb> --help-all say more.\n',
    said('Command lines of jans-cli run as well: --operation-id get-oauth-openid-clients.'),
  ].join('');
}

function special(verbs: readonly string[]): string {
  const own = verbs.filter((verb) => ![...COMMON, ...UNDO, ...COUNTERPARTS].includes(verb));
  return own.length === 0 ? '' : `also ${own.join(', ')}`;
}
