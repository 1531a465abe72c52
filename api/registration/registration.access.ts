import type { Actor } from '../shared/log/origin.ts';
import { isAdministrationScope } from '../shared/contract/administration-scopes.ts';
import { isKeptOut } from '../clients/approval/client.approval.ts';
import type { ClientDocument } from '../clients/document/client.document.ts';
import { scopeIdsOf } from '../clients/client.lookup.ts';
import { isActive } from '../clients/client.state.ts';
import type { OpenClient } from '../clients/corridor/client.corridor.ts';
import { bearerToken } from '../shared/keys/bearer-token.ts';
import { timestamp } from '../shared/clock.ts';
import { Overtaken } from '../shared/database/proposals.ts';
import { INUM, sha256 } from '../shared/ids.ts';
import { OAuthProblem } from '../shared/problem.ts';
import { equalText } from '../shared/keys/secret-hash.ts';
import type { InitialToken } from './initial-tokens/initial-token.store.ts';
import type { Registration } from './registration.store.ts';
import type { RegistrationStores } from './registration.stores.ts';

/** Who may register: nobody, whoever has an initial access token, anyone. */
export type RegistrationMode = 'off' | 'token' | 'open';

/** A registration that was opened with its token. */
export interface OpenedRegistration extends OpenClient {
  readonly registration: Registration;
}

/** The token of an Authorization header (RFC 6750 section 2.1), or undefined when there is no such header. */
export function bearerOf(authorization: string | string[] | undefined): string | undefined {
  if (typeof authorization !== 'string' || authorization.trim() === '') return undefined;
  const token = bearerToken(authorization);
  if (token === undefined) throw invalidToken('the Authorization header is not "Bearer <token>"');
  return token;
}

/** RFC 6750 section 3.1. `reason` is for the log. */
export function invalidToken(reason: string): OAuthProblem {
  const headers = { 'WWW-Authenticate': 'Bearer error="invalid_token"' };
  return new OAuthProblem(401, 'invalid_token', 'a valid token is needed', { reason, headers });
}

/** The same for a request without one, which is told what is wanted. */
function missingToken(wanted: string): OAuthProblem {
  const headers = { 'WWW-Authenticate': 'Bearer' };
  return new OAuthProblem(401, 'invalid_token', `send ${wanted} (Authorization: Bearer ...)`, { headers });
}

/** Refuses everything where registration is switched off. */
export function requireRegistration(mode: RegistrationMode): void {
  if (mode === 'off') throw new OAuthProblem(403, 'access_denied', 'clients cannot register themselves here');
}

interface Presented {
  readonly mode: RegistrationMode;
  readonly token: string | undefined;
  readonly now: number;
}

/** The initial access token of a registration, which may be used up; undefined where none is needed and none was sent. */
export async function initialTokenOf(
  stores: RegistrationStores,
  { mode, token, now }: Presented,
): Promise<InitialToken | undefined> {
  if (token === undefined) {
    if (mode === 'open') return undefined;
    throw missingToken('an initial access token');
  }
  const found = await stores.initialTokens.findCurrent(sha256(token), timestamp(now));
  if (found === undefined) throw invalidToken('the initial access token is unknown or expired');
  return found;
}

function isTokenOf({ tokenDigest, nextDigest }: Registration, token: string): boolean {
  const digest = sha256(token);
  return equalText(digest, tokenDigest) || (nextDigest !== undefined && equalText(digest, nextDigest));
}

interface Opening {
  readonly clientId: string;
  readonly token: string | undefined;
  readonly now: number;
  /** Whether it is to be changed: one that is kept out until it is approved can be read and removed. */
  readonly changes: boolean;
}

/** Opens a registration, outside. An unknown client and a wrong token look alike (RFC 7592 section 2.1). */
export async function openRegistration(
  stores: RegistrationStores,
  { clientId, token, now, changes }: Opening,
): Promise<OpenedRegistration> {
  if (token === undefined) throw missingToken('the registration access token');
  const registration = INUM.test(clientId) ? await stores.registrations.find(clientId) : undefined;
  requireTokenOf(registration, token);
  const stored = await stores.clients.find(clientId);
  if (stored === undefined) throw invalidToken('the client is gone');
  const document = JSON.parse(stored.text) as ClientDocument;
  const waits = isKeptOut(document);
  if (waits && changes) {
    throw new OAuthProblem(403, 'access_denied', 'the client is not approved: it can be read and removed');
  }
  if (!isActive({ ...document, disabled: document.disabled && !waits }, now)) {
    throw new OAuthProblem(403, 'access_denied', 'the client is deactivated or has expired');
  }
  return { registration, stored, document };
}

/**
 * Holds the client of a registration that was opened outside, and reads again what changes without it: the token must
 * still be good. Throws `Overtaken` when the client or what statements have brought it are not what they were.
 */
export async function reopenRegistration(
  stores: RegistrationStores,
  { stored, registration: opened }: OpenedRegistration,
  token: string | undefined,
): Promise<Registration> {
  await stores.clients.hold(stored);
  const registration = await stores.registrations.find(stored.inum);
  requireTokenOf(registration, token ?? '');
  if (broughtTo(registration) !== broughtTo(opened)) throw new Overtaken();
  return registration;
}

function requireTokenOf(registration: Registration | undefined, token: string): asserts registration is Registration {
  if (registration === undefined || !isTokenOf(registration, token))
    throw invalidToken('the registration access token is not that of the client');
}

const broughtTo = (registration: Registration): string =>
  JSON.stringify([standing(registration), registration.statementScopes]);

/** The digests of the statements that were verified already: the one that it has, and that of a change that waits. */
export const standing = ({ statementDigest, waitingDigest }: Registration): (string | undefined)[] => [
  statementDigest,
  waitingDigest,
];

/**
 * Refuses a change to a client that administrators trust without consent or gave administration scopes: with new keys or a new secret, whoever
 * has the registration access token would have these as well.
 */
export async function requireOrdinary(stores: RegistrationStores, document: ClientDocument): Promise<void> {
  // Its users are not asked for consent: to where they are sent back is not for the client alone to say.
  if (document.trustedClient) {
    const reason = 'the client is trusted without consent';
    throw new OAuthProblem(403, 'access_denied', 'administrators change this client', { reason });
  }
  const scopes = (await scopeIdsOf(stores, document)).filter(isAdministrationScope);
  if (scopes.length === 0) return;
  throw new OAuthProblem(403, 'access_denied', 'the client has administration scopes: administrators change it');
}

/** Who registers a client, which is not there yet. */
export const registrant = (token: InitialToken | undefined): Actor =>
  token === undefined
    ? { kind: 'registration', id: 'registration' }
    : { kind: 'registration', id: `initial access token ${token.id}`, name: token.label };

/** A client that manages its registration. */
export const itself = (id: string): Actor => ({ kind: 'client', id });
