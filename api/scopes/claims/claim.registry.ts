import { CLAIM_PROPERTIES, CLAIM_NOISE } from '../../../openapi/properties.gen.ts';
import { MemberNames } from '../../shared/contract/member-names.ts';
import type { Members } from '../../shared/contract/members.ts';
import { memberNormaliser } from '../../shared/contract/normalise.ts';
import { compilePatterns } from '../../shared/contract/pattern.ts';
import { Problem, type Fault } from '../../shared/problem.ts';
import { tidyValues, sizeFaults } from '../../shared/contract/values.ts';
import { completeClaim } from './claim.document.ts';
import { findClaimField } from './claim.fields.ts';
import { callerKey } from '../../shared/contract/operation.ts';
import type { ClaimDocument } from './claim.store.ts';
import { counted, type Registry, type Removal } from '../registry.ts';
import { findScopeField } from '../scope.fields.ts';
import type { ScopeStores } from '../scope.stores.ts';
import { isStockClaim } from './stock-claims.ts';

/** What the members of a claim are called, and were called. */
export const CLAIM_NAMES = new MemberNames('claim', CLAIM_PROPERTIES, CLAIM_NOISE);

/** Brings the body of a written claim into the form that the contract describes. */
export const normaliseClaim = memberNormaliser(CLAIM_NAMES);

export const CLAIMS: Registry<ClaimDocument, ScopeStores> = {
  noun: 'claim',
  notFound: 'claim-not-found',
  schema: 'JansAttributeInput',
  names: CLAIM_NAMES,
  findField: findClaimField,
  normalise: normaliseClaim,
  entries: ({ claims }) => claims,
  search: ({ claimSearch }) => claimSearch,
  settle: async (_stores, settling) => {
    const draft = structuredClone(settling.draft);
    const faults = [...tidyValues(CLAIM_PROPERTIES, draft), ...contradictoryLengths(draft), ...brokenPattern(draft)];
    const document = completeClaim(draft, settling.inum);
    return { document, faults: [...faults, ...sizeFaults(JSON.stringify(document), 'claim-size')] };
  },
  guardChange: (previous, next) => {
    if (isStockClaim(previous) && next.name !== previous.name)
      throw stock(`${previous.name} is a stock claim, and keeps its name`);
  },
  release,
};

function brokenPattern({ attributeValidation }: Members): Fault[] {
  const { regexp } = (attributeValidation ?? {}) as { regexp?: string };
  const [compiled] = regexp === undefined ? [] : compilePatterns([regexp]);
  if (typeof compiled !== 'string') return [];
  return [{ pointer: '/attributeValidation/regexp', detail: `is no regular expression: ${compiled}`, rule: 'pattern' }];
}

function contradictoryLengths({ attributeValidation }: Members): Fault[] {
  const { minLength = 0, maxLength } = (attributeValidation ?? {}) as { minLength?: number; maxLength?: number };
  if (maxLength === undefined || minLength <= maxLength) return [];
  const detail = `is less than minLength, ${minLength}`;
  return [{ pointer: '/attributeValidation/maxLength', detail, rule: 'lengths-agree' }];
}

async function release(stores: ScopeStores, { document, context }: Removal<ClaimDocument>): Promise<void> {
  if (isStockClaim(document)) throw stock(`${document.name} is a stock claim`);
  await stores.settings.lock('claims');
  const clients = await stores.users.countOfClaim(document.inum);
  const scopes = await countOfScopes(stores, document, callerKey(context.caller));
  if (clients + scopes === 0) return;
  throw new Problem('in-use', {
    detail: `this claim is in use by ${counted(clients, 'client')} and ${counted(scopes, 'scope')}`,
  });
}

/** How many scopes release a claim. */
async function countOfScopes(
  { scopeSearch }: ScopeStores,
  { inum, dn }: ClaimDocument,
  caller: string,
): Promise<number> {
  const [field, sort] = [findScopeField('claims'), findScopeField('inum')];
  if (field === undefined || sort === undefined) throw new Error('scopes have no such field');
  const conditions = [{ field, operator: '=', value: dn } as const];
  const query = { terms: [], conditions, sort: { field: sort, descending: false } };
  const asked = { start: { offset: 0 }, limit: 0, caller };
  return (await scopeSearch.search(query, asked, () => ({ inum, dn }))).total;
}

const stock = (detail: string): Problem => new Problem('stock-resource', { detail });
