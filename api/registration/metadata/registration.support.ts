import type { ClientDocument } from '../../clients/document/client.document.ts';
import type { Fault } from '../../shared/problem.ts';

/** How clients can authenticate at the token endpoint. */
export interface TokenEndpointSupport {
  readonly methods: readonly string[];
  /** Of client assertions. */
  readonly algorithms: readonly string[];
}

/**
 * What the token endpoint does not take of how a client wants to authenticate, and did not before. Nothing where there
 * is no built-in token endpoint: which methods another one takes is not known here.
 */
export function unsupportedBy(
  support: TokenEndpointSupport | undefined,
  client: ClientDocument,
  previous: ClientDocument | undefined,
): Fault[] {
  if (support === undefined) return [];
  const { methods, algorithms } = support;
  const rule = 'supported-authentication';
  const had: readonly string[] = previous?.allAuthenticationMethods ?? [];
  const unknown = client.allAuthenticationMethods.find((method) => !methods.includes(method) && !had.includes(method));
  const isMain = unknown === client.tokenEndpointAuthMethod;
  const pointer = isMain ? '/tokenEndpointAuthMethod' : '/attributes/additionalTokenEndpointAuthMethods';
  const { tokenEndpointAuthSigningAlg: algorithm } = client;
  const isNew = algorithm !== previous?.tokenEndpointAuthSigningAlg;
  const isForeign = algorithm !== undefined && isNew && !algorithms.includes(algorithm);
  return [
    ...(unknown === undefined ? [] : [{ pointer, detail: `must be of ${methods.join(', ')}`, rule }]),
    ...(isForeign
      ? [{ pointer: '/tokenEndpointAuthSigningAlg', detail: `must be one of ${algorithms.join(', ')}`, rule }]
      : []),
  ];
}
