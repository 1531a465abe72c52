import { ScriptThread, type Ended, type Job, type Limits, type SyntaxFault } from './thread.ts';

/** Too many calls of scripts wait already: nothing was run. */
export class SandboxBusy extends Error {
  override readonly name = 'SandboxBusy';
}

export interface SandboxOptions {
  readonly limits?: Limits;
  /** How many threads there are. */
  readonly threads?: number;
  /** How many calls may wait for one, and how long, in milliseconds. */
  readonly queue?: number;
  readonly patience?: number;
}

/** Where scripts run, one call after the other in each of its threads, and nothing of one call is left for the next. */
export interface Sandbox {
  /** Runs a hook of a script. Rejects with SandboxBusy. */
  run(job: Job): Promise<Ended>;
  /** Compiles a script; says where it is no JavaScript. Rejects with SandboxBusy. */
  check(code: string): Promise<SyntaxFault | undefined>;
  /** Starts the threads, which takes some tenths of a second, so that the first call does not wait for them. */
  warm(): Promise<void>;
  close(): Promise<void>;
}

const LIMITS: Limits = { soft: 100, hard: 500, wall: 3_000 };
// One that is ended never leaves none, and a service that has other things to do keeps its processors.
const THREADS = 2;
const QUEUE = 64;
const PATIENCE = 3_000;
/** What the very first ones wait for besides, in milliseconds: on a machine that is busy a thread takes seconds to start. */
const STARTING = 20_000;

interface Waiting {
  readonly job: Job;
  readonly done: (ended: Ended) => void;
  readonly refuse: (error: SandboxBusy) => void;
  readonly timer: NodeJS.Timeout;
}

/** No thread is there until it is needed: a service without scripts pays nothing. */
export function sandbox(options: SandboxOptions = {}): Sandbox {
  const pool = new Pool(options);
  return {
    run: (job) => pool.run(job),
    check: async (code) => {
      const { fault, failure } = await pool.run({ code });
      return fault ?? (failure === undefined ? undefined : { message: failure });
    },
    warm: () => pool.warm(),
    close: () => pool.close(),
  };
}

class Pool {
  private readonly limits: Limits;
  private readonly threads: number;
  private readonly queue: number;
  private readonly patience: number;
  private readonly all = new Set<ScriptThread>();
  private readonly idle: ScriptThread[] = [];
  private readonly waiting: Waiting[] = [];
  private isClosed = false;
  /** Whether a thread has ever been ready. */
  private isReady = false;

  constructor({ limits = LIMITS, threads = THREADS, queue = QUEUE, patience = PATIENCE }: SandboxOptions) {
    this.limits = limits;
    this.threads = threads;
    this.queue = queue;
    this.patience = patience;
  }

  run(job: Job): Promise<Ended> {
    if (this.isClosed || this.waiting.length >= this.queue)
      return Promise.reject(new SandboxBusy('too many scripts wait'));
    return new Promise((done, refuse) => {
      const timer = setTimeout(() => this.giveUp(waiting), this.patience + (this.isReady ? 0 : STARTING));
      const waiting = { job, done, refuse, timer };
      this.waiting.push(waiting);
      this.startMissing();
      this.next();
    });
  }

  async warm(): Promise<void> {
    this.startMissing();
    await Promise.all([...this.all].map(({ ready }) => ready));
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (const waiting of [...this.waiting]) this.giveUp(waiting);
    await Promise.all([...this.all].map((thread) => thread.end()));
  }

  private giveUp(waiting: Waiting): void {
    const place = this.waiting.indexOf(waiting);
    if (place < 0) return;
    this.waiting.splice(place, 1);
    clearTimeout(waiting.timer);
    waiting.refuse(new SandboxBusy('too many scripts run'));
  }

  private startMissing(): void {
    while (!this.isClosed && this.all.size < this.threads) {
      const thread = new ScriptThread(this.limits);
      this.all.add(thread);
      thread.ready.then(
        () => {
          this.isReady = true;
          this.idle.push(thread);
          this.next();
        },
        () => this.all.delete(thread),
      );
    }
  }

  private next(): void {
    // The one that has run last has what it needs at hand.
    const thread = this.idle.at(-1);
    const [waiting] = this.waiting;
    if (thread === undefined || waiting === undefined) return;
    this.idle.pop();
    this.waiting.shift();
    clearTimeout(waiting.timer);
    this.give(thread, waiting);
  }

  private give(thread: ScriptThread, { job, done }: Waiting): void {
    const { ended, isReady } = thread.run(job);
    void ended.then(done);
    void isReady.then((ready) => {
      if (ready) this.idle.push(thread);
      else this.replace(thread);
      this.next();
    });
  }

  private replace(thread: ScriptThread): void {
    this.all.delete(thread);
    void thread.end();
    this.startMissing();
  }
}
