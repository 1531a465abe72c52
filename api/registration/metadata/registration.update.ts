import { OAuthProblem, Problem } from '../../shared/problem.ts';
import type { Metadata } from './registration.mapping.ts';

/** What the server sets, a client does not send (RFC 7592 section 2.2). */
const SERVER_MEMBERS = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
];

/** Refuses metadata of another client, and members that a client does not send of itself. */
export function refuseForeignMembers(body: Metadata, clientId: string): void {
  if (body['client_id'] !== clientId)
    throw new OAuthProblem(400, 'invalid_client_metadata', '/client_id must be the client_id of the address');
  const sent = SERVER_MEMBERS.filter((name) => body[name] !== undefined);
  if (sent.length === 0) return;
  throw new OAuthProblem(400, 'invalid_client_metadata', `${sent.join(', ')} must not be sent: the server sets it`);
}

/** What is thrown where a client sends another secret than its own. */
export function notTheSecret(): Problem {
  const errors = [{ pointer: '/client_secret', detail: 'must be the secret that the client has', rule: 'secret' }];
  return new Problem('invalid-request', { errors });
}
