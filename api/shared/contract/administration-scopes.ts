import { lookup } from '../../../openapi/lookup.ts';
import { ADMINISTRATION_SCOPES, FORMER_SCOPES, OPERATIONS } from '../../../openapi/operations.gen.ts';
import { Problem } from '../problem.ts';
import type { Caller, OperationId } from './operation.ts';

/** Scopes of Janssen's software statement endpoint, which grant administration there. */
const STATEMENT_SCOPES = 'https://jans.io/auth/ssa.';

/** The present name of a scope that may be written under its former one. */
export const presentName = (scope: string): string => lookup(FORMER_SCOPES, scope) ?? scope;

/** Whether a scope opens administration: one that an operation of the contract asks for, under either name. */
export function isAdministrationScope(scope: string): boolean {
  return Object.hasOwn(ADMINISTRATION_SCOPES, presentName(scope)) || scope.startsWith(STATEMENT_SCOPES);
}

/** Whether a scope opens administration that the caller does not have. */
export const isBeyond = (caller: Pick<Caller, 'scopes'>, scope: string): boolean =>
  isAdministrationScope(scope) && !caller.scopes.has(presentName(scope));

/** Whether a scope of the caller opens an operation. */
export const mayCall = (caller: Caller, operation: OperationId): boolean =>
  OPERATIONS.some(
    (row) => row.id === operation && 'scopes' in row && row.scopes.some((scope) => caller.scopes.has(scope)),
  );

/** Refuses a caller that no scope lets call an operation, where another one does what it does. Throws `insufficient-scope`. */
export function requireCall(caller: Caller, operation: OperationId): void {
  if (mayCall(caller, operation)) return;
  const scopes = OPERATIONS.flatMap((row) => (row.id === operation && 'scopes' in row ? row.scopes : [])).join(' ');
  throw new Problem('insufficient-scope', {
    detail: `the token has none of the scopes ${scopes}`,
    headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scopes}"` },
  });
}
