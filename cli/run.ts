import { COMPLETE_IDS, completeIds, type Open } from './commands/completion/complete-ids.ts';
import { DRY_RUN_OPTION, OUTPUT_OPTION, type Command, type Input } from './command.ts';
import { Api, type Ways } from './connection/api.ts';
import { connectionFlags, EVERYDAY_FLAGS } from './connection/flags.ts';
import { offlineNotice } from './connection/offline-tokens.ts';
import { Session } from './connection/session.ts';
import { findConnection, type Connection } from './connection/source.ts';
import type { Context } from './context.ts';
import { loadContract, type Contract } from './contract/contract.ts';
import { resourcesOf } from './contract/resources.ts';
import { Ended, EXIT, Failure, OutputClosed, type ExitCode } from './failure.ts';
import { commandHelp, nounHelp, programHelp } from './help.ts';
import { isByOperation } from './operation/words.ts';
import { Printer } from './output/printer.ts';
import { commandOf, inputFor, lineFrom, type Line } from './parse.ts';
import { Service } from './resource/service.ts';
import type { Terminal } from './terminal.ts';
import { TUI } from './tui/command.ts';

/** Runs a command line. Returns the exit code; whatever goes wrong is said on standard error. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    const contract = loadContract();
    if (argv[0] === '--version') await terminal.write(`clientele ${contract.version}\n`);
    else if (argv[0] === COMPLETE_IDS) await completeIds(argv, terminal, { contract, open: opener(contract) });
    else if (isByOperation(argv))
      await (await import('./operation/by-operation.ts')).byOperation(argv, terminal, contract);
    else await everyday(argv, terminal, contract);
    return EXIT.done;
  } catch (error) {
    if (error instanceof OutputClosed) return EXIT.done;
    if (error instanceof Ended) return error.exitCode;
    const failure = error instanceof Failure ? error : unexpected(error, terminal);
    terminal.say([`clientele: ${failure.message}`, ...failure.lines].join('\n'));
    return failure.exitCode;
  }
}

/** A fault of this program, or a reply that nobody thought of: a line, and for whoever looks into it where it came from. */
function unexpected(error: unknown, { env }: Terminal): Failure {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  const isWanted = (env['CLIENTELE_DEBUG'] ?? '') !== '';
  const more = isWanted ? stack : 'CLIENTELE_DEBUG=1 shows where.';
  return new Failure(EXIT.refused, `this should not happen: ${message.split('\n')[0]}`, [more]);
}

async function everyday(argv: readonly string[], terminal: Terminal, contract: Contract): Promise<void> {
  const commands = await commandsFor(argv, contract);
  const line = lineFrom(argv, commands);
  if (line.words.length === 0 || line.help !== 'none') return help(line, commands, terminal, contract);
  const command = commandOf(line.words, commands);
  const input = inputFor(command, line.rest);
  await command.run(contextFor(input, terminal, contract), input);
}

/** The commands that a line can be about: nobody waits for all the others to be made. */
async function commandsFor([first = '']: readonly string[], contract: Contract): Promise<readonly Command[]> {
  if (first === TUI.words[0]) return [TUI];
  const resource = resourcesOf(contract).find(({ noun }) => noun === first);
  if (resource !== undefined) return (await import('./commands/of-resource.ts')).commandsOf(contract, resource);
  return (await import('./commands/all.ts')).allCommands(contract);
}

async function help(
  { words, help: wanted }: Line,
  commands: readonly Command[],
  terminal: Terminal,
  contract: Contract,
): Promise<void> {
  const { columns } = terminal;
  if (words.length === 0) return terminal.write(programHelp(commands, contract.version, columns));
  const ofNoun = commands.filter((command) => command.words.length > 1 && command.words[0] === words[0]);
  if (ofNoun.length > 0 && words.length === 1) return terminal.write(nounHelp(words[0] ?? '', ofNoun, columns));
  await terminal.write(commandHelp(commandOf(words, commands), columns, wanted === 'all'));
}

const serviceAt = (session: Session, contract: Contract, ways: Ways = {}): Service =>
  new Service(contract, new Api(session, ways));

const opener =
  (contract: Contract): Open =>
  async (terminal, profile) =>
    serviceAt(new Session(terminal, await findConnection(terminal, { profile }, EVERYDAY_FLAGS)), contract);

function contextFor(input: Input, terminal: Terminal, contract: Contract): Context {
  let found: Promise<Connection> | undefined;
  const colour = input.has('color') || input.has('no-color') ? !input.has('no-color') : undefined;
  const format = input.value(OUTPUT_OPTION.name);
  const printer = new Printer(terminal, { format, columns: input.value('columns'), colour });
  const connection = (): Promise<Connection> =>
    (found ??= findConnection(terminal, connectionFlags(input), EVERYDAY_FLAGS));
  return {
    terminal,
    contract,
    printer,
    connection,
    service: async () =>
      serviceAt(new Session(terminal, await connection()), contract, {
        reason: input.value('reason'),
        isDryRun: input.has(DRY_RUN_OPTION.name),
        heard: (reply) => {
          const notice = offlineNotice(reply);
          if (notice !== undefined) terminal.say(notice);
        },
      }),
  };
}
