import { oneRevision, revisionPage } from '../history/revision.handlers.ts';
import { pageReply } from '../search/page-reply.ts';
import { etagOf, ifMatch, ifNoneMatch, replaceable } from '../shared/etag.ts';
import { callerKey, JsonText, type Handlers, type Schemas } from '../shared/contract/operation.ts';
import type { ServedEntry } from './registry.service.ts';
import type { ScopeService } from './scope.service.ts';

type ScopeOperation = Extract<keyof Handlers, `${string}-oauth-scopes${string}` | `get-scope-by-${string}`>;

const SCOPES = '/jans-config-api/api/v1/scopes';

const reply = (scope: ServedEntry) => ({
  body: new JsonText<Schemas['ScopeReply']>(scope.text),
  headers: { ETag: etagOf(scope) },
  inum: scope.inum,
});

/** The operations on scopes, as the contract has them. */
export function scopeHandlers(scopes: ScopeService): Pick<Handlers, ScopeOperation> {
  return {
    'get-oauth-scopes': async ({ query, context }) => {
      const { type = '', withAssociatedClients = false, ...request } = query;
      const page = await scopes.list(
        { ...request, limit: request.limit ?? 50, caller: callerKey(context.caller) },
        type,
        withAssociatedClients ? context.caller : undefined,
      );
      return pageReply(SCOPES, query, page);
    },
    'get-oauth-scopes-by-inum': async ({ path, query, headers, context }) => {
      // Its clients change without it: there is no version of both.
      if (query.withAssociatedClients === true)
        return { status: 200, body: new JsonText((await scopes.getWithClients(context, path.inum)).text) };
      const scope = await scopes.get(path.inum);
      if (ifNoneMatch(headers['if-none-match'], scope))
        return { status: 304, body: undefined, headers: { ETag: etagOf(scope) } };
      return { status: 200, ...reply(scope) };
    },
    'get-scope-by-creator': async ({ path, context }) => ({
      status: 200,
      body: listOf(await scopes.all(context, 'creatorId', path.creatorId)),
    }),
    'get-scope-by-type': async ({ path, context }) => ({
      status: 200,
      body: listOf(await scopes.all(context, 'scopeType', path.type)),
    }),
    'post-oauth-scopes': async ({ body, context }) => {
      const scope = await scopes.create(context, body);
      const made = reply(scope);
      return { status: 201, ...made, headers: { ...made.headers, Location: `${SCOPES}/${scope.inum}` } };
    },
    'put-oauth-scopes': async ({ body, headers, context }) => {
      return { status: 200, ...reply(await scopes.replace(context, body, replaceable(headers))) };
    },
    'patch-oauth-scopes-by-id': async ({ path, body, headers, strict, context }) => {
      const request = { inum: path.inum, patch: body, strict };
      return { status: 200, ...reply(await scopes.patch(context, request, ifMatch(headers['if-match']))) };
    },
    'delete-oauth-scopes-by-inum': async ({ path, query, headers, context }) => {
      const request = { inum: path.inum, force: query.force ?? false };
      await scopes.remove(context, request, ifMatch(headers['if-match']));
      return { status: 204, body: undefined };
    },
    'get-oauth-scopes-revisions': ({ path, query }) => revisionPage(scopes.revisions, path, query),
    'get-oauth-scopes-revision': ({ path, query }) => oneRevision(scopes.revisions, path, query),
    'restore-oauth-scopes-revision': async ({ path, headers, context }) => {
      const request = { inum: path.inum, number: Number(path.number) };
      return { status: 200, ...reply(await scopes.restoreRevision(context, request, ifMatch(headers['if-match']))) };
    },
  };
}

const listOf = (scopes: readonly ServedEntry[]): JsonText<Schemas['CustomScope'][]> =>
  new JsonText(`[${scopes.map((scope) => scope.text).join(',')}]`);
