import type { EntityManager } from 'typeorm';
import { ClientClaimEntity } from '../../../entities/client-claim.entity.ts';
import { ClientScopeEntity } from '../../../entities/client-scope.entity.ts';
import type { ScopeClients, UsedScope, Users, Withdrawal } from '../../scopes/users.ts';
import { dnOf } from '../../shared/ids.ts';
import type { ClientDocument } from '../document/client.document.ts';
import { served } from '../document/client.served.ts';
import type { ClientStore } from '../client.store.ts';
import type { ClientCorridor } from '../corridor/client.corridor.ts';
import { withdraw } from './withdrawal.ts';

interface Pair {
  readonly scope: string;
  readonly client: string;
}

interface Neighbours {
  readonly clients: ClientStore;
  readonly corridor: ClientCorridor;
}

/** The clients that use scopes and claims, in a unit of work. */
export function scopeUsers(manager: EntityManager, neighbours: Neighbours): Users {
  return {
    countOfScope: (scopeInum) => manager.countBy(ClientScopeEntity, { scopeInum }),
    countOfClaim: (claimInum) => manager.countBy(ClientClaimEntity, { claimInum }),
    ofScopes: async (scopes, most) => {
      const inums = byScope(scopes, await firstPairs(manager, scopes, most + 1));
      const read = await neighbours.clients.byIds([...new Set([...inums.values()].flat())]);
      const texts = new Map(read.map((client) => [client.inum, served(client).text]));
      return new Map([...inums].map(([scope, found]) => [scope, clientsOf(found, texts, most)]));
    },
    withdrawScope: (withdrawal) => withdrawScope(manager, neighbours, withdrawal),
  };
}

/** The first clients of each scope, found through the index alone however many clients there are. */
async function firstPairs(manager: EntityManager, scopes: readonly UsedScope[], most: number): Promise<Pair[]> {
  if (scopes.length === 0) return [];
  const one = `SELECT * FROM (SELECT scope_inum AS scope, inum AS client FROM client_scopes
    WHERE scope_inum = ? ORDER BY inum LIMIT ${most}) p`;
  return manager.query<Pair[]>(
    scopes.map(() => one).join(' UNION ALL '),
    scopes.map(({ inum }) => inum),
  );
}

/** The inums of the clients of each scope, the one that it belongs to included. */
function byScope(scopes: readonly UsedScope[], pairs: readonly Pair[]): Map<string, string[]> {
  const clients = new Map(scopes.map(({ inum, creatorId }) => [inum, creatorId === undefined ? [] : [creatorId]]));
  for (const { scope, client } of pairs) clients.get(scope)?.push(client);
  return new Map([...clients].map(([scope, inums]) => [scope, [...new Set(inums)].sort()]));
}

function clientsOf(inums: readonly string[], texts: ReadonlyMap<string, string>, most: number): ScopeClients {
  const found = inums.flatMap((inum) => texts.get(inum) ?? []);
  return { texts: found.slice(0, most), isMore: found.length > most };
}

async function withdrawScope(
  manager: EntityManager,
  neighbours: Neighbours,
  { scopeInum, context }: Withdrawal,
): Promise<void> {
  const rows = await manager.find(ClientScopeEntity, { where: { scopeInum }, order: { inum: 'ASC' } });
  const dn = dnOf('scopes', scopeInum);
  const without = (document: ClientDocument): ClientDocument => {
    return { ...document, scopes: (document.scopes ?? []).filter((scope) => scope !== dn) };
  };
  await withdraw(neighbours, { inums: rows.map(({ inum }) => inum), without, context });
}
