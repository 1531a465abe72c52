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
import type { Fault } from '../shared/problem.ts';
import { registrationPolicy } from './policy/registration-policy.ts';
import { ScriptCourt } from './policy/script-court.ts';
import { scriptRunner } from './policy/script-runner.ts';
import type { ScriptRecords } from './records/script-records.ts';
import { sandbox } from './sandbox/sandbox.ts';

export interface InterceptionNeeds {
  readonly records: ScriptRecords;
  readonly work: UnitOfWork<RegistrationStores>;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Meters;
  readonly fetchWithin: (hosts: readonly string[]) => GuardedFetch;
  readonly certHeader?: string;
  readonly metadataFaults: (metadata: unknown) => Fault[];
  readonly shapeFaults: (draft: unknown) => Fault[];
}

export interface Interception {
  readonly policy: RegistrationPolicy;
  readonly clientPolicy: ClientPolicy;
  /** Makes ready for the scripts that are enabled, where there are any. */
  ready(): Promise<void>;
  readonly close: () => Promise<void>;
}

/** The scripts that decide about clients, put together. */
export function interception({
  records,
  fetchWithin,
  certHeader,
  metadataFaults,
  ...needs
}: InterceptionNeeds): Interception {
  const scripts = sandbox();
  const header = certHeader === undefined ? {} : { certHeader };
  const answered = async (document: ClientDocument) => {
    const names = await needs.work.read((stores) => namesOf(stores, document));
    return withoutCredentials(answerOf(document, names, { token: '', endpoint: '' }));
  };
  const court = new ScriptCourt({ ...needs, records, run: scriptRunner({ sandbox: scripts, fetchWithin }) });
  return {
    policy: registrationPolicy({ court, metadataFaults, ...header }),
    clientPolicy: clientPolicy({ court, answered, shapeFaults: needs.shapeFaults, ...header }),
    ready: async () => {
      if ((await records.enabled('client_registration')).length > 0) await scripts.warm();
    },
    close: () => scripts.close(),
  };
}
