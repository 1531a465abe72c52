/** A few places that are taken for a while, shared out fairly among those who wait. */
export interface Places {
  /** How many there are. */
  readonly number: number;
  /**
   * Takes a place: who has none goes before who has one. Resolves with what gives it back, or with undefined when there
   * was none for too long.
   */
  take(caller: string): Promise<(() => void) | undefined>;
}

interface Waiting {
  readonly caller: string;
  readonly start: () => void;
}

/** Places in this process; nobody waits for longer than `patience` milliseconds. */
export function places(number: number, patience: number): Places {
  const taken: string[] = [];
  const waiting: Waiting[] = [];
  const takenBy = (caller: string): number => taken.filter((one) => one === caller).length;
  const next = (): void => {
    const fewest = Math.min(...waiting.map(({ caller }) => takenBy(caller)));
    const at = waiting.findIndex(({ caller }) => takenBy(caller) === fewest);
    waiting.splice(at, at < 0 ? 0 : 1)[0]?.start();
  };
  const giveBack = (caller: string): void => {
    taken.splice(taken.indexOf(caller), 1);
    next();
  };
  return {
    number,
    take: (caller) =>
      new Promise((resolve) => {
        const start = (): void => {
          clearTimeout(late);
          taken.push(caller);
          resolve(() => giveBack(caller));
        };
        const entry = { caller, start };
        const late = setTimeout(() => {
          waiting.splice(waiting.indexOf(entry), 1);
          resolve(undefined);
        }, patience);
        if (taken.length < number) start();
        else waiting.push(entry);
      }),
  };
}
