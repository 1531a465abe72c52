import type { ClientPropertyPath } from '../../../openapi/properties.gen.ts';
import type { ClientDocument } from '../../clients/document/client.document.ts';
import { textsOf } from '../../clients/rules/rule.ts';
import type { Fault } from '../../shared/problem.ts';
import type { Metadata } from './registration.mapping.ts';
import { isSameAlgorithm } from '../../shared/keys/signature-algorithms.ts';
import { REGISTERED } from './registration.members.ts';

/** What the authorization servers of the deployment take of clients, by the members of metadata that list it. */
export interface Support {
  /** The values of a list, or undefined where the rules about clients decide alone. */
  readonly values: (list: string) => readonly string[] | undefined;
  /** The same of a list about a client that nobody but the built-in issuer serves. */
  readonly alone: (list: string) => readonly string[] | undefined;
  /** Whether an algorithm that no list has is taken by nobody. */
  readonly knowsAlgorithms: boolean;
}

interface Row {
  readonly list: string;
  readonly path: ClientPropertyPath;
  /** Algorithms are judged where they are asked for: others are completed. */
  readonly isAlgorithm?: true;
}

const METHODS = 'token_endpoint_auth_methods_supported';
const ROWS: readonly Row[] = [
  { list: METHODS, path: 'tokenEndpointAuthMethod' },
  { list: METHODS, path: 'attributes.additionalTokenEndpointAuthMethods' },
  { list: 'grant_types_supported', path: 'grantTypes' },
  { list: 'response_types_supported', path: 'responseTypes' },
  { list: 'subject_types_supported', path: 'subjectType' },
  { list: 'backchannel_token_delivery_modes_supported', path: 'backchannelTokenDeliveryMode' },
  ...algorithms({
    token_endpoint_auth_signing_alg: 'tokenEndpointAuthSigningAlg',
    id_token_signing_alg: 'idTokenSignedResponseAlg',
    id_token_encryption_alg: 'idTokenEncryptedResponseAlg',
    id_token_encryption_enc: 'idTokenEncryptedResponseEnc',
    userinfo_signing_alg: 'userInfoSignedResponseAlg',
    userinfo_encryption_alg: 'userInfoEncryptedResponseAlg',
    userinfo_encryption_enc: 'userInfoEncryptedResponseEnc',
    request_object_signing_alg: 'requestObjectSigningAlg',
    request_object_encryption_alg: 'requestObjectEncryptionAlg',
    request_object_encryption_enc: 'requestObjectEncryptionEnc',
    access_token_signing_alg: 'accessTokenSigningAlg',
    introspection_signing_alg: 'attributes.introspectionSignedResponseAlg',
    introspection_encryption_alg: 'attributes.introspectionEncryptedResponseAlg',
    introspection_encryption_enc: 'attributes.introspectionEncryptedResponseEnc',
    authorization_signing_alg: 'attributes.jansAuthSignedRespAlg',
    authorization_encryption_alg: 'attributes.jansAuthEncRespAlg',
    authorization_encryption_enc: 'attributes.jansAuthEncRespEnc',
    backchannel_authentication_request_signing_alg: 'backchannelAuthenticationRequestSigningAlg',
  }),
];

function algorithms(members: Readonly<Record<string, ClientPropertyPath>>): Row[] {
  return Object.entries(members).map(([name, path]) => ({ list: `${name}_values_supported`, path, isAlgorithm: true }));
}

/** What the deployment does not take of how a client wants to be served. */
export function unsupportedBy(support: Support, client: ClientDocument): Fault[] {
  return ROWS.flatMap((row) => faultsOf(row, support, client));
}

/**
 * The same of what a registration asks for: nothing that the client had before, nor algorithms that it was given without
 * asking.
 */
export function unsupportedAsked(
  support: Support,
  client: ClientDocument,
  { metadata, previous }: { readonly metadata: Metadata; readonly previous?: ClientDocument | undefined },
): Fault[] {
  return ROWS.filter(({ path, isAlgorithm }) => isAlgorithm !== true || isAsked(path, metadata)).flatMap((row) =>
    faultsOf(row, support, client, previous),
  );
}

const isAsked = (path: ClientPropertyPath, metadata: Metadata): boolean =>
  REGISTERED.some(
    ({ property, names }) => property.path === path && names.some((name) => metadata[name] !== undefined),
  );

function faultsOf(
  { list, path, isAlgorithm }: Row,
  support: Support,
  client: ClientDocument,
  previous?: ClientDocument,
) {
  const isAlone = client.grantTypes.every((grant) => grant === 'client_credentials') && client.grantTypes.length > 0;
  const own = isAlone ? support.alone(list) : undefined;
  const values = support.values(list) ?? own ?? (isAlgorithm === true && support.knowsAlgorithms ? [] : undefined);
  if (values === undefined) return [];
  const known = new Set(values.map(canonical));
  const had = new Set(previous === undefined ? [] : textsOf(previous, [path]).map(({ text }) => text));
  return textsOf(client, [path]).flatMap(({ text, pointer }) => {
    if (known.has(canonical(text)) || had.has(text)) return [];
    const detail = values.length === 0 ? 'must be left out' : `must be one of ${values.join(', ')}`;
    return [{ pointer, detail: `${detail}: the authorization server takes no other`, rule: 'supported-by-the-server' }];
  });
}

/** One spelling of what means the same: a response type is a set of words (OAuth 2.0 Multiple Response Types section 5). */
const canonical = (value: string): string =>
  isSameAlgorithm(value, 'EdDSA') ? 'EdDSA' : value.split(' ').sort().join(' ');
