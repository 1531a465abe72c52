import type { Handlers } from '../../shared/contract/operation.ts';
import type { InitialTokenService } from './initial-token.service.ts';

type InitialTokenOperation = Extract<keyof Handlers, `${string}-registration-token${string}`>;

const TOKENS = '/jans-config-api/api/v1/registration-tokens';

/** The operations on initial access tokens, as the contract has them. */
export function initialTokenHandlers(tokens: InitialTokenService): Pick<Handlers, InitialTokenOperation> {
  return {
    'get-registration-tokens': async ({ query }) => ({
      status: 200,
      body: await tokens.list(query.startIndex ?? 0, query.limit ?? 50),
    }),
    'post-registration-token': async ({ body, context }) => {
      const token = await tokens.create(context, body);
      return { status: 201, body: token, headers: { Location: `${TOKENS}/${token.id}` }, inum: token.id };
    },
    'get-registration-token-by-id': async ({ path }) => ({ status: 200, body: await tokens.get(path.id) }),
    'delete-registration-token-by-id': async ({ path, context }) => {
      await tokens.remove(context, path.id);
      return { status: 204, body: undefined };
    },
  };
}
