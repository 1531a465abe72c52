import cluster, { type Worker } from 'node:cluster';
import type { MetricSums } from '../metrics/sums.ts';
import type { Limits } from '../shared/limits/limits.ts';
import type { Log } from '../shared/log/log.ts';
import type { BackOff } from './back-off.ts';
import { commons, type Member } from './commons.ts';
import { ROLE, type FromWorker } from './messages.ts';

export interface PrimaryNeeds {
  /** The program that a worker runs. */
  readonly program: string;
  readonly workers: number;
  readonly log: Log;
  readonly limits: Limits;
  readonly backOff: BackOff;
  /** Adds up what the workers measure; is told how many serve. */
  readonly sums: (serving: () => number) => MetricSums;
  /** Called once, when all workers serve. */
  readonly onServing: (port: number) => void;
}

interface State {
  /** When it began to serve, by the clock of `performance`. */
  servingSince?: number;
  /** It was told to end. */
  leaving: boolean;
  /** Called when it begins to serve, or ends before. */
  settle: (serves: boolean) => void;
}

/** How long a worker that was told to end may take, in milliseconds: it waits for replies and for what is written after. */
const PATIENCE = 25_000;

/**
 * Starts the workers of a service and sees to it that there are so many: replaces one that dies, all of them one after
 * the other at SIGHUP, and ends them at SIGINT and SIGTERM. Resolves when all have ended; the exit code of the process
 * then is 1 when they did so by themselves.
 */
export async function lead(needs: PrimaryNeeds): Promise<void> {
  // Handed out by this process, a connection whose worker dies at that moment would hang, open and without anybody.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.setupPrimary({ exec: needs.program, args: [], serialization: 'advanced' });
  await new Primary(needs).run();
}

class Primary {
  private readonly states = new Map<Worker, State>();
  private readonly sums: MetricSums;
  private readonly commons: ReturnType<typeof commons>;
  private stopping = false;
  /** Said when all serve for the first time. */
  private announced = false;
  private restart: Promise<void> | undefined;
  private finish = (): void => undefined;

  constructor(private readonly needs: PrimaryNeeds) {
    this.sums = needs.sums(() => this.serving().length);
    const members = (): Member[] => this.serving().map(asMember);
    this.commons = commons(needs.limits, this.sums, members);
  }

  async run(): Promise<void> {
    const ended = new Promise<void>((resolve) => (this.finish = resolve));
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => this.stop(signal));
    process.on('SIGHUP', () => {
      if (this.announced) this.restart ??= this.replaceAll().finally(() => (this.restart = undefined));
    });
    void this.start('first');
    await ended;
  }

  /** Resolves with whether it serves, when it does or has ended. */
  private start(role: 'first' | 'further'): Promise<boolean> {
    const worker = this.forked(role);
    if (worker === undefined) return Promise.resolve(false);
    const state: State = { leaving: false, settle: () => undefined };
    const serves = new Promise<boolean>((resolve) => (state.settle = resolve));
    this.states.set(worker, state);
    const member = asMember(worker);
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'ready') this.serves(state, message.port);
      else this.commons.take(member, message);
    });
    // A channel that breaks is followed by the end; what the system did not start has none.
    worker.on('error', (error: NodeJS.ErrnoException) => {
      if (worker.process.pid === undefined) this.ended(worker, error.code ?? error.message);
    });
    worker.on('exit', (code: number | null, signal: string | null) => this.ended(worker, signal ?? code ?? 0));
    return serves;
  }

  /** Undefined where the system has no memory for it and the like. */
  private forked(role: 'first' | 'further'): Worker | undefined {
    try {
      return cluster.fork({ [ROLE]: role });
    } catch (error) {
      this.replace(undefined, String(error));
      return undefined;
    }
  }

  private serves(state: State, port: number): void {
    state.servingSince = performance.now();
    state.settle(true);
    this.fill();
    if (this.announced) return;
    if (this.serving().length < this.needs.workers) return;
    this.announced = true;
    this.needs.onServing(port);
  }

  private ended(worker: Worker, how: string | number): void {
    const state = this.states.get(worker);
    this.states.delete(worker);
    state?.settle(false);
    const { servingSince, leaving = false } = state ?? {};
    this.commons.forget(worker.id);
    if (!this.stopping) this.sums.ended(leaving ? 'replaced' : 'died');
    if (this.stopping || leaving) {
      if (this.stopping && this.states.size === 0) this.finish();
      return;
    }
    this.replace(worker.process.pid, how, servingSince);
  }

  private replace(pid: number | undefined, how: string | number, servingSince?: number): void {
    const delay = this.needs.backOff.ended(servingSince === undefined ? 0 : performance.now() - servingSince);
    this.needs.log.error('a worker ended', { pid, how, replacedIn: delay });
    if (this.isLost()) this.giveUp(how);
    else setTimeout(() => this.fill(), delay);
  }

  /** Nobody is left, and another worker would not serve: what it needs is not there at the start, or no more. */
  private isLost(): boolean {
    return this.present().length === 0 && (!this.announced || this.needs.backOff.hopeless);
  }

  private giveUp(how: string | number): void {
    process.exitCode = 1;
    // The first one has said what keeps it from starting.
    if (this.announced || how !== 1)
      process.stderr.write(
        `clientele: workers end as soon as they start, the last one with ${how}: see the lines above\n`,
      );
    this.stop('workers end');
  }

  private fill(): void {
    const here = this.present().length;
    // Those that are about to serve show whether others would.
    const isTried = this.needs.backOff.hopeless && here > 0 && this.serving().length === 0;
    if (this.stopping || isTried) return;
    for (let count = here; count < this.needs.workers; count += 1) void this.start('further');
  }

  /** Starts a worker for each that is there and then lets that one end, so that there are never too few. */
  private async replaceAll(): Promise<void> {
    this.needs.log.info('replacing the workers');
    for (const worker of this.serving()) {
      const serves = await this.start('further');
      if (this.stopping) return;
      if (!serves) {
        this.needs.log.error('the workers are not replaced: the new one did not start');
        return;
      }
      await this.dismiss(worker);
    }
    this.needs.log.info('replaced the workers');
  }

  private async dismiss(worker: Worker): Promise<void> {
    const state = this.states.get(worker);
    if (state === undefined) return;
    state.leaving = true;
    worker.process.kill('SIGTERM');
    const late = setTimeout(() => worker.process.kill('SIGKILL'), PATIENCE);
    // Not `once`, which takes a channel that breaks for a failure.
    await new Promise((resolve) => worker.once('exit', resolve));
    clearTimeout(late);
  }

  private stop(reason: string): void {
    if (this.stopping) return;
    this.stopping = true;
    this.needs.log.info('stopping the workers', { reason });
    if (this.states.size === 0) this.finish();
    for (const worker of this.states.keys()) void this.dismiss(worker);
  }

  /** Those that serve or are about to. */
  private present(): [Worker, State][] {
    return [...this.states].filter(([, { leaving }]) => !leaving);
  }

  private serving(): Worker[] {
    return this.present()
      .filter(([, { servingSince }]) => servingSince !== undefined)
      .map(([worker]) => worker);
  }
}

const asMember = (worker: Worker): Member => ({
  id: worker.id,
  send: (message) => {
    if (worker.isConnected()) worker.send(message);
  },
});
