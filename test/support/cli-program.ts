import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { runInside } from './cli.ts';

/** What the program says to this process, and what it is told. */
interface Call {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly input: string;
}
interface Answer {
  readonly code: number | string;
  readonly written: readonly (readonly ['out' | 'err', string])[];
}

/** Node starts with it in a tenth of the time that the command line takes by itself. */
const PROGRAM = (port: number): string => `#!${process.execPath}
const { readFileSync, writeSync } = require('node:fs');
const [args, cwd, { env }] = [process.argv.slice(2), process.cwd(), process];
const socket = require('node:net').connect(${port}, '127.0.0.1');
socket.end(JSON.stringify({ args, cwd, env, input: readFileSync(0, 'utf8') }));
let answer = '';
socket.setEncoding('utf8').on('data', (data) => (answer += data)).on('end', () => {
  const { code, written } = JSON.parse(answer);
  for (const [name, text] of written) writeSync(name === 'out' ? 1 : 2, text);
  process.exit(code);
});
`;

/**
 * Puts a program in `file` that is the command line for whoever calls it: this process does what it is asked, with the
 * arguments, the folder, the environment and the input of the caller, which has to have an end. Returns what ends that.
 */
export async function cliProgram(file: string): Promise<() => void> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    answer(socket).catch((error: unknown) => socket.destroy(error as Error));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  writeFileSync(file, PROGRAM((server.address() as AddressInfo).port), { mode: 0o755 });
  return () => void server.close();
}

async function answer(socket: Socket): Promise<void> {
  let asked = '';
  // No loop over it, which would end the socket as well.
  socket.setEncoding('utf8').on('data', (data) => (asked += String(data)));
  await once(socket, 'end');
  const { args, cwd, env, input } = JSON.parse(asked) as Call;
  const written: Answer['written'][number][] = [];
  const { code } = await runInside(args, { input, env, cwd }, (...said) => void written.push(said));
  const all: Answer = { code, written };
  socket.end(JSON.stringify(all));
}
