import { isDeepStrictEqual } from 'node:util';
import { withApproval, type Approval } from '../../clients/approval/client.approval.ts';
import {
  documentText,
  PROPERTIES,
  valueOf,
  type ClientDocument,
  type Members,
} from '../../clients/document/client.document.ts';
import { isLoopback, parseUri } from '../../clients/rules/uri.ts';
import { wireDate } from '../../shared/clock.ts';
import { sizeFaults } from '../../shared/contract/values.ts';
import { mergePatchOf } from '../../shared/patch/merge-patch.ts';
import { Problem } from '../../shared/problem.ts';
import type { ClientPropertyPath } from '../../../openapi/properties.gen.ts';
import type { TokenConditions } from '../initial-tokens/initial-token.store.ts';

/** Whose registrations wait until an administrator approves them; `unvouched` are those that nobody vouches for. */
export type ApprovalMode = 'off' | 'all' | 'unvouched';

/** Who vouches for a registration. */
export interface Vouchers {
  /** What its initial access token says; undefined where it has none. */
  readonly token: TokenConditions | undefined;
  readonly hasStatement: boolean;
}

/** Whether a registration waits: its initial access token says so, or else the setting. */
export const mustWait = (mode: ApprovalMode, { token, hasStatement }: Vouchers): boolean =>
  token?.approval ?? (mode === 'all' || (mode === 'unvouched' && token === undefined && !hasStatement));

/** What a client is approved for: who it says it is, and what proves that it is the same. */
const GUARDED: ReadonlySet<ClientPropertyPath> = new Set([
  'clientName',
  'clientNameLocalized',
  'logoUri',
  'logoUriLocalized',
  'clientUri',
  'clientUriLocalized',
  'initiateLoginUri',
  'backchannelClientNotificationEndpoint',
  'jwks',
  'jwksUri',
  'tokenEndpointAuthMethod',
  'attributes.additionalTokenEndpointAuthMethods',
  'attributes.tlsClientAuthSubjectDn',
  'attributes.spiffeId',
  'attributes.spiffeBundleEndpoint',
]);
/** Lists of where users are sent to, of which the hosts are approved. */
const PLACES = ['redirectUris', 'postLogoutRedirectUris', 'claimRedirectUris'] as const;

const isGuarded = PROPERTIES.filter(({ path }) => GUARDED.has(path as ClientPropertyPath));

function placesOf(client: ClientDocument, list: (typeof PLACES)[number]): string[] {
  const uris = (client[list] ?? []).map((text) => [text, parseUri(text)] as const);
  // Apps on a device listen at whatever port is free (RFC 8252 section 7.3); elsewhere another port is another server.
  return uris.map(([text, uri]) => {
    if (uri === undefined) return text;
    return `${uri.scheme}://${uri.host ?? ''}${isLoopback(uri) ? '' : `:${uri.port ?? ''}`}`;
  });
}

/** Whether a client that changes itself becomes another one than was approved. */
function isForeign(before: ClientDocument, after: ClientDocument): boolean {
  const moved = PLACES.some((list) => {
    const known = new Set(placesOf(before, list));
    return placesOf(after, list).some((place) => !known.has(place));
  });
  return moved || isGuarded.some((property) => !isDeepStrictEqual(valueOf(before, property), valueOf(after, property)));
}

/** What comes of a client that changes itself: the client as it is stored, and whether the change waits. */
export interface Outcome {
  readonly document: ClientDocument;
  readonly waits: boolean;
}

/**
 * What comes of it when a client that is `before` asks to be `after`: that, or `before` with a change that waits. What
 * it has asked for earlier is replaced. Throws `invalid-request` where both together are too large.
 */
export function outcomeOf(
  before: ClientDocument,
  after: ClientDocument,
  asks: { now: number; waits: boolean },
): Outcome {
  const { approval } = before;
  const at = wireDate(asks.now);
  const waits = (asks.waits || approval !== undefined) && isForeign(before, after);
  if (!waits && approval?.state !== 'pending_change') return { document: after, waits };
  if (!waits) return { document: withApproval(after, { state: 'approved', at }), waits };
  const change = mergePatchOf(withoutApproval(before), withoutApproval(after));
  if (isDeepStrictEqual(change, approval?.change)) return { document: before, waits };
  const next: Approval = { state: 'pending_change', at, change };
  const document = withApproval(before, next);
  const errors = sizeFaults(documentText(document), 'client-size');
  if (errors.length > 0) throw new Problem('invalid-request', { errors });
  return { document, waits };
}

function withoutApproval({ approval: _approval, ...rest }: ClientDocument): Members {
  return rest;
}
