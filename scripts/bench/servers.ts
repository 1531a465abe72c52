import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded, type Ending } from './ending.ts';

/** A server under load. */
export interface Server {
  readonly name: 'service' | 'reference';
  readonly base: string;
  readonly pid: number | undefined;
  /** Resident memory in bytes, where the system tells. */
  rss(): number | undefined;
}

export interface ServerOptions {
  readonly name: Server['name'];
  readonly port: number;
  /** Arguments of node. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The file that it writes its log to. */
  readonly log: string;
  /** Whether it takes whichever cores there are, as a service with threads of its own does. */
  readonly isFree?: boolean;
}

const canPin = process.platform === 'linux' && cpus().length > 1 && spawnSync('taskset', ['-V']).status === 0;
export const PINNING = canPin ? 'servers on one core, load and database on the other' : 'not pinned';

/** Keeps this process, what it starts from now on, and those that run already, off the core that the servers have. */
export function pinLoad(running: readonly (number | undefined)[] = []): void {
  if (!canPin) return;
  for (const pid of [process.pid, ...running])
    if (pid !== undefined) spawnSync('taskset', ['-a', '-cp', `1-${cpus().length - 1}`, String(pid)]);
}

/** Starts a server, on the first core unless it is free, and waits until it answers. */
export async function startServer(
  { name, port, args, env, log, isFree = false }: ServerOptions,
  ending: Ending,
): Promise<Server> {
  const output = openSync(log, 'a', 0o600);
  const pinning = canPin && !isFree ? ['taskset', '-c', '0'] : [];
  const command = [...pinning, process.execPath, ...args];
  const [program = '', ...rest] = command;
  const child = spawn(program, rest, {
    env: { ...process.env, ...env, PORT: String(port) },
    stdio: ['ignore', output, output],
  });
  ending.addChild(child);
  closeSync(output);
  const base = `http://127.0.0.1:${port}`;
  await answering(child, base, log);
  return { name, base, pid: child.pid, rss: () => residentMemory(child.pid) };
}

async function answering(child: ChildProcess, base: string, log: string): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (hasEnded(child)) throw new Error(`a server did not start:\n${readFileSync(log, 'utf8').slice(-2_000)}`);
    // The service says 503 while it starts.
    const isUp = await fetch(`${base}/`).then(
      ({ status }) => status !== 503,
      () => false,
    );
    if (isUp) return;
    await sleep(100);
  }
  throw new Error(`nothing answers at ${base}`);
}

function residentMemory(pid: number | undefined): number | undefined {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1_024;
  } catch {
    return undefined;
  }
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('there is no free port');
  return address.port;
}
