import type { JWTPayload } from 'jose';
import { lookup } from '../../openapi/lookup.ts';
import { presentName } from '../shared/contract/administration-scopes.ts';
import type { TrustedIssuer } from '../shared/trusted-issuer.ts';
import { textsOf } from './unverified-token.ts';

/** The scopes that the claims of a token bring, under their present names. */
export type GrantedScopes = (claims: JWTPayload) => Set<string>;

/** Those of a token of ours: all that it names. */
export const ownScopes: GrantedScopes = ({ scope }) => new Set(namesIn(scope));

/** Those of an issuer: of what its tokens name only what its entry allows, and what the entry gives to their roles. */
export function scopesOf({ scopes, scopeClaim, roles }: TrustedIssuer): GrantedScopes {
  const allowed = new Set(scopes.map(presentName));
  return (claims) => {
    // RFC 9068 has `scope`; `scp` is what Okta and Entra ID make of it.
    const claim = scopeClaim === undefined ? (claims['scope'] ?? claims['scp']) : claimAt(claims, scopeClaim);
    const named = namesIn(claim).filter((scope) => allowed.has(scope));
    const held = roles === undefined ? [] : textsOf(claimAt(claims, roles.claim));
    return new Set([...named, ...held.flatMap((role) => roles?.scopes.get(role) ?? []).map(presentName)]);
  };
}

/** Each of these issuers with all scopes that its tokens can bring by its entries. */
export const scopesByIssuer = (
  issuers: readonly string[],
  trusted: readonly TrustedIssuer[],
): ReadonlyMap<string, ReadonlySet<string>> =>
  new Map(
    issuers.map((issuer) => {
      const entries = trusted.filter((entry) => entry.issuer === issuer);
      const all = entries.flatMap(({ scopes, roles }) => [...scopes, ...[...(roles?.scopes.values() ?? [])].flat()]);
      return [issuer, new Set(all.map(presentName))] as const;
    }),
  );

/** The names in a claim that is a text with blanks between them, or a list. */
const namesIn = (claim: unknown): string[] =>
  textsOf(claim)
    .flatMap((text) => text.split(' '))
    .filter((scope) => scope !== '')
    .map(presentName);

const claimAt = (claims: JWTPayload, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (found, name) => (typeof found === 'object' && found !== null ? lookup(found as JWTPayload, name) : undefined),
    claims,
  );
