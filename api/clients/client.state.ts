import { parseWireDate } from '../shared/clock.ts';
import type { ClientDocument } from './document/client.document.ts';
import { needsSecret } from './secrets/secret.policy.ts';

/** Whether a client may be used at `now` (epoch milliseconds): it is enabled and has not expired. */
export function isActive(client: Pick<ClientDocument, 'disabled' | 'expirationDate'>, now: number): boolean {
  return !client.disabled && !hasPassed(client.expirationDate, now);
}

/** Whether the token endpoint would serve the client at `now`, if it presents the right credential. */
export function canGetTokens(client: ClientDocument, now: number): boolean {
  const hasSecret = needsSecret(client) && !hasPassed(client.clientSecretExpiresAt, now);
  const hasKeys =
    client.allAuthenticationMethods.includes('private_key_jwt') &&
    (client.jwks !== undefined || client.jwksUri !== undefined);
  return isActive(client, now) && client.grantTypes.includes('client_credentials') && (hasSecret || hasKeys);
}

/** Whether the client, or its secret, ends some day. */
export const hasEnd = (client: ClientDocument): boolean =>
  client.expirationDate !== undefined || client.clientSecretExpiresAt !== undefined;

/** A date that cannot be read has passed: an end that was set is never taken for none. */
function hasPassed(date: string | undefined, now: number): boolean {
  if (date === undefined) return false;
  const time = parseWireDate(date);
  return time === undefined || time <= now;
}

/** No token of ours lives longer, in seconds; keys stay published for so long after their last signature. */
export const MOST_TOKEN_SECONDS = 3_600;

/** How long a token of a client lives, in seconds; `usual` is for clients that have no lifetime of their own. */
export const tokenSeconds = ({ accessTokenLifetime = 0 }: ClientDocument, usual: number): number =>
  accessTokenLifetime > 0 ? Math.min(accessTokenLifetime, MOST_TOKEN_SECONDS) : usual;
