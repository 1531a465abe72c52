import { timestamp, wireDate, type Clock } from '../shared/clock.ts';
import { ownOrigin } from '../shared/log/origin.ts';
import type { CarryOut } from '../shared/database/proposals.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import type { Log } from '../shared/log/log.ts';
import type { Json, TaskKind } from '../tasks/task.ts';
import type { ClientDocument } from './document/client.document.ts';
import type { ClientStore } from './client.store.ts';
import type { ClientStores } from './client.stores.ts';
import type { OpenClient } from './corridor/client.corridor.ts';

/** How long an expired client is kept, in milliseconds: time to notice, and to give it another end. */
const GRACE = 86_400_000;
const BATCH = 100;

interface Found {
  readonly inum: string;
  readonly version: number;
}

interface SweepingNeeds {
  readonly work: UnitOfWork<ClientStores>;
  readonly carryOut: CarryOut<ClientStores>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Clients that a task removes. */
interface Removed {
  readonly task: string;
  /** What the log of the client calls the removal. */
  readonly operation: string;
  /** What the log of the service says of it. */
  readonly message: string;
  /** Finds a batch of them at `now` (epoch milliseconds). */
  readonly find: (clients: ClientStore, now: number) => Promise<Found[]>;
}

/** Clients whose `expirationDate` passed a day ago and that nobody has changed for a day. */
const EXPIRED: Removed = {
  task: 'sweep-clients',
  operation: 'remove-expired-client',
  message: 'expired clients removed',
  find: (clients, now) => clients.expiredBy(wireDate(now - GRACE), timestamp(now - GRACE), BATCH),
};

/** Clients that were rejected so long ago, in milliseconds. */
const rejected = (keep: number): Removed => ({
  task: 'sweep-rejected-clients',
  operation: 'remove-rejected-client',
  message: 'rejected clients removed',
  find: (clients, now) => clients.rejectedBy(wireDate(now - keep), BATCH),
});

/**
 * Removes a batch of clients, each in a unit of work of its own with its audit record, so that requests get in between.
 * Several processes can do this at once. Returns how many it removed, and whether that was the last batch.
 */
async function removeBatch(
  { work, carryOut, clock }: SweepingNeeds,
  { operation, find }: Removed,
): Promise<{ readonly removed: number; readonly isLast: boolean }> {
  const remove = (found: Found): Promise<boolean> =>
    carryOut({
      about: found.inum,
      propose: () => work.read((stores) => openFound(stores, found)),
      commit: async ({ corridor }, opened) => {
        if (opened === undefined) return false;
        await corridor.remove(opened, ownOrigin('task', 'sweep', operation));
        return true;
      },
    });
  let removed = 0;
  const batch = await work.read(({ clients }) => find(clients, clock.now()));
  for (const client of batch) if (await remove(client)) removed += 1;
  return { removed, isLast: batch.length < BATCH };
}

/** The client, unless another process was first, or somebody has changed it since it was found. */
async function openFound({ clients }: ClientStores, { inum, version }: Found): Promise<OpenClient | undefined> {
  const stored = await clients.find(inum);
  return stored?.version === version ? { stored, document: JSON.parse(stored.text) as ClientDocument } : undefined;
}

const HOUR = 3_600_000;

const sweepingOf = (needs: SweepingNeeds, what: Removed): TaskKind<Json, number> => ({
  name: what.task,
  every: HOUR,
  step: async (before = 0) => {
    const { removed, isLast } = await removeBatch(needs, what);
    const clients = before + removed;
    if (isLast && clients > 0) needs.log.info(what.message, { clients });
    return isLast ? { isDone: true } : { isDone: false, state: clients };
  },
});

/** The kind of task that removes expired clients every hour. */
export const sweepingExpired = (needs: SweepingNeeds): TaskKind<Json, number> => sweepingOf(needs, EXPIRED);

/** The kind of task that removes every hour the clients that were rejected so long ago, in milliseconds. */
export const sweepingRejected = (needs: SweepingNeeds, keep: number): TaskKind<Json, number> =>
  sweepingOf(needs, rejected(keep));
