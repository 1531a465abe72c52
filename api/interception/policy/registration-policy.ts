import type { RegistrationPolicy } from '../../registration/policy/registration.policy.ts';
import type { Members } from '../../shared/contract/members.ts';
import { inOneLine, OAuthProblem, type Fault } from '../../shared/problem.ts';
import { changesOf, undescriptive } from './changes.ts';
import { judge } from './judge.ts';
import type { ScriptCourt } from './script-court.ts';
import { scriptMatter } from './script-matter.ts';
import type { Outcome } from './script-runner.ts';

export interface RegistrationPolicyNeeds {
  readonly court: ScriptCourt;
  /** The header with the certificate of a caller, in lower case. */
  readonly certHeader?: string;
  /** What is wrong with the shape of metadata. */
  readonly metadataFaults: (metadata: unknown) => Fault[];
}

/**
 * The enabled scripts as the policy of registration. All of them judge, in the order of their levels; of those that
 * edit replies or have keys, the one with the highest level answers.
 */
export function registrationPolicy({ court, certHeader, metadataFaults }: RegistrationPolicyNeeds): RegistrationPolicy {
  return {
    judge: async (hook, matter) => {
      const scripts = await court.standing(hook);
      if (scripts.length === 0) return undefined;
      const { request, ...about } = await matter();
      return judge(court, scripts, { hook, request, matter: scriptMatter({ request, ...about }, certHeader) });
    },
    edit: async (hook, matter) => {
      const script = (await court.standing(hook)).at(-1);
      if (script === undefined) return {};
      const { request, ...about } = await matter();
      const outcome = await orBusy(court.call(script, hook, scriptMatter({ request, ...about }, certHeader), request));
      const { edits = {}, fault } = editsOf(outcome, about.client, metadataFaults);
      if (fault !== undefined) await court.failed(script, hook, request, fault);
      return edits;
    },
    key: async (hook, matter) => {
      const script = (await court.standing(hook)).at(-1);
      if (script === undefined) return undefined;
      const { request, ...about } = await matter();
      const outcome = await court.call(script, hook, scriptMatter({ request, ...about }, certHeader), request);
      if (outcome.kind === 'missing') return undefined;
      if (outcome.kind === 'refused') {
        const { error = 'invalid_software_statement', description = 'the software statement is not valid' } = outcome;
        throw new OAuthProblem(400, error, description, { reason: `the script ${script.name} has refused it` });
      }
      const { key, fault } = keyOf(outcome);
      if (fault !== undefined) throw await court.failed(script, hook, request, fault);
      return key;
    },
  };
}

/** A reply that no script has time for is sent as it is. */
async function orBusy(call: Promise<Outcome>): Promise<Outcome> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof OAuthProblem) return { kind: 'missing' };
    throw error;
  }
}

/** What a reply is to say; only `true` has it changed, and only where people read. */
export function editsOf(
  outcome: Outcome,
  before: Members,
  metadataFaults: (metadata: unknown) => Fault[],
): { readonly edits?: Members; readonly fault?: string } {
  if (outcome.kind === 'failed') return { fault: outcome.what };
  if (outcome.kind !== 'answered' || outcome.answer === false) return {};
  if (outcome.answer !== true) return { fault: 'it returned neither true nor false' };
  const edits = changesOf(before, outcome.client);
  const [name] = undescriptive(edits);
  if (name !== undefined)
    return { fault: `it has set ${name.slice(0, 64)}, and a reply only changes in what describes` };
  const [wrong] = metadataFaults(edits);
  return wrong === undefined ? { edits } : { fault: `what it has set does not fit: ${inOneLine(wrong)}` };
}

/** A key, or nothing where the script has none. */
export function keyOf(outcome: Outcome): { readonly key?: string; readonly fault?: string } {
  if (outcome.kind === 'failed') return { fault: outcome.what };
  if (outcome.kind !== 'answered') return {};
  const { answer } = outcome;
  if (answer === undefined || answer === null || answer === '') return {};
  if (typeof answer === 'string') return { key: answer };
  return typeof answer === 'object'
    ? { key: JSON.stringify(answer) }
    : { fault: 'it returned neither text nor an object' };
}
