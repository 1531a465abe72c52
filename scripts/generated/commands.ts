import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** Something that this machine does not have and could not get: what needs it is skipped. */
export class Unavailable extends Error {}

/** Whether a program is on the PATH. */
export const hasProgram = (name: string): boolean => spawnSync('which', [name]).status === 0;

/** What a command is run with. */
export interface Surroundings {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command to its end; throws with the last lines of what it said when it fails. */
export async function run(command: readonly string[], { cwd, env }: Surroundings): Promise<void> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (child.exitCode === 0) return;
  const said = `${output}${errors}`.trim().split('\n').slice(-MOST_LINES).join('\n');
  throw new Error(`${command.join(' ')}\n${said}`);
}

const MOST_LINES = 15;

/** Runs a command that brings a tool to this machine; where it fails the tool is not to be had. */
export async function bring(command: readonly string[], surroundings: Surroundings): Promise<void> {
  await run(command, surroundings).catch((error: unknown) => {
    throw new Unavailable((error as Error).message);
  });
}
