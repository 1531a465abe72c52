/** How many rows a sweep removes in one transaction. */
export const BATCH = 1_000;

/** Removes batch after batch, each in a transaction of its own, so that requests get in between. */
export async function emptied(removeBatch: () => Promise<number>): Promise<void> {
  while ((await removeBatch()) === BATCH);
}

/** Does every step, one after the other, and throws when all are done what those that failed have thrown. */
export async function everyStep(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) await step().catch((error: unknown) => failures.push(error));
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, failures.map(String).join('; '));
}
