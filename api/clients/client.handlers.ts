import { oneRevision, revisionPage } from '../history/revision.handlers.ts';
import { pageReply } from '../search/page-reply.ts';
import { etagOf, ifMatch, ifNoneMatch, replaceable } from '../shared/etag.ts';
import type { DecisionOperation } from './approval/client.approval.ts';
import type { BulkOperation } from './bulk/bulk.handlers.ts';
import { preferencesOf } from '../shared/contract/preferences.ts';
import { callerKey, JsonText, type Handlers, type Schemas } from '../shared/contract/operation.ts';
import type { CredentialOperation } from './credentials/client-credentials.handlers.ts';
import type { UnusedOperation } from './unused/unused.handlers.ts';
import type { ReportOperation } from './profiles/report.handlers.ts';
import type { ClientService } from './client.service.ts';
import type { ServedClient } from './document/client.served.ts';

type ClientOperation = Exclude<
  Extract<keyof Handlers, `${string}-oauth-openid-client${string}`>,
  BulkOperation | CredentialOperation | DecisionOperation | ReportOperation | UnusedOperation
>;

const PARTIAL = 'partial-results';
const CLIENTS = '/jans-config-api/api/v1/openid/clients';

interface ClientBody {
  readonly body: JsonText<Schemas['ClientReply']>;
  readonly headers: Record<string, string>;
  readonly inum: string;
}

const headersOf = (client: ServedClient): Record<string, string> => ({
  ETag: etagOf(client),
  ...(client.showsSecret && { 'Cache-Control': 'no-store' }),
  ...(client.tokensOfflineUntil !== undefined && { 'Tokens-Offline-Until': client.tokensOfflineUntil }),
});

const reply = (client: ServedClient): ClientBody => ({
  body: new JsonText(client.text),
  headers: headersOf(client),
  inum: client.inum,
});

type PastOperation = Extract<
  ClientOperation,
  `${string}${'history' | 'removed' | 'revision' | 'purge-' | 'restore-'}${string}`
>;

/** Those on what clients were, and on clients that were. */
function pastHandlers(clients: ClientService): Pick<Handlers, PastOperation> {
  return {
    'get-oauth-openid-client-history': async ({ path, query }) => {
      const request = { inum: path.inum, offset: query.startIndex ?? 0, limit: query.limit ?? 50 };
      return { status: 200, body: await clients.history(request) };
    },
    'get-oauth-openid-client-revisions': ({ path, query }) => revisionPage(clients.revisions, path, query),
    'get-oauth-openid-client-revision': ({ path, query }) => oneRevision(clients.revisions, path, query),
    'restore-oauth-openid-client-revision': async ({ path, headers, context }) => {
      const request = { inum: path.inum, number: Number(path.number) };
      return { status: 200, ...reply(await clients.restoreRevision(context, request, ifMatch(headers['if-match']))) };
    },
    'get-oauth-openid-clients-removed': async ({ query: { startIndex = 0, limit = 50 } }) => {
      return { status: 200, body: await clients.removed({ offset: startIndex, limit }) };
    },
    'restore-oauth-openid-client': async ({ path, body, context }) => {
      const request = { inum: path.inum, as: body?.inum, incarnation: body?.incarnation };
      return { status: 200, ...reply(await clients.restore(context, request)) };
    },
    'purge-oauth-openid-client': async ({ path, context }) => {
      await clients.purge(context, path.inum);
      return { status: 204, body: undefined };
    },
  };
}

/** The operations on clients, as the contract has them. */
export function clientHandlers(clients: ClientService): Pick<Handlers, ClientOperation> {
  return {
    ...pastHandlers(clients),
    'get-oauth-openid-clients-by-inum': async ({ path, headers, context }) => {
      const client = await clients.get(context, path.inum);
      if (!ifNoneMatch(headers['if-none-match'], client)) return { status: 200, ...reply(client) };
      return { status: 304, body: undefined, headers: headersOf(client) };
    },
    'get-oauth-openid-clients': async ({ query, headers, context }) => {
      const partial = preferencesOf(headers['prefer']).includes(PARTIAL);
      const request = { ...query, limit: query.limit ?? 50, caller: callerKey(context.caller), partial };
      const page = await clients.search(request);
      return pageReply(CLIENTS, query, page, partial ? { 'Preference-Applied': PARTIAL } : {});
    },
    'post-oauth-openid-client': ({ body, strict, context, keep }) =>
      clients.create(context, { input: body, strict }, (stores, client) => {
        const made = reply(client);
        const headers = { ...made.headers, Location: `${CLIENTS}/${client.inum}` };
        return keep(stores, { status: 201, ...made, headers });
      }),
    'validate-oauth-openid-client': async ({ body, query, strict, context }) => ({
      status: 200,
      body: await clients.validate(context, { input: body, strict, profile: query.profile }),
    }),
    'put-oauth-openid-client': async ({ body, headers, context }) => {
      const client = await clients.replace(context, body, replaceable(headers));
      return { status: 200, ...reply(client) };
    },
    'patch-oauth-openid-client-by-inum': async ({ path, query, body, headers, strict, context }) => {
      const request = { inum: path.inum, patch: body, strict, revokeTokens: query.revokeTokens };
      return { status: 200, ...reply(await clients.patch(context, request, ifMatch(headers['if-match']))) };
    },
    'delete-oauth-openid-client-by-inum': async ({ path, headers, context }) => {
      await clients.remove(context, path.inum, ifMatch(headers['if-match']));
      return { status: 204, body: undefined };
    },
    'activate-oauth-openid-client': async ({ path, headers, context }) => {
      const target = { context, inum: path.inum, check: ifMatch(headers['if-match']) };
      const client = await clients.setDisabled(target, false);
      return { status: 200, ...reply(client) };
    },
    'deactivate-oauth-openid-client': async ({ path, query, headers, context }) => {
      const target = { context, inum: path.inum, check: ifMatch(headers['if-match']) };
      const client = await clients.setDisabled(target, true, query.revokeTokens);
      return { status: 200, ...reply(client) };
    },
    'rotate-oauth-openid-client-secret': async ({ path, body, headers, context }) => {
      const request = { ...body, inum: path.inum };
      const { secret, ...version } = await clients.rotateSecret(context, request, ifMatch(headers['if-match']));
      return { status: 200, body: secret, headers: { ETag: etagOf(version) } };
    },
  };
}
