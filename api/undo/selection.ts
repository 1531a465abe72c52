import type { ChangeLog, ChangeQuestion, ClientChange } from '../changes/change-log.store.ts';
import { questionIn, type WrittenQuestion } from '../changes/change.question.ts';
import type { Schemas } from '../shared/contract/operation.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import { Problem } from '../shared/problem.ts';
import { isUndoable } from './client-past.ts';

export type UndoInput = Schemas['ChangesUndoInput'];
type Reading = Pick<UnitOfWork<{ readonly changes: ChangeLog }>, 'read'>;

/** Clients with changes that a question finds, and where to go on; without it, there are no more. */
export interface FoundClients {
  readonly inums: ReadonlySet<string>;
  readonly below?: number;
}

/** So many changes are read at once, and so many of one client undone. */
const PAGE = 1_000;

/** A question as it is kept with a task: it stays the same, whatever is done meanwhile. */
export interface KeptQuestion extends WrittenQuestion {
  /** When it was asked, in epoch milliseconds: what relative dates in its filter count from. */
  readonly now: number;
}

/** The question that was kept. */
export function asked({ now, ...words }: KeptQuestion): ChangeQuestion {
  const { since, until, ...others } = words;
  return { ...questionIn(others, now, () => ({})), ...(since && { since }), ...(until && { until }) };
}

/**
 * Reads what is asked for. Throws `invalid-request` for nothing at all, for what cannot be understood, and for changes that there
 * are not.
 */
export async function questionOf(work: Reading, input: UndoInput, now: number): Promise<KeptQuestion> {
  const { force: _how, changes: ids, ...words } = input;
  const { filter: read, ...question } = questionIn(words, now, (name) => ({ pointer: `/${name}` }));
  // What was sent may mean nothing, and nothing means every change of every client.
  if ((ids ?? read) === undefined && Object.keys(question).length === 0)
    throw new Problem('invalid-request', { errors: [{ pointer: '', detail: EMPTY, rule: 'some-changes' }] });
  const upTo = await work.read(({ changes }) => changes.last());
  const kept = { ...question, ...(words.filter !== undefined && { filter: words.filter }), upTo, now };
  if (ids === undefined) return kept;
  const { changes } = await work.read((stores) => stores.changes.find({ ids }, { limit: ids.length }, never));
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

/** Finds clients with such changes, from the newest change on, until there are `most` of them or `isOver`. */
export async function clientsIn(
  work: Reading,
  question: ChangeQuestion,
  { below, most, isOver }: { readonly below?: number; readonly most: number; readonly isOver: () => boolean },
): Promise<FoundClients> {
  const inums = new Set<string>();
  let edge = below;
  do {
    const page = { limit: PAGE, ...(edge !== undefined && { below: edge }) };
    const found = await work.read(({ changes }) => changes.find(question, page, isOver));
    for (const { inum } of found.changes.filter(isUndoable)) inums.add(inum);
    edge = found.below;
  } while (edge !== undefined && inums.size < most && !isOver());
  return { inums, ...(edge !== undefined && { below: edge }) };
}

/** The changes of one client that a question finds, the newest first, and whether those are all. */
export async function changesIn(
  work: Reading,
  question: ChangeQuestion,
  inum: string,
): Promise<{ readonly selected: readonly ClientChange[]; readonly isAll: boolean }> {
  if (question.inum !== undefined && question.inum !== inum) return { selected: [], isAll: true };
  const { changes, below } = await work.read((stores) =>
    stores.changes.find({ ...question, inum }, { limit: PAGE }, never),
  );
  return { selected: changes.filter(isUndoable), isAll: below === undefined };
}
