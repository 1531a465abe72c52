import { ADMINISTRATION_SCOPES } from '../../../openapi/operations.gen.ts';
import { SECRET_METHODS } from '../../clients/secrets/secret.policy.ts';
import type { AuthorizationServer } from '../../shared/authorization-server.ts';
import type { Schemas } from '../../shared/contract/operation.ts';
import { PROOF_ALGORITHMS } from '../../shared/dpop/proof.ts';
import { KEY_ALGORITHMS, SECRET_ALGORITHMS } from '../authentication/client-assertion.ts';
import { endpointsOf } from '../../shared/endpoints.ts';

/** How clients prove themselves at the built-in endpoints. */
export const METHODS: readonly string[] = [...SECRET_METHODS, 'private_key_jwt'];
/** With which algorithms they sign assertions. */
export const ALGORITHMS: readonly string[] = [...SECRET_ALGORITHMS, ...KEY_ALGORITHMS];

type Metadata = Schemas['AuthorizationServerMetadata'];

export interface Discovered {
  /** The public base URL. */
  readonly base: string;
  /** Whether clients can register themselves. */
  readonly registration: boolean;
  /** The scopes that they can have. */
  readonly scopes: readonly string[];
}

/** What both kinds of metadata say that an OpenID provider has to say (OpenID Connect Discovery 1.0 section 3). */
const OF_PROVIDERS = {
  subject_types_supported: ['public', 'pairwise'],
  id_token_signing_alg_values_supported: ['RS256'],
};

/** Of servers without an authorization endpoint: the list is required (RFC 8414 section 2) and never empty (section 3.2). */
const NO_RESPONSES = { response_types_supported: ['none'] };

/** Metadata of the built-in issuer (RFC 8414 section 2): what its endpoints take. */
export function builtInMetadata(issuer: string, discovered: Discovered): Metadata {
  const endpoints = endpointsOf(discovered.base);
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
    // A public client names itself there.
    revocation_endpoint_auth_methods_supported: [...METHODS, 'none'],
    revocation_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
    dpop_signing_alg_values_supported: [...PROOF_ALGORITHMS],
    grant_types_supported: ['client_credentials'],
    ...NO_RESPONSES,
    ...OF_PROVIDERS,
    ...told(discovered),
  };
}

/**
 * Metadata of the issuer of the base URL: the built-in one, with what the authorization server of the deployment adds. Of the
 * scopes that this one lists, those that a registration can have.
 */
export function issuerMetadata(server: AuthorizationServer | undefined, discovered: Discovered): Metadata {
  const { base: issuer } = discovered;
  if (server === undefined) return builtInMetadata(issuer, discovered);
  const { scopes_supported: served, ...metadata } = server.metadata;
  const scopes = discovered.scopes.filter((scope) => !Array.isArray(served) || served.includes(scope));
  const had = { ...discovered, scopes };
  if (server.issuesTokens) return { ...NO_RESPONSES, ...OF_PROVIDERS, ...told(had), ...metadata, issuer };
  const own = builtInMetadata(issuer, had);
  const grants = (metadata['grant_types_supported'] ?? []) as readonly string[];
  return {
    ...own,
    ...metadata,
    grant_types_supported: [...new Set([...(own['grant_types_supported'] as string[]), ...grants])],
  };
}

/** What depends on the clients and scopes of the registry. */
function told({ base, registration, scopes }: Discovered): Partial<Metadata> {
  const endpoints = endpointsOf(base);
  return {
    // RFC 8414 section 3.2: an empty list is left out.
    ...(scopes.length > 0 && { scopes_supported: [...scopes] }),
    ...(registration && { registration_endpoint: endpoints.registration, ssa_endpoint: endpoints.ssa }),
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
    dpop_signing_alg_values_supported: [...PROOF_ALGORITHMS],
  };
}
