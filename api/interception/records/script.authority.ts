import { CLIENT_WRITING_SCOPES } from '../../clients/client.authority.ts';
import { isBeyond } from '../../shared/contract/administration-scopes.ts';
import type { Caller } from '../../shared/contract/operation.ts';
import { Problem } from '../../shared/problem.ts';
import type { ScriptDocument } from './script.store.ts';

/** The property whose value are the scopes, separated by spaces, that a script may give to clients beyond what registration may. */
export const GRANT_SCOPES = 'grant_scopes';

type Configured = Pick<ScriptDocument, 'configurationProperties'>;

/** The scopes, as they stand in tokens, that a script may give to clients beyond what registration may. */
export function grantedScopes({ configurationProperties = [] }: Configured): string[] {
  const property = configurationProperties.find(({ value1 }) => value1 === GRANT_SCOPES);
  return scopesIn(property?.value2);
}

/** The scopes in the value of that property. */
export const scopesIn = (value = ''): string[] => value.split(/\s+/).filter((scope) => scope !== '');

/** What decides about what a script gives. */
const DECISIVE = [
  'script',
  'configurationProperties',
  'level',
  'enabled',
  'scriptType',
  'programmingLanguage',
] as const;

/**
 * Refuses a write that decides about a script which gives scopes, before it or after, unless the caller could give them
 * to a client itself: administration scopes have to be in the token, and for any others it has to open the writing of
 * clients.
 */
export function requireAuthorityToGrant(
  caller: Caller,
  previous: ScriptDocument | undefined,
  next: ScriptDocument,
): void {
  const granted = new Set([...(previous === undefined ? [] : grantedScopes(previous)), ...grantedScopes(next)]);
  if (granted.size === 0 || !decides(previous, next)) return;
  const missing = [...granted].filter((scope) => isBeyond(caller, scope));
  if (missing.length > 0)
    throw insufficient(`the token does not have what this script gives: ${missing.join(' ')}`, missing);
  if (CLIENT_WRITING_SCOPES.some((scope) => caller.scopes.has(scope))) return;
  throw insufficient('this script gives scopes to clients, and the token may not write clients', CLIENT_WRITING_SCOPES);
}

const decides = (previous: ScriptDocument | undefined, next: ScriptDocument): boolean =>
  DECISIVE.some((member) => JSON.stringify(previous?.[member]) !== JSON.stringify(next[member]));

const insufficient = (detail: string, scopes: readonly string[]): Problem =>
  new Problem('insufficient-scope', {
    detail,
    headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"` },
  });
