import { WAITING, type TaskItem } from './task-items.store.ts';

/** How often an item is put off, and how long a task waits then, in milliseconds. */
const MOST = 3;
export const LATER = 2_000;

/** What is written of an item that others hold up, so that it is tried again; undefined where that was done often enough. */
export function putOff({ position, result }: TaskItem): Omit<TaskItem, 'key'> | undefined {
  const tries = 1 + ((result as { readonly tries?: number } | undefined)?.tries ?? 0);
  return tries > MOST ? undefined : { position, state: WAITING, result: { tries } };
}
