import type { ClientChange } from '../changes/change-log.store.ts';
import type { ChangeStores } from '../changes/change.stores.ts';
import type { CallerStores } from '../clients/client.authority.ts';
import type { ClientStores } from '../clients/client.stores.ts';
import type { DatedRevision } from '../history/revision.store.ts';
import type { Members } from '../shared/contract/members.ts';
import { incarnationOf } from '../shared/incarnation.ts';
import type { TaskStores } from '../tasks/task.store.ts';
import { lineagesOf, type Lineages } from './lineage.ts';

/** The stores that changes are undone with. */
export type UndoStores = ClientStores & TaskStores & ChangeStores & Pick<CallerStores, 'revokedTokens'>;

/** A change of a client as history has it: what the client was before and after, where it was there. */
export interface PastChange {
  readonly revision: DatedRevision;
  readonly before?: Members;
  readonly after?: Members;
}

/** What is known of what a client was, from some change on. */
export interface ClientPast extends Lineages {
  /** What was done to it since, the first change first. */
  readonly records: readonly ClientChange[];
  /** Whether those are all of them. */
  readonly isAll: boolean;
  /** What a change has made of it; undefined where history does not have that, or not any more. */
  find(change: ClientChange): Promise<PastChange | undefined>;
}

/** So much is read of what was done to a client: what cannot be told from this counts as done by others. */
const MOST_RECORDS = 2_000;

/** Reads what a client was since the first of these changes of it, which are not none. */
export async function pastOf(
  { changes: log, revisions, removed }: Pick<UndoStores, 'changes' | 'revisions' | 'removed'>,
  inum: string,
  selected: readonly ClientChange[],
): Promise<ClientPast> {
  const from = Math.min(...selected.map(({ id }) => id));
  const found = await log.ofClient(inum, from, MOST_RECORDS);
  const records = found.filter(isUndoable);
  const [first = ''] = selected.map(({ at }) => at).sort();
  const dated = await revisions.since('client', inum, first);
  const read = async (number: number): Promise<{ document?: Members } | undefined> => {
    const revision = await revisions.find('client', inum, number);
    if (revision === undefined) return undefined;
    return revision.document === undefined ? {} : { document: JSON.parse(revision.document) as Members };
  };
  // What a client was before a change is mostly what the next older one has made of it.
  let [last, kept] = [0, Promise.resolve<{ document?: Members } | undefined>(undefined)];
  const documentOf = (number: number): Promise<{ document?: Members } | undefined> => {
    if (number !== last) [last, kept] = [number, read(number)];
    return kept;
  };
  const lineages = await lineagesOf({
    inum,
    dated,
    operationOf: (revision) => records.find((record) => isOf(revision, record))?.operation,
    documentOf: async (number) => (await documentOf(number))?.document,
    isKept: async (incarnation) => (await removed.find(inum, '', incarnation)) !== undefined,
  });
  return {
    ...lineages,
    records,
    isAll: found.length < MOST_RECORDS,
    find: async (change) => {
      const revision = dated.find((one) => isOf(one, change));
      if (revision === undefined) return undefined;
      const after = await documentOf(revision.number);
      // A purge may have taken away the removal that came before a client was made.
      const isFirst = incarnationOf({ createdAt: revision.at }) === revision.incarnation;
      const before = (await documentOf(revision.number - 1)) ?? (revision.number === 1 || isFirst ? {} : undefined);
      if (before === undefined || after === undefined) return undefined;
      return {
        revision,
        ...(before.document && { before: before.document }),
        ...(after.document && { after: after.document }),
      };
    },
  };
}

/** Whether a record is of something that was done to a client: a purge is about what is not there any more. */
export const isUndoable = ({ changed }: ClientChange): boolean => !(changed.length === 1 && changed[0] === 'revisions');

/** Whether a revision and a record of the log are of one write: both have its moment and its request. */
const isOf = ({ at, requestId, door }: DatedRevision, change: ClientChange): boolean =>
  at === change.at && requestId === change.requestId && door !== 'before-history';
