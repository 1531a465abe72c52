import cors, { type CorsOptions } from 'cors';
import type { RequestHandler } from 'express';
import { OPERATIONS } from '../../../openapi/operations.gen.ts';
import type { Handlers } from '../../shared/contract/operation.ts';

export interface CorsOrigins {
  /** Pages that may call the API. */
  readonly api: readonly string[];
  /** Pages that may register, and get tokens, beside those. */
  readonly registration: readonly string[];
}

const PUBLISHED: readonly (keyof Handlers)[] = [
  'openid-configuration',
  'oauth-authorization-server',
  'builtin-openid-configuration',
  'oauth-protected-resource',
  'jwks',
];
/** The address of a registration is the same for all its methods. */
const FOR_CLIENTS: readonly (keyof Handlers)[] = ['get-register', 'token'];

const EXPOSED = [
  ...['ETag', 'Location', 'Link', 'X-Request-Id', 'Preference-Applied', 'WWW-Authenticate', 'Retry-After'],
  ...['Tokens-Offline-Until', 'DPoP-Nonce'],
];

const pathsOf = (ids: readonly string[]): ReadonlySet<string> =>
  new Set(OPERATIONS.filter(({ id }) => ids.includes(id)).map(({ path }) => path));

/**
 * Lets pages of other origins read replies (the Fetch standard's CORS protocol), never with cookies: what is published
 * for everybody all of them, and the rest those that the deployment names.
 */
export function crossOrigin({ api, registration }: CorsOrigins): RequestHandler {
  const [published, forClients] = [pathsOf(PUBLISHED), pathsOf(FOR_CLIENTS)];
  const named = (origins: readonly string[]): CorsOptions =>
    origins.length === 0 ? { origin: false } : { origin: [...origins], exposedHeaders: EXPOSED };
  const [everybody, clients, others] = [{ origin: '*' }, named([...api, ...registration]), named(api)];
  return cors<Parameters<RequestHandler>[0]>((req, done) => {
    const path = req.path.replace(/(.)\/$/, '$1');
    const chosen = published.has(path) ? everybody : forClients.has(path) ? clients : others;
    // Any other OPTIONS is a method that there is not.
    const preflightContinue = req.headers['access-control-request-method'] === undefined;
    done(null, { ...chosen, preflightContinue });
  });
}
