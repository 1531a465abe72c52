import { parseWireDate } from '../shared/clock.ts';
import type { ClientDocument } from './client.document.ts';

/** Whether a client may be used at `now` (epoch milliseconds): it is enabled and has not expired. */
export function isActive(client: Pick<ClientDocument, 'disabled' | 'expirationDate'>, now: number): boolean {
  const end = client.expirationDate === undefined ? undefined : parseWireDate(client.expirationDate);
  return client.disabled !== true && (end === undefined || end > now);
}

/** Whether the token endpoint would serve the client at `now`, apart from its credentials. */
export const canGetTokens = (client: ClientDocument, now: number): boolean =>
  isActive(client, now) && client.grantTypes.includes('client_credentials');
