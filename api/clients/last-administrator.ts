import { isBeyond, presentName } from '../shared/contract/administration-scopes.ts';
import { Problem } from '../shared/problem.ts';
import { CLIENT_WRITING_SCOPES } from './client.authority.ts';
import type { ClientDocument } from './document/client.document.ts';
import { canGetTokens, hasEnd } from './client.state.ts';
import type { ClientStores } from './client.stores.ts';

/** A client at one moment, with its scopes as they stand in tokens. */
export interface Standing {
  readonly document: ClientDocument;
  readonly scopes: readonly string[];
}

/** Cannot write clients; can for some time; can until somebody changes it. */
type Rank = 0 | 1 | 2;

/**
 * Refuses a change after which no client could write clients any more, or none could undo it: now, or when an end that
 * it sets has come. `next` is undefined for a removal. Two such changes at once take turns.
 */
export async function guardLastAdministrator(
  stores: ClientStores,
  now: number,
  previous: Standing,
  next: Standing | undefined,
): Promise<void> {
  const rank = rankOf(previous, now);
  if (rank <= (next === undefined ? 0 : rankOf(next, now))) return;
  await stores.settings.lock('administrators');
  const { inum } = previous.document;
  let detail = 'no other enabled client can write clients';
  for (const other of await stores.clients.enabledWithScopes(CLIENT_WRITING_SCOPES)) {
    const document = JSON.parse(other.text) as ClientDocument;
    const isAsGood = other.inum !== inum && rankOf({ document, scopes: CLIENT_WRITING_SCOPES }, now) >= rank;
    if (!isAsGood || !(await hasCredential(stores, document))) continue;
    const scopes = new Set((await stores.clients.scopeIds(other.inum)).map(presentName));
    if (!previous.scopes.some((scope) => isBeyond({ scopes }, scope))) return;
    detail = 'no other enabled client that can write clients has all the administration scopes of this one';
  }
  throw new Problem('last-administrator', { detail });
}

function rankOf({ document, scopes }: Standing, now: number): Rank {
  if (!scopes.some((scope) => CLIENT_WRITING_SCOPES.includes(scope)) || !canGetTokens(document, now)) return 0;
  return hasEnd(document) ? 1 : 2;
}

/** Whether there is something that the client can authenticate with. */
async function hasCredential(stores: ClientStores, { inum, jwks, jwksUri }: ClientDocument): Promise<boolean> {
  return jwks !== undefined || jwksUri !== undefined || (await stores.secrets.of(inum)).length > 0;
}
