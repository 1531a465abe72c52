import { oneRevision, revisionPage } from '../../history/revision.handlers.ts';
import { pageReply } from '../../search/page-reply.ts';
import type { Condition } from '../../search/condition.ts';
import { etagOf, ifMatch, ifNoneMatch, replaceable } from '../../shared/etag.ts';
import { callerKey, JsonText, type Handlers, type Schemas } from '../../shared/contract/operation.ts';
import { findClaimField } from './claim.fields.ts';
import type { ClaimDocument } from './claim.store.ts';
import type { RegistryService, ServedEntry } from '../registry.service.ts';
import type { ScopeStores } from '../scope.stores.ts';

type ClaimOperation = Extract<keyof Handlers, `${string}-attributes${string}`>;

const CLAIMS = '/jans-config-api/api/v1/attributes';

const reply = (claim: ServedEntry) => ({
  body: new JsonText<Schemas['JansAttributeReply']>(claim.text),
  headers: { ETag: etagOf(claim) },
  inum: claim.inum,
});

/** The operations on claims, as the contract has them. */
export function claimHandlers(claims: RegistryService<ClaimDocument, ScopeStores>): Pick<Handlers, ClaimOperation> {
  return {
    'get-attributes': async ({ query, context }) => {
      const { status = 'all', limit = 50, ...request } = query;
      const asked = { ...request, limit, caller: callerKey(context.caller) };
      const page = await claims.search(asked, withStatus(status));
      return pageReply(CLAIMS, query, page);
    },
    'get-attributes-by-inum': async ({ path, headers }) => {
      const claim = await claims.get(path.inum);
      if (ifNoneMatch(headers['if-none-match'], claim))
        return { status: 304, body: undefined, headers: { ETag: etagOf(claim) } };
      return { status: 200, ...reply(claim) };
    },
    'post-attributes': async ({ body, context }) => {
      const claim = await claims.create(context, body);
      const made = reply(claim);
      return { status: 201, ...made, headers: { ...made.headers, Location: `${CLAIMS}/${claim.inum}` } };
    },
    'put-attributes': async ({ body, headers, context }) => {
      return { status: 200, ...reply(await claims.replace(context, body, replaceable(headers))) };
    },
    'patch-attributes-by-inum': async ({ path, body, headers, strict, context }) => {
      const request = { inum: path.inum, patch: body, strict };
      return { status: 200, ...reply(await claims.patch(context, request, ifMatch(headers['if-match']))) };
    },
    'delete-attributes-by-inum': async ({ path, headers, context }) => {
      await claims.remove(context, { inum: path.inum, force: false }, ifMatch(headers['if-match']));
      return { status: 204, body: undefined };
    },
    'get-attributes-revisions': ({ path, query }) => revisionPage(claims.revisions, path, query),
    'get-attributes-revision': ({ path, query }) => oneRevision(claims.revisions, path, query),
    'restore-attributes-revision': async ({ path, headers, context }) => {
      const request = { inum: path.inum, number: Number(path.number) };
      return { status: 200, ...reply(await claims.restoreRevision(context, request, ifMatch(headers['if-match']))) };
    },
  };
}

function withStatus(status: string): Condition[] {
  const field = findClaimField('status');
  if (field === undefined) throw new Error('claims have no status');
  return status === 'all' ? [] : [{ field, operator: '=', value: status }];
}
