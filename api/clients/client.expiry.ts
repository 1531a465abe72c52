import { timestamp, wireDate, type Clock } from '../shared/clock.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import type { ClientDocument } from './client.document.ts';
import type { ClientStores } from './client.stores.ts';

/** How long an expired client is kept, in milliseconds: time to notice, and to give it another end. */
const GRACE = 86_400_000;
const BATCH = 100;

/**
 * Removes the clients whose `expirationDate` passed a day ago, each in a unit of work of its own with its audit
 * record, so that requests get in between. Several processes can do this at once. Returns how many it removed.
 */
export async function removeExpiredClients({
  work,
  clock,
}: {
  readonly work: UnitOfWork<ClientStores>;
  readonly clock: Clock;
}): Promise<number> {
  const ended = wireDate(clock.now() - GRACE);
  const remove = (inum: string): Promise<boolean> =>
    work.write(async ({ clients, audit }) => {
      const stored = await clients.findForUpdate(inum);
      const document = stored && (JSON.parse(stored.text) as ClientDocument);
      // Another process was first, or somebody gave the client another end.
      if (document?.expirationDate === undefined || document.expirationDate > ended) return false;
      await clients.remove(inum);
      const changed = Object.keys(document);
      const at = timestamp(clock.now());
      await audit.record({ at, caller: 'sweep', operation: 'remove-expired-client', inum, changed, requestId: '' });
      return true;
    });
  let removed = 0;
  let batch: readonly string[];
  do {
    batch = await work.read(({ clients }) => clients.expiredBy(ended, BATCH));
    for (const inum of batch) if (await remove(inum)) removed += 1;
  } while (batch.length === BATCH);
  return removed;
}
