import { SCOPE_NOISE, SCOPE_PROPERTIES } from '../../openapi/properties.gen.ts';
import { isAdministrationScope } from '../shared/contract/administration-scopes.ts';
import { wireDate } from '../shared/clock.ts';
import { MemberNames } from '../shared/contract/member-names.ts';
import type { Members } from '../shared/contract/members.ts';
import { memberNormaliser } from '../shared/contract/normalise.ts';
import { Problem, type Fault } from '../shared/problem.ts';
import { tidyValues, sizeFaults } from '../shared/contract/values.ts';
import { CLAIM_REFERENCES, claimReferents, findClaims, resolveList } from './references.ts';
import { reconcileRegistration } from './scope.registration.ts';
import { counted, type Registry, type Removal, type Settled, type Settling } from './registry.ts';
import { completeScope } from './scope.document.ts';
import { findScopeField } from './scope.fields.ts';
import type { ScopeDocument } from './scope.store.ts';
import type { ScopeStores } from './scope.stores.ts';
import { isStockScope } from './stock-scopes.ts';

/** What the members of a scope are called, and were called. */
export const SCOPE_NAMES = new MemberNames('scope', SCOPE_PROPERTIES, SCOPE_NOISE);

/** Brings the body of a written scope into the form that the contract describes. */
export const normaliseScope = memberNormaliser(SCOPE_NAMES);

export const SCOPES: Registry<ScopeDocument, ScopeStores> = {
  noun: 'scope',
  notFound: 'scope-not-found',
  schema: 'ScopeInput',
  names: SCOPE_NAMES,
  findField: findScopeField,
  normalise: normaliseScope,
  entries: ({ scopes }) => scopes,
  search: ({ scopeSearch }) => scopeSearch,
  referents: claimReferents,
  settle: settleScope,
  guardChange,
  release,
};

async function settleScope(stores: ScopeStores, settling: Settling<ScopeDocument>): Promise<Settled<ScopeDocument>> {
  const draft = structuredClone(settling.draft);
  const written = (draft['claims'] ?? []) as string[];
  // So that a claim is not removed between its look-up and the end of this transaction.
  if (written.length > 0) await stores.settings.lock('claims');
  const faults = [
    ...tidyValues(SCOPE_PROPERTIES, draft),
    ...resolveList(draft, CLAIM_REFERENCES, await findClaims(stores.claims, written)),
    ...reservedId(draft, settling.previous),
  ];
  faults.push(...reconcileRegistration(draft, settling.previous));
  noteCreator(draft, settling);
  const document = completeScope(draft, settling.inum, settling.previous?.creationDate ?? wireDate(settling.now));
  return { document, faults: [...faults, ...sizeFaults(JSON.stringify(document), 'scope-size')] };
}

function reservedId({ id }: Members, previous: ScopeDocument | undefined): Fault[] {
  if (id === previous?.id || !isAdministrationScope(String(id))) return [];
  return [{ pointer: '/id', detail: 'is reserved for administration', rule: 'reserved-scope' }];
}

/** A spontaneous scope shows the client that made it, so that nobody else may say who that is. */
function noteCreator(draft: Members, { context, previous }: Settling<ScopeDocument>): void {
  const { creatorId, creatorType } = previous ?? { creatorId: context.caller.clientId, creatorType: 'client' as const };
  Object.assign(draft, { ...(creatorId && { creatorId }), ...(creatorType && { creatorType }) });
}

function guardChange(previous: ScopeDocument, next: ScopeDocument): void {
  if (isAdministrationScope(previous.id)) throw stock(`${previous.id} is an administration scope`);
  if (isStockScope(previous) && next.id !== previous.id)
    throw stock(`${previous.id} is a stock scope, and keeps its id`);
}

/** So many clients lose a scope at once, in one transaction. */
const MOST_CLIENTS = 1_000;

async function release(stores: ScopeStores, removal: Removal<ScopeDocument>): Promise<void> {
  const { document, context, force } = removal;
  if (isAdministrationScope(document.id)) throw stock(`${document.id} is an administration scope`);
  if (isStockScope(document)) throw stock(`${document.id} is a stock scope`);
  const clients = await stores.users.countOfScope(document.inum);
  if (clients === 0) return;
  const users = `this scope is in use by ${counted(clients, 'client')}`;
  if (!force) throw inUse(`${users}; force=true takes it from them`);
  if (clients > MOST_CLIENTS) throw inUse(`${users}, and at most ${MOST_CLIENTS} lose one at once`);
  await stores.users.withdrawScope({ scopeInum: document.inum, context });
}

const stock = (detail: string): Problem => new Problem('stock-resource', { detail });
const inUse = (detail: string): Problem => new Problem('in-use', { detail });
