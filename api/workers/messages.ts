import type { CounterName } from '../shared/limits/limits.ts';
import type { Count } from '../shared/limits/window-counter.ts';

/** A question to the primary, which answers each. */
export type Question =
  | {
      readonly about: 'count';
      readonly name: CounterName;
      readonly seconds: number;
      readonly key: string;
      readonly add: boolean;
    }
  | { readonly about: 'place'; readonly caller: string }
  | { readonly about: 'metrics' };

/** What is answered: a count, the number of the place that was had (0 for none), the metrics of all. */
export interface Answers {
  readonly count: Count;
  readonly place: number;
  readonly metrics: string;
}

/** What a worker sends. */
export type FromWorker =
  | { readonly kind: 'ask'; readonly id: number; readonly question: Question }
  /** It serves on this port. */
  | { readonly kind: 'ready'; readonly port: number }
  /** The place with this number is free again. */
  | { readonly kind: 'give-back'; readonly place: number }
  /** What it has measured, as prom-client tells it; asked for by this id, or the last before it ends (0). */
  | { readonly kind: 'measured'; readonly id: number; readonly metrics: readonly object[] };

/** What the primary sends. */
export type FromPrimary =
  | { readonly kind: 'answer'; readonly id: number; readonly value: Answers[keyof Answers] }
  | { readonly kind: 'measure'; readonly id: number };

/** How a worker is told, in its environment, whether it is the one that prepares the database at the start. */
export const ROLE = 'CLIENTELE_WORKER';
