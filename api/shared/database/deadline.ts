const late = (): Error => Object.assign(new Error('the database does not answer'), { code: 'ETIMEDOUT' });

/** Rejects as a lost connection does when `task` takes longer; what it does after that is nobody's concern. */
export async function within<T>(milliseconds: number, task: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), milliseconds);
  });
  try {
    return await Promise.race([task, end]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the time for something is over. */
export type IsOver = () => boolean;

/**
 * The same for many tasks at once, a thirtieth later at most: one timer for all of them, where each would cost its own. A
 * task can ask whether its time is over.
 */
export function deadline(milliseconds: number): <T>(task: (isOver: IsOver) => Promise<T>) => Promise<T> {
  // In the order of their ends.
  const waiting = new Set<{ readonly end: number; readonly reject: (error: Error) => void }>();
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    const now = performance.now();
    for (const entry of waiting) {
      if (entry.end > now) return;
      waiting.delete(entry);
      entry.reject(late());
    }
    clearInterval(timer);
    timer = undefined;
  };
  return (task) =>
    new Promise((resolve, reject) => {
      const entry = { end: performance.now() + milliseconds, reject };
      waiting.add(entry);
      timer ??= setInterval(look, milliseconds / 30).unref();
      const leave = (): unknown => waiting.delete(entry);
      task(() => performance.now() >= entry.end)
        .finally(leave)
        .then(resolve, reject);
    });
}
