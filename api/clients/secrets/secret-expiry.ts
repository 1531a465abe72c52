import { parseWireDate, wireDate } from '../../shared/clock.ts';
import { Problem } from '../../shared/problem.ts';
import type { ClientDocument } from '../document/client.document.ts';

/** The client with another end of its secret, or without one. Throws `invalid-request` when that is no date. */
export function withSecretExpiry(document: ClientDocument, expiresAt: string | undefined): ClientDocument {
  const { clientSecretExpiresAt: _previous, ...rest } = document;
  if (expiresAt === undefined) return rest;
  const time = parseWireDate(expiresAt);
  if (time !== undefined) return { ...rest, clientSecretExpiresAt: wireDate(time) };
  const fault = { pointer: '/clientSecretExpiresAt', detail: 'is not a date of the calendar', rule: 'date' };
  throw new Problem('invalid-request', { errors: [fault] });
}
