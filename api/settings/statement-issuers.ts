import { isAdministrationScope } from '../shared/contract/administration-scopes.ts';
import type { StatementIssuer } from '../shared/statement-issuer.ts';
import { shapedJson } from './shaped-json.ts';

interface Entry {
  readonly issuer: string;
  readonly jwksUri?: string;
  readonly jwks?: object;
  readonly grantedScopes?: string[];
  readonly allowedClaims?: string[];
}

const TEXTS = { type: 'array', items: { type: 'string', minLength: 1 } };
const SHAPE = {
  type: 'array',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['issuer'],
    properties: {
      issuer: { type: 'string', minLength: 1 },
      jwksUri: { type: 'string', pattern: '^https://' },
      jwks: { type: 'object', required: ['keys'], properties: { keys: { type: 'array', items: { type: 'object' } } } },
      grantedScopes: TEXTS,
      allowedClaims: TEXTS,
    },
  },
};

const entriesIn = shapedJson<Entry[]>(SHAPE, 'entry');

/** The issuers in the text of a file, or what is wrong with it, to be read after the name of the setting. */
export function statementIssuersIn(text: string): StatementIssuer[] | string {
  const found = entriesIn(text);
  if ('fault' in found) return `is not a list of issuers: ${found.fault}`;
  const { value: entries } = found;
  const fault = entries.map(faultOf).find((found) => found !== undefined);
  if (fault !== undefined) return fault;
  return entries.map(({ jwks, grantedScopes = [], ...entry }) => ({
    ...entry,
    grantedScopes,
    ...(jwks !== undefined && { jwks: JSON.stringify(jwks) }),
  }));
}

function faultOf({ issuer, jwks, jwksUri, grantedScopes = [] }: Entry): string | undefined {
  if (jwks !== undefined && jwksUri !== undefined) return `must not have jwks beside jwksUri for ${issuer}`;
  const forbidden = grantedScopes.find(isAdministrationScope);
  return forbidden === undefined ? undefined : `must not grant the administration scope ${forbidden}`;
}
