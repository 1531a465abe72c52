import { decodeCursor, encodeCursor } from '../search/cursor.ts';
import type { Refer, Referred } from '../search/condition-sql.ts';
import { parseSearch, type Condition, type SearchParameters, type SearchQuery } from '../search/search-query.ts';
import type { Start } from '../search/search.store.ts';
import { dnOf } from '../shared/ids.ts';
import { Problem, type Fault } from '../shared/problem.ts';
import { findClientField } from './client.fields.ts';
import { findReferences } from './client.lookup.ts';
import { served, type ServedClient } from './client.served.ts';
import type { ClientStores } from './client.stores.ts';

export interface ClientListRequest extends SearchParameters {
  readonly limit: number;
  readonly startIndex?: number;
  readonly cursor?: string;
}

export interface ClientPage {
  readonly start: number;
  readonly total: number;
  /** Whether `total` is a lower bound, because counting stopped. */
  readonly isEstimate: boolean;
  readonly clients: readonly ServedClient[];
  /** Leads to the next page, when there may be one. */
  readonly nextCursor?: string;
}

/** Finds a page of clients. Throws `invalid-request` when a parameter cannot be understood. */
export async function searchClients(stores: ClientStores, request: ClientListRequest): Promise<ClientPage> {
  const query = parseSearch(request, findClientField);
  const start = startOf(query, request);
  const refer = await referrer(stores, query.conditions);
  const found = await stores.search.search(query, start, request.limit, refer);
  const clients = await stores.clients.byIds(found.page.map((position) => position.id));
  const last = found.page.length < request.limit ? undefined : found.page.at(-1);
  return {
    start: request.startIndex ?? 0,
    total: found.total,
    isEstimate: found.isEstimate,
    clients: clients.map((client) => served(client)),
    ...(last !== undefined && { nextCursor: encodeCursor(query, last) }),
  };
}

function startOf(query: SearchQuery, { cursor, startIndex }: ClientListRequest): Start {
  if (cursor === undefined) return { offset: startIndex ?? 0 };
  if (startIndex !== undefined) {
    const errors = [{ parameter: 'query:cursor', detail: 'cannot stand beside startIndex' }];
    throw new Problem('invalid-request', { errors });
  }
  return { after: decodeCursor(query, cursor) };
}

const TREES = { scopes: 'scopes', claims: 'attributes' } as const;

/** Looks up what the conditions on references refer to, all at once. Unknown references are faults. */
async function referrer(stores: ClientStores, conditions: readonly Condition[]): Promise<Refer> {
  const written = (kind: 'scopes' | 'claims'): string[] =>
    conditions.flatMap(({ field, value }) => (field.refers === kind && typeof value === 'string' ? [value] : []));
  const draft = { scopes: written('scopes'), claims: written('claims') };
  const { references } = await findReferences(stores, draft);
  const faults: Fault[] = (['scopes', 'claims'] as const).flatMap((kind) =>
    draft[kind]
      .filter((text) => !references[kind].has(text))
      .map((text) => ({ parameter: 'query:fieldValuePair', detail: `there is nothing ${text} in ${kind}` })),
  );
  if (faults.length > 0) throw new Problem('invalid-request', { errors: faults });
  return ({ field, value }): Referred => {
    const kind = field.refers ?? 'scopes';
    const inum = references[kind].get(String(value))?.inum ?? '';
    return { inum, dn: dnOf(TREES[kind], inum) };
  };
}
