import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { run } from '../../cli/run.ts';
import { processTerminal } from '../../cli/terminal.ts';
import { compiledProgram } from './compiled-program.ts';
import type { TestService } from './service.ts';
import { shellWords } from './shell-words.ts';

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
  /**
   * Runs a command line and waits for its end: in this process, with streams and an environment of its own, since a process
   * takes a third of a second to start. One that says something to Node itself has its own.
   */
  run(args: readonly string[], options?: CliOptions): Promise<CliResult>;
  /** Runs a command line as a shell takes it apart, with a shell where it needs one; `clientele` is the program. */
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
  const environment = { PATH: process.env['PATH'] ?? '', HOME: home, TERM: 'xterm' };
  const quoted = command.map((word) => `'${word}'`).join(' ');

  const launch = (words: readonly string[], { input, env, cwd, typing }: CliOptions = {}): ChildProcess => {
    const child = spawn(words[0] ?? '', words.slice(1), {
      cwd: cwd ?? folder,
      env: { ...environment, ...env },
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
  const runHere = (args: readonly string[], options: CliOptions = {}): Promise<CliResult> => {
    const { NODE_OPTIONS, NODE_EXTRA_CA_CERTS } = options.env ?? {};
    if ((NODE_OPTIONS ?? NODE_EXTRA_CA_CERTS) !== undefined) return outcome(launch([...command, ...args], options));
    return runInside(args, { input: '', cwd: folder, ...options, env: { ...environment, ...options.env } });
  };
  return {
    home,
    folder,
    run: runHere,
    shell: (line, options) => {
      const [program, ...args] = shellWords(line) ?? [];
      return program === 'clientele' ? runHere(args, options) : outcome(launch(asShell(line), options));
    },
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

/**
 * Runs a command line as cli/main.ts does, in a process that it takes for its own. `onWrite` is told what it writes, in that
 * order.
 */
export async function runInside(
  args: readonly string[],
  { input, env, cwd }: Required<Pick<CliOptions, 'input' | 'env' | 'cwd'>>,
  onWrite: (name: 'out' | 'err', text: string) => void = () => undefined,
): Promise<CliResult> {
  const written = { out: '', err: '' };
  const into = (name: keyof typeof written): Writable =>
    new Writable({
      decodeStrings: false,
      write: (text, _encoding, done) => {
        written[name] += String(text);
        onWrite(name, String(text));
        done();
      },
    });
  const own = Object.assign(new EventEmitter(), {
    stdin: Readable.from(input === '' ? [] : [Buffer.from(input)]),
    stdout: into('out'),
    stderr: into('err'),
    cwd: () => cwd,
  });
  const code = await run(
    args,
    processTerminal(own as unknown as NodeJS.Process, env, () => Date.now()),
  );
  return { code, ...written };
}

async function outcome(child: ChildProcess): Promise<CliResult> {
  let [out, err] = ['', ''];
  child.stdout?.on('data', (data) => (out += String(data)));
  child.stderr?.on('data', (data) => (err += String(data)));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { code: code ?? signal ?? '', out, err };
}
