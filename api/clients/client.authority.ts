import { OPERATIONS } from '../../openapi/operations.gen.ts';
import { isBeyond, presentName } from '../shared/contract/administration-scopes.ts';
import type { Caller } from '../shared/contract/operation.ts';
import { incarnationOf } from '../shared/incarnation.ts';
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

/**
 * A caller of before, at `now` (epoch milliseconds): a client of ours with those of its scopes that it has still, or undefined
 * when it may not be used any more. What others have issued is taken as it was.
 */
export async function presentCaller(
  { clients }: { readonly clients: ClientStore },
  { scopes, ...caller }: KeptCaller,
  now: number,
): Promise<Caller | undefined> {
  const { clientId, incarnation } = caller;
  if (incarnation === undefined) return { ...caller, scopes: new Set(scopes) };
  const stored = await clients.find(clientId);
  if (stored === undefined || incarnationOf(stored) !== incarnation) return undefined;
  if (!isActive(JSON.parse(stored.text) as ClientDocument, now)) return undefined;
  const has = new Set((await clients.scopeIds(clientId)).map(presentName));
  return { ...caller, scopes: new Set(scopes.filter((scope) => has.has(scope))) };
}
