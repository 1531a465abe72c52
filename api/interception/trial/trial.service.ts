import type { Metadata } from '../../registration/metadata/registration.mapping.ts';
import { normaliseRegistration } from '../../registration/metadata/registration.normalise.ts';
import type { PolicyVerdict } from '../../registration/policy/registration.policy.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Schemas } from '../../shared/contract/operation.ts';
import { inOneLine, Problem, type Fault } from '../../shared/problem.ts';
import { certificateOf, type CertificateMatter } from '../policy/certificate.ts';
import type { Hook } from '../policy/hooks.ts';
import { openScript, runnableScript } from '../policy/runnable.ts';
import { visibleHeaders, type ScriptMatter } from '../policy/script-matter.ts';
import type { RunScript } from '../policy/script-runner.ts';
import type { ScriptRecords } from '../records/script-records.ts';
import { GRANT_SCOPES, scopesIn } from '../records/script.authority.ts';
import { orUnavailable } from '../sandbox-busy.ts';
import { decisionOf, failed, type Decision } from './decision.ts';

export interface TrialNeeds {
  readonly records: ScriptRecords;
  readonly run: RunScript;
  readonly clock: Clock;
  readonly metadataFaults: (metadata: unknown) => Fault[];
  /** The client that metadata would be registered as, as it would be answered, after a verdict. Throws `invalid-request`. */
  readonly preview: (metadata: Metadata, verdict?: Pick<PolicyVerdict, 'changes' | 'granted'>) => Promise<Metadata>;
}

type Test = Schemas['ScriptTest'];

/** Calls a function of a script with a request that is made up, and says what has come of it. Nothing is kept. */
export function scriptTrial(needs: TrialNeeds) {
  return async (inum: string, test: Test): Promise<Schemas['ScriptTestResult']> => {
    const { records, run, clock, metadataFaults } = needs;
    const stored = await records.one(inum);
    const isAsStored = test.script === undefined && test.properties === undefined;
    const script = isAsStored ? runnableScript(records, stored) : openScript(stored, test);
    const hook: Hook = test.function ?? (test.request.method === 'PUT' ? 'updateClient' : 'createClient');
    const body = normaliseRegistration(test.request.body ?? {}) as Metadata;
    const client = test.client ?? (await previewed(needs, body));
    const began = clock.elapsed();
    const { outcome, log } = await orUnavailable(run(script, hook, matterOf(test, client)));
    const milliseconds = Math.round((clock.elapsed() - began) * 100) / 100;
    const decision = decisionOf({ hook, client }, outcome, metadataFaults);
    const isPlanned = test.client === undefined && hook === 'createClient' && decision.decision === 'passed';
    const granted = scopesIn(script.properties[GRANT_SCOPES]);
    const told = isPlanned ? await fitting(needs, { body, client, granted }, decision) : decision;
    return { ...told, log: [...log], milliseconds };
  };
}

/** The client of a body, whose faults are told where they are. */
async function previewed({ preview, metadataFaults }: TrialNeeds, body: Metadata): Promise<Metadata> {
  const inBody = (faults: readonly Fault[]) =>
    faults.map((fault) => ({ ...fault, pointer: `/request/body${fault.pointer ?? ''}` }));
  const wrong = metadataFaults(body);
  if (wrong.length > 0) throw new Problem('invalid-request', { errors: inBody(wrong) });
  try {
    return await preview(body);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Problem(error.problem, { ...error.content, errors: inBody(error.content.errors ?? []) });
  }
}

interface Tried {
  readonly body: Metadata;
  /** What the body would be registered as without the script. */
  readonly client: Metadata;
  readonly granted: readonly string[];
}

/** The decision, with the scopes that a client would have by it: what it may not give is left out. */
async function fitting({ preview }: TrialNeeds, tried: Tried, decision: Decision): Promise<Decision> {
  const { changes } = decision;
  if (Object.keys(changes).length === 0) return decision;
  try {
    const { scope = null } = await preview(tried.body, { changes, granted: tried.granted });
    if (changes['scope'] === undefined) return decision;
    const { scope: _set, ...others } = changes;
    const isAsBefore = scope === (tried.client['scope'] ?? null);
    return { ...decision, changes: isAsBefore ? others : { ...others, scope } };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return failed(`what it has set does not fit: ${(error.content.errors ?? []).map(inOneLine).join('; ')}`);
  }
}

function matterOf({ request }: Test, client: Metadata): ScriptMatter {
  const { method = 'POST', address = '127.0.0.1', headers = {}, signed = false, isTask = false } = request;
  const { body, statement, certificate: pem } = request;
  const certificate = pem === undefined ? undefined : certificateIn(pem);
  return {
    client,
    request: { method, address, signed, isTask, headers: visibleHeaders(headers), ...(body !== undefined && { body }) },
    ...(statement !== undefined && { statement }),
    ...(certificate !== undefined && { certificate }),
  };
}

function certificateIn(pem: string): CertificateMatter {
  try {
    return certificateOf(pem);
  } catch {
    const fault = { pointer: '/request/certificate', detail: 'is no certificate in PEM', rule: 'certificate' };
    throw new Problem('invalid-request', { errors: [fault] });
  }
}
