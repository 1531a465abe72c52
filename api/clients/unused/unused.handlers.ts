import { JsonText, type Handlers } from '../../shared/contract/operation.ts';
import { etagOf, ifMatch } from '../../shared/etag.ts';
import { UnusedClients, type UnusedClientsNeeds } from './unused.service.ts';

export type UnusedOperation =
  | 'post-openid-client-use'
  | 'get-oauth-openid-clients-unused'
  | 'forget-oauth-openid-clients-reporter'
  | 'keep-oauth-openid-client';

/** The operations on uses and on clients that nobody uses, as the contract has them. */
export function unusedClientsHandlers(needs: UnusedClientsNeeds): Pick<Handlers, UnusedOperation> {
  const unused = new UnusedClients(needs);
  return {
    'post-openid-client-use': async ({ body, context: { caller } }) => {
      return { status: 200, body: await unused.report(caller.clientId, body) };
    },
    'forget-oauth-openid-clients-reporter': async ({ body, context }) => {
      await unused.forget(context, body.caller);
      return { status: 204, body: undefined };
    },
    'get-oauth-openid-clients-unused': async ({ query: { startIndex = 0, limit = 50 } }) => {
      return { status: 200, body: await unused.list({ offset: startIndex, limit }) };
    },
    'keep-oauth-openid-client': async ({ path, headers, context }) => {
      const client = await unused.keep({ context, inum: path.inum, check: ifMatch(headers['if-match']) });
      return { status: 200, body: new JsonText(client.text), headers: { ETag: etagOf(client) }, inum: client.inum };
    },
  };
}
