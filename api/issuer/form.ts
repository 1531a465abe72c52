import { isObject } from '../shared/contract/members.ts';
import { OAuthProblem } from '../shared/problem.ts';

/** The parameters of an OAuth request. */
export interface FormParameters {
  /** The value of a parameter; sent without a value it counts as left out (RFC 6749 section 3.2). Throws when it is repeated. */
  one(name: string): string | undefined;
}

/** A refused request that is malformed in itself (RFC 6749 section 5.2). */
export const invalidRequest = (description: string): OAuthProblem =>
  new OAuthProblem(400, 'invalid_request', description);

/**
 * Brings the form of a token request into what the contract describes: Janssen's command line sends `grant_type` twice
 * with one value, which is taken as one.
 */
export function normaliseTokenRequest(body: unknown): unknown {
  if (!isObject(body) || !Array.isArray(body['grant_type'])) return body;
  const [grant, ...others] = body['grant_type'] as unknown[];
  return others.every((other) => other === grant) ? { ...body, grant_type: grant } : body;
}

/** Reads a form body, in which a repeated parameter is a list. No parameter may be repeated (RFC 6749 section 3.2). */
export function formParameters(body: Readonly<Record<string, unknown>>): FormParameters {
  return {
    one(name) {
      const value = body[name];
      if (value === undefined || value === '') return undefined;
      if (typeof value !== 'string') throw invalidRequest(`${name} must not be repeated`);
      return value;
    },
  };
}
