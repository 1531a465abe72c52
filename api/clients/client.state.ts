import { parseWireDate } from '../shared/clock.ts';
import type { ClientDocument } from './document/client.document.ts';

/** Whether a client may be used at `now` (epoch milliseconds): it is enabled and has not expired. */
export function isActive(client: Pick<ClientDocument, 'disabled' | 'expirationDate'>, now: number): boolean {
  return !client.disabled && !hasPassed(client.expirationDate, now);
}

/** The methods that the built-in token endpoint takes. */
const SECRET_METHODS = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt'];

/** Whether the token endpoint would serve the client at `now`, if it presents the right credential. */
export function canGetTokens(client: ClientDocument, now: number): boolean {
  const methods = client.allAuthenticationMethods;
  const hasSecret =
    methods.some((method) => SECRET_METHODS.includes(method)) && !hasPassed(client.clientSecretExpiresAt, now);
  const hasKeys = methods.includes('private_key_jwt') && (client.jwks !== undefined || client.jwksUri !== undefined);
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
