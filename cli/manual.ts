import { GLOBAL_OPTIONS, type Command, type Option } from './command.ts';
import { lineOf, usageOf } from './help.ts';
import { byOperationCommand } from './operation/by-operation.ts';
import { IGNORED } from './operation/words.ts';

/** The page of the manual, clientele(1), in the language of man. */
export function manualPage(commands: readonly Command[], version: string): string {
  const members = commands.find(({ words }) => words.join(' ') === 'clients create')?.options.filter(isMember) ?? [];
  const shown = byOperationCommand.options.filter(({ name }) => !(name in IGNORED));
  return [
    `.TH CLIENTELE 1 "" "clientele ${version}" "User commands"`,
    '.SH NAME',
    text('clientele - OAuth and OpenID Connect clients, from the command line'),
    '.SH SYNOPSIS',
    text('clientele <noun> <verb> [options]'),
    '.br',
    text('clientele --operation-id <id> [options]'),
    '.SH DESCRIPTION',
    text(
      'Manages the clients of a Clientele service, or of another that speaks its API. Data goes to standard output,',
    ),
    text('everything else to standard error.'),
    '.SH COMMANDS',
    ...commands.flatMap(commandSection),
    '.SH OPTIONS OF EVERY COMMAND',
    ...GLOBAL_OPTIONS.flatMap(optionEntry),
    '.SH MEMBERS OF CLIENTS',
    text('Each is a flag of clients create, update and validate; clients schema says more about them.'),
    ...members.flatMap(optionEntry),
    '.SH BY OPERATION',
    text('Command lines of jans-cli run with only the name of the program replaced.'),
    ...shown.flatMap(optionEntry),
    ...CLOSING,
    '',
  ].join('\n');
}

const isMember = ({ isMember: member }: Option): boolean => member === true;

function commandSection(command: Command): string[] {
  const own = command.options.filter((option) => !isMember(option));
  return [
    `.SS "${text(lineOf(command))}"`,
    text(`${command.summary.charAt(0).toUpperCase()}${command.summary.slice(1)}. ${command.details ?? ''}`.trim()),
    ...(own.length < command.options.length ? [text('A flag for each member: see MEMBERS OF CLIENTS.')] : []),
    ...command.args.flatMap(({ name, summary }) => ['.TP', text(`<${name}>`), text(summary)]),
    ...own.flatMap(optionEntry),
    ...command.examples.flatMap(({ line, note }) => [
      '.PP',
      `${text(note)}:`,
      '.PP',
      '.nf',
      text(`    ${line}`),
      '.fi',
    ]),
  ];
}

const optionEntry = (option: Option): string[] => ['.TP', `.B ${text(usageOf(option))}`, text(option.summary)];

/** The text as man takes it: no line of it is a command, and no dash becomes a hyphen. */
const text = (plain: string): string =>
  plain
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('"', '\\(dq')
    .replace(/^([.'])/, '\\&$1');

const entries = (list: readonly (readonly [string, string])[]): string[] =>
  list.flatMap(([head, body]) => ['.TP', `.B ${text(head)}`, text(body)]);

const CLOSING = [
  '.SH WHERE IT CONNECTS',
  text('The first of these that says anything says all of it: the command line, the environment, a profile that login'),
  text('has kept, data/admin-client.json in the current folder. An address and a credential are never put together'),
  text('from two of them.'),
  '.SH ENVIRONMENT',
  ...entries([
    ['CLIENTELE_URL', 'The service, with the next two or with CLIENTELE_ACCESS_TOKEN.'],
    ['CLIENTELE_CLIENT_ID, CLIENTELE_CLIENT_SECRET', 'The client to work as.'],
    ['CLIENTELE_ACCESS_TOKEN', 'A token instead.'],
    ['CLIENTELE_ISSUER, CLIENTELE_SCOPE, CLIENTELE_RESOURCE', 'How a token is asked for, as with login.'],
    ['DATA_DIR', 'The folder with admin-client.json, as the service has it.'],
    ['VISUAL, EDITOR', 'The editor of clients edit.'],
    ['NO_COLOR', 'No colours.'],
    ['NODE_EXTRA_CA_CERTS', 'A file of certificate authorities that are trusted as well.'],
  ]),
  '.SH FILES',
  ...entries([
    ['~/.config/clientele/', 'Profiles and tokens, for their owner only. XDG_CONFIG_HOME moves it.'],
    ['data/admin-client.json', 'The credentials that the first start of a service writes.'],
  ]),
  '.SH EXIT STATUS',
  ...entries([
    ['0', 'Done.'],
    ['1', 'Not done: refused by the server, or impossible here.'],
    ['2', 'Wrong usage.'],
    ['3', 'The service cannot be reached, or does not accept the credentials.'],
    ['4', 'With diff --exit-code: something differs.'],
    ['130', 'Interrupted.'],
  ]),
];
