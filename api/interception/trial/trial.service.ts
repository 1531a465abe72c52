import type { Metadata } from '../../registration/metadata/registration.mapping.ts';
import { normaliseRegistration } from '../../registration/metadata/registration.normalise.ts';
import { withChanges } from '../../registration/statements/statement.merge.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Schemas } from '../../shared/contract/operation.ts';
import { inOneLine, Problem, type Fault } from '../../shared/problem.ts';
import { certificateIn } from '../policy/certificate.ts';
import type { Hook } from '../policy/hooks.ts';
import { openScript, runnableScript } from '../policy/runnable.ts';
import { visibleHeaders, type ScriptMatter } from '../policy/script-matter.ts';
import type { RunScript } from '../policy/script-runner.ts';
import type { ScriptRecords } from '../records/script-records.ts';
import { orUnavailable } from '../sandbox-busy.ts';
import { decisionOf, failed, type Decision } from './decision.ts';

export interface TrialNeeds {
  readonly records: ScriptRecords;
  readonly run: RunScript;
  readonly clock: Clock;
  readonly metadataFaults: (metadata: unknown) => Fault[];
  /** The client that metadata would be registered as, as it would be answered. Throws `invalid-request`. */
  readonly preview: (metadata: Metadata) => Promise<Metadata>;
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
    return { ...(isPlanned ? await fitting(needs, body, decision) : decision), log: [...log], milliseconds };
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

async function fitting({ preview }: TrialNeeds, body: Metadata, decision: Decision): Promise<Decision> {
  if (Object.keys(decision.changes).length === 0) return decision;
  try {
    await preview(withChanges(body, decision.changes));
    return decision;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return failed(`what it has set does not fit: ${(error.content.errors ?? []).map(inOneLine).join('; ')}`);
  }
}

function matterOf({ request }: Test, client: Metadata): ScriptMatter {
  const { method = 'POST', address = '127.0.0.1', headers = {}, body, statement, certificate: pem } = request;
  const certificate = pem === undefined ? undefined : certificateIn(encodeURIComponent(pem));
  if (pem !== undefined && certificate === undefined) {
    const fault = { pointer: '/request/certificate', detail: 'is no certificate in PEM', rule: 'certificate' };
    throw new Problem('invalid-request', { errors: [fault] });
  }
  return {
    client,
    request: { method, address, headers: visibleHeaders(headers), ...(body !== undefined && { body }) },
    ...(statement !== undefined && { statement }),
    ...(certificate !== undefined && { certificate }),
  };
}
