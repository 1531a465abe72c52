import { timestamp, wireDate, type Clock } from '../shared/clock.ts';
import { ownOrigin } from '../shared/log/origin.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import type { Log } from '../shared/log/log.ts';
import type { Json, TaskKind } from '../tasks/task.ts';
import type { ClientDocument } from './document/client.document.ts';
import type { ClientStores } from './client.stores.ts';

/** How long an expired client is kept, in milliseconds: time to notice, and to give it another end. */
const GRACE = 86_400_000;
const BATCH = 100;

interface Expired {
  readonly inum: string;
  readonly version: number;
}

/**
 * Removes the clients whose `expirationDate` passed a day ago and that nobody has changed for a day, each in a unit of
 * work of its own with its audit record, so that requests get in between. Several processes can do this at once.
 * Returns how many of a batch it removed, and whether that was the last one.
 */
async function removeExpiredClients({
  work,
  clock,
}: {
  readonly work: UnitOfWork<ClientStores>;
  readonly clock: Clock;
}): Promise<{ readonly removed: number; readonly isLast: boolean }> {
  const past = clock.now() - GRACE;
  const remove = ({ inum, version }: Expired): Promise<boolean> =>
    work.write(async ({ clients, corridor }) => {
      const stored = await clients.findForUpdate(inum);
      // Another process was first, or somebody has changed the client since.
      if (stored?.version !== version) return false;
      const document = JSON.parse(stored.text) as ClientDocument;
      await corridor.remove({ stored, document }, ownOrigin('task', 'sweep', 'remove-expired-client'));
      return true;
    });
  let removed = 0;
  const batch = await work.read(({ clients }) => clients.expiredBy(wireDate(past), timestamp(past), BATCH));
  for (const client of batch) if (await remove(client)) removed += 1;
  return { removed, isLast: batch.length < BATCH };
}

interface SweepingNeeds {
  readonly work: UnitOfWork<ClientStores>;
  readonly clock: Clock;
  readonly log: Log;
}

const HOUR = 3_600_000;

/** The kind of task that removes expired clients every hour. */
export const sweepingClients = ({ work, clock, log }: SweepingNeeds): TaskKind<Json, number> => ({
  name: 'sweep-clients',
  every: HOUR,
  step: async (before = 0) => {
    const { removed, isLast } = await removeExpiredClients({ work, clock });
    const clients = before + removed;
    if (isLast && clients > 0) log.info('expired clients removed', { clients });
    return isLast ? { isDone: true } : { isDone: false, state: clients };
  },
});
