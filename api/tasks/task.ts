/** Long work that survives a restart, step by step; see docs/decisions for who runs it. */

/** A value that JSON can write. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };

/** How far a task is. `total` is left out where it is not known. */
export interface Progress {
  readonly done: number;
  readonly total?: number;
}

/** What a step has come to: the end, or what the next one goes on from. */
export type Step<S extends Json> =
  /** `result` is kept with a task that does not come again, in place of the state. */
  | { readonly isDone: true; readonly progress?: Progress; readonly result?: Json }
  | {
      readonly isDone: false;
      readonly state: S;
      readonly progress?: Progress;
      /** How long the next step waits, in milliseconds. */
      readonly wait?: number;
      /** Whether it is held until somebody resumes it. */
      readonly isPaused?: boolean;
    };

/** A kind of work. Whoever registers it says what a step is; the runner does the rest. */
export interface TaskKind<P extends Json = Json, S extends Json = Json> {
  readonly name: string;
  /** The JSON Schema of its parameters; without one it has none. */
  readonly parameters?: object;
  /** Where it comes again by itself: how long after its end, in milliseconds. There is always one task of it then. */
  readonly every?: number;
  /**
   * Does a bounded piece of the work, some seconds at most, from what the step before has returned. It may run twice, also
   * at the same time: a process that dies after it, or is held up in it, has not said so.
   */
  step(state: S | undefined, parameters: P): Promise<Step<S>>;
}

export const TASK_STATES = ['waiting', 'running', 'paused', 'stopped', 'failed', 'done'] as const;

/**
 * `waiting` for its time or its turn; `running` from its first step to its end, also while its process is gone;
 * `paused`, `stopped` by somebody; `failed` too often; `done`.
 */
export type TaskState = (typeof TASK_STATES)[number];

export interface Task {
  readonly id: string;
  readonly kind: string;
  readonly state: TaskState;
  readonly parameters: Json;
  /** What the next step goes on from. */
  readonly checkpoint?: Json;
  readonly progress?: Progress;
  /** How often in a row it has failed, and why the last time. */
  readonly failures: number;
  readonly failure?: string;
  readonly createdAt: string;
  /** When its next step may run. */
  readonly dueAt: string;
  readonly steppedAt: string;
  /** When it ended the last time. */
  readonly endedAt?: string;
}
