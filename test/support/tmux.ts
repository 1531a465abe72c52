import { execFile, spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { compiledProgram } from './compiled-program.ts';

const execute = promisify(execFile);
/** In milliseconds: against what never comes, not against slow machines. */
const LONG = 200_000;

export interface TmuxOptions {
  readonly cwd: string;
  readonly home: string;
  readonly env?: Record<string, string>;
  readonly width?: number;
  readonly height?: number;
}

type Control = ChildProcessByStdio<Writable, Readable, null>;

/** A command to tmux whose answer is awaited. */
interface Asked {
  readonly resolve: (text: string) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The program in a real terminal, which is tmux: keys go in, and what is on the screen comes out. One process of tmux takes
 * all commands (its control mode): a screen is looked at so often that one for each costs more than the program.
 */
export class Tmux {
  private readonly asked: Asked[] = [];

  private constructor(private readonly control: Control) {
    let answer: string[] | undefined;
    createInterface({ input: control.stdout, crlfDelay: 0 }).on('line', (line) => {
      const [, kind, flags] = /^%(begin|end|error) \d+ \d+ (\d)$/.exec(line) ?? [];
      // What begins with another flag than 1 was not asked here.
      if (kind === 'begin') answer = flags === '1' ? [] : undefined;
      else if (kind === undefined) answer?.push(line);
      else if (flags === '1') this.answered(kind === 'end', `${answer?.join('\n') ?? ''}\n`);
    });
    control.stdin.on('error', () => undefined);
    void once(control, 'close').then(() => {
      while (this.asked.length > 0) this.answered(false, 'tmux has ended');
    });
  }

  /** Starts a command line in a shell. What comes after it, such as the exit code, is on the screen as well. */
  static async start(args: string, { cwd, home, env = {}, width = 80, height = 24 }: TmuxOptions): Promise<Tmux> {
    count += 1;
    const server = ['-u', '-L', `clientele-${process.pid}-${count}`, '-f', '/dev/null'];
    const set = Object.entries({ HOME: home, ...env }).map(([name, value]) => `${name}='${value}'`);
    const program = `'${process.execPath}' '${compiledProgram('cli/main')}' ${args}`;
    const line = `cd '${cwd}'; env ${set.join(' ')} ${program}; echo "ended with $?"; stty -a | tr ' ;' '\\n' | grep -x -e -*icanon -e -*echo; read end`;
    await execute('tmux', [...server, 'new-session', '-d', '-x', String(width), '-y', String(height), line]);
    const attach = ['-C', 'attach-session', '-f', 'ignore-size,no-output'];
    return new Tmux(spawn('tmux', [...server, ...attach], { stdio: ['pipe', 'pipe', 'ignore'] }));
  }

  /** Presses keys, as tmux calls them, in one write. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.call('send-keys', ...keys);
  }

  /** Writes a text as it is. */
  async type(text: string): Promise<void> {
    await this.call('send-keys', '-l', text);
  }

  /** Pastes a text, in brackets as terminals do. */
  async paste(text: string): Promise<void> {
    await this.call('set-buffer', text);
    await this.call('paste-buffer', '-p');
  }

  async resize(width: number, height: number): Promise<void> {
    await this.call('resize-window', '-x', String(width), '-y', String(height));
  }

  /** What is on the screen, with lines that were wrapped put together, so that wrapping cannot hide. */
  async screen(): Promise<string> {
    return this.call('capture-pane', '-p', '-J');
  }

  /** What is on the screen, with the escapes for how it looks. */
  async looks(): Promise<string> {
    return this.call('capture-pane', '-p', '-e');
  }

  /** What can be scrolled back to, and what is on the screen. */
  async history(): Promise<string> {
    return this.call('capture-pane', '-p', '-J', '-S', '-');
  }

  /**
   * Waits until this is on the screen and no answer of the service is missing, for nearly as long as a test may take, and
   * returns the screen. It is looked at twice: at the first time it may be drawn in half.
   */
  async see(wanted: string | RegExp): Promise<string> {
    const end = performance.now() + LONG;
    for (let before = ''; ;) {
      const screen = await this.screen();
      const isThere = typeof wanted === 'string' ? screen.includes(wanted) : wanted.test(screen);
      if (isThere && screen === before && !screen.includes('waiting for the service ...')) return screen;
      before = screen;
      if (performance.now() > end) throw new Error(`${String(wanted)} is not on the screen:\n${screen}`);
      await pause(15);
    }
  }

  /** The process id of the program, which the shell has started. */
  async program(): Promise<number> {
    const shell = (await this.call('display-message', '-p', '#{pane_pid}')).trim();
    const { stdout } = await execute('ps', ['-o', 'pid=', '--ppid', shell]);
    return Number(stdout.trim().split('\n')[0]);
  }

  async end(): Promise<void> {
    await this.call('kill-server').catch(() => undefined);
  }

  private call(...words: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      this.asked.push({ resolve, reject });
      this.control.stdin.write(`${words.map(quoted).join(' ')}\n`);
    });
  }

  private answered(isDone: boolean, text: string): void {
    const { resolve, reject } = this.asked.shift() ?? {};
    if (isDone) resolve?.(text);
    else reject?.(new Error(text));
  }
}

/** A word as tmux reads it again: in one line, and as it is. */
const quoted = (word: string): string => `"${word.replace(/[\\"$]/g, String.raw`\$&`).replace(/\p{Cc}/gu, octal)}"`;

const octal = (character: string): string => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;

let count = 0;
