/** One attempt at a request: the id of the request, and a name of its own. */
export interface Attempt {
  readonly id: string;
  readonly attempt: string;
}

/** What became of a claim: the attempt has the request to itself, another one is at it, or its sealed reply is there. */
export type Claim = 'ours' | 'taken' | { readonly reply: string };

export interface IdempotencyStore {
  /** Claims a request until `until`, unless it is claimed or done; of several at once one gets it. */
  claim(attempt: Attempt, now: string, until: string): Promise<Claim>;
  /** Keeps the reply of a claimed request. Returns false when the claim has run out and another attempt has it. */
  keep(attempt: Attempt, reply: string, until: string): Promise<boolean>;
  /** Gives a claim up, unless its reply is kept. */
  release(attempt: Attempt): Promise<void>;
  /** Removes at most `limit` rows that have run out. Returns how many they were. */
  removeExpired(now: string, limit: number): Promise<number>;
}

/** The stores that a unit of work has which keeps a reply. */
export interface IdempotencyStores {
  readonly idempotency: IdempotencyStore;
}
