import { ALGORITHMS } from '../access/unverified-token.ts';
import { isSameAlgorithm } from '../shared/keys/signature-algorithms.ts';
import type { TrustedIssuer } from '../shared/trusted-issuer.ts';
import { shapedJson } from './shaped-json.ts';

/** A name, or the names on the way to it: `["realm_access", "roles"]`. */
type Path = string | readonly string[];

interface Entry {
  readonly issuer: string;
  readonly audience: string;
  readonly scopes?: readonly string[];
  readonly scopeClaim?: Path;
  readonly roles?: Readonly<Record<string, readonly string[]>>;
  readonly roleClaim?: Path;
  readonly algorithms?: readonly string[];
  readonly longestLifetime?: number;
}

const TEXT = { type: 'string', minLength: 1 };
const SCOPES = { type: 'array', minItems: 1, items: { type: 'string', pattern: '^\\S+$' } };
const PATH = { anyOf: [TEXT, { type: 'array', minItems: 1, items: TEXT }] };
const WEEK = 604_800;
const SHAPE = {
  type: 'array',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['issuer', 'audience'],
    anyOf: [{ required: ['scopes'] }, { required: ['roles'] }],
    dependencies: { scopeClaim: ['scopes'], roleClaim: ['roles'] },
    properties: {
      issuer: TEXT,
      audience: TEXT,
      scopes: SCOPES,
      scopeClaim: PATH,
      roles: { type: 'object', minProperties: 1, additionalProperties: SCOPES },
      roleClaim: PATH,
      algorithms: { type: 'array', minItems: 1, items: { enum: ALGORITHMS } },
      longestLifetime: { type: 'integer', minimum: 60, maximum: WEEK },
    },
  },
};

const entriesIn = shapedJson<Entry[]>(SHAPE, 'entry');

/**
 * The issuers in the text of a file, or what is wrong with it, to be read after the name of the setting. `faultOf` says
 * what is wrong with an identifier.
 */
export function trustedIssuersIn(
  text: string,
  faultOf: (issuer: string) => string | undefined,
): TrustedIssuer[] | string {
  const found = entriesIn(text);
  if ('fault' in found) return `is not a list of issuers: ${found.fault}`;
  const { value: entries } = found;
  for (const { issuer } of entries) {
    const fault = faultOf(issuer);
    if (fault !== undefined) return `has the issuer ${issuer}, which ${fault}`;
  }
  return entries.map(({ scopes = [], scopeClaim, roles, roleClaim = 'roles', algorithms, ...entry }) => ({
    ...entry,
    scopes,
    ...(algorithms && { algorithms: ALGORITHMS.filter((alg) => algorithms.some((one) => isSameAlgorithm(one, alg))) }),
    ...(scopeClaim !== undefined && { scopeClaim: [scopeClaim].flat() }),
    ...(roles !== undefined && { roles: { claim: [roleClaim].flat(), scopes: new Map(Object.entries(roles)) } }),
  }));
}
