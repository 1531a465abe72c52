import type { ChangeQuestion, ClientChange } from '../changes/change-log.store.ts';
import { questionIn, type WrittenQuestion } from '../changes/change.question.ts';
import type { ChangeStores } from '../changes/change.stores.ts';
import { lastBatch } from '../changes/last-batch.ts';
import type { Cursors } from '../search/cursor.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import { Problem } from '../shared/problem.ts';
import { isUndoable } from './client-past.ts';
import { upToIn, writtenUpTo, type UndoInput, type UpTo } from './up-to.ts';

type Reading = Pick<UnitOfWork<Pick<ChangeStores, 'changes'>>, 'read'>;

/** Clients with changes that a question finds, how many changes those are, and where to go on; without it, there are no more. */
export interface FoundClients {
  readonly inums: ReadonlySet<string>;
  readonly changes: number;
  readonly below?: number;
}

/** So many changes are read at once, and so many of one client undone. */
const PAGE = 1_000;

/** A question as it is kept with a task: it stays the same, whatever is done meanwhile. */
export interface KeptQuestion extends WrittenQuestion {
  readonly upToBatch: number;
  /** The same for who has asked. */
  readonly upTo: string;
  /** When it was asked, in epoch milliseconds: what relative dates in its filter count from. */
  readonly now: number;
}

/** The question that was kept. */
export function asked({ now, upTo: _text, ...words }: KeptQuestion): ChangeQuestion & Pick<KeptQuestion, 'upToBatch'> {
  const { since, until, upToBatch, ...others } = words;
  return { ...questionIn(others, now, () => ({})), upToBatch, ...(since && { since }), ...(until && { until }) };
}

export interface AskingNeeds {
  readonly work: Pick<UnitOfWork<ChangeStores>, 'read' | 'write'>;
  readonly cursors: Cursors;
}

/** When something is asked, in epoch milliseconds, and whether its time is over. */
export interface Asking {
  readonly now: number;
  readonly isOver: () => boolean;
}

/**
 * Reads what is asked for, up to what is committed by now or what a plan was about. Throws `invalid-request` for nothing at all,
 * for what cannot be understood, and for changes that there are not.
 */
export async function questionOf(
  { work, cursors }: AskingNeeds,
  input: UndoInput,
  { now: present, isOver }: Asking,
): Promise<KeptQuestion> {
  const { force: _how, changes: ids, upTo: planned, ...words } = input;
  const until = planned === undefined ? undefined : upToIn(cursors, input, planned);
  const now = until?.now ?? present;
  const { filter: read, ...question } = questionIn(words, now, (name) => ({ pointer: `/${name}` }));
  // What was sent may mean nothing, and nothing means every change of every client.
  if ((ids ?? read) === undefined && Object.keys(question).length === 0)
    throw new Problem('invalid-request', { errors: [{ pointer: '', detail: EMPTY, rule: 'some-changes' }] });
  const upTo: UpTo = until ?? { upToBatch: await lastBatch(work, isOver), now };
  const filter = words.filter !== undefined && { filter: words.filter };
  const kept = { ...question, ...filter, ...upTo, upTo: planned ?? writtenUpTo(cursors, input, upTo) };
  if (ids === undefined) return kept;
  const { upToBatch } = upTo;
  const { changes } = await work.read((stores) =>
    stores.changes.find({ ids, upToBatch }, { limit: ids.length }, never),
  );
  const known = new Set(changes.map(({ id }) => id));
  const errors = ids.flatMap((id, index) =>
    known.has(id) ? [] : [{ pointer: `/changes/${index}`, detail: `there is no change ${id} of a client in the log` }],
  );
  if (errors.length > 0) throw new Problem('invalid-request', { errors });
  return { ...kept, ids };
}

const EMPTY =
  'says which changes: their ids in changes, or since, until, by, inum, operation, property, requestId, filter';
const never = (): boolean => false;

/** From where on clients are looked for, and how far. */
export interface HowMany {
  readonly below?: number;
  readonly most: number;
  readonly mostChanges?: number;
  readonly isOver: () => boolean;
}

/** Finds clients with such changes, from the newest change on, until there are `most` of them, more changes, or `isOver`. */
export async function clientsIn(
  work: Reading,
  question: ChangeQuestion,
  { below, most, mostChanges = Infinity, isOver }: HowMany,
): Promise<FoundClients> {
  const inums = new Set<string>();
  let [edge, count] = [below, 0];
  do {
    const page = { limit: PAGE, ...(edge !== undefined && { below: edge }) };
    const found = await work.read(({ changes }) => changes.find(question, page, isOver));
    const undoable = found.changes.filter(isUndoable);
    for (const { inum } of undoable) inums.add(inum);
    count += undoable.length;
    edge = found.below;
  } while (edge !== undefined && inums.size < most && count <= mostChanges && !isOver());
  return { inums, changes: count, ...(edge !== undefined && { below: edge }) };
}

/** The changes of one client that a question finds, the newest first, and whether those are all. */
export async function changesIn(
  work: Reading,
  question: ChangeQuestion,
  inum: string,
): Promise<{ readonly selected: readonly ClientChange[]; readonly isAll: boolean }> {
  if (question.inum !== undefined && question.inum !== inum) return { selected: [], isAll: true };
  const { changes } = await work.read((stores) =>
    stores.changes.find({ ...question, inum }, { limit: PAGE + 1 }, never),
  );
  return { selected: changes.slice(0, PAGE).filter(isUndoable), isAll: changes.length <= PAGE };
}
