import type { TaskKind } from './task.ts';

const HOUR = 3_600_000;

/** The kind of task that removes every hour what has run out: `sweep` removes a batch, and returns whether it was the last. */
export const sweeping = (what: string, sweep: () => Promise<boolean>): TaskKind => ({
  name: `sweep-${what}`,
  every: HOUR,
  step: async (batches) => {
    const isDone = await sweep();
    return isDone ? { isDone } : { isDone, state: Number(batches ?? 0) + 1 };
  },
});
