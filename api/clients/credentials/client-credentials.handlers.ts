import { ifMatch } from '../../shared/etag.ts';
import type { Handlers, RequestContext } from '../../shared/contract/operation.ts';
import type { Target } from './open-client.ts';
import type { ClientCredentials } from './client-credentials.service.ts';

export type CredentialOperation =
  | 'get-oauth-openid-client-tokens'
  | 'revoke-oauth-openid-client-tokens'
  | 'get-oauth-openid-client-secrets'
  | 'add-oauth-openid-client-secret'
  | 'remove-oauth-openid-client-secret';

interface Asked {
  readonly path: { readonly inum: string };
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly context: RequestContext;
}

const targetOf = ({ path: { inum }, headers, context }: Asked): Target => ({
  context,
  inum,
  check: ifMatch(headers['if-match']),
});

/** The operations on the secrets and tokens of clients, as the contract has them. */
export const clientCredentialsHandlers = (credentials: ClientCredentials): Pick<Handlers, CredentialOperation> => ({
  'revoke-oauth-openid-client-tokens': async (input) => {
    return { status: 200, body: await credentials.revokeTokens(targetOf(input)) };
  },
  'get-oauth-openid-client-tokens': async ({ path }) => ({ status: 200, body: await credentials.tokens(path.inum) }),
  'get-oauth-openid-client-secrets': async ({ path, query }) => {
    const part = { inum: path.inum, offset: query.startIndex ?? 0, limit: query.limit ?? 50 };
    return { status: 200, body: await credentials.list(part) };
  },
  'add-oauth-openid-client-secret': async (input) => {
    const body = await credentials.add(targetOf(input), input.body ?? {});
    const Location = `/jans-config-api/api/v1/openid/clients/${input.path.inum}/secrets/${body.id}`;
    return { status: 201, body, headers: { Location } };
  },
  'remove-oauth-openid-client-secret': async (input) => {
    await credentials.remove(targetOf(input), input.path.id);
    return { status: 204, body: undefined };
  },
});
