import type { Cursors } from '../search/cursor.ts';
import { unknownDetail } from '../scopes/references.ts';
import { referrer, type FindReferents } from '../search/referrer.ts';
import { searchPage, type ListRequest, type Page, type PageSource } from '../search/search-page.ts';
import { allConditions, parseSearch } from '../search/search-query.ts';
import { findClientField } from './document/client.fields.ts';
import { findReferences } from './client.lookup.ts';
import { served, type ServedClient } from './document/client.served.ts';
import type { ClientStores } from './client.stores.ts';

export type ClientListRequest = ListRequest;
export type ClientPage = Page<ServedClient>;

/** Finds a page of clients; relative dates are counted from `now`, in epoch milliseconds. Throws `invalid-request` when a parameter cannot be understood. */
export const searchClients = (stores: ClientStores, request: ClientListRequest, by: SearchedBy): Promise<ClientPage> =>
  found(stores, request, by, async (inums) => (await stores.clients.byIds(inums)).map((client) => served(client)));

/** The same, of which only the inums are read. */
export const searchInums = (stores: ClientStores, request: ClientListRequest, by: SearchedBy): Promise<Page<string>> =>
  found(stores, request, by, (inums) => Promise.resolve(inums));

interface SearchedBy {
  readonly cursors: Cursors;
  readonly now: number;
}

async function found<T>(
  stores: ClientStores,
  request: ClientListRequest,
  { cursors, now }: SearchedBy,
  read: PageSource<T>['read'],
): Promise<Page<T>> {
  const query = parseSearch(request, findClientField, now);
  const find: FindReferents = async (kind, written) => {
    const { references } = await findReferences(stores, { [kind]: written });
    return references[kind];
  };
  const refer = await referrer(allConditions(query), find, unknownDetail);
  return searchPage(query, request, {
    cursors,
    store: stores.search,
    refer,
    read,
  });
}
