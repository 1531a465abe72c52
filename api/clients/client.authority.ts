import { OPERATIONS } from '../../openapi/operations.gen.ts';
import { isBeyond, presentName } from '../shared/contract/administration-scopes.ts';
import type { Caller } from '../shared/contract/operation.ts';
import { isPresentToken } from '../shared/incarnation.ts';
import { Problem } from '../shared/problem.ts';
import { isActive } from './client.state.ts';
import type { ClientStore } from './client.store.ts';
import type { ClientDocument } from './document/client.document.ts';

/** The scopes that let a client change clients. */
export const CLIENT_WRITING_SCOPES: readonly string[] =
  OPERATIONS.find((operation) => operation.id === 'put-oauth-openid-client')?.scopes ?? [];

/**
 * Refuses a write to a client that has, or gets, administration scopes which the caller does not have: otherwise a
 * caller could give itself rights, or take over a client that has them.
 */
export function requireAuthorityOver(caller: Caller, scopes: readonly string[]): void {
  const missing = [...new Set(scopes)].filter((scope) => isBeyond(caller, scope));
  if (missing.length === 0) return;
  const detail = `this client has scopes that the token does not have: ${missing.join(' ')}`;
  throw new Problem('insufficient-scope', {
    detail,
    headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${missing.join(' ')}"` },
  });
}

/** A caller as it is kept with what it has begun. */
export type KeptCaller = Omit<Caller, 'scopes'> & { readonly scopes: readonly string[] };

/** Where it is looked up whether a caller may still act. */
export interface CallerStores {
  readonly clients: ClientStore;
  readonly revokedTokens: { isRevoked(jti: string): Promise<boolean> };
}

/** What is looked at: the time in epoch milliseconds, and the issuers whose tokens are taken, with the scopes that those of others can bring. */
export interface Present {
  readonly now: number;
  readonly issuers: ReadonlyMap<string, ReadonlySet<string>>;
}

/** A caller of before may not act any more: at all, or with a token of another issuer that has ended long ago. */
export type Lost = 'gone' | 'ended';

/** How long what was begun with a token of another issuer goes on after its end, in milliseconds: nobody says when it is revoked. */
const LINGERS = 3_600_000;

/**
 * A caller of before: a client of ours whose token is not revoked, with those of its scopes that it has still, or one of another
 * issuer that is still trusted, with what it is still trusted with, for a while.
 */
export async function presentCaller(
  { clients, revokedTokens }: CallerStores,
  { scopes, ...caller }: KeptCaller,
  { now, issuers }: Present,
): Promise<Caller | Lost> {
  const { clientId, issuer, jti, exp = 0 } = caller;
  const trusted = issuers.get(issuer);
  if (trusted === undefined) return 'gone';
  const among = (has: ReadonlySet<string>): Caller => ({
    ...caller,
    scopes: new Set(scopes.filter((one) => has.has(one))),
  });
  if (jti === undefined) return now > exp * 1_000 + LINGERS ? 'ended' : among(trusted);
  const stored = await clients.find(clientId);
  if (stored === undefined || !isPresentToken(jti, stored) || (await revokedTokens.isRevoked(jti))) return 'gone';
  if (!isActive(JSON.parse(stored.text) as ClientDocument, now)) return 'gone';
  return among(new Set((await clients.scopeIds(clientId)).map(presentName)));
}
