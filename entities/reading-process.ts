import { fork, type ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';
import { once } from 'node:events';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A process that reads the embedded database, for one caller at a time. */
export interface ReadingProcess {
  /** Runs a select. After so many milliseconds the process is killed, and it rejects with SQLITE_INTERRUPT. */
  query<T>(select: string, parameters: readonly (string | number | Buffer)[], milliseconds: number): Promise<T[]>;
  /** Gives it back. */
  release(): void;
}

export interface ReadingProcesses {
  /** A process that is ready: one that nobody uses, or a new one. There are as many as are open at the same time. */
  open(): Promise<ReadingProcess>;
  close(): void;
}

const CHILD = fileURLToPath(new URL('./reading-child.mjs', import.meta.url));
/**
 * Where it shares a core with the service, who is answered from there goes first; more, and beside other work it would not
 * come to its end within the time of a search.
 */
const NICE = 4;
/** How long one that nobody uses is kept, in milliseconds: it takes some 50 MB. */
const IDLE = 60_000;

/**
 * Processes that read the SQLite database `file`. SQLite runs a query to its end in the thread that asks, and a thread of
 * ours cannot be ended inside of one; a process can.
 */
export function readingProcesses(file: string): ReadingProcesses {
  const idle: Child[] = [];
  const all = new Set<Child>();
  const start = async (): Promise<Child> => {
    const child = new Child(file);
    all.add(child);
    child.onEnd(() => {
      all.delete(child);
      if (idle.includes(child)) idle.splice(idle.indexOf(child), 1);
    });
    await child.ready();
    return child;
  };
  return {
    async open() {
      const child = idle.pop() ?? (await start());
      child.keep();
      return {
        query: (select, parameters, milliseconds) => child.query(select, parameters, milliseconds),
        release: () => {
          // One that was killed in the moment of its answer ends yet.
          if (!child.isAlive()) return;
          idle.push(child);
          child.endAfter(IDLE);
        },
      };
    },
    close: () => {
      for (const child of all) child.kill();
    },
  };
}

interface Answer {
  readonly rows?: unknown[];
  readonly fault?: { readonly message: string; readonly code?: string };
}

class Child {
  private readonly process: ChildProcess;
  /** Rejects when the process ends. */
  private readonly ended: Promise<never>;
  private ending: NodeJS.Timeout | undefined;

  constructor(file: string) {
    const address = `${pathToFileURL(file).href}?mode=ro`;
    // Nothing of our environment, which has keys in it.
    this.process = fork(CHILD, [address], {
      execArgv: [],
      env: {},
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    if (this.process.pid !== undefined) setPriority(this.process.pid, NICE);
    this.ended = once(this.process, 'exit').then(([code, signal]) => {
      throw new Error(`a reading process ended with ${String(code ?? signal)}`);
    });
    this.ended.catch(() => undefined);
  }

  onEnd(listener: () => void): void {
    this.ended.catch(listener);
  }

  async ready(): Promise<void> {
    await this.answer();
  }

  isAlive(): boolean {
    return this.process.exitCode === null && !this.process.killed;
  }

  keep(): void {
    clearTimeout(this.ending);
  }

  endAfter(milliseconds: number): void {
    this.ending = setTimeout(() => this.kill(), milliseconds).unref();
  }

  kill(): void {
    clearTimeout(this.ending);
    this.process.kill('SIGKILL');
  }

  async query<T>(
    select: string,
    parameters: readonly (string | number | Buffer)[],
    milliseconds: number,
  ): Promise<T[]> {
    const limit = { isOver: false };
    const timer = setTimeout(() => {
      limit.isOver = true;
      this.kill();
    }, milliseconds);
    try {
      const answer = this.answer();
      // What keeps it from being sent ends the process as well.
      this.process.send({ select, parameters }, () => undefined);
      const { rows = [], fault } = await answer;
      if (fault !== undefined) {
        // libsql does not reset what has failed: its connection could see the state of that moment for ever.
        this.kill();
        throw Object.assign(new Error(fault.message), { code: fault.code });
      }
      return rows as T[];
    } catch (error) {
      // The name that SQLite has for a query that was stopped.
      throw limit.isOver ? Object.assign(new Error('the query was stopped'), { code: 'SQLITE_INTERRUPT' }) : error;
    } finally {
      clearTimeout(timer);
    }
  }

  private async answer(): Promise<Answer> {
    const [message] = (await Promise.race([once(this.process, 'message'), this.ended])) as [Answer];
    return message;
  }
}
