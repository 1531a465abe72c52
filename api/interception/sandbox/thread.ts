import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** What one of a script's calls needs. */
export interface Job {
  readonly code: string;
  /** Left out where the script is compiled only. */
  readonly hook?: string;
  /** What the hook gets, as JSON text. */
  readonly input?: string;
  /** Whose networks `isInNetwork` judges. */
  readonly address?: string;
  /** Answers `fetchJson` with the text of a JSON document; rejects with an error whose message the script gets. */
  readonly fetch?: (url: string) => Promise<string>;
}

/** Where a script is no JavaScript. */
export interface SyntaxFault {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/** How a call ended: with JSON text, without the function that was called, or with a failure in words. */
export interface Ended {
  readonly text?: string;
  readonly isMissing?: true;
  readonly failure?: string;
  readonly fault?: SyntaxFault;
  readonly log: readonly string[];
}

/** A job that is done: how it ended and, a moment later, whether another one may run in the thread. */
export interface Doing {
  readonly ended: Promise<Ended>;
  readonly isReady: Promise<boolean>;
}

/** In milliseconds. The first is kept inside, and stops nearly everything; the others end the thread from outside. */
export interface Limits {
  readonly soft: number;
  readonly hard: number;
  readonly wall: number;
}

type Message =
  | { readonly ready: true; readonly thread?: string }
  | { readonly fetch: number; readonly url: string }
  | (Ended & { readonly ended: number })
  | { readonly after: number; readonly isSpoilt: boolean; readonly busy?: number };

const WORKER = new URL('./worker.mjs', import.meta.url);
/** The smallest pause between two looks at the clock of a thread, in milliseconds. */
const LOOK = 20;

/** A thread with QuickJS in it, which does one job at a time and can be ended in the middle of one. */
export class ScriptThread {
  readonly ready: Promise<void>;
  private readonly worker: Worker;
  private path: string | undefined;
  private jobs = 0;
  /** Its milliseconds of the processor when it was last ready: told by itself, so that no job waits for a look at it. */
  private had: number | undefined;

  constructor(private readonly limits: Limits) {
    // Nothing of the service is in there: neither its settings nor its loaders.
    this.worker = new Worker(WORKER, {
      env: {},
      argv: [],
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 64, stackSizeMb: 4 },
    });
    this.worker.unref();
    // What has gone wrong in it ends it, which is all that matters.
    this.worker.on('error', () => undefined);
    this.ready = this.start();
  }

  /** Does a job. Where it meets a limit, or spoils what it runs in, the thread is ended or has to be. */
  run(job: Job): Doing {
    const { code, hook, input, address } = job;
    this.jobs += 1;
    const id = this.jobs;
    this.worker.postMessage({ id, code, hook, input, address, milliseconds: this.limits.soft });
    return this.follow(id, job);
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  /** The first call is slow, and would be taken for one that does not end. */
  private async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const lost = (): void => reject(new Error('the thread of the scripts does not start'));
      this.worker.once('exit', lost);
      this.worker.once('message', ({ thread }: { thread?: string }) => {
        this.path = thread;
        this.worker.off('exit', lost);
        resolve();
      });
    });
    const code = 'async function warm(ctx) { ctx.client.a = [1]; return true }';
    this.worker.postMessage({ id: 0, code, hook: 'warm', input: '{"client":{}}', address: '', milliseconds: 10_000 });
    await this.follow(0, { code }, { hard: 20_000, wall: 20_000 }).isReady;
  }

  private follow(id: number, job: Job, { hard, wall }: Omit<Limits, 'soft'> = this.limits): Doing {
    let tell: (ended: Ended) => void;
    const ended = new Promise<Ended>((resolve) => (tell = resolve));
    const isReady = new Promise<boolean>((resolve) => {
      const stopWatch = this.watch(hard, () => kill(`it took more than its ${hard} ms of the processor`));
      const deadline = setTimeout(() => kill(`it took longer than ${wall} ms`), wall);
      const settle = (ready: boolean): void => {
        stopWatch();
        clearTimeout(deadline);
        this.worker.off('message', listen).off('exit', lost);
        resolve(ready);
      };
      // Who has been told already hears nothing of this.
      const fail = (failure: string): void => {
        tell({ failure, log: [] });
        settle(false);
      };
      const kill = (failure: string): void => {
        void this.end();
        fail(failure);
      };
      const listen = (message: Message): void => {
        if ('ended' in message && message.ended === id) tell(message);
        else if ('after' in message && message.after === id) {
          this.had = message.busy;
          settle(!message.isSpoilt);
        } else if ('fetch' in message) void this.answer(message, job);
      };
      const lost = (): void => fail('it ended its thread');
      this.worker.on('message', listen).once('exit', lost);
    });
    return { ended, isReady };
  }

  private async answer({ fetch: id, url }: { fetch: number; url: string }, { fetch }: Job): Promise<void> {
    const wanted = fetch?.(url) ?? Promise.reject(new Error('nothing can be fetched here'));
    const answer = await wanted.then(
      (text) => ({ text }),
      (error: unknown) => ({ fault: error instanceof Error ? error.message : 'the fetch failed' }),
    );
    this.worker.postMessage({ fetched: id, ...answer });
  }

  /** Calls `spent` when the thread has had so many milliseconds of the processor from now on. Returns what ends it. */
  private watch(milliseconds: number, spent: () => void): () => void {
    const end = (this.had ?? this.busy()) + milliseconds;
    const look = (): void => {
      const left = end - this.busy();
      if (left <= 0) spent();
      else timer = setTimeout(look, Math.max(LOOK, left));
    };
    let timer = setTimeout(look, milliseconds);
    return () => clearTimeout(timer);
  }

  /**
   * Milliseconds that the thread has worked: those of the processor where the system tells them, and else those in which
   * it did not wait.
   */
  private busy(): number {
    try {
      return Number(readFileSync(`${this.path ?? ''}/schedstat`, 'latin1').split(' ')[0]) / 1e6;
    } catch {
      return this.worker.performance.eventLoopUtilization().active;
    }
  }
}
