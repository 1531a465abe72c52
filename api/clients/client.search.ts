import type { Cursors } from '../search/cursor.ts';
import { unknownDetail } from '../scopes/references.ts';
import { referrer, type FindReferents } from '../search/referrer.ts';
import { searchPage, type ListRequest, type Page } from '../search/search-page.ts';
import { allConditions, parseSearch } from '../search/search-query.ts';
import { findClientField } from './document/client.fields.ts';
import { findReferences } from './client.lookup.ts';
import { served, type ServedClient } from './document/client.served.ts';
import type { ClientStores } from './client.stores.ts';

export type ClientListRequest = ListRequest;
export type ClientPage = Page<ServedClient>;

/** Finds a page of clients; relative dates are counted from `now`, in epoch milliseconds. Throws `invalid-request` when a parameter cannot be understood. */
export async function searchClients(
  stores: ClientStores,
  request: ClientListRequest,
  { cursors, now }: { readonly cursors: Cursors; readonly now: number },
): Promise<ClientPage> {
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
    read: async (inums) => (await stores.clients.byIds(inums)).map((client) => served(client)),
  });
}
