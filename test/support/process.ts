import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface ServiceProcess {
  readonly child: ChildProcess;
  /** What it has written to standard output and standard error so far. */
  output(): string;
  errors(): string;
  /** Resolves when the start-up text is there; rejects when the process ends before. */
  readonly started: Promise<void>;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** Runs the service, or another server, from its sources as a process, with this environment and nothing of ours. */
export function spawnService(
  env: Record<string, string>,
  command: readonly string[] = ['--import', 'tsx', 'api/main.ts'],
  cwd = ROOT,
): ServiceProcess {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, command, {
    cwd,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (data) => (output += String(data)));
  child.stderr.on('data', (data) => (errors += String(data)));
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  const started = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', () => {
      if (output.includes(' is running')) resolve();
    });
    void ended.then((code) => reject(new Error(`the service ended with ${code}:\n${errors}`)));
  });
  // A test that expects the start to fail waits for the end only.
  started.catch(() => undefined);
  return { child, output: () => output, errors: () => errors, started, ended };
}
