import { lookup } from '../../../openapi/lookup.ts';
import type {
  KeyHook,
  PolicyMatter,
  PolicyRequest,
  RegistrationPolicy,
} from '../../registration/policy/registration.policy.ts';
import { withChanges } from '../../registration/statements/statement.merge.ts';
import type { Members } from '../../shared/contract/members.ts';
import { inOneLine, OAuthProblem, type Fault } from '../../shared/problem.ts';
import { changesOf, undescriptive } from './changes.ts';
import { judge, requirePassed } from './judge.ts';
import type { ScriptCourt } from './script-court.ts';
import { scriptMatter, type ScriptMatter } from './script-matter.ts';
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
  const toldOf = async (matter: () => Promise<PolicyMatter>) => {
    const about = await matter();
    return { told: scriptMatter(about, certHeader), request: about.request };
  };
  return {
    judge: async (hook, matter) => {
      const scripts = await court.standing(hook);
      const isGuarded = certHeader !== undefined && (await court.standing(CERTIFICATE)).length > 0;
      if (scripts.length === 0 && !isGuarded) return undefined;
      const { told, request } = await toldOf(matter);
      const verdict = await judge(court, scripts, { hook, request, matter: told });
      const client = withChanges(told.client, verdict.changes);
      if (isGuarded) await judgeCertificate(court, request, { ...told, client });
      return verdict;
    },
    edit: async (hook, matter) => {
      const answered = await orBusy(court.callHighest(hook, () => toldOf(matter)));
      if (answered === undefined) return {};
      const { script, outcome, told, request } = answered;
      const { edits = {}, fault } = editsOf(outcome, told.client, metadataFaults);
      if (fault !== undefined) await court.failed(script, hook, request, fault);
      return edits;
    },
    key: async (hook, matter) => {
      const answered = await court.callHighest(hook, () => toldOf(matter));
      if (answered === undefined) return undefined;
      const { script, outcome, request } = answered;
      if (outcome.kind === 'refused') {
        const { error = REFUSED[hook].error, description = REFUSED[hook].description } = outcome;
        throw new OAuthProblem(400, error, description, { reason: `the script ${script.name} has refused it` });
      }
      const { key, fault } = keyOf(outcome);
      if (fault !== undefined) throw await court.failed(script, hook, request, fault);
      return key;
    },
  };
}

const CERTIFICATE = 'isCertValidForClient';

const NO_STATEMENT = { error: 'invalid_software_statement', description: 'the software statement is not valid' };
const NO_REQUEST = { error: 'invalid_client_metadata', description: 'the signed request is not valid' };

/** What is answered where a script that is asked for a key refuses. */
const REFUSED: Readonly<Record<KeyHook, typeof NO_STATEMENT>> = {
  getSoftwareStatementHmacSecret: NO_STATEMENT,
  getSoftwareStatementJwks: NO_STATEMENT,
  getDcrHmacSecret: NO_REQUEST,
  getDcrJwks: NO_REQUEST,
};

/**
 * Has a script say whether a client may authenticate by the certificate that it came with (RFC 8705 section 2.1). As
 * at Janssen, nobody asks where the certificate has the client's id as its name.
 */
async function judgeCertificate(court: ScriptCourt, request: PolicyRequest, told: ScriptMatter): Promise<void> {
  const { client, certificate } = told;
  const more = client['additional_token_endpoint_auth_methods'];
  const methods = [client['token_endpoint_auth_method'], ...(Array.isArray(more) ? (more as unknown[]) : [])];
  if (!methods.includes('tls_client_auth') || certificate === undefined) return;
  if (lookup(certificate.subject, 'CN') === client['client_id']) return;
  const answered = await court.callHighest(CERTIFICATE, () => Promise.resolve({ told, request }));
  if (answered === undefined) return;
  const { script, outcome } = answered;
  const [changed] = outcome.kind === 'answered' ? Object.keys(changesOf(client, outcome.client)) : [];
  if (changed !== undefined)
    throw await court.failed(script, CERTIFICATE, request, `it has set ${changed.slice(0, 64)}, and may judge only`);
  await requirePassed(court, { ...answered, hook: CERTIFICATE, client });
}

/** A reply that no script has time for is sent as it is. */
async function orBusy<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof OAuthProblem) return undefined;
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
