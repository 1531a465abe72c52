import { lookup } from '../../openapi/lookup.ts';
import type { Command, Input } from '../command.ts';
import { Api } from '../connection/api.ts';
import { offlineNotice } from '../connection/offline-tokens.ts';
import { Session } from '../connection/session.ts';
import { findConnection, type Connection, type FlagNames } from '../connection/source.ts';
import type { Contract } from '../contract/contract.ts';
import { usageFailure } from '../failure.ts';
import { Printer } from '../output/printer.ts';
import { inputFor } from '../parse.ts';
import type { Terminal } from '../terminal.ts';
import { call, operationWithId, requestFrom } from './call.ts';
import { infoOf, schemaTable } from './describe.ts';
import { jansEnvironment, jansIni, urlOfHost } from './jans-settings.ts';
import { sampleOf } from './sample.ts';
import { IGNORED, OPERATION_OPTIONS, REFUSED, withTwoDashes } from './words.ts';

const FLAGS: FlagNames = { url: '--host', as: '--client-id', secret: '--client-secret' };

/** The style by operation as one command, for the parser. */
export const byOperationCommand: Command = {
  words: [],
  summary: 'runs an operation of the API by its id, with the options of jans-cli',
  args: [],
  options: [
    ...OPERATION_OPTIONS,
    ...Object.entries(IGNORED).map(([name, { takesValue }]) => ({
      name,
      ...(takesValue && { value: 'X' }),
      summary: '',
    })),
  ],
  examples: [],
  run: () => Promise.resolve(),
};

/** Runs a command line in the style of jans-cli. Only the first thing that it asks for is done, as there. */
export async function byOperation(argv: readonly string[], terminal: Terminal, contract: Contract): Promise<void> {
  const tokens = withTwoDashes(argv);
  for (const [name, reason] of Object.entries(REFUSED)) {
    if (tokens.includes(`--${name}`)) throw usageFailure(`-${name} is not supported: ${reason}`);
  }
  const input = inputFor(byOperationCommand, tokens);
  sayIgnored(input, terminal);
  const printer = new Printer(terminal, { format: 'json', colour: input.has('no-color') ? false : undefined });
  const session = async (): Promise<Session> => new Session(terminal, await connectionFrom(terminal, input));
  const [info, sample, schema, id] = ['info', 'schema-sample', 'schema', 'operation-id'].map((name) =>
    input.value(name),
  );
  if (input.has('revoke-session')) {
    terminal.say(`Logged out: ${await (await session()).end()}.`);
  } else if (info !== undefined) await printer.text(infoOf(contract, info));
  else if (sample !== undefined) await printer.json(sampleOf(contract, sample));
  else if (schema !== undefined) await printer.text(schemaTable(contract, schema));
  else if (input.has('output-access-token')) await printer.text(`${await (await session()).accessToken()}\n`);
  else if (id !== undefined) {
    const operation = operationWithId(contract, id);
    const request = await requestFrom({ terminal, contract }, operation, input);
    const reply = await call(terminal, new Api(await session(), { reason: input.value('reason') }), request);
    const notice = offlineNotice(reply);
    if (notice !== undefined) terminal.say(notice);
    if (input.has('debug')) terminal.say(`${operation.method} ${operation.path}: ${reply.status}`);
    if (reply.body !== undefined) await printer.json(reply.body);
    else if (reply.text !== '') await printer.text(`${reply.text}\n`);
  }
}

/** Says which options of jans-cli make no difference here, where somebody might count on one. */
function sayIgnored(input: Input, terminal: Terminal): void {
  for (const { name } of input.given) {
    const note = lookup(IGNORED, name)?.note;
    if (note !== undefined) terminal.say(`-${name} is ignored: ${note}.`);
  }
}

async function connectionFrom(terminal: Terminal, input: Input): Promise<Connection> {
  const host = input.value('host');
  const flags = {
    url: host === undefined ? input.value('url') : urlOfHost(host, '--host'),
    as: input.value('client-id') ?? input.value('as'),
    secret: input.value('client-secret'),
    secretFile: input.value('as-secret-file'),
    accessToken: input.value('access-token'),
    profile: input.value('profile'),
  };
  if (flags.secret !== undefined) {
    terminal.say('Warning: other users of this machine can see --client-secret; --as-secret-file FILE is safer.');
  }
  const isGiven = Object.values(flags).some((value) => value !== undefined);
  const fromJans = isGiven ? undefined : jansEnvironment(terminal);
  if (fromJans !== undefined) return fromJans;
  try {
    return await findConnection(terminal, flags, FLAGS);
  } catch (error) {
    const ini = isGiven ? undefined : await jansIni(terminal);
    if (ini === undefined) throw error;
    return ini;
  }
}
