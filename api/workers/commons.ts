import type { Limits } from '../shared/limits/limits.ts';
import type { Answers, FromPrimary, FromWorker, Question } from './messages.ts';

/** A worker, as the primary knows it. */
export interface Member {
  readonly id: number;
  send(message: FromPrimary): void;
}

/** What the primary holds for all workers: their counts, the places for scans, and what they have measured. */
export interface Commons {
  /** Takes a message of a worker. */
  take(from: Member, message: FromWorker): void;
  /** A worker has gone: what it holds is free. */
  forget(id: number): void;
}

/** Adds up what was measured: of those that are there, and of those that were. */
export interface Sums {
  add(id: number, metrics: readonly object[]): void;
  forget(id: number): void;
  text(): Promise<string>;
}

/** How long the metrics wait for a worker, in milliseconds: one that is busy for longer counts as it did the last time. */
const PATIENCE = 1_000;

export function commons(limits: Limits, sums: Sums, members: () => readonly Member[]): Commons {
  const held = new Map<number, { readonly by: number; readonly giveBack: () => void }>();
  const gone = new Set<number>();
  const asked = new Map<number, () => void>();
  let last = 0;

  async function place(from: Member, caller: string): Promise<number> {
    const giveBack = await limits.scans.take(caller);
    if (giveBack === undefined) return 0;
    const number = (last += 1);
    if (gone.has(from.id)) giveBack();
    else held.set(number, { by: from.id, giveBack });
    return number;
  }

  const measured = (member: Member): Promise<void> =>
    new Promise((resolve) => {
      const id = (last += 1);
      const late = setTimeout(() => asked.get(id)?.(), PATIENCE);
      asked.set(id, () => {
        clearTimeout(late);
        asked.delete(id);
        resolve();
      });
      member.send({ kind: 'measure', id });
    });

  const answers: {
    readonly [A in keyof Answers]: (from: Member, question: Question & { about: A }) => Promise<Answers[A]>;
  } = {
    count: (_from, { name, seconds, key, add }) => limits.counter(name, seconds)[add ? 'add' : 'of'](key),
    place: (from, { caller }) => place(from, caller),
    metrics: async () => {
      await Promise.all(members().map(measured));
      return sums.text();
    },
  };

  return {
    take: (from, message) => {
      if (message.kind === 'ask') {
        const { id, question } = message;
        const answer = answers[question.about] as (from: Member, question: Question) => Promise<Answers[keyof Answers]>;
        void answer(from, question).then((value) => from.send({ kind: 'answer', id, value }));
      } else if (message.kind === 'give-back') {
        held.get(message.place)?.giveBack();
        held.delete(message.place);
      } else if (message.kind === 'measured') {
        sums.add(from.id, message.metrics);
        asked.get(message.id)?.();
      }
    },
    forget: (id) => {
      gone.add(id);
      sums.forget(id);
      for (const [number, { by, giveBack }] of held) {
        if (by !== id) continue;
        held.delete(number);
        giveBack();
      }
    },
  };
}
