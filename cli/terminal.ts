import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { EXIT, Failure, OutputClosed, reasonOf } from './failure.ts';
import { read } from './on-demand.ts';
import { harmless } from './output/text.ts';

/** The world around the program: its streams, its environment, the person in front of it. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly now: () => number;
  /** Whether a person reads standard output, and how wide the window is. */
  readonly isTty: boolean;
  readonly columns: number;
  /** Whether a person can be asked. */
  readonly canAsk: boolean;
  /** Whether talk goes to a window, so that a line can be drawn over. */
  readonly talksToTty: boolean;
  /** Writes data to standard output; throws `OutputClosed` when nobody reads any more. */
  write(text: string): Promise<void>;
  /** Says something to the person, on standard error, with everything made visible that could steer a terminal. */
  say(text: string): void;
  /** Says lines that are harmless already, and may have colours. */
  sayLines(text: string): void;
  /** Draws over the line that was drawn before. */
  draw(text: string): void;
  readInput(): Promise<string>;
  ask(question: string): Promise<string>;
  askSecret(question: string): Promise<string>;
  /** Opens a file in the editor of the person and waits until it is closed. */
  edit(path: string): Promise<void>;
  /** The keyboard and the screen, for what draws by itself; undefined where one of them is no terminal. */
  readonly window: Window | undefined;
  /** Calls `stop` at the first interrupt; the second one ends the program. Returns how to take it back. */
  onInterrupt(stop: () => void): () => void;
}

export interface Window {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  /** Where signals and the end of the process are told. */
  readonly signals: NodeJS.EventEmitter;
}

/** The terminal of this process. */
export function processTerminal(process: NodeJS.Process, env: NodeJS.ProcessEnv, now: () => number): Terminal {
  const { stdin, stdout, stderr } = process;
  let broken: NodeJS.ErrnoException | undefined;
  stdout.on('error', (error) => {
    broken ??= error;
  });
  // Talk that nobody listens to is no reason to fail.
  stderr.on('error', () => undefined);
  return {
    env,
    cwd: process.cwd(),
    now,
    isTty: stdout.isTTY,
    columns: stdout.columns > 0 ? stdout.columns : 80,
    canAsk: stdin.isTTY && stderr.isTTY,
    talksToTty: stderr.isTTY,
    write: async (text) => {
      const error = await new Promise<Error | null | undefined>((resolve) => stdout.write(text, resolve));
      const failed: NodeJS.ErrnoException | undefined = error ?? broken;
      if (failed === undefined) return;
      if (failed.code === 'EPIPE') throw new OutputClosed();
      throw new Failure(EXIT.refused, `standard output cannot be written: ${reasonOf(failed)}`);
    },
    say: (text) => void stderr.write(`${harmless(text)}\n`),
    sayLines: (text) => void stderr.write(`${text}\n`),
    draw: (text) => void stderr.write(`\r\u001b[2K${text}`),
    readInput: () => readAll(stdin),
    ask: async (question) => {
      const lines = createInterface({ input: stdin, output: stderr });
      try {
        return (await Promise.race([lines.question(question), closed(lines)])).trim();
      } finally {
        lines.close();
      }
    },
    askSecret: async (question) => {
      const secret = await read().read({ prompt: question, silent: true, input: stdin, output: stderr });
      // The key that ended it was not shown either.
      stderr.write('\n');
      return secret;
    },
    edit: (path) => openEditor(env['VISUAL'] ?? env['EDITOR'] ?? 'vi', path),
    window: stdin.isTTY && stdout.isTTY ? { input: stdin, output: stdout, signals: process } : undefined,
    onInterrupt: (stop) => onInterrupt(process, stop),
  };
}

async function closed(lines: NodeJS.EventEmitter): Promise<string> {
  await once(lines, 'close');
  return '';
}

async function readAll(stdin: NodeJS.ReadStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Buffer));
  return Buffer.concat(chunks).toString('utf8');
}

async function openEditor(editor: string, path: string): Promise<void> {
  // An editor may have arguments of its own, as in `code --wait`: the shell takes them apart.
  const child = spawn('sh', ['-c', `${editor} "$1"`, 'sh', path], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Failure(EXIT.refused, `the editor (${editor}) ended with ${code ?? 'a signal'}`);
}

function onInterrupt(process: NodeJS.Process, stop: () => void): () => void {
  let stopping = false;
  const listener = (): void => {
    if (stopping) process.exit(EXIT.interrupted);
    stopping = true;
    stop();
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}
