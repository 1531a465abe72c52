import { lookup } from '../../openapi/lookup.ts';
import type { Handlers, Input, Schemas } from '../shared/contract/operation.ts';
import { Problem } from '../shared/problem.ts';
import type { Endpoints } from '../shared/endpoints.ts';
import type { AuthenticateClient, AuthenticatedClient } from './authentication/client-authentication.ts';
import { formParameters, type FormParameters } from './form.ts';
import type { SigningKeys } from './keys/signing-keys.ts';
import type { Binding, BindToken } from './token-binding.ts';
import type { TokenControlService } from './token-control.service.ts';
import type { TokenService } from './token.service.ts';
import type { UseRecorder } from './use-recorder.ts';

type IssuerOperation = 'token' | 'introspection' | 'revoke' | 'jwks';
export type IssuerHandlers = Pick<Handlers, IssuerOperation>;

export interface IssuerHandlersNeeds {
  readonly endpoints: Endpoints;
  readonly authenticate: AuthenticateClient;
  readonly binding: BindToken;
  readonly tokens: TokenService;
  readonly control: TokenControlService;
  readonly keys: SigningKeys;
  readonly uses: UseRecorder;
}

/** The operations of the built-in authorization server. */
export function issuerHandlers({
  endpoints,
  authenticate,
  binding,
  tokens,
  control,
  keys,
  uses,
}: IssuerHandlersNeeds): IssuerHandlers {
  const enter = async (
    input: FormInput,
    endpoint: keyof Endpoints,
    needsProof = false,
  ): Promise<{ client: AuthenticatedClient; form: FormParameters }> => {
    const form = formParameters(input.body);
    const { source } = input.context;
    const client = await authenticate({
      authorization: headerOf(input, 'authorization'),
      form,
      source,
      endpoint: endpoints[endpoint],
      needsProof,
    });
    return { client, form };
  };
  const noted = (client: AuthenticatedClient, issued?: Schemas['TokenReply']): void => {
    // Whoever names a public client has not shown to be it.
    if (client.method !== 'none') uses.note(client, issued);
  };

  return {
    async token(input) {
      const { client, form } = await enter(input, 'token');
      const bind = (): Promise<Binding> => binding(client, headerOf(input, 'dpop'));
      const { body, headers } = await tokens.issue(client, form, bind).catch((error: unknown) => {
        noted(client);
        throw error;
      });
      noted(client, body);
      // RFC 6749 section 5.1, for caches that do not know Cache-Control.
      return { status: 200, body, headers: { Pragma: 'no-cache', ...headers }, client: client.document.inum };
    },
    async introspection(input) {
      const { client, form } = await enter(input, 'introspection', true);
      noted(client);
      return { status: 200, body: await control.introspect(form), client: client.document.inum };
    },
    async revoke(input) {
      const { client, form } = await enter(input, 'revoke');
      noted(client);
      await control.revoke(client.document.inum, form);
      return { status: 200, body: undefined, client: client.document.inum };
    },
    jwks: async () => ({ status: 200, body: { keys: await keys.published() }, headers: CACHED }),
  };
}

/** Public, and the next key is published a day ahead. */
export const CACHED = { 'Cache-Control': 'public, max-age=300' };

export const noBuiltInIssuer = (): Problem =>
  new Problem('not-found', { detail: 'there is no built-in authorization server here' });

/** The same operations where there is no built-in authorization server. */
export function absentIssuerHandlers(): IssuerHandlers {
  const absent = (): Promise<never> => Promise.reject(noBuiltInIssuer());
  return {
    token: absent,
    introspection: absent,
    revoke: absent,
    jwks: absent,
  };
}

type FormInput = Input<'token'> | Input<'introspection'> | Input<'revoke'>;

function headerOf({ headers }: FormInput, name: string): string | undefined {
  const value = lookup(headers, name);
  return typeof value === 'string' ? value : undefined;
}
