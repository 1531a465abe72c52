import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandBlock } from './documentation.ts';

export interface BlockRun {
  readonly block: CommandBlock;
  readonly output: string;
}

export interface CommandRun {
  readonly runs: readonly BlockRun[];
  /** What went wrong with the last of `runs`. */
  readonly failure?: string;
}

export interface Surroundings {
  /** The folder that the commands run in. */
  readonly cwd: string;
  /** Takes the output of each block. */
  readonly scratch: string;
  readonly env: Record<string, string>;
  /** Makes the commands of a page fit, such as its addresses. */
  readonly adapt: (text: string) => string;
}

/** In milliseconds: sooner than the test ends by itself, and nobody would clear up. */
const DEADLINE = 250_000;

/**
 * Runs blocks one after another in one bash, so that variables last, and stops at the first that fails. A block fails
 * with a command that does, which a curl with a status of 400 or more is as well. A block whose output is shown may
 * have such commands: what it prints, on both channels, is what is to be compared.
 */
export async function runBlocks(blocks: readonly CommandBlock[], around: Surroundings): Promise<CommandRun> {
  mkdirSync(around.scratch, { recursive: true });
  const output = (index: number): string => join(around.scratch, `${index}.out`);
  const script = blocks.map((block, index) => scriptOf(block, output(index), around.adapt)).join('\n');
  const file = join(around.scratch, 'commands.bash');
  writeFileSync(file, `set -uo pipefail\n${script}\ntrue\n`);
  const end = await runBash(file, around);
  const runs = blocks
    .filter((_block, index) => existsSync(output(index)))
    .map((block, index) => ({ block, output: readFileSync(output(index), 'utf8') }));
  return { runs, ...(end !== 0 && { failure: `ended with ${end}` }) };
}

function scriptOf({ text, shown }: CommandBlock, output: string, adapt: (text: string) => string): string {
  const strictness = shown === undefined ? 'set -e' : 'set +e';
  const curl = shown === undefined ? 'command curl --fail-with-body "$@"' : 'command curl "$@"';
  return `${strictness}\ncurl() { ${curl}; }\nexec >'${output}' 2>&1\n${adapt(text)}`;
}

/** Its exit code, or the signal that ended it. Whatever it has started ends with it. */
async function runBash(file: string, { cwd, env }: Surroundings): Promise<number | string> {
  const child = spawn('bash', [file], { cwd, env, stdio: 'ignore', detached: true });
  const endGroup = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // Everything in it has ended already.
    }
  };
  const deadline = setTimeout(endGroup, DEADLINE);
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  clearTimeout(deadline);
  endGroup();
  return code ?? signal ?? 'nothing';
}
