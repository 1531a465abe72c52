import { randomInt } from 'node:crypto';

/** Clients are counted in so many rows, of which each write takes one, so that one waits for another seldom. */
const SHARDS = 16;

export const anyShard = (): number => randomInt(SHARDS);

/** The count of one client more as part of an UPDATE of something else. */
export interface JoinedCount {
  readonly join: string;
  readonly sets: readonly string[];
}

/** Writes something of which a client comes, on a server together with the count. Throws where that cannot be. */
export type Along = (joined?: JoinedCount) => Promise<void>;

export const joinedCount = (): JoinedCount => ({
  join: `JOIN client_counts n ON n.shard = ${anyShard()}`,
  sets: ['n.clients = n.clients + 1', 'n.writes = n.writes + 1'],
});
