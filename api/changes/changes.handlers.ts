import { linkTo } from '../search/page-reply.ts';
import type { Handlers, Schemas } from '../shared/contract/operation.ts';
import type { ClientChange } from './change-log.store.ts';
import type { ChangesPage, ChangesRequest } from './changes.ts';

const CHANGES = '/jans-config-api/api/v1/openid/changes';

/** The operation on the changes of all clients. */
export const changesHandlers = (
  find: (request: ChangesRequest) => Promise<ChangesPage>,
): Pick<Handlers, 'get-oauth-openid-changes'> => ({
  'get-oauth-openid-changes': async ({ query }) => {
    const { changes, nextCursor, caughtUp } = await find({ ...query, limit: query.limit ?? 50 });
    return {
      status: 200,
      body: {
        entriesCount: changes.length,
        entries: changes.map(shown),
        ...(nextCursor !== undefined && { nextCursor }),
        ...(caughtUp !== undefined && { caughtUp }),
      },
      ...(nextCursor !== undefined && { headers: linkTo(CHANGES, query, nextCursor) }),
    };
  },
});

/** A change as it is answered. */
export const shown = ({ at, requestId, changed, ...change }: ClientChange): Schemas['ClientChange'] => ({
  ...change,
  at: at.slice(0, 19),
  changed: [...changed],
  ...(requestId !== '' && { requestId }),
});
