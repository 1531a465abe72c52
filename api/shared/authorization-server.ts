/** The authorization server of a deployment, which has the clients of this registry and the same issuer identifier. */
export interface AuthorizationServer {
  /** Its metadata (RFC 8414 section 2), as far as they are told here; each list has an entry. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Whether the tokens of this issuer come from its token endpoint. The built-in one then has an identifier of its own. */
  readonly issuesTokens: boolean;
}
