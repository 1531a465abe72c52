import type { Clock } from '../clock.ts';
import { places, type Places } from './places.ts';
import { windowCounter, type WindowCounter } from './window-counter.ts';

/** What is counted for all processes that serve one address, not for each of them. */
export interface Limits {
  /** How many processes share them. */
  readonly processes: number;
  /** The counter of this name, in windows of so many seconds. */
  counter(name: CounterName, seconds: number): WindowCounter;
  /** For searches that may read everything. */
  readonly scans: Places;
}

export type CounterName = 'failures-by-source' | 'failures-by-client' | 'registrations-by-source' | 'registrations';

/** How many such searches there are at once. */
export const SCANS = 2;
/** How long one waits for its place, in milliseconds. */
export const PATIENCE = 1_000;

/** The limits of a process that is alone, or that the others ask. */
export function ownLimits(clock: Clock): Limits {
  const counters = new Map<string, WindowCounter>();
  return {
    processes: 1,
    counter: (name, seconds) => {
      const id = `${name} ${seconds}`;
      const counter = counters.get(id) ?? windowCounter(seconds, clock);
      counters.set(id, counter);
      return counter;
    },
    scans: places(SCANS, PATIENCE),
  };
}
