import type { Limits } from './limits/limits.ts';

/** What the workers of one service do together. */
export interface Together {
  readonly limits: Limits;
  /** Is given how to tell what this worker has measured, and returns how to ask what all have, as text. */
  joinMetrics(own: () => Promise<readonly object[]>): () => Promise<string>;
}
