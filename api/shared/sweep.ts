/** How many rows a sweep removes in one transaction. */
export const BATCH = 1_000;

/** Removes batch after batch, each in a transaction of its own, so that requests get in between. */
export async function emptied(removeBatch: () => Promise<number>): Promise<void> {
  while ((await removeBatch()) === BATCH);
}
