import { OPERATIONS } from '../../openapi/operations.gen.ts';
import { isBeyond } from '../shared/contract/administration-scopes.ts';
import type { Caller } from '../shared/contract/operation.ts';
import { Problem } from '../shared/problem.ts';

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
