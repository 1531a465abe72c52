/** Takes bytes, and returns how many of them; throws the error of the system, such as EAGAIN where nobody reads. */
export type Sink = (bytes: Buffer) => number;

export interface CollectedLinesNeeds {
  readonly sink: Sink;
  /** Adds the line that says that so many were left out. */
  readonly leftOut: (lines: number) => void;
}

/** For how long lines wait for others, in milliseconds. */
const WAIT = 5;
/** So many bytes wait for nothing. */
const ENOUGH = 64 * 1024;
/** So many bytes a pipe takes as a whole, so that lines of several processes are not written into each other. */
const WHOLE = 4_096;
/** How soon it is tried again where nobody takes them, in milliseconds. */
const AGAIN = 50;
/** So many bytes are kept while nobody takes them. */
const MOST = 4 * 1024 * 1024;
/** How long the end of the process waits for whoever reads, in milliseconds. */
const LAST_WAIT = 2_000;

/**
 * Lines that are written some at a time, in their order. A reader that has stopped holds nobody up: they are kept until it
 * goes on, and beyond 4 MiB left out, which is said.
 */
export class CollectedLines {
  private lines: string[] = [];
  private size = 0;
  private leftOut = 0;
  /** What the sink has not taken yet of what was given to it. */
  private rest = Buffer.alloc(0);
  private timer: NodeJS.Timeout | undefined;
  private isRefused = false;
  /** When lines were last written, by the clock that only goes on. */
  private flushedAt = -Infinity;

  constructor(private readonly needs: CollectedLinesNeeds) {}

  /** Adds a line, without its end. What is urgent is written at once, after those before it. */
  add(line: string, isUrgent = false): void {
    if (this.size + this.rest.length > MOST) {
      this.leftOut += 1;
      return;
    }
    this.lines.push(line);
    this.size += bytesOf(line);
    if (this.isRefused) return;
    // What comes alone does not wait: work that lets no timer run for long, such as a migration, tells how far it is.
    if (isUrgent || this.size >= ENOUGH || performance.now() - this.flushedAt >= WAIT) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), WAIT).unref();
  }

  /** Writes what there is, as far as it is taken. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.isRefused = false;
    this.flushedAt = performance.now();
    try {
      while (this.rest.length > 0 || this.take()) this.rest = this.rest.subarray(this.needs.sink(this.rest));
    } catch {
      // Nobody reads, or there is no room: both may pass.
      this.isRefused = true;
      this.timer = setTimeout(() => this.flush(), AGAIN).unref();
    }
  }

  /** Writes everything, when the process ends: waits for a reader, but not for ever. */
  end(): void {
    const deadline = performance.now() + LAST_WAIT;
    this.flush();
    while (this.isRefused && performance.now() < deadline) {
      pause();
      this.flush();
    }
    clearTimeout(this.timer);
  }

  /** Makes bytes of the next lines; false where there are none. */
  private take(): boolean {
    const { lines, leftOut } = this;
    if (lines.length === 0) {
      if (leftOut === 0) return false;
      this.leftOut = 0;
      this.needs.leftOut(leftOut);
      return this.take();
    }
    let [count, bytes] = [0, 0];
    for (const line of lines) {
      const more = bytesOf(line);
      if (count > 0 && bytes + more > WHOLE) break;
      count += 1;
      bytes += more;
    }
    this.rest = Buffer.from(`${lines.splice(0, count).join('\n')}\n`);
    this.size -= bytes;
    return true;
  }
}

const bytesOf = (line: string): number => Buffer.byteLength(line) + 1;

const clock = new Int32Array(new SharedArrayBuffer(4));

/** Stops everything for some milliseconds. */
function pause(): void {
  Atomics.wait(clock, 0, 0, 5);
}
