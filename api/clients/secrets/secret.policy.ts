import { SIGNING_MEMBERS } from '../rules/rules.algorithms.ts';
import { valueAt } from '../rules/rule.ts';
import { PROPERTIES, valueOf, type ClientDocument, type Members } from '../document/client.document.ts';

/** The authentication methods that present a secret, or sign with it. */
export const SECRET_METHODS: readonly string[] = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt'];
/** Algorithms whose key is the client secret: HMAC signatures and symmetric key wrapping (RFC 7518). */
const SYMMETRIC = /^(HS\d+|dir|A\d+KW|A\d+GCMKW)$/;
const ALGORITHMS = PROPERTIES.filter((property) => property.name.endsWith('Alg'));

/** Whether one of the authentication methods of the client uses a secret. */
export function needsSecret(client: Pick<ClientDocument, 'allAuthenticationMethods'>): boolean {
  return client.allAuthenticationMethods.some((method) => SECRET_METHODS.includes(method));
}

/** The member that makes the clear value of the secret necessary, or undefined when a digest is enough. */
export function needsClearSecret(client: ClientDocument): string | undefined {
  if (client.allAuthenticationMethods.includes('client_secret_jwt')) return 'tokenEndpointAuthMethod';
  return ALGORITHMS.find((property) => isSymmetric(valueOf(client as Members, property)))?.path;
}

/** How long a secret is as a key, in bytes. */
export const keyBytes = (secret: string): number => Buffer.byteLength(secret);

/** How many bytes the key of an HMAC algorithm has at least, 0 for other algorithms (RFC 7518 section 3.2). */
export const leastKeyBytes = (algorithm: unknown): number =>
  typeof algorithm === 'string' ? Number(/^HS(256|384|512)$/.exec(algorithm)?.[1] ?? 0) / 8 : 0;

/** The algorithm that asks most of the secret as its key, of those that the client states; undefined without one. */
export function mostDemandingAlgorithm(client: ClientDocument): string | undefined {
  const stated = SIGNING_MEMBERS.map((path) => valueAt(client, path)).filter((alg) => leastKeyBytes(alg) > 0);
  return stated.sort((a, b) => leastKeyBytes(b) - leastKeyBytes(a))[0] as string | undefined;
}

/** Whether the key of an algorithm is the client secret. */
export const isSymmetric = (algorithm: unknown): boolean => typeof algorithm === 'string' && SYMMETRIC.test(algorithm);
