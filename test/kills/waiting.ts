import { setTimeout as sleep } from 'node:timers/promises';

/** How long anything may take, in milliseconds, on a machine that has much else to do. */
const PATIENCE = 300_000;

/** Looks again and again; throws when it does not hold in time. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited ${PATIENCE / 1_000} seconds for ${what}`);
    await sleep(20);
  }
}

/** Throws when a task does not end in time. */
export async function inTime<T>(what: string, task: Promise<T>): Promise<T> {
  let outcome: { readonly value: T } | undefined;
  let failure: unknown;
  task.then(
    (value) => (outcome = { value }),
    (error: unknown) => (failure = error),
  );
  await until(what, () => outcome !== undefined || failure !== undefined);
  if (outcome === undefined) throw failure;
  return outcome.value;
}
