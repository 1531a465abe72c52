import type { Operation } from '../contract/contract.ts';

/** What is asked of a service. */
export interface Request {
  readonly operation: Operation;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: readonly (readonly [string, string])[];
  readonly body?: unknown;
  /** Of the body; without it the first that the operation takes. */
  readonly mediaType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What it answers. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body, or undefined when it is no JSON. */
  readonly body: unknown;
}
