import type { ListRequest, Page } from '../search/search-page.ts';
import type { Condition } from '../search/condition.ts';
import { mayCall } from '../shared/contract/administration-scopes.ts';
import { callerKey, type Caller, type RequestContext, type Schemas } from '../shared/contract/operation.ts';
import { Problem } from '../shared/problem.ts';
import type { StoredEntry } from './entry.store.ts';
import { RegistryService, type RegistryNeeds, type ServedEntry } from './registry.service.ts';
import { findScopeField } from './scope.fields.ts';
import { SCOPES } from './scope.registry.ts';
import type { ScopeDocument } from './scope.store.ts';
import type { ScopeStores } from './scope.stores.ts';
import type { UsedScope } from './users.ts';

/** How many clients are shown with one scope, and with each scope of a list. */
const CLIENTS_OF_ONE = 200;
const CLIENTS_OF_EACH = 10;

/** As many scopes as a reply without pages has. */
const MOST_SCOPES = 1_000;

/** The use cases of scopes. */
export class ScopeService extends RegistryService<ScopeDocument, ScopeStores> {
  constructor(needs: RegistryNeeds<ScopeStores>) {
    super(SCOPES, needs);
  }

  /** A scope with up to 200 of its clients. */
  getWithClients({ caller }: RequestContext, inum: string): Promise<{ readonly text: string }> {
    return this.needs.work.browse(async (stores) => {
      const [scope] = await withClients(stores, [await this.found(stores, inum)], { most: CLIENTS_OF_ONE, caller });
      if (scope === undefined) throw new Error('one scope gives one scope');
      return scope;
    });
  }

  /** A page of scopes of one type, or of all, each with up to 10 of its clients when they are asked for. */
  list(request: ListRequest, type: string, withClientsFor?: Caller): Promise<Page<{ readonly text: string }>> {
    const more = type === '' ? [] : [equals('scopeType', type)];
    return this.needs.work.browse(async (stores) => {
      const page = await this.page(stores, request, more);
      if (withClientsFor === undefined) return page;
      const shown = { most: CLIENTS_OF_EACH, caller: withClientsFor };
      return { ...page, entries: await withClients(stores, page.entries, shown) };
    });
  }

  /** All scopes for which a member has this value. Throws `invalid-request` when they are more than 1,000. */
  async all(
    { caller }: RequestContext,
    member: 'scopeType' | 'creatorId',
    value: string,
  ): Promise<readonly ServedEntry[]> {
    const request = { limit: MOST_SCOPES + 1, caller: callerKey(caller) };
    const page = await this.search(request, [equals(member, value)]);
    if (page.entries.length <= MOST_SCOPES) return page.entries;
    const detail = `there are more than ${MOST_SCOPES}; the list of scopes has them with fieldValuePair=${member}=${value}`;
    throw new Problem('invalid-request', { detail });
  }
}

function equals(member: 'scopeType' | 'creatorId', value: string): Condition {
  const field = findScopeField(member);
  if (field === undefined) throw new Error(`scopes have no field ${member}`);
  return { field, operator: '=', value };
}

type Text = Pick<StoredEntry, 'inum' | 'text'>;

/** Adds to each scope some of its clients. The texts are put together, and not parsed more than they need to be. */
async function withClients(
  stores: ScopeStores,
  scopes: readonly Text[],
  { most, caller }: { readonly most: number; readonly caller: Caller },
): Promise<{ text: string }[]> {
  const clients = await stores.users.ofScopes(scopes.map(usedScope), most);
  const shown = mayCall(caller, 'get-oauth-openid-clients') ? (text: string): string => text : namesOf;
  return scopes.map(({ inum, text }) => {
    const { texts, isMore } = clients.get(inum) ?? { texts: [], isMore: false };
    return {
      text: `${text.slice(0, -1)},"clients":[${texts.map(shown).join(',')}]${isMore ? ',"moreClients":true' : ''}}`,
    };
  });
}

/** What is told of a client to those who may not read clients. */
function namesOf(text: string): string {
  const { dn, inum, clientName, displayName, disabled } = JSON.parse(text) as Schemas['ClientReply'];
  return JSON.stringify({ dn, inum, clientName, displayName, disabled });
}

function usedScope({ inum, text }: Text): UsedScope {
  const { scopeType, creatorId } = JSON.parse(text) as ScopeDocument;
  return { inum, ...(scopeType === 'spontaneous' && creatorId !== undefined && { creatorId }) };
}
