import { Problem } from '../shared/problem.ts';
import { CLIENT_WRITING_SCOPES } from './client.authority.ts';
import type { ClientDocument } from './client.document.ts';
import { canGetTokens } from './client.state.ts';
import type { ClientStores } from './client.stores.ts';

/** A client at one moment, with its scopes as they stand in tokens. */
export interface Standing {
  readonly document: ClientDocument;
  readonly scopes: readonly string[];
}

/**
 * Refuses a change after which no enabled client could write clients any more. `next` is undefined for a removal.
 * Two such changes at once take turns.
 */
export async function guardLastAdministrator(
  stores: ClientStores,
  now: number,
  previous: Standing,
  next: Standing | undefined,
): Promise<void> {
  if (!isAdministrator(previous, now) || (next !== undefined && isAdministrator(next, now))) return;
  await stores.settings.lock('administrators');
  const { inum } = previous.document;
  const enabled = await stores.clients.enabledWithScopes(CLIENT_WRITING_SCOPES);
  const others = enabled.filter(
    (other) => other.inum !== inum && canGetTokens(JSON.parse(other.text) as ClientDocument, now),
  );
  if (others.length === 0) throw new Problem('last-administrator');
}

const isAdministrator = ({ document, scopes }: Standing, now: number): boolean =>
  scopes.some((scope) => CLIENT_WRITING_SCOPES.includes(scope)) && canGetTokens(document, now);
