/** An issuer whose software statements are taken, and what they bring. */
export interface StatementIssuer {
  readonly issuer: string;
  readonly jwksUri?: string;
  /** A JWK Set as JSON text. */
  readonly jwks?: string;
  /** Scopes that its clients get beside those that they ask for. */
  readonly grantedScopes: readonly string[];
  /** The user claims that its clients may ask for; any that there are when it is left out. */
  readonly allowedClaims?: readonly string[];
}
