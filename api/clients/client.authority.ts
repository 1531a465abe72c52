import { ADMINISTRATION_SCOPES, FORMER_SCOPES, OPERATIONS } from '../../openapi/operations.gen.ts';
import type { Caller } from '../shared/operation.ts';
import { Problem } from '../shared/problem.ts';

/** Scopes of Janssen's software statement endpoint, which grant administration there. */
const STATEMENT_SCOPES = 'https://jans.io/auth/ssa.';

/** The present name of a scope that may be written under its former one. */
export const presentName = (scope: string): string => FORMER_SCOPES[scope] ?? scope;

/** Whether a scope opens administration: one that an operation of the contract asks for, under either name. */
export function isAdministrationScope(scope: string): boolean {
  return Object.hasOwn(ADMINISTRATION_SCOPES, presentName(scope)) || scope.startsWith(STATEMENT_SCOPES);
}

/** The scopes that let a client change clients. */
export const CLIENT_WRITING_SCOPES: readonly string[] =
  OPERATIONS.find((operation) => operation.id === 'put-oauth-openid-client')?.scopes ?? [];

/** Whether a scope opens administration that the caller does not have. */
export const isBeyond = (caller: Caller, scope: string): boolean =>
  isAdministrationScope(scope) && !caller.scopes.has(presentName(scope));

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
