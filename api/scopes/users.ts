import type { RequestContext } from '../shared/contract/operation.ts';

/** A scope whose clients are asked for. */
export interface UsedScope {
  readonly inum: string;
  /** A client that belongs to the scope without having it: the one that made a spontaneous scope. */
  readonly creatorId?: string;
}

export interface ScopeClients {
  /** Clients as JSON texts, in ascending order of inum, without secrets. */
  readonly texts: readonly string[];
  /** Whether there are more. */
  readonly isMore: boolean;
}

export interface Withdrawal {
  readonly scopeInum: string;
  readonly context: RequestContext;
}

/** The clients that use scopes and claims: what this feature asks of the one that knows clients. */
export interface Users {
  countOfScope(scopeInum: string): Promise<number>;
  countOfClaim(claimInum: string): Promise<number>;
  /** Up to `most` clients of each scope, by the inum of the scope. */
  ofScopes(scopes: readonly UsedScope[], most: number): Promise<ReadonlyMap<string, ScopeClients>>;
  /**
   * Takes a scope from every client that has it, with an audit record for each. Throws `insufficient-scope` when the
   * caller may not change one of them.
   */
  withdrawScope(withdrawal: Withdrawal): Promise<void>;
}
