import type { ClientDocument } from '../clients/document/client.document.ts';
import type { ClientPolicy } from '../clients/client.policy.ts';
import { withoutCredentials } from '../registration/policy/registration.review.ts';
import { answerOf, namesOf } from '../registration/registration.answer.ts';
import type { RegistrationStores } from '../registration/registration.stores.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import { clientPolicy } from './policy/client-policy.ts';
import type { RegistrationPolicy } from '../registration/policy/registration.policy.ts';
import type { Clock } from '../shared/clock.ts';
import type { GuardedFetch } from '../shared/fetch/guarded-fetch.ts';
import type { Log } from '../shared/log/log.ts';
import type { Meters } from '../shared/meters.ts';
import { newInum } from '../shared/ids.ts';
import type { Cursors } from '../search/cursor.ts';
import { searchClients } from '../clients/client.search.ts';
import { planRegistration, type PlanNeeds } from '../registration/registration.plan.ts';
import { registrationPolicy } from './policy/registration-policy.ts';
import { ScriptCourt } from './policy/script-court.ts';
import { scriptRunner } from './policy/script-runner.ts';
import type { ScriptRecords } from './records/script-records.ts';
import { replaying, type SearchOfReplay } from './trial/replay.ts';
import { trialHandlers } from './trial/trial.handlers.ts';
import { scriptTrial, type TrialNeeds } from './trial/trial.service.ts';
import type { TaskKind } from '../tasks/task.ts';
import type { TaskService } from '../tasks/task.service.ts';
import { sandbox } from './sandbox/sandbox.ts';
import { orUnavailable } from './sandbox-busy.ts';
import type { EngineCheck } from './records/syntax.ts';

export interface InterceptionNeeds {
  readonly records: ScriptRecords;
  readonly work: UnitOfWork<RegistrationStores>;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Meters;
  readonly fetchWithin: (hosts: readonly string[]) => GuardedFetch;
  readonly certHeader?: string;
  readonly plan: PlanNeeds;
  readonly cursors: Cursors;
}

export interface Interception {
  readonly policy: RegistrationPolicy;
  readonly clientPolicy: ClientPolicy;
  /** Tries scripts on the clients that there are. */
  readonly replaying: TaskKind;
  readonly check: EngineCheck;
  /** To be called when a script was written here. */
  readonly written: () => void;
  readonly handlers: (tasks: TaskService) => ReturnType<typeof trialHandlers>;
  /** Makes ready for the scripts that are enabled, where there are any. */
  ready(): Promise<void>;
  readonly close: () => Promise<void>;
}

/** The scripts that decide about clients, put together. */
export function interception({
  records,
  fetchWithin,
  certHeader,
  plan,
  cursors,
  ...needs
}: InterceptionNeeds): Interception {
  const { work, clock } = needs;
  const { metadataFaults, shapeFaults } = plan;
  const scripts = sandbox();
  const header = certHeader === undefined ? {} : { certHeader };
  const answered = async (document: ClientDocument) => {
    const names = await work.read((stores) => namesOf(stores, document));
    return withoutCredentials(answerOf(document, names, { token: '', endpoint: '' }));
  };
  const run = scriptRunner({ sandbox: scripts, fetchWithin });
  const court = new ScriptCourt({ ...needs, records, run });
  const preview: TrialNeeds['preview'] = async (metadata, verdict) => {
    const planning = { inum: newInum(), metadata, allowed: [], now: clock.now(), ...(verdict && { policy: verdict }) };
    return answered((await work.read((stores) => planRegistration(stores, planning, plan))).document);
  };
  const search: SearchOfReplay = (request, at = clock.now()) =>
    work.read((stores) => searchClients(stores, request, { cursors, now: at }));
  return {
    policy: registrationPolicy({ court, metadataFaults, ...header }),
    clientPolicy: clientPolicy({ court, answered, shapeFaults, ...header }),
    replaying: replaying({ records, run, search, answered, metadataFaults }),
    check: (text) => orUnavailable(scripts.check(text)),
    written: () => records.forget(),
    handlers: (tasks) =>
      trialHandlers({
        records,
        tasks,
        search,
        clock,
        test: scriptTrial({ records, run, clock, metadataFaults, preview }),
      }),
    ready: async () => {
      if ((await records.enabled('client_registration')).length > 0) await scripts.warm();
    },
    close: () => scripts.close(),
  };
}
