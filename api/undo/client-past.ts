import type { ChangeLog, ClientChange } from '../changes/change-log.store.ts';
import type { CallerStores } from '../clients/client.authority.ts';
import type { ClientStores } from '../clients/client.stores.ts';
import type { DatedRevision } from '../history/revision.store.ts';
import type { Members } from '../shared/contract/members.ts';
import type { TaskStores } from '../tasks/task.store.ts';

/** The stores that changes are undone with. */
export interface UndoStores extends ClientStores, TaskStores, Pick<CallerStores, 'revokedTokens'> {
  readonly changes: ChangeLog;
}

/** A change of a client as history has it: what the client was before and after, where it was there. */
export interface PastChange {
  readonly revision: DatedRevision;
  readonly before?: Members;
  readonly after?: Members;
}

/** What is known of what a client was, from some change on. */
export interface ClientPast {
  /** What was done to it since, the first change first. */
  readonly records: readonly ClientChange[];
  /** What a change has made of it; undefined where history does not have that, or not any more. */
  find(change: ClientChange): Promise<PastChange | undefined>;
  /** Whether another client was made under the id between two revisions, by their numbers. */
  isAnother(after: number, before: number): boolean;
}

/** So much is read of what was done to a client: what cannot be told from this counts as done by others. */
const MOST_RECORDS = 2_000;

/** Operations after which a client that was removed is there again. */
const RESTORING: ReadonlySet<string | undefined> = new Set([
  'restore-oauth-openid-client',
  'undo-oauth-openid-changes',
]);

/** Reads what a client was since the first of these changes of it, which are not none. */
export async function pastOf(
  { changes: log, revisions }: Pick<UndoStores, 'changes' | 'revisions'>,
  inum: string,
  selected: readonly ClientChange[],
): Promise<ClientPast> {
  const from = Math.min(...selected.map(({ id }) => id));
  const records = await log.ofClient(inum, from, MOST_RECORDS);
  const [first = ''] = selected.map(({ at }) => at).sort();
  const dated = await revisions.since('client', inum, first);
  const numbered = new Map(dated.map((revision) => [revision.number, revision]));
  const made = dated.filter(({ number, isRemoval }) => !isRemoval && numbered.get(number - 1)?.isRemoval === true);
  const isRestored = (revision: DatedRevision): boolean =>
    RESTORING.has(records.find((record) => isOf(revision, record))?.operation);
  const others = made.filter((revision) => !isRestored(revision)).map(({ number }) => number);
  const documentOf = async (number: number): Promise<{ document?: Members } | undefined> => {
    const found = await revisions.find('client', inum, number);
    if (found === undefined) return undefined;
    return found.document === undefined ? {} : { document: JSON.parse(found.document) as Members };
  };
  return {
    records,
    find: async (change) => {
      const revision = dated.find((one) => isOf(one, change));
      if (revision === undefined) return undefined;
      const before = revision.number === 1 ? {} : await documentOf(revision.number - 1);
      const after = await documentOf(revision.number);
      if (before === undefined || after === undefined) return undefined;
      return {
        revision,
        ...(before.document && { before: before.document }),
        ...(after.document && { after: after.document }),
      };
    },
    isAnother: (after, before) => others.some((number) => number > after && number < before),
  };
}

/** Whether a revision and a record of the log are of one write: both have its moment and its request. */
const isOf = ({ at, requestId, door }: DatedRevision, change: ClientChange): boolean =>
  at === change.at && requestId === change.requestId && door !== 'before-history';
