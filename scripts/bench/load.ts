import autocannon, { type Request, type Result } from 'autocannon';

export interface Measured {
  /** Requests per second. */
  readonly rps: number;
  /** In milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

export interface Load {
  /** The next request: its path may differ each time, and its body. */
  readonly next: () => Request;
  readonly expect: number;
  readonly seconds: number;
}

export const CONNECTIONS = 32;

/** Loads a server with as many requests as it takes, one after the other on each connection. */
export async function measure(base: string, { next, expect, seconds }: Load): Promise<Measured> {
  const times: number[] = [];
  let unexpected: number | undefined;
  const { duration, errors } = await new Promise<Result>((resolve, reject) => {
    const requests = [{ setupRequest: (request: Request) => ({ ...request, ...next() }) }];
    const options = { url: base, connections: CONNECTIONS, duration: seconds, requests };
    const running = autocannon(options, (error: Error | null, result) => (error ? reject(error) : resolve(result)));
    running.on('response', (_client, status, _bytes, milliseconds) => {
      times.push(milliseconds);
      if (status !== expect) unexpected = status;
    });
  });
  if (unexpected !== undefined) throw new Error(`a reply had status ${unexpected} instead of ${expect}`);
  if (errors > 0) throw new Error(`${errors} requests failed`);
  times.sort((one, other) => one - other);
  const quantile = (part: number): number => times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? NaN;
  return { rps: times.length / duration, p50: quantile(0.5), p99: quantile(0.99) };
}
