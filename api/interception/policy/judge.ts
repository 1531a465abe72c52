import type { PolicyRequest, PolicyVerdict } from '../../registration/policy/registration.policy.ts';
import type { Members } from '../../shared/contract/members.ts';
import { OAuthProblem } from '../../shared/problem.ts';
import type { StoredScript } from '../records/script-records.ts';
import { changesOf, scopesAdded, unsettable } from './changes.ts';
import type { Hook } from './hooks.ts';
import type { ScriptCourt } from './script-court.ts';
import type { ScriptMatter } from './script-matter.ts';
import type { Outcome } from './script-runner.ts';

/** What scripts are to decide, one after the other: each sees what those before it have made of the client. */
export interface Case {
  readonly hook: Hook;
  readonly matter: ScriptMatter;
  readonly request: PolicyRequest;
}

/** Has scripts decide in their order. Throws at the first that refuses or fails. */
export async function judge(
  court: ScriptCourt,
  scripts: readonly StoredScript[],
  { hook, matter, request }: Case,
): Promise<PolicyVerdict> {
  const granted: string[] = [];
  let { client } = matter;
  let changed: StoredScript | undefined;
  for (const script of scripts) {
    const outcome = await court.call(script, hook, { ...matter, client }, request);
    if (outcome.kind === 'missing') continue;
    const next = await requirePassed(court, { script, outcome, hook, request, client });
    const added = scopesAdded(client, next);
    if (added.length > 0) granted.push(...court.grantsOf(script).filter((scope) => added.includes(scope)));
    if (Object.keys(changesOf(client, next)).length > 0) changed = script;
    client = next;
  }
  const blamed = changed;
  return {
    changes: changesOf(matter.client, client),
    granted,
    unfit: async (reason) => {
      if (blamed === undefined) return new Error(reason);
      return court.failed(blamed, hook, request, `what it has set does not fit: ${reason}`);
    },
  };
}

/** What a script has made of a client that it lets pass. Throws where it refuses or fails. */
export async function requirePassed(
  court: ScriptCourt,
  { script, outcome, hook, request, client }: Pick<Case, 'hook' | 'request'> & Judged,
): Promise<Members> {
  if (outcome.kind === 'missing') return client;
  if (outcome.kind === 'refused') throw refusedBy(script, outcome);
  if (outcome.kind === 'failed') throw await court.failed(script, hook, request, outcome.what);
  const fault = faultIn(outcome.answer, changesOf(client, outcome.client));
  if (fault !== undefined) throw await court.failed(script, hook, request, fault);
  if (outcome.answer === false) throw refusedBy(script, { kind: 'refused' });
  return outcome.client;
}

interface Judged {
  readonly script: StoredScript;
  readonly outcome: Outcome;
  /** As it was before. */
  readonly client: Members;
}

/** What is wrong with how a script has decided. */
export function faultIn(answer: unknown, changes: Members): string | undefined {
  if (typeof answer !== 'boolean')
    return `it returned ${answer === null ? 'null' : nameOf(answer)} instead of true or false`;
  const [name] = answer ? unsettable(changes) : [];
  return name === undefined ? undefined : `it has set ${name.slice(0, 64)}, which no registration can set`;
}

const nameOf = (answer: unknown): string => (answer === undefined ? 'undefined' : `a value of type ${typeof answer}`);

function refusedBy(script: StoredScript, { error, description }: Extract<Outcome, { kind: 'refused' }>): OAuthProblem {
  return new OAuthProblem(
    400,
    error ?? 'invalid_client_metadata',
    description ?? 'the registration policy refuses this client',
    { reason: `the script ${script.name} has refused it` },
  );
}
