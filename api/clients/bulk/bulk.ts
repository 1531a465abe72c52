import type { CryptoKey } from 'jose';
import type { OperationId, RequestContext, Schemas } from '../../shared/contract/operation.ts';
import type { Patch } from '../../shared/patch/patch.ts';
import type { TaskStores } from '../../tasks/task.store.ts';
import type { CallerStores, KeptCaller } from '../client.authority.ts';
import type { ClientService } from '../client.service.ts';
import type { ClientStores } from '../client.stores.ts';
import type { Target } from '../credentials/open-client.ts';
import type { ServedClient } from '../document/client.served.ts';

/** The name of the task that does something to many clients. */
export const BULK = 'client-bulk';

export type BulkInput = Schemas['ClientBulkInput'];
export type BulkAction = BulkInput['action'];
export type BulkResult = Schemas['ClientBulkResult'];
export type Counts = Schemas['ClientBulk']['counts'];

export type BulkStores = ClientStores & TaskStores & Pick<CallerStores, 'revokedTokens'>;

/** The operation on one client that is done to each. */
export const SINGLE = {
  patch: 'patch-oauth-openid-client-by-inum',
  activate: 'activate-oauth-openid-client',
  deactivate: 'deactivate-oauth-openid-client',
  approve: 'approve-oauth-openid-client',
  reject: 'reject-oauth-openid-client',
  delete: 'delete-oauth-openid-client-by-inum',
  rotate: 'rotate-oauth-openid-client-secret',
} as const satisfies Record<BulkAction, string>;

/** What whoever begins or resumes a run has to be allowed. */
export const neededFor = (action: BulkAction, hasQuestion: boolean): readonly OperationId[] =>
  hasQuestion ? [SINGLE[action], 'get-oauth-openid-clients'] : [SINGLE[action]];

/** What is done to a client, as it is kept with a run. */
export interface Doing extends Pick<BulkInput, 'action' | 'reason' | 'revokeTokens' | 'overlapSeconds'> {
  readonly patch?: Patch;
  /** Whether nothing that a patch has may be dropped. */
  readonly strict: boolean;
  /** The public key (JWK) that new secrets are encrypted to. */
  readonly encryptTo?: BulkInput['encryptTo'];
}

/** Which clients are found by a filter. */
export type Question = Pick<BulkInput, 'filter' | 'fieldValuePair' | 'pattern'>;

/** Who does it. Nothing of the request is kept that could be secret. */
export interface Doer extends Omit<RequestContext, 'caller' | 'headers'> {
  readonly caller: KeptCaller;
}

/** What a run is made from: the parameters of its task. */
export interface BulkParameters {
  readonly run: string;
  readonly doing: Doing;
  /** Left out of a run over a list, whose clients are there from the beginning. */
  readonly question?: Question;
  /** How many clients were confirmed, and which, where a question has found them. */
  readonly clients: number;
  readonly digest?: string;
  readonly stopAfterFailures?: number;
  readonly doer: Doer;
  /** Who does it now, where somebody has resumed it. */
  readonly resumed?: Doer;
  /** When it was confirmed, in epoch milliseconds: what relative dates of the question are counted from. */
  readonly at: number;
}

/** What a step of a run leaves to the next one, and a run that is done to those who read it. */
export interface BulkState {
  /** Whether the clients are chosen; and else where the choice goes on. */
  readonly isChosen?: boolean;
  readonly cursor?: string;
  /** What those that are chosen come to so far. */
  readonly digest?: string;
  readonly counts?: Counts;
  /** Why it ended before all was done, or is held. */
  readonly stopped?: string;
  readonly paused?: string;
}

/** The doors through which clients are written one at a time, which a run goes through as well. */
export interface Doors {
  readonly clients: Pick<ClientService, 'patch' | 'setDisabled' | 'remove' | 'rotateSecret'>;
  readonly decide: (
    target: Target,
    decision: { readonly verdict: 'approve' | 'reject'; readonly reason?: string | undefined },
  ) => Promise<ServedClient>;
}

/** Makes the doors, each of which hands what it has done to `after` in the transaction that does it. */
export type OpenDoors = (after: (stores: BulkStores, outcome: unknown) => Promise<void>) => Doors;

/** A key that secrets are encrypted to. */
export interface SealingKey {
  readonly key: CryptoKey;
  readonly header: { readonly alg: string; readonly enc: string; readonly kid?: string };
}

/** Counts by what is counted of the items of a run: of so many clients some may not be chosen yet. */
export function countsOf(clients: number, counted: Readonly<Record<string, number>>): Counts {
  const { waiting: _chosen, ...ended } = { ...untouched(0), ...counted };
  return { waiting: clients - Object.values(ended).reduce((sum, count) => sum + count, 0), ...ended };
}

/** The counts of what nothing was done to so far. */
export const untouched = (clients: number): Counts => ({
  ...{ waiting: clients, changed: 0, unchanged: 0, skipped: 0, failed: 0 },
});
