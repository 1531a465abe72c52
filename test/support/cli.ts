import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { compiledProgram } from './compiled-program.ts';
import type { TestService } from './service.ts';

export interface CliResult {
  readonly code: number | string;
  readonly out: string;
  readonly err: string;
}

export interface CliOptions {
  readonly input?: string;
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  /** In a terminal: types the input once something is asked, as a person does. */
  readonly typing?: boolean;
}

/** The program as a person has it: a home of its own, in a folder of its own. */
export interface Cli {
  readonly home: string;
  /** A folder to work in. */
  readonly folder: string;
  /** Runs a command line and waits for its end. */
  run(args: readonly string[], options?: CliOptions): Promise<CliResult>;
  /** Runs a command line as a shell takes it apart; `clientele` is the program. */
  shell(line: string, options?: CliOptions): Promise<CliResult>;
  /** Runs a command line in a terminal; what is typed is `input`. Both outputs are one. */
  inTerminal(line: string, options?: CliOptions): Promise<CliResult>;
  /** Starts a command line, for tests that interfere while it runs. */
  start(args: readonly string[], options?: CliOptions): { child: ChildProcess; result: Promise<CliResult> };
  remove(): void;
}

/** A user of the program. In the folder of `service` it finds the administrator's credentials by itself. */
export function cliFor(service?: TestService): Cli {
  const home = mkdtempSync(join(tmpdir(), 'clientele-cli-'));
  const folder = service === undefined ? home : dirname(service.ground.config.dataDir);
  const command = [process.execPath, compiledProgram('cli/main')];
  const quoted = command.map((word) => `'${word}'`).join(' ');

  const launch = (words: readonly string[], { input, env, cwd, typing }: CliOptions = {}): ChildProcess => {
    const child = spawn(words[0] ?? '', words.slice(1), {
      cwd: cwd ?? folder,
      env: { PATH: process.env['PATH'], HOME: home, TERM: 'xterm', ...env },
    });
    child.stdin.on('error', () => undefined);
    if (typing === true) {
      // Each line in its turn: what is typed before it is asked for would be echoed.
      const lines = (input ?? '').split(/(?<=\n)/);
      child.stdout.on('data', (data) => {
        if (/: $|\] $/.test(stripVTControlCharacters(String(data)))) child.stdin.write(lines.shift() ?? '');
      });
    } else child.stdin.end(input ?? '');
    return child;
  };
  const asShell = (line: string): string[] => ['sh', '-c', `clientele() { ${quoted} "$@"; }\n${line}`];
  return {
    home,
    folder,
    run: (args, options) => outcome(launch([...command, ...args], options)),
    shell: (line, options) => outcome(launch(asShell(line), options)),
    inTerminal: (line, options) => outcome(launch(pseudoTerminal(asShell(line)), options)),
    start: (args, options) => {
      const child = launch([...command, ...args], options);
      return { child, result: outcome(child) };
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** script(1) gives a command a terminal; the one of macOS takes it in another way. */
function pseudoTerminal(words: readonly string[]): string[] {
  if (process.platform === 'darwin') return ['script', '-q', '/dev/null', ...words];
  const quote = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;
  return ['script', '-qec', `stty cols 80 rows 24; ${words.map(quote).join(' ')}`, '/dev/null'];
}

async function outcome(child: ChildProcess): Promise<CliResult> {
  let [out, err] = ['', ''];
  child.stdout?.on('data', (data) => (out += String(data)));
  child.stderr?.on('data', (data) => (err += String(data)));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { code: code ?? signal ?? '', out, err };
}
