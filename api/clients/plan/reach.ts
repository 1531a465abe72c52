import { hostsOf, hostText } from '../../search/values/value-text.ts';
import type { Schemas } from '../../shared/contract/operation.ts';
import { timestamp } from '../../shared/clock.ts';
import { dnOf } from '../../shared/ids.ts';
import type { TriedWrite } from '../../shared/database/dry-run.ts';
import { scopeIdsOf } from '../client.lookup.ts';
import type { ClientDocument } from '../document/client.document.ts';
import { countOf } from '../credentials/live-tokens.ts';
import type { ClientStores } from '../client.stores.ts';

/** What a write is about: its kind, its id where that is known, and what was written of it where anything was. */
export interface Subject {
  readonly kind: string;
  readonly inum: string | undefined;
  readonly write: TriedWrite | undefined;
}

type Reach = Omit<Schemas['PlanReach'], 'locksOutAdministrators'>;

/** Whom a write of this subject would reach at `now` (epoch milliseconds), from what is committed and what would be. */
export async function reachOf(stores: ClientStores, { kind, inum, write }: Subject, now: number): Promise<Reach> {
  if (inum === undefined) return {};
  if (kind === 'client') {
    const liveTokens = countOf(await stores.issuedTokens.live(inum, timestamp(now)));
    return { ...(await clientReach(stores, inum, write)), ...(liveTokens > 0 && { liveTokens }) };
  }
  if (kind === 'scope') return { clients: await stores.users.countOfScope(inum) };
  if (kind === 'script') return { clients: await stores.scriptUsers.count(dnOf('scripts', inum)) };
  return kind === 'claim' ? { clients: await stores.users.countOfClaim(inum) } : {};
}

async function clientReach(stores: ClientStores, inum: string, write: TriedWrite | undefined): Promise<Reach> {
  const stored = await stores.clients.find(inum);
  const before = documentOf(write === undefined ? stored?.text : write.before);
  const after = documentOf(write === undefined ? stored?.text : write.after);
  const [had, has] = [await scopesOf(stores, before), await scopesOf(stores, after)];
  const { jwksUri, redirectUris = [] } = after ?? before ?? {};
  const hosts = [...new Set(redirectUris.flatMap(hostsOf).map(hostText))].filter((host) => !OWN_MACHINE.has(host));
  const { neighbours } = stores;
  return {
    ...(stored?.lastAccessTime !== undefined && { lastAccessTime: stored.lastAccessTime.slice(0, 19) }),
    scopesGained: has.filter((scope) => !had.includes(scope)),
    scopesLost: had.filter((scope) => !has.includes(scope)),
    sharesKeys: await neighbours.sharing('jwksUri', jwksUri === undefined ? [] : [jwksUri], inum),
    sharesRedirectHosts: await neighbours.sharing('redirectUris.host', hosts, inum),
  };
}

/** Hosts that stand for the machine of whoever looks: they say nothing of who is redirected there. */
const OWN_MACHINE = new Set(['localhost', '127.0.0.1', '[::1]']);

const documentOf = (text: string | undefined): ClientDocument | undefined =>
  text === undefined ? undefined : (JSON.parse(text) as ClientDocument);

const scopesOf = async (stores: ClientStores, document: ClientDocument | undefined): Promise<string[]> =>
  document === undefined ? [] : scopeIdsOf(stores, document);
