import { Problem } from '../shared/problem.ts';
import { SandboxBusy } from './sandbox/sandbox.ts';

/** What a sandbox is asked for, or 503 where too many scripts wait. */
export async function orUnavailable<T>(ran: Promise<T>): Promise<T> {
  try {
    return await ran;
  } catch (error) {
    if (!(error instanceof SandboxBusy)) throw error;
    throw new Problem('unavailable', { detail: 'too many scripts wait', headers: { 'Retry-After': '1' } });
  }
}
