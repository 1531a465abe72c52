import { linkTo } from '../../search/page-reply.ts';
import type { Handlers, Input } from '../../shared/contract/operation.ts';
import type { Verb } from '../../tasks/steering.ts';
import { ClientBulks, type BulkServiceNeeds } from './bulk.service.ts';

/** The operations on many clients. */
export type BulkOperation = Extract<keyof Handlers, `${string}-oauth-openid-clients-bulk${string}`>;

const BULKS = '/jans-config-api/api/v1/openid/clients/bulk';

/** The operations on many clients, as the contract has them. */
export function bulkHandlers(needs: BulkServiceNeeds): Pick<Handlers, BulkOperation> {
  const bulks = new ClientBulks(needs);
  const control =
    (verb: Verb) =>
    async ({ path, context }: Pick<Input<'pause-oauth-openid-clients-bulk'>, 'path' | 'context'>) => ({
      status: 200 as const,
      body: await bulks.control(context, path.id, verb),
    });
  return {
    'start-oauth-openid-clients-bulk': ({ body, strict, context, keep }) =>
      bulks.begin(context, { input: body, strict }, (stores, bulk) =>
        bulk.id === undefined
          ? keep(stores, { status: 200, body: bulk })
          : keep(stores, { status: 202, body: bulk, headers: { Location: `${BULKS}/${bulk.id}` } }),
      ),
    'get-oauth-openid-clients-bulks': async ({ query: { startIndex = 0, limit = 50 } }) => {
      return { status: 200, body: await bulks.list({ startIndex, limit }) };
    },
    'get-oauth-openid-clients-bulk': async ({ path }) => ({ status: 200, body: await bulks.find(path.id) }),
    'get-oauth-openid-clients-bulk-results': async ({ path, query }) => {
      const { limit = 50, ...asked } = query;
      const page = await bulks.results({ ...asked, limit, run: path.id });
      const { nextCursor } = page;
      const link = nextCursor !== undefined && { headers: linkTo(`${BULKS}/${path.id}/results`, query, nextCursor) };
      return { status: 200, body: page, ...link };
    },
    'pause-oauth-openid-clients-bulk': control('pause'),
    'resume-oauth-openid-clients-bulk': control('resume'),
    'stop-oauth-openid-clients-bulk': control('stop'),
  };
}
