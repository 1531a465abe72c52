import { ADMINISTRATION_SCOPES } from '../../openapi/operations.gen.ts';
import { PROPERTIES } from '../clients/document/client.document.ts';
import { SECRET_METHODS } from '../clients/secrets/secret.policy.ts';
import { CONTENT_ENCRYPTION, KEY_ENCRYPTION, SIGNING } from '../clients/rules/rules.algorithms.ts';
import type { Schemas } from '../shared/contract/operation.ts';
import { KEY_ALGORITHMS, SECRET_ALGORITHMS } from './authentication/client-assertion.ts';

/** The addresses of the issuer, made from its identifier and never from a request. */
export interface Endpoints {
  readonly token: string;
  readonly introspection: string;
  readonly revoke: string;
  readonly jwks: string;
  readonly registration: string;
  readonly ssa: string;
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
    ssa: `${base}/ssa`,
  };
}

const METHODS = [...SECRET_METHODS, 'private_key_jwt'];
/** A public client names itself, at the token endpoint and where it revokes its tokens. */
const METHODS_OR_NONE = [...METHODS, 'none'];
const ALGORITHMS = [...SECRET_ALGORITHMS, ...KEY_ALGORITHMS];

/** How clients authenticate at the token endpoint: what registration accepts, and what is advertised. */
export const TOKEN_ENDPOINT_SUPPORT = { methods: METHODS_OR_NONE, algorithms: ALGORITHMS } as const;

/**
 * What clients can register for the authorization server of a deployment, and the built-in one has no endpoint for:
 * the values of the contract and of the rules themselves.
 */
function registrableMetadata({ registration, ssa }: Endpoints): object {
  const signed = SIGNING.filter((algorithm) => algorithm !== 'none');
  return {
    registration_endpoint: registration,
    ssa_endpoint: ssa,
    grant_types_supported: valuesOf('grantTypes').filter((grant) => !['password', 'none'].includes(grant)),
    response_types_supported: valuesOf('responseTypes'),
    id_token_signing_alg_values_supported: SIGNING,
    userinfo_signing_alg_values_supported: SIGNING,
    request_object_signing_alg_values_supported: SIGNING,
    authorization_signing_alg_values_supported: signed,
    introspection_signing_alg_values_supported: signed,
    backchannel_authentication_request_signing_alg_values_supported: valuesOf(
      'backchannelAuthenticationRequestSigningAlg',
    ),
    backchannel_token_delivery_modes_supported: valuesOf('backchannelTokenDeliveryMode'),
    ...Object.fromEntries(
      ['id_token', 'userinfo', 'request_object', 'authorization', 'introspection'].flatMap((what) => [
        [`${what}_encryption_alg_values_supported`, KEY_ENCRYPTION],
        [`${what}_encryption_enc_values_supported`, CONTENT_ENCRYPTION],
      ]),
    ),
  };
}

const valuesOf = (path: string): readonly string[] =>
  PROPERTIES.find((property) => property.path === path)?.values ?? [];

/** Metadata of the built-in issuer: RFC 8414 section 2, with what OpenID Connect Discovery 1.0 section 3 asks for. `scopes` are for clients of users. */
export function authorizationServerMetadata(
  issuer: string,
  { registration, scopes }: { readonly registration: boolean; readonly scopes: readonly string[] },
): Schemas['AuthorizationServerMetadata'] {
  const endpoints = endpointsOf(issuer);
  return {
    issuer,
    token_endpoint: endpoints.token,
    token_endpoint_auth_methods_supported: METHODS_OR_NONE,
    token_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
    jwks_uri: endpoints.jwks,
    introspection_endpoint: endpoints.introspection,
    introspection_endpoint_auth_methods_supported: METHODS,
    introspection_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
    revocation_endpoint: endpoints.revoke,
    revocation_endpoint_auth_methods_supported: METHODS_OR_NONE,
    revocation_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
    grant_types_supported: ['client_credentials'],
    scopes_supported: [...scopes],
    // Empty, but required by both documents.
    response_types_supported: [],
    subject_types_supported: ['public', 'pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    ...(registration && registrableMetadata(endpoints)),
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
