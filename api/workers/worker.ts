import { SCANS, type Limits } from '../shared/limits/limits.ts';
import type { Together } from '../shared/together.ts';
import type { Answers, FromPrimary, FromWorker, Question } from './messages.ts';

export interface Worker extends Together {
  /** Whether the others are started when this one has prepared the database, and callers are told so meanwhile. */
  readonly isFirst: boolean;
  /** Tells the primary that it serves. */
  ready(port: number): void;
  /** Tells the primary what it has measured, for the last time. Resolves when that is sent. */
  leave(): Promise<void>;
}

/** This process as one of `processes` workers, and whether it is the first. When the primary is gone it ends: node sees to that. */
export function asWorker(processes: number, isFirst: boolean): Worker {
  const link = linkToPrimary();
  let own = (): Promise<readonly object[]> => Promise.resolve([]);
  const tell = async (id: number): Promise<void> => link.send({ kind: 'measured', id, metrics: await own() });
  link.onMeasure((id) => void tell(id));
  // A terminal that goes away sends it to all; the primary is who decides.
  process.on('SIGHUP', () => undefined);
  return {
    isFirst,
    limits: askedLimits(link, processes),
    joinMetrics: (measure) => {
      own = measure;
      return () => link.ask<'metrics'>({ about: 'metrics' });
    },
    ready: (port) => void link.send({ kind: 'ready', port }),
    leave: () => tell(0),
  };
}

interface Link {
  ask<A extends keyof Answers>(question: Question & { about: A }): Promise<Answers[A]>;
  send(message: FromWorker): Promise<void>;
  onMeasure(measure: (id: number) => void): void;
}

function linkToPrimary(): Link {
  const open = new Map<number, (value: unknown) => void>();
  let [last, measure] = [0, (_id: number): void => undefined];
  // Where the channel is closed the process is about to end.
  const send = (message: FromWorker): Promise<void> =>
    new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
  process.on('message', (message: FromPrimary) => {
    if (message.kind === 'measure') measure(message.id);
    if (message.kind !== 'answer') return;
    open.get(message.id)?.(message.value);
    open.delete(message.id);
  });
  return {
    send,
    ask: (question) =>
      new Promise((resolve) => {
        last += 1;
        open.set(last, resolve as (value: unknown) => void);
        void send({ kind: 'ask', id: last, question });
      }),
    onMeasure: (listener) => (measure = listener),
  };
}

/** The limits of the primary. */
const askedLimits = (link: Link, processes: number): Limits => ({
  processes,
  counter: (name, seconds) => ({
    of: (key) => link.ask<'count'>({ about: 'count', name, seconds, key, add: false }),
    add: (key) => link.ask<'count'>({ about: 'count', name, seconds, key, add: true }),
  }),
  scans: {
    number: SCANS,
    take: async (caller) => {
      const place = await link.ask<'place'>({ about: 'place', caller });
      return place === 0 ? undefined : () => void link.send({ kind: 'give-back', place });
    },
  },
});
