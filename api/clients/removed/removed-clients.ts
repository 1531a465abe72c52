import { timestamp, type Clock } from '../../shared/clock.ts';
import type { RequestContext, Schemas } from '../../shared/contract/operation.ts';
import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import type { Part } from '../../shared/log/audit.store.ts';
import { originOf } from '../../shared/log/origin.ts';
import { Problem } from '../../shared/problem.ts';
import { requireAuthorityOver } from '../client.authority.ts';
import { scopeIdsOf } from '../client.lookup.ts';
import type { ClientStores } from '../client.stores.ts';
import type { ClientDocument } from '../document/client.document.ts';
import type { ListedRemoval, RemovedClient } from './removed-client.store.ts';

export interface Keeping {
  readonly clock: Clock;
  /** How long clients that were removed can be restored, in milliseconds. */
  readonly removedKeep: number;
}

interface PurgeNeeds extends Keeping {
  readonly work: UnitOfWork<ClientStores>;
}

const NOTHING_REMOVED = 'no client that was removed from under this id can be restored';

/** What was removed after this can be restored. */
const keptSince = ({ clock, removedKeep }: Keeping): string => timestamp(clock.now() - removedKeep);

/** The last client that was removed from under an inum, or the one with an incarnation. Refuses with `client-not-found`. */
export async function removedClient(
  { work, ...keeping }: Keeping & { readonly work: Pick<UnitOfWork<ClientStores>, 'read'> },
  { inum, incarnation }: { readonly inum: string; readonly incarnation?: string | undefined },
): Promise<RemovedClient> {
  const since = keptSince(keeping);
  const found = await work.read(({ removed }) => removed.find(inum, since, incarnation));
  if (found === undefined) throw new Problem('client-not-found', { detail: NOTHING_REMOVED });
  return found;
}

/** A page of the clients that were removed and can be restored, the last one first. */
export async function removedPage(
  { removed }: Pick<ClientStores, 'removed'>,
  keeping: Keeping,
  part: Part,
): Promise<Schemas['RemovedClientPagedResult']> {
  const since = keptSince(keeping);
  const total = await removed.count(since);
  const page = part.limit === 0 ? [] : await removed.page(since, part);
  const entries = page.map((removal) => listed(removal, keeping.removedKeep));
  return { start: part.offset, totalEntriesCount: total, entriesCount: entries.length, entries };
}

function listed(removal: ListedRemoval, keep: number): Schemas['RemovedClient'] {
  const { inum, incarnation, text, removedAt, actor, door, reason, isTaken } = removal;
  const { clientName } = JSON.parse(text) as ClientDocument;
  return {
    ...{ inum, incarnation, removedAt: removedAt.slice(0, 19), by: actor, door, idTaken: isTaken },
    restorableUntil: timestamp(Date.parse(removedAt) + keep).slice(0, 19),
    ...(clientName !== undefined && { clientName }),
    ...(reason !== undefined && { reason }),
  };
}

/**
 * Takes away for good what was removed from under an inum, with its revisions. Refuses with `client-not-found` where there is
 * nothing, and a caller who has not each scope of what there is.
 */
export async function purgeRemoved(needs: PurgeNeeds, context: RequestContext, inum: string): Promise<void> {
  const [since, at] = [keptSince(needs), timestamp(needs.clock.now())];
  await needs.work.write(async (stores) => {
    let isAny = false;
    // Some at a time, since each is a document.
    for (
      let some = await stores.removed.of(inum, since);
      some.length > 0;
      some = await stores.removed.of(inum, since)
    ) {
      for (const one of some) {
        requireAuthorityOver(context.caller, await scopeIdsOf(stores, JSON.parse(one.text) as ClientDocument));
        await stores.corridor.forget(one);
        await stores.revisions.forget('client', inum, one.incarnation);
      }
      isAny = true;
    }
    if (!isAny) throw new Problem('client-not-found', { detail: NOTHING_REMOVED });
    const about = { at, kind: 'client', inum, changed: ['revisions'] } as const;
    await stores.audit.record({ ...about, origin: originOf(context) });
  });
}

const BATCH = 100;

/** Takes away a batch of those whose time is over. Returns whether it was the last. */
export async function sweepRemoved({ work, ...keeping }: PurgeNeeds): Promise<boolean> {
  return work.write(async ({ removed, corridor }) => {
    const batch = await removed.removedBy(keptSince(keeping), BATCH);
    for (const one of batch) await corridor.forget(one);
    return batch.length < BATCH;
  });
}
