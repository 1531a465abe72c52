import { execFile } from 'node:child_process';
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

/** The program in a real terminal, which is tmux: keys go in, and what is on the screen comes out. */
export class Tmux {
  private constructor(private readonly socket: string) {}

  /** Starts a command line in a shell. What comes after it, such as the exit code, is on the screen as well. */
  static async start(args: string, { cwd, home, env = {}, width = 80, height = 24 }: TmuxOptions): Promise<Tmux> {
    count += 1;
    const tmux = new Tmux(`clientele-${process.pid}-${count}`);
    const set = Object.entries({ HOME: home, ...env }).map(([name, value]) => `${name}='${value}'`);
    const program = `'${process.execPath}' '${compiledProgram('cli/main')}' ${args}`;
    const line = `cd '${cwd}'; env ${set.join(' ')} ${program}; echo "ended with $?"; stty -a | tr ' ;' '\\n' | grep -x -e -*icanon -e -*echo; read end`;
    await tmux.call('-f', '/dev/null', 'new-session', '-d', '-x', String(width), '-y', String(height), line);
    return tmux;
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
   * Waits until this is on the screen, for nearly as long as a test may take, and returns the screen. It is looked at twice:
   * at the first time it may be drawn in half.
   */
  async see(wanted: string | RegExp): Promise<string> {
    const end = performance.now() + LONG;
    for (let before = ''; ;) {
      const screen = await this.screen();
      const isThere = typeof wanted === 'string' ? screen.includes(wanted) : wanted.test(screen);
      if (isThere && screen === before) return screen;
      before = screen;
      if (performance.now() > end) throw new Error(`${String(wanted)} is not on the screen:\n${screen}`);
      await pause(40);
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

  private async call(...args: readonly string[]): Promise<string> {
    const { stdout } = await execute('tmux', ['-u', '-L', this.socket, ...args]);
    return stdout;
  }
}

let count = 0;
