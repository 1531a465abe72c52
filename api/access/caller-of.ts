import type { JWTPayload } from 'jose';
import { PRINTABLE } from '../../openapi/printable.ts';
import type { Caller, Subject } from '../shared/contract/operation.ts';
import { textsOf } from './unverified-token.ts';

/** Longer names do not fit into audit records. */
const MOST_CLIENT_ID = 512;
const MOST_SUBJECT = 255;

/** Whom a token was issued to, and about whom it is where another issuer says so; or why that cannot be said. */
export function callerOf(
  claims: JWTPayload,
  { issuer, isOwn }: { readonly issuer: string; readonly isOwn: boolean },
): Omit<Caller, 'scopes'> | string {
  const client = clientIn(claims);
  if (client === undefined || client.length + issuer.length >= MOST_CLIENT_ID) return 'it names no client';
  if (!PRINTABLE.test(client)) return 'the name of its client is not printable text';
  if (isOwn) return { clientId: client, issuer };
  const subject = subjectIn(claims, client);
  if (typeof subject === 'string') return subject;
  // In the log and the audit, a client of another issuer is not taken for one of ours.
  return { clientId: `${issuer} ${client}`, issuer, ...(subject && { subject }) };
}

/** The client that a token was issued to (RFC 9068 section 2.2); many issuers name it as in an ID token. */
const clientIn = (claims: JWTPayload): string | undefined =>
  [claims['client_id'], claims['azp'], claims.sub].flatMap(textsOf).find((text) => text !== '');

/** Undefined where the token is about its client and nobody else. */
function subjectIn(claims: JWTPayload, client: string): Subject | string | undefined {
  const { sub, act } = claims as JWTPayload & { readonly act?: { readonly sub?: unknown } | null };
  if (typeof sub !== 'string' || sub === '' || sub === client) return undefined;
  // RFC 8693 section 4.1: who acts in the place of the subject.
  const actor = typeof act?.sub === 'string' && act.sub !== '' ? act.sub : undefined;
  if (![sub, actor ?? ''].every(isKept)) return 'its sub, or that of its act, is too long or not printable text';
  // A name is for people to read: one that cannot be kept is left out.
  const name = NAMES.flatMap((claim) => textsOf(claims[claim])).find((text) => text !== '' && isKept(text));
  return { sub, ...(name !== undefined && { name }), ...(actor !== undefined && { actor }) };
}

/** OpenID Connect Core section 5.1; `upn` is that of Active Directory. */
const NAMES = ['preferred_username', 'upn', 'email'];

const isKept = (text: string): boolean => text.length <= MOST_SUBJECT && PRINTABLE.test(text);
