import type { Members } from '../../shared/contract/members.ts';
import type { Schemas } from '../../shared/contract/operation.ts';
import type { Fault } from '../../shared/problem.ts';
import { changesOf } from '../policy/changes.ts';
import { answersWithKey, isAboutReply, type Hook } from '../policy/hooks.ts';
import { faultIn } from '../policy/judge.ts';
import { editsOf, keyOf } from '../policy/registration-policy.ts';
import type { Outcome } from '../policy/script-runner.ts';

export type Decision = Pick<Schemas['ScriptTestResult'], 'decision' | 'error' | 'changes'>;

export const failed = (description: string): Decision => ({ decision: 'failed', error: { description }, changes: {} });

/** What the service would make of the outcome of a call. What a key is, is not told. */
export function decisionOf(
  { hook, client }: { readonly hook: Hook; readonly client: Members },
  outcome: Outcome,
  metadataFaults: (metadata: unknown) => Fault[],
): Decision {
  if (outcome.kind === 'missing') return { decision: 'missing', changes: {} };
  if (outcome.kind === 'failed') return failed(outcome.what);
  if (outcome.kind === 'refused') return refused(outcome);
  if (answersWithKey(hook)) return orPassed(keyOf(outcome).fault, {});
  if (isAboutReply(hook)) {
    const { fault, edits = {} } = editsOf(outcome, client, metadataFaults);
    return orPassed(fault, edits);
  }
  const changes = changesOf(client, outcome.client);
  const fault = faultIn(outcome.answer, changes);
  return fault === undefined && outcome.answer === false ? refused({}) : orPassed(fault, changes);
}

const orPassed = (fault: string | undefined, changes: Members): Decision =>
  fault === undefined ? { decision: 'passed', changes } : failed(fault);

function refused({ error, description }: { readonly error?: string; readonly description?: string }): Decision {
  const words = description ?? 'the registration policy refuses this client';
  return { decision: 'refused', error: { ...(error !== undefined && { error }), description: words }, changes: {} };
}
