import { timestamp, wireDate } from '../../shared/clock.ts';
import { MOST_TOKEN_SECONDS, tokenSeconds } from '../client.state.ts';
import type { ClientStores } from '../client.stores.ts';
import type { ClientDocument } from '../document/client.document.ts';

/** Lifetimes of tokens. */
export interface TokenTimes {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Lifetime in seconds of the tokens of clients that have none of their own. */
  readonly usual: number;
}

/**
 * Until when a server that verifies tokens by itself may take one that the client, which is still as it was, has got until
 * now: a date of the wire.
 */
export async function offlineUntil(
  { clients }: Pick<ClientStores, 'clients'>,
  document: ClientDocument,
  { now, usual }: TokenTimes,
): Promise<string> {
  const changed = await clients.changedAt(document.inum);
  // It may have had another lifetime before it was changed.
  const isAsItWas = changed === undefined || changed < timestamp(now - MOST_TOKEN_SECONDS * 1_000);
  return wireDate(now + 1_000 * (isAsItWas ? tokenSeconds(document, usual) : MOST_TOKEN_SECONDS));
}
