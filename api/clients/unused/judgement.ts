import { parseWireDate } from '../../shared/clock.ts';
import type { Source } from '../client.store.ts';

/** After how long a client that nobody uses is reported, disabled and removed; in milliseconds. */
export interface UnusedRules {
  /** Since it was made, where it was never used. */
  readonly neverUsed: number;
  /** Since it was used last. */
  readonly notSince: number;
  /** How long it is reported before it is disabled, and disabled before it is removed. */
  readonly reportedFor: number;
  readonly disabledFor: number;
  /** Which clients are judged at all, by how they came in. */
  readonly methods: readonly Source[];
}

/** Since when somebody has told of uses without falling silent, and when the last time; in epoch milliseconds. */
export interface Evidence {
  readonly since: number;
  readonly heardAt: number;
}

/** Who would see a use. */
export interface Watch {
  /** This service, since the sweep is switched on. */
  readonly service: Evidence;
  /** Authorization servers that report uses, all of them that ever have and are not gone. */
  readonly reporters: readonly Evidence[];
  /** Whether the built-in token endpoint serves clients. */
  readonly isIssuer: boolean;
}

/** What is known of a client; moments in epoch milliseconds. */
export interface Life {
  readonly createdAt: number;
  readonly usedAt?: number | undefined;
  /** When somebody said that it is to stay. */
  readonly keptAt?: number | undefined;
}

/** Who says nothing for so long, in milliseconds, has fallen silent: a report a day may be two hours late. */
const SILENCE = 26 * 3_600_000;

/** What is told at `now`: after a silence, and after a clock that was wrong, the evidence begins anew. */
export const heard = (before: Evidence | undefined, now: number): Evidence =>
  before === undefined || isSilent(before, now) ? { since: now, heardAt: now } : { ...before, heardAt: now };

/** Whether nothing was told for too long. What was told in the future was told by a wrong clock. */
export const isSilent = ({ heardAt }: Evidence, now: number): boolean => Math.abs(now - heardAt) > SILENCE;

/** Since when a use of a client with these grants would have been seen; undefined where nobody would see it. */
export function watchedSince(grantTypes: readonly string[], watch: Watch): number | undefined {
  const { service, reporters, isIssuer } = watch;
  if (isIssuer && grantTypes.every((grant) => grant === 'client_credentials')) return service.since;
  // A client may be used at any of them, and nobody knows which.
  return reporters.length === 0 ? undefined : Math.max(service.since, ...reporters.map(({ since }) => since));
}

/** With how many of so many clients a run of the sweep goes on: one in a hundred, or a hundred where that is more. */
export const mostOf = (clients: number): number => Math.max(100, Math.floor(clients / 100));

/** Whether nobody has used a client for too long, by evidence that began at `since`. */
export function isUnused(
  { createdAt, usedAt, keptAt = 0 }: Life,
  since: number,
  rules: UnusedRules,
  now: number,
): boolean {
  const from = Math.max(createdAt, keptAt, since);
  return usedAt === undefined ? now - from >= rules.neverUsed : now - Math.max(from, usedAt) >= rules.notSince;
}

/** A timestamp or a date of the wire, in epoch milliseconds. */
export const momentOf = (text: string | null | undefined): number | undefined =>
  text === null || text === undefined ? undefined : parseWireDate(text);
