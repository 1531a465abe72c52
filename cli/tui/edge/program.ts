import { EXIT, Failure } from '../../failure.ts';
import { frame } from '../frame/frame.ts';
import type { Call } from '../state/call.ts';
import { reduce } from '../state/reducer.ts';
import type { Action } from '../state/action.ts';
import type { State } from '../state/state.ts';
import { isWaiting } from '../state/steps.ts';
import type { Display } from './screen.ts';

/** Calls something after milliseconds; returns how to take it back. */
export type After = (milliseconds: number, call: () => void) => () => void;

export interface Edge {
  readonly display: Display;
  readonly answer: (call: Call, reason: string) => Promise<unknown>;
  readonly after: After;
  /** Milliseconds between the signs of waiting. */
  readonly rhythm: number;
}

/** Holds the state, shows it, and does what it asks for. */
export class Program {
  /** By request: how it is taken back while it has not been sent. */
  private readonly waiting = new Map<number, () => void>();
  /** The exit code, once there is one. */
  readonly ended: Promise<number>;
  private finish: (code: number) => void = () => undefined;
  private isDrawn = true;
  private ticking: (() => void) | undefined;

  constructor(
    private state: State,
    private readonly edge: Edge,
  ) {
    this.ended = new Promise((resolve) => {
      this.finish = resolve;
    });
    this.attend();
    this.draw();
  }

  act(action: Action): void {
    if (this.state.ended !== undefined) return;
    const before = this.state;
    this.state = reduce(before, action);
    if (this.state.copied !== before.copied) this.edge.display.copy(this.state.copied.text);
    if (this.state.ended !== undefined) {
      this.end(this.state.ended);
      return;
    }
    this.attend();
    if (!this.isDrawn) return;
    // Keys that come together are seen together.
    this.isDrawn = false;
    this.edge.after(0, () => this.draw());
  }

  /** Draws everything again, at another size. */
  resized(width: number, height: number): void {
    this.edge.display.forget();
    this.act({ type: 'size', width, height });
  }

  private end(code: number): void {
    for (const takeBack of this.waiting.values()) takeBack();
    this.ticking?.();
    this.finish(code);
  }

  private draw(): void {
    this.isDrawn = true;
    if (this.state.ended === undefined) this.edge.display.show(frame(this.state, this.state.width, this.state.height));
  }

  /** Sends what is asked for by now, and takes back what is not asked for any more. */
  private attend(): void {
    const { requests } = this.state;
    for (const [id, takeBack] of this.waiting) {
      if (requests.some((request) => request.id === id)) continue;
      takeBack();
      this.waiting.delete(id);
    }
    for (const { id, call, delay, reason } of requests) {
      if (this.waiting.has(id)) continue;
      this.waiting.set(
        id,
        this.edge.after(delay, () => void this.send(id, call, reason)),
      );
    }
    if (isWaiting(this.state)) this.ticking ??= this.edge.after(this.edge.rhythm, () => this.tick());
  }

  private tick(): void {
    this.ticking = undefined;
    if (isWaiting(this.state)) this.act({ type: 'tick' });
  }

  private async send(id: number, call: Call, reason: string): Promise<void> {
    try {
      this.act({ type: 'answered', id, value: await this.edge.answer(call, reason) });
    } catch (error) {
      this.act({ type: 'failed', id, failure: error instanceof Failure ? error : unexpected(error) });
    }
  }
}

const unexpected = (error: unknown): Failure =>
  new Failure(EXIT.refused, `this should not happen: ${error instanceof Error ? error.message : String(error)}`);
