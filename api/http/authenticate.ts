import type { Request, RequestHandler, Response } from 'express';
import type { Caller } from '../shared/contract/operation.ts';
import { PROOF_ALGORITHMS, type Dpop } from '../shared/dpop/proof.ts';
import { Problem, type ProblemContent } from '../shared/problem.ts';

/** Verifies an access token. Returns the caller, or why the token is not valid. */
export type VerifyToken = (token: string) => Promise<VerifiedCaller | RefusedToken>;

export interface VerifiedCaller extends Caller {
  /** The thumbprint of the key that the token is bound to (RFC 9449 section 6): without a proof it is good for nothing. */
  readonly boundTo?: string;
}

export interface RefusedToken {
  /** For the log: a caller who makes tokens up learns nothing from it. */
  readonly reason: string;
  /** Whether everything but its end is in order. */
  readonly isExpired: boolean;
}

export interface AuthenticationNeeds {
  readonly verify: VerifyToken;
  readonly dpop: Dpop;
  /** Address of the protected resource metadata, for challenges (RFC 9728 section 5.1). */
  readonly resourceMetadata: string;
}

/** The token of a request, and how it was sent (RFC 6750 section 2.1, RFC 9449 section 7.1). */
interface Presented {
  readonly scheme: 'Bearer' | 'DPoP';
  readonly token: string;
}

type Challenge = (attributes: string, scheme?: Presented['scheme']) => Record<string, string>;

/**
 * The one security handler: reads from the contract which scopes open the operation, any one of them is enough.
 * It fails closed: an operation that names no scopes is open only when the contract says that it is public.
 */
export function authenticate({ verify, dpop, resourceMetadata }: AuthenticationNeeds): RequestHandler {
  const challenge: Challenge = (attributes, scheme = 'Bearer') => {
    const algorithms = scheme === 'DPoP' ? `algs="${PROOF_ALGORITHMS.join(' ')}", ` : '';
    return { 'WWW-Authenticate': `${scheme} ${attributes}${algorithms}resource_metadata="${resourceMetadata}"` };
  };
  const refused = (content: ProblemContent & { readonly detail: string }): Problem =>
    new Problem('unauthorized', { message: 'Unauthorized', reason: content.detail, ...content });

  /** Throws unless the request proves that its sender has the key that the token is bound to, where it is bound. */
  const prove = async (req: Request, res: Response, { scheme, token }: Presented, key?: string): Promise<void> => {
    if (key === undefined && scheme === 'Bearer') return;
    const headers = challenge('error="invalid_token", ', key === undefined ? 'Bearer' : 'DPoP');
    if (key === undefined) throw refused({ detail: 'the token is bound to no key: send it as Bearer', headers });
    if (scheme === 'Bearer')
      throw refused({ detail: 'the token is bound to a key: send it as DPoP, with a proof', headers });
    const path = req.originalUrl.replace(/\?.*$/s, '');
    const verdict = await dpop.check({ proof: req.get('dpop'), method: req.method, path, token, jkt: key });
    res.set(dpop.headers());
    if ('fault' in verdict)
      throw refused({ detail: verdict.fault, headers: challenge(`error="${verdict.error}", `, 'DPoP') });
  };

  return async (req, res, next) => {
    const operation = req.openapi?.schema;
    if (operation?.['x-public'] !== undefined) {
      next();
      return;
    }
    const scopes = (operation?.security ?? []).flatMap((requirement) => Object.values(requirement).flat());
    const presented = presentedToken(req, challenge);
    const caller = await verify(presented.token);
    if ('reason' in caller) {
      const headers = challenge('error="invalid_token", ', presented.scheme);
      const detail = caller.isExpired ? 'the token has expired' : 'the token is not valid';
      throw refused({ detail, headers, reason: caller.reason });
    }
    await prove(req, res, presented, caller.boundTo);
    if (!scopes.some((scope) => caller.scopes.has(scope))) {
      const detail = `the token has none of the scopes ${scopes.join(' ')}`;
      const attributes = `error="insufficient_scope", scope="${scopes.join(' ')}", `;
      throw new Problem('insufficient-scope', { detail, headers: challenge(attributes, presented.scheme) });
    }
    req.caller = caller;
    next();
  };
}

/** The token of the Authorization header, the only place where one is taken from. */
function presentedToken(req: Request, challenge: Challenge): Presented {
  const header = (req.get('authorization') ?? '').trim();
  const invalid = (detail: string): Problem =>
    new Problem('invalid-request', { detail, headers: challenge('error="invalid_request", ') });
  if (req.query['access_token'] !== undefined) throw invalid('a token is never taken from the query');
  const [, scheme, token] = /^(bearer|dpop) +([^ ]+)$/i.exec(header) ?? [];
  if (token !== undefined) return { scheme: scheme?.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer', token };
  if (/^(bearer|dpop)( |$)/i.test(header))
    throw invalid('the Authorization header is not "Bearer <token>" or "DPoP <token>"');
  throw new Problem('unauthorized', {
    detail: 'there is no bearer token',
    message: 'Unauthorized',
    headers: challenge(''),
  });
}
