import { lookup } from '../../../openapi/lookup.ts';
import { PROPERTIES } from '../../clients/document/client.document.ts';
import type { AuthorizationServer } from '../../shared/authorization-server.ts';
import { ALGORITHMS, METHODS } from './discovery.ts';

/** What can be registered, by the members of metadata that list it; see `Support` of dynamic registration. */
export interface Registrable {
  readonly values: (list: string) => readonly string[] | undefined;
  readonly alone: (list: string) => readonly string[] | undefined;
  readonly knowsAlgorithms: boolean;
}

const METHOD_LISTS = 'token_endpoint_auth_methods_supported';
const OWN: Readonly<Record<string, readonly string[]>> = {
  // A public client cannot get a token from the built-in endpoint; it gets them from the server of the deployment.
  [METHOD_LISTS]: [...METHODS, 'none'],
  token_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
};
/** What the built-in issuer does with tokens: it signs them with its keys, and answers introspection with plain JSON. */
const ALONE: Readonly<Record<string, readonly string[]>> = {
  access_token_signing_alg_values_supported: ['RS256'],
  introspection_signing_alg_values_supported: [],
  introspection_encryption_alg_values_supported: [],
  introspection_encryption_enc_values_supported: [],
};
/** Authenticated by nobody here: a server that does says so in its metadata. */
const UNSERVED = ['spiffe_jwt'];

/**
 * What clients can register: what the metadata of the deployment's server list, else what Janssen's registry takes, and of
 * methods of authentication what the built-in token endpoint takes where there is one.
 */
export function registrable(server: AuthorizationServer | undefined, hasBuiltIn: boolean): Registrable {
  const listed = (list: string): readonly string[] | undefined => {
    const values = server && lookup(server.metadata, list);
    return Array.isArray(values) ? (values as string[]) : undefined;
  };
  if (server?.issuesTokens === true) {
    // RFC 8414 section 2: what a server means that does not say it.
    const methods = listed(METHOD_LISTS) ?? ['client_secret_basic'];
    return {
      knowsAlgorithms: true,
      alone: () => undefined,
      values: (list) => (list === METHOD_LISTS ? methods : withBuiltIn(list, listed)),
    };
  }
  const own = hasBuiltIn ? OWN : { [METHOD_LISTS]: knownMethods() };
  return {
    knowsAlgorithms: server !== undefined,
    alone: (list) => (hasBuiltIn ? lookup(ALONE, list) : undefined),
    values: (list) => lookup(own, list) ?? withBuiltIn(list, listed),
  };
}

/** The built-in token endpoint goes on to have its grant beside the server that issues tokens to users. */
function withBuiltIn(list: string, listed: (list: string) => readonly string[] | undefined) {
  const values = listed(list);
  return list === 'grant_types_supported' && values !== undefined
    ? [...new Set([...values, 'client_credentials'])]
    : values;
}

const knownMethods = (): readonly string[] =>
  (PROPERTIES.find(({ path }) => path === 'tokenEndpointAuthMethod')?.values ?? []).filter(
    (method) => !UNSERVED.includes(method),
  );
