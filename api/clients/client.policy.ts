import type { RequestContext } from '../shared/contract/operation.ts';
import type { ClientDocument, ClientInput } from './document/client.document.ts';

/** A write that a policy is asked about. */
export interface PolicedWrite {
  readonly context: RequestContext;
  readonly draft: ClientInput;
  /** What a draft comes to. Throws where it is no client. */
  readonly settle: (draft: ClientInput) => Promise<ClientDocument>;
}

/** What administrators have written about clients that other administrators write. */
export interface ClientPolicy {
  /** Judges a write, outside the transaction. Returns the draft as the policy has it; throws Problem where it refuses. */
  judge(hook: 'createClient' | 'updateClient', write: PolicedWrite): Promise<ClientInput>;
}
