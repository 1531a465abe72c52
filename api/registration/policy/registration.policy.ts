import type { Metadata } from '../metadata/registration.mapping.ts';

/** What is asked of a policy, under the names that Janssen gives to the functions that answer. */
export type JudgingHook = 'createClient' | 'updateClient';
export type ReplyHook = 'modifyPostResponse' | 'modifyPutResponse' | 'modifyReadResponse';
export type KeyHook = 'getSoftwareStatementHmacSecret' | 'getSoftwareStatementJwks' | 'getDcrHmacSecret' | 'getDcrJwks';

/** What a policy is told of a request. It takes what is secret out of it. */
export interface PolicyRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The address that it came from. */
  readonly source: string;
  readonly requestId: string;
  /** Whether a task does it: there are no headers then. */
  readonly isTask?: boolean;
  /** The JWT whose claims are the metadata, where they came as one. */
  readonly signed?: string;
}

export interface PolicyMatter {
  readonly request: PolicyRequest;
  /** What was sent. */
  readonly body?: Metadata;
  /** The client as it would be answered, without what only its owner may know. */
  readonly client: Metadata;
  /** The claims of the software statement. */
  readonly statement?: Metadata;
}

/** What a policy has made of a client that it lets pass. */
export interface PolicyVerdict {
  /** The members that it has changed; those that it has taken away are null. */
  readonly changes: Metadata;
  /** The names of scopes that it gives beyond what registration may. */
  readonly granted: readonly string[];
  /** Makes what is thrown where the changes make no client that may register. */
  readonly unfit: (reason: string) => Promise<Error>;
}

/** What administrators have written about registrations. What is asked about is made only where somebody is to answer. */
export interface RegistrationPolicy {
  /** Judges a client, outside the transaction. Throws OAuthProblem where it is refused or the policy fails. */
  judge(hook: JudgingHook, matter: () => Promise<PolicyMatter>): Promise<PolicyVerdict | undefined>;
  /** The descriptive members that a reply is to have, in place of or beside its own. Never fails. */
  edit(hook: ReplyHook, matter: () => Promise<PolicyMatter>): Promise<Metadata>;
  /** A key for a software statement of an issuer that is approved, or for a request that was sent with one. Throws OAuthProblem where the policy fails. */
  key(hook: KeyHook, matter: () => Promise<PolicyMatter>): Promise<string | undefined>;
}
