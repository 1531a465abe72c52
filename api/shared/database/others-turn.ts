import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Gives everything else its turn of the event loop, whenever `longest` milliseconds have passed since the last one: SQLite
 * is in this process, so that work which only waits for it waits for nothing.
 */
export function othersTurn(longest = 10): () => Promise<void> {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < longest) return;
    await nextTurn();
    began = performance.now();
  };
}

let last: Promise<void> = Promise.resolve();

/** Waits for a turn of the event loop that nobody else has who waits for one here: whoever comes meanwhile waits for one of them. */
export function ownTurn(): Promise<void> {
  last = last.then(() => nextTurn());
  return last;
}

/** Maps a list, with turns for everything else meanwhile. */
export async function inTurns<T, M>(list: readonly T[], map: (entry: T) => M): Promise<M[]> {
  const letOthers = othersTurn();
  const mapped: M[] = [];
  for (const entry of list) {
    await letOthers();
    mapped.push(map(entry));
  }
  return mapped;
}
