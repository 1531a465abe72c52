import { ADMINISTRATION_SCOPES } from '../../openapi/operations.gen.ts';
import type { Schemas } from '../shared/operation.ts';
import { KEY_ALGORITHMS, SECRET_ALGORITHMS } from './client-assertion.ts';

/** The addresses of the issuer, made from its identifier and never from a request. */
export interface Endpoints {
  readonly token: string;
  readonly introspection: string;
  readonly revoke: string;
  readonly jwks: string;
  readonly registration: string;
}

/** The addresses of the endpoints of `issuer`. */
export function endpointsOf(issuer: string): Endpoints {
  const base = `${issuer}/jans-auth/restv1`;
  return {
    token: `${base}/token`,
    introspection: `${base}/introspection`,
    revoke: `${base}/revoke`,
    jwks: `${base}/jwks`,
    registration: `${base}/register`,
  };
}

const METHODS = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt'];
const ALGORITHMS = [...SECRET_ALGORITHMS, ...KEY_ALGORITHMS];

/** Metadata of the built-in issuer: RFC 8414 section 2, with what OpenID Connect Discovery 1.0 section 3 asks for. */
export function authorizationServerMetadata(
  issuer: string,
  { registration }: { readonly registration: boolean },
): Schemas['AuthorizationServerMetadata'] {
  const endpoints = endpointsOf(issuer);
  return {
    issuer,
    token_endpoint: endpoints.token,
    token_endpoint_auth_methods_supported: METHODS,
    token_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
    jwks_uri: endpoints.jwks,
    introspection_endpoint: endpoints.introspection,
    introspection_endpoint_auth_methods_supported: METHODS,
    introspection_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
    revocation_endpoint: endpoints.revoke,
    revocation_endpoint_auth_methods_supported: METHODS,
    revocation_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
    ...(registration && { registration_endpoint: endpoints.registration }),
    grant_types_supported: ['client_credentials'],
    scopes_supported: Object.keys(ADMINISTRATION_SCOPES),
    // Empty, but required by both documents.
    response_types_supported: [],
    subject_types_supported: ['public', 'pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}

/** Metadata of this API as a protected resource (RFC 9728 section 2). */
export function protectedResourceMetadata(
  audience: string,
  issuers: readonly string[],
): Schemas['ProtectedResourceMetadata'] {
  return {
    resource: audience,
    authorization_servers: [...new Set(issuers)],
    scopes_supported: Object.keys(ADMINISTRATION_SCOPES),
    bearer_methods_supported: ['header'],
  };
}
