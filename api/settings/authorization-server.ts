import { lookup } from '../../openapi/lookup.ts';
import { parseUrl } from '../../openapi/parse-url.ts';
import { isSafeUrl } from './safe-url.ts';
import { shapedJson } from './shaped-json.ts';
import { endpointsOf } from '../shared/endpoints.ts';
import type { AuthorizationServer } from '../shared/authorization-server.ts';

/** What the metadata are told beside. */
export interface Surroundings {
  readonly issuer: string;
  /** Whether there is a built-in token endpoint. */
  readonly builtInIssuer: boolean;
}

type Metadata = Readonly<Record<string, unknown>>;

const TEXT = { type: 'string', minLength: 1 };
const TEXTS = { type: 'array', minItems: 1, uniqueItems: true, items: TEXT };
const SHAPE = {
  type: 'object',
  minProperties: 1,
  properties: { issuer: TEXT },
  patternProperties: {
    '_(endpoint|uri)$': TEXT,
    // Some say yes or no: request_parameter_supported.
    _supported$: { anyOf: [TEXTS, { type: 'boolean' }] },
    '^(grant_types|response_types|code_challenge_methods|scopes)_supported$': TEXTS,
    '_(auth_methods|values|modes|types)_supported$': TEXTS,
  },
};
const metadataIn = shapedJson<Metadata>(SHAPE, 'it');

/** The endpoint that a grant cannot do without. */
const ENDPOINTS: Readonly<Record<string, string>> = {
  authorization_code: 'authorization_endpoint',
  implicit: 'authorization_endpoint',
  'urn:ietf:params:oauth:grant-type:device_code': 'device_authorization_endpoint',
  'urn:openid:params:grant-type:ciba': 'backchannel_authentication_endpoint',
};
/** The grants that the built-in token endpoint has, and those that have no need of any. */
const WITHOUT_TOKEN_ENDPOINT = ['client_credentials', 'implicit'];

/**
 * The authorization server in the text of a file, or everything that is wrong with it, each to be read after the name of
 * the setting.
 */
export function authorizationServerIn(text: string, around: Surroundings): AuthorizationServer | readonly string[] {
  const found = metadataIn(text);
  if ('fault' in found) return [`is not the metadata of a server: ${found.fault}`];
  const { value: metadata } = found;
  const issuesTokens = isForeign(metadata['token_endpoint'], endpointsOf(around.issuer).token);
  const faults = [
    ...addressFaults(metadata),
    ...ownFaults(metadata, around),
    ...(issuesTokens ? tokenEndpointFaults(metadata) : builtInFaults(metadata, around)),
    ...grantFaults(metadata),
  ];
  return faults.length > 0 ? faults : { metadata, issuesTokens };
}

const isForeign = (value: unknown, own: string): boolean => value !== undefined && value !== own;

const textsOf = (metadata: Metadata, name: string): readonly string[] => (metadata[name] as string[] | undefined) ?? [];

function addressFaults(metadata: Metadata): string[] {
  const addresses = Object.entries(metadata).filter(([name]) => /_(endpoint|uri)$/.test(name));
  return addresses.flatMap(([name, value]) => {
    const url = parseUrl(String(value));
    if (url === undefined) return [`has ${name} ${String(value)}, which is no URL`];
    if (url.hash !== '') return [`has ${name} ${url.href}, which must not have a fragment`];
    return isSafeUrl(url) ? [] : [`has ${name} ${url.href}, which must be https, except on the loopback interface`];
  });
}

/** What this service says itself. */
function ownFaults(metadata: Metadata, { issuer }: Surroundings): string[] {
  const { registration, ssa } = endpointsOf(issuer);
  const own = { issuer, registration_endpoint: registration, ssa_endpoint: ssa };
  const others = Object.entries(own).filter(([name, value]) => isForeign(metadata[name], value));
  return [
    ...others.map(([name, value]) => `has ${name} ${String(metadata[name])}: it is ${value} here, or left out`),
    // RFC 8414 section 2.1: it would win over what this service adds.
    ...('signed_metadata' in metadata
      ? ['must not have signed_metadata, to which this service could add nothing']
      : []),
  ];
}

function tokenEndpointFaults(metadata: Metadata): string[] {
  const why = 'is needed beside token_endpoint';
  return [
    ...('jwks_uri' in metadata ? [] : [`has no jwks_uri, which ${why}: the keys of its tokens`]),
    ...('grant_types_supported' in metadata ? [] : [`has no grant_types_supported, which ${why}`]),
  ];
}

/** Where the tokens of the issuer come from the built-in token endpoint, or from nowhere. */
function builtInFaults(metadata: Metadata, { issuer, builtInIssuer }: Surroundings): string[] {
  if (!builtInIssuer) return ['has no token_endpoint, and with BUILTIN_ISSUER=off there is none here'];
  const { jwks, introspection, revoke } = endpointsOf(issuer);
  const own = { jwks_uri: jwks, introspection_endpoint: introspection, revocation_endpoint: revoke };
  const foreign = Object.entries(own).filter(([name, value]) => isForeign(metadata[name], value));
  const described = Object.keys(metadata).filter((name) =>
    /^(token|introspection|revocation)_endpoint_auth_/.test(name),
  );
  const grants = textsOf(metadata, 'grant_types_supported').filter((grant) => !WITHOUT_TOKEN_ENDPOINT.includes(grant));
  return [
    ...[...foreign.map(([name]) => name), ...described].map(
      (name) => `has ${name} and no token_endpoint: the built-in endpoints describe themselves`,
    ),
    ...grants.map((grant) => `has the grant ${grant} and no token_endpoint that takes it: the built-in one does not`),
  ];
}

function grantFaults(metadata: Metadata): string[] {
  const grants = textsOf(metadata, 'grant_types_supported');
  const flows = textsOf(metadata, 'response_types_supported').filter((type) => type !== 'none');
  const needed = new Map(
    grants.flatMap((grant): [string, string][] => {
      const endpoint = lookup(ENDPOINTS, grant);
      return endpoint === undefined ? [] : [[endpoint, grant]];
    }),
  );
  if (flows.length > 0) needed.set('authorization_endpoint', `${needed.get('authorization_endpoint') ?? flows[0]}`);
  const missing = [...needed].filter(([endpoint]) => !(endpoint in metadata));
  const answers = 'authorization_endpoint' in metadata && !('response_types_supported' in metadata);
  return [
    ...missing.map(([endpoint, what]) => `has no ${endpoint}, which ${what} needs`),
    ...(answers ? ['has no response_types_supported, which authorization_endpoint needs (RFC 8414 section 2)'] : []),
  ];
}
