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
 * Reads a form body, in which a repeated parameter is a list. No parameter may be repeated (RFC 6749 section 3.2),
 * but Janssen's command line sends `grant_type` twice with one value, which is taken as one.
 */
export function formParameters(body: Readonly<Record<string, unknown>>): FormParameters {
  return {
    one(name) {
      const value = name === 'grant_type' ? collapsed(body[name]) : body[name];
      if (value === undefined || value === '') return undefined;
      if (typeof value !== 'string') throw invalidRequest(`${name} must not be repeated`);
      return value;
    },
  };
}

const collapsed = (value: unknown): unknown =>
  Array.isArray(value) && value.every((entry) => entry === value[0]) ? (value[0] as unknown) : value;
