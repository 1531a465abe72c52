import type { Terminal } from '../terminal.ts';

/** From so many on a bar is worth its line. */
const LONG = 20;

/** How much of something is done, in 32 places. */
export function barOf(done: number, total: number): string {
  const share = total > 0 ? Math.max(0, Math.min(1, done / total)) : 1;
  return `[${'#'.repeat(Math.round(share * 30)).padEnd(30, '.')}]`;
}

/** How far a long run is, drawn under what it prints. Where nobody watches, nothing is drawn. */
export class Progress {
  private done = 0;
  private drawn = false;
  private readonly isShown: boolean;

  constructor(
    private readonly terminal: Terminal,
    private readonly what: string,
    private total: number,
  ) {
    this.isShown = terminal.talksToTty;
  }

  step(count = 1, total = this.total): void {
    this.done += count;
    this.total = total;
    if (!this.isShown || this.total < LONG) return;
    const bar = barOf(this.done, this.total);
    this.terminal.draw(`${this.what} ${bar} ${this.done.toLocaleString('en')}/${this.total.toLocaleString('en')}`);
    this.drawn = true;
  }

  /** Takes the bar away, so that something can be printed where it was. */
  clear(): void {
    if (this.drawn) this.terminal.draw('');
    this.drawn = false;
  }
}
