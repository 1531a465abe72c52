import { execFileSync } from 'node:child_process';
import { compiledProgram } from '../support/compiled-program.ts';
import { spawnService, type ServiceProcess } from '../support/process.ts';
import { inTime, until } from './waiting.ts';

const WORKERS = 2;

/** A service of several workers, which is started again when it was killed. */
export class Replica {
  readonly url: string;
  private service: ServiceProcess | undefined;

  constructor(
    private readonly port: number,
    private readonly env: Record<string, string>,
  ) {
    this.url = `http://localhost:${port}`;
  }

  async start(): Promise<void> {
    const own = { WORKERS: String(WORKERS), PORT: String(this.port) };
    this.service = spawnService({ ...this.env, ...own }, [compiledProgram('api/main')]);
    await inTime(`${this.url} to start`, this.service.started);
  }

  /** Kills one of its workers, which one after the other are the oldest and the newest, and waits for another one. */
  async killWorker(turn: number): Promise<void> {
    await this.until('a worker', () => this.workers().length > 0);
    const workers = this.workers();
    const victim = workers[turn % workers.length] ?? 0;
    process.kill(victim, 'SIGKILL');
    await this.until('another worker', () => {
      const there = this.workers();
      return there.length >= WORKERS && !there.includes(victim);
    });
  }

  /** Kills the process that keeps the workers, with which they end, and starts it again. */
  async kill(): Promise<void> {
    const { child, ended } = this.running();
    child.kill('SIGKILL');
    await inTime(`the end of ${this.url}`, ended);
    await this.start();
  }

  async stop(): Promise<void> {
    const { child, ended } = this.service ?? {};
    child?.kill('SIGTERM');
    await inTime(`${this.url} to end`, Promise.resolve(ended)).catch((error: unknown) => {
      child?.kill('SIGKILL');
      throw error;
    });
  }

  private async until(what: string, holds: () => boolean): Promise<void> {
    await until(`${what} of ${this.url}`, holds).catch((error: unknown) => {
      throw new Error(`the last that it has said:\n${this.lastLines()}`, { cause: error });
    });
  }

  /** Throws when it has ended by itself. */
  private running(): ServiceProcess {
    const { service } = this;
    if (service === undefined) throw new Error(`${this.url} was not started`);
    const { exitCode, signalCode } = service.child;
    if (exitCode === null && signalCode === null) return service;
    throw new Error(`${this.url} has ended by itself with ${exitCode ?? signalCode}`);
  }

  private lastLines(): string {
    return (this.service?.errors() ?? '').split('\n').slice(-20).join('\n');
  }

  private workers(): number[] {
    const { pid } = this.running().child;
    return execFileSync('sh', ['-c', `ps -o pid= --ppid ${pid} || true`], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map(Number);
  }
}
