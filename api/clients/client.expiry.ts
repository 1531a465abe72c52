import { timestamp, wireDate, type Clock } from '../shared/clock.ts';
import { ownOrigin } from '../shared/log/origin.ts';
import type { CarryOut } from '../shared/database/proposals.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import type { Log } from '../shared/log/log.ts';
import type { Json, TaskKind } from '../tasks/task.ts';
import type { ClientDocument } from './document/client.document.ts';
import type { ClientStores } from './client.stores.ts';
import type { OpenClient } from './corridor/client.corridor.ts';

/** How long an expired client is kept, in milliseconds: time to notice, and to give it another end. */
const GRACE = 86_400_000;
const BATCH = 100;

interface Expired {
  readonly inum: string;
  readonly version: number;
}

interface ExpiryNeeds {
  readonly work: UnitOfWork<ClientStores>;
  readonly carryOut: CarryOut<ClientStores>;
  readonly clock: Clock;
}

/**
 * Removes the clients whose `expirationDate` passed a day ago and that nobody has changed for a day, each in a unit of
 * work of its own with its audit record, so that requests get in between. Several processes can do this at once.
 * Returns how many of a batch it removed, and whether that was the last one.
 */
async function removeExpiredClients({
  work,
  carryOut,
  clock,
}: ExpiryNeeds): Promise<{ readonly removed: number; readonly isLast: boolean }> {
  const past = clock.now() - GRACE;
  const remove = (expired: Expired): Promise<boolean> =>
    carryOut({
      about: expired.inum,
      propose: () => work.read((stores) => openExpired(stores, expired)),
      commit: async ({ clients, corridor }, opened) => {
        if (opened === undefined) return false;
        await clients.hold(opened.stored);
        await corridor.remove(opened, ownOrigin('task', 'sweep', 'remove-expired-client'));
        return true;
      },
    });
  let removed = 0;
  const batch = await work.read(({ clients }) => clients.expiredBy(wireDate(past), timestamp(past), BATCH));
  for (const client of batch) if (await remove(client)) removed += 1;
  return { removed, isLast: batch.length < BATCH };
}

/** The client, unless another process was first, or somebody has changed it since it was found to have ended. */
async function openExpired({ clients }: ClientStores, { inum, version }: Expired): Promise<OpenClient | undefined> {
  const stored = await clients.find(inum);
  return stored?.version === version ? { stored, document: JSON.parse(stored.text) as ClientDocument } : undefined;
}

interface SweepingNeeds extends ExpiryNeeds {
  readonly log: Log;
}

const HOUR = 3_600_000;

/** The kind of task that removes expired clients every hour. */
export const sweepingClients = ({ log, ...needs }: SweepingNeeds): TaskKind<Json, number> => ({
  name: 'sweep-clients',
  every: HOUR,
  step: async (before = 0) => {
    const { removed, isLast } = await removeExpiredClients(needs);
    const clients = before + removed;
    if (isLast && clients > 0) log.info('expired clients removed', { clients });
    return isLast ? { isDone: true } : { isDone: false, state: clients };
  },
});
