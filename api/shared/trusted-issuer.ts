/** An issuer whose tokens the API takes besides its own. */
export interface TrustedIssuer {
  /** As it stands in its tokens, to the letter. */
  readonly issuer: string;
  /** The audience that its tokens must have. */
  readonly audience: string;
  /** The scopes that its tokens may bring. */
  readonly scopes: readonly string[];
  /** The name of the claim with the scopes, or its path; `scope`, or `scp`, when it is left out. */
  readonly scopeClaim?: readonly string[];
  /** The path of the claim with the roles, and which scopes each role has. */
  readonly roles?: { readonly claim: readonly string[]; readonly scopes: ReadonlyMap<string, readonly string[]> };
  /** The signature algorithms of its tokens; all that are known when they are left out. */
  readonly algorithms?: readonly string[];
  /** How far ahead the end of a token may be, in seconds; a day when it is left out. */
  readonly longestLifetime?: number;
}
