import type { Rule } from '../rules/rule.ts';

/** A rule that profiles judge clients by, and what its findings mean to who has to mend them. */
export interface Check {
  readonly rule: Rule;
  /** What to do about a client that breaks it. */
  readonly remedy: string;
  /** What stops working for such a client where a server enforces it. */
  readonly impact: string;
}

/** `error` for what a standard demands (MUST, shall), `warning` for what it recommends (SHOULD). */
export type Severity = 'error' | 'warning';

/** A row of a profile: a check, and where and how strongly the standard asks for it. */
export interface Requirement {
  readonly check: Check;
  readonly severity: Severity;
  readonly reference: string;
}

export interface Profile {
  readonly title: string;
  readonly requirements: readonly Requirement[];
}
