import { setTimeout } from 'node:timers/promises';

/** The one source of time, injected so that tests can move it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Milliseconds since some moment before this process did anything, which no correction of the clock turns back: for
   * every age that is kept in the memory of this process.
   */
  elapsed(): number;
  /** Resolves after so many milliseconds. */
  wait(milliseconds: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  wait: (milliseconds) => setTimeout(milliseconds),
};

/** The time that caches measure ages with. */
export const ageing = (clock: Pick<Clock, 'elapsed'>): { now(): number } => ({ now: () => clock.elapsed() });

/** Epoch milliseconds as stored in timestamp columns: `2026-01-31T12:00:00.000Z`. */
export const timestamp = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** Epoch milliseconds as dates on the wire of the Config-API: `2026-01-31T12:00:00`, in UTC, without a zone. */
export const wireDate = (milliseconds: number): string => timestamp(milliseconds).slice(0, 19);

/** The years that have four digits. */
const EARLIEST = Date.parse('0001-01-01T00:00:00Z');
const LATEST = Date.parse('9999-12-31T23:59:59Z');

const DATE = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * Reads a date of the Config-API: a zone that is left out is UTC.
 * Returns epoch milliseconds, or undefined when the text is no date of the calendar.
 */
export function parseWireDate(text: string): number | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [number, ...number[]];
  const local = `${text.slice(0, 10)}T00:00:00Z`;
  const real = new Date(local);
  const onCalendar = !Number.isNaN(real.getTime()) && real.toISOString().slice(0, 10) === text.slice(0, 10);
  if (!onCalendar || year < 1 || month === 0 || day === 0) return undefined;
  if ((hour ?? 24) > 23 || (minute ?? 60) > 59 || (second ?? 60) > 59) return undefined;
  const time = Date.parse(match[7] === undefined ? `${text}Z` : text);
  return time >= EARLIEST && time <= LATEST ? time : undefined;
}
