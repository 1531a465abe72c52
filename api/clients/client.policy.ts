import type { RequestContext } from '../shared/contract/operation.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import { settledByAdmin, type Settlement } from './client.lookup.ts';
import type { ClientStores } from './client.stores.ts';
import type { ClientDocument, ClientInput } from './document/client.document.ts';

/** A write that a policy is asked about. */
export interface PolicedWrite {
  readonly context: RequestContext;
  readonly draft: ClientInput;
  /** What a draft comes to. Throws where it is no client. */
  readonly settle: (draft: ClientInput) => Promise<ClientDocument>;
}

type Hook = 'createClient' | 'updateClient';

/** What administrators have written about clients that other administrators write. */
export interface ClientPolicy {
  /** Judges a write, outside the transaction. Returns the draft as the policy has it; throws Problem where it refuses. */
  judge(hook: Hook, write: PolicedWrite): Promise<ClientInput>;
}

/** A draft of an administrator, and how it becomes a client. */
export interface JudgedDraft {
  readonly context: RequestContext;
  readonly draft: ClientInput;
  readonly about: Settlement;
}

/** Outside: has the policy judge a draft of an administrator. Returns it as the policy has it; throws Problem where it refuses. */
export const judged = (
  { policy, work }: { readonly policy: ClientPolicy; readonly work: Pick<UnitOfWork<ClientStores>, 'read'> },
  hook: Hook,
  { context, draft, about }: JudgedDraft,
): Promise<ClientInput> => {
  const settle = (candidate: ClientInput) =>
    work.read(async (stores) => (await settledByAdmin(stores, candidate, about)).document);
  return policy.judge(hook, { context, draft, settle });
};
