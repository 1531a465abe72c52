import type { RequestContext } from '../../shared/contract/operation.ts';
import { originOf } from '../../shared/log/origin.ts';
import { requireAuthorityOver } from '../client.authority.ts';
import type { ClientStore } from '../client.store.ts';
import { inTurns } from '../../shared/database/others-turn.ts';
import type { ClientCorridor, OpenClient } from '../corridor/client.corridor.ts';
import type { ClientDocument } from '../document/client.document.ts';

export interface WithdrawalNeeds {
  readonly clients: Pick<ClientStore, 'lock' | 'byIds' | 'scopeIdsOf'>;
  readonly corridor: Pick<ClientCorridor, 'changeAll'>;
}

/** What is taken from clients because it goes itself. */
export interface Withdrawn {
  readonly inums: readonly string[];
  readonly without: (document: ClientDocument) => ClientDocument;
  readonly context: RequestContext;
}

/**
 * Takes something from the clients that have it, in the unit of work in which it goes: they are as many as that allows, and
 * each is written with a revision and a record. Throws `insufficient-scope` when the caller may not change one of them.
 */
export async function withdraw({ clients, corridor }: WithdrawalNeeds, withdrawn: Withdrawn): Promise<void> {
  const { inums, without, context } = withdrawn;
  await clients.lock(inums);
  requireAuthorityOver(context.caller, await clients.scopeIdsOf(inums));
  const changes = await inTurns(await clients.byIds(inums), (stored) => {
    const client = opened(stored);
    return { ...client, next: without(client.document) };
  });
  await corridor.changeAll(changes, originOf(context));
}

/** A client that nobody else can write any more, to be changed. */
const opened = (stored: OpenClient['stored']): OpenClient => {
  return { stored, document: JSON.parse(stored.text) as ClientDocument };
};
