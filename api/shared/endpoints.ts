import type { AuthorizationServer } from './authorization-server.ts';

/** The addresses of the service, made from its public base URL and never from a request. */
export interface Endpoints {
  readonly token: string;
  readonly introspection: string;
  readonly revoke: string;
  readonly jwks: string;
  readonly registration: string;
  readonly ssa: string;
}

/** The addresses of the endpoints below `base`, the public base URL. */
export function endpointsOf(base: string): Endpoints {
  const path = `${base}/jans-auth/restv1`;
  return {
    token: `${path}/token`,
    introspection: `${path}/introspection`,
    revoke: `${path}/revoke`,
    jwks: `${path}/jwks`,
    registration: `${path}/register`,
    ssa: `${path}/ssa`,
  };
}

/**
 * The identifier of the built-in issuer: the public base URL, unless that is the identifier of a server that issues
 * tokens itself. One issuer has one token endpoint and one set of keys.
 */
export const builtInIssuerId = (base: string, server: AuthorizationServer | undefined): string =>
  server?.issuesTokens === true ? `${base}/jans-auth` : base;
