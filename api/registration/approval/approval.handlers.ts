import type { DecisionOperation } from '../../clients/approval/client.approval.ts';
import { etagOf, ifMatch } from '../../shared/etag.ts';
import { JsonText, type Handlers, type Input, type Schemas } from '../../shared/contract/operation.ts';
import type { Decide, Decision } from './approval.service.ts';

/** The operations that decide about clients that wait, as the contract has them. */
export function approvalHandlers(decide: Decide): Pick<Handlers, DecisionOperation> {
  const handler =
    (verdict: Decision['verdict']) =>
    async ({
      path: { inum },
      body,
      headers,
      context,
    }: Input<'approve-oauth-openid-client'> | Input<'reject-oauth-openid-client'>) => {
      const target = { context, inum, check: ifMatch(headers['if-match']) };
      const client = await decide(target, { verdict, reason: body?.reason });
      return {
        status: 200 as const,
        body: new JsonText<Schemas['ClientReply']>(client.text),
        headers: { ETag: etagOf(client), ...(client.showsSecret && { 'Cache-Control': 'no-store' }) },
        inum,
      };
    };
  return { 'approve-oauth-openid-client': handler('approve'), 'reject-oauth-openid-client': handler('reject') };
}
