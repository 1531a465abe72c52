import type { LoggedChange } from '../shared/log/audit.store.ts';
import type { Schemas } from '../shared/contract/operation.ts';
import { Problem } from '../shared/problem.ts';
import type { ClientStores } from './client.stores.ts';

export interface HistoryRequest {
  readonly inum: string;
  readonly offset: number;
  readonly limit: number;
}

/** A page of the changes of a client, also of one that was removed. Refuses with `client-not-found` what never was. */
export async function clientHistory(
  { clients, audit }: Pick<ClientStores, 'clients' | 'audit'>,
  { inum, offset, limit }: HistoryRequest,
): Promise<Schemas['ClientChangePagedResult']> {
  const total = await audit.count('client', inum);
  if (total === 0 && (await clients.find(inum)) === undefined) throw new Problem('client-not-found');
  const records = limit === 0 ? [] : await audit.page('client', inum, { offset, limit });
  return { start: offset, totalEntriesCount: total, entriesCount: records.length, entries: records.map(changeOf) };
}

const changeOf = ({
  at,
  caller,
  subject,
  operation,
  changed,
  requestId,
  reason,
}: LoggedChange): Schemas['ClientChange'] => ({
  at: at.slice(0, 19),
  caller,
  ...(subject && { subject }),
  operation,
  changed: [...changed],
  ...(requestId !== '' && { requestId }),
  ...(reason !== undefined && { reason }),
});
