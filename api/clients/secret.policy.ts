import { PROPERTIES, valueOf, type ClientDocument, type Members } from './client.document.ts';

const SECRET_METHODS = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt'];
/** Algorithms whose key is the client secret: HMAC signatures and symmetric key wrapping (RFC 7518). */
const SYMMETRIC = /^(HS\d+|dir|A\d+KW|A\d+GCMKW)$/;
const ALGORITHMS = PROPERTIES.filter((property) => property.name.endsWith('Alg'));

/** Whether one of the authentication methods of the client presents a secret. */
export function needsSecret(client: Pick<ClientDocument, 'allAuthenticationMethods'>): boolean {
  return client.allAuthenticationMethods.some((method) => SECRET_METHODS.includes(method));
}

/** The member that makes the clear value of the secret necessary, or undefined when a digest is enough. */
export function needsClearSecret(client: ClientDocument): string | undefined {
  if (client.allAuthenticationMethods.includes('client_secret_jwt')) return 'tokenEndpointAuthMethod';
  return ALGORITHMS.find((property) => isSymmetric(valueOf(client as Members, property)))?.path;
}

/** Whether the key of an algorithm is the client secret. */
export const isSymmetric = (algorithm: unknown): boolean => typeof algorithm === 'string' && SYMMETRIC.test(algorithm);
