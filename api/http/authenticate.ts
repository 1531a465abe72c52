import type { Request, RequestHandler } from 'express';
import type { Caller } from '../shared/contract/operation.ts';
import { bearerToken } from '../shared/keys/bearer-token.ts';
import { Problem } from '../shared/problem.ts';

/** Verifies an access token. Returns the caller, or why the token is not valid. */
export type VerifyToken = (token: string) => Promise<Caller | RefusedToken>;

export interface RefusedToken {
  /** For the log: a caller who makes tokens up learns nothing from it. */
  readonly reason: string;
  /** Whether everything but its end is in order. */
  readonly isExpired: boolean;
}

/**
 * The one security handler: reads from the contract which scopes open the operation, any one of them is enough.
 * It fails closed: an operation that names no scopes is open only when the contract says that it is public.
 */
export function authenticate(verify: VerifyToken, resourceMetadata: string): RequestHandler {
  const challenge = (attributes: string): Record<string, string> => ({
    'WWW-Authenticate': `Bearer ${attributes}resource_metadata="${resourceMetadata}"`,
  });
  return async (req, _res, next) => {
    const operation = req.openapi?.schema;
    if (operation?.['x-public'] !== undefined) {
      next();
      return;
    }
    const scopes = (operation?.security ?? []).flatMap((requirement) => Object.values(requirement).flat());
    const caller = await verify(presentedToken(req, challenge));
    if ('reason' in caller) {
      const headers = challenge('error="invalid_token", ');
      const detail = caller.isExpired ? 'the token has expired' : 'the token is not valid';
      throw new Problem('unauthorized', { detail, message: 'Unauthorized', headers, reason: caller.reason });
    }
    if (!scopes.some((scope) => caller.scopes.has(scope))) {
      const detail = `the token has none of the scopes ${scopes.join(' ')}`;
      throw new Problem('insufficient-scope', {
        detail,
        headers: challenge(`error="insufficient_scope", scope="${scopes.join(' ')}", `),
      });
    }
    req.caller = caller;
    next();
  };
}

/** The token of the Authorization header, the only place where one is taken from. */
function presentedToken(req: Request, challenge: (attributes: string) => Record<string, string>): string {
  const header = req.get('authorization');
  const invalid = (detail: string): Problem =>
    new Problem('invalid-request', { detail, headers: challenge('error="invalid_request", ') });
  if (req.query['access_token'] !== undefined) throw invalid('a token is never taken from the query');
  const token = bearerToken(header);
  if (token !== undefined) return token;
  if (/^ *bearer( |$)/i.test(header ?? '')) throw invalid('the Authorization header is not "Bearer <token>"');
  throw new Problem('unauthorized', {
    detail: 'there is no bearer token',
    message: 'Unauthorized',
    headers: challenge(''),
  });
}
