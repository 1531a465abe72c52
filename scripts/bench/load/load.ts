import type { Request } from 'autocannon';

export interface Measured {
  /** Requests per second. */
  readonly rps: number;
  /** In milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly requests: number;
  /** The part of its time that the generator of the load was busy, from 0 to 1, where the system tells. */
  readonly busy?: number;
}

export interface Load {
  /** Sent over and over in this order, by each thread of the generator. */
  readonly requests: readonly Request[];
  readonly expect: number;
  readonly seconds: number;
}

/** Loads a server with as many requests as it takes, one after the other on each connection. */
export interface Generator {
  readonly name: string;
  measure(base: string, load: Load): Promise<Measured>;
}

export const CONNECTIONS = 32;

/** From here on it is the generator that is measured, and not the server. */
export const isSaturated = ({ busy }: Pick<Measured, 'busy'>): boolean => busy !== undefined && busy > 0.9;
