import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { compiledProgram } from './compiled-program.ts';

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

/** Runs the service, or another server, as a process, with this environment and nothing of ours. */
export function spawnService(
  env: Record<string, string>,
  command: readonly string[] = [compiledProgram('api/main')],
  cwd = ROOT,
): ServiceProcess {
  return spawnProgram([process.execPath, ...command], env, cwd);
}

/** Runs any program so. */
export function spawnProgram(
  [file = '', ...args]: readonly string[],
  env: Record<string, string>,
  cwd = ROOT,
): ServiceProcess {
  const { PATH = '', HOME = '' } = process.env;
  const options = { cwd, env: { PATH, HOME, ...env } };
  return observe(spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** Runs commands in a bash of their own, the last of which may start the service; a signal goes to all of its group. */
export function spawnShell(env: Record<string, string>, commands: string): ServiceProcess {
  const options = { cwd: ROOT, env: { ...process.env, ...env }, detached: true };
  return observe(spawn('bash', ['-c', commands], { ...options, stdio: ['ignore', 'pipe', 'pipe'] }));
}

function observe(child: ChildProcessByStdio<null, Readable, Readable>): ServiceProcess {
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
