import type { Cursors, Position } from '../search/cursor.ts';
import type { Clock } from '../shared/clock.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import type { Place } from './change-feed.store.ts';
import type { ChangeQuestion, FoundChanges } from './change-log.store.ts';
import { questionIn, type WrittenQuestion } from './change.question.ts';
import type { ChangeStores } from './change.stores.ts';

export interface ChangesRequest extends WrittenQuestion {
  readonly limit: number;
  readonly cursor?: string;
  readonly sortOrder?: 'ascending' | 'descending';
}

export interface ChangesPage extends Pick<FoundChanges, 'changes'> {
  /** Leads to the changes before these, when there may be any; in ascending order always to those after them. */
  readonly nextCursor?: string;
  /** In ascending order, whether there are none after these yet. */
  readonly caughtUp?: boolean;
}

interface ChangesNeeds {
  readonly work: UnitOfWork<ChangeStores>;
  readonly clock: Clock;
  readonly cursors: Cursors;
}

/** How long one request looks for changes, in milliseconds. */
const BUDGET = 1_000;

/**
 * Finds a page of the changes of all clients, the newest first unless the order says otherwise. `since` and `until` are dates
 * as filters have them. Throws `invalid-request` when one of them, the filter or the cursor cannot be understood.
 */
export async function changesOf(needs: ChangesNeeds, request: ChangesRequest): Promise<ChangesPage> {
  const { limit, cursor, sortOrder = 'descending', ...words } = request;
  const question = questionIn(words, needs.clock.now(), (name) => ({ parameter: `query:${name}` }));
  // By the words of the caller: relative moments are others with every page.
  const binding = JSON.stringify([sortOrder, ...Object.entries(words).sort().flat()]);
  const page = { limit, binding, cursor };
  return sortOrder === 'ascending' ? onwards(needs, question, page) : backwards(needs, question, page);
}

interface PageWanted {
  readonly limit: number;
  /** What a cursor belongs to. */
  readonly binding: string;
  readonly cursor: string | undefined;
}

/** Says whether the time of a request is over. */
function deadline(): () => boolean {
  const end = performance.now() + BUDGET;
  return () => performance.now() > end;
}

async function backwards(
  { work, cursors }: ChangesNeeds,
  question: ChangeQuestion,
  { limit, binding, cursor }: PageWanted,
): Promise<ChangesPage> {
  const below = cursor === undefined ? undefined : Number(cursors.decode(binding, cursor).id);
  const page = { limit, ...(below !== undefined && { below }) };
  const isOver = deadline();
  const found = await work.browse((stores) => stores.changes.find(question, page, isOver));
  const position = { value: null, id: String(found.below) };
  return {
    changes: found.changes,
    ...(found.below !== undefined && { nextCursor: cursors.encode(binding, position) }),
  };
}

/**
 * The changes in the order in which they can be read; what was committed since the last time comes after all that was there.
 * No replica is asked, since it decides where a reader goes on.
 */
async function onwards(
  { work, cursors }: ChangesNeeds,
  question: ChangeQuestion,
  { limit, binding, cursor }: PageWanted,
): Promise<ChangesPage> {
  const given = cursor === undefined ? undefined : placeOf(cursors.decode(binding, cursor));
  const isOver = deadline();
  if (await work.read(({ changeFeed }) => changeFeed.isWaiting()))
    await work.write(({ changeFeed }) => changeFeed.advance());
  const { changes, place, isEnd } = await work.read(async ({ changeFeed }) => {
    const after = given ?? (await changeFeed.begin(question.since));
    return changeFeed.find(question, { after, limit }, isOver);
  });
  const isLeft = isEnd && (await work.read(({ changeFeed }) => changeFeed.isWaiting()));
  const nextCursor = cursors.encode(binding, { value: place.batch, id: String(place.id) });
  return { changes, nextCursor, caughtUp: isEnd && !isLeft };
}

const placeOf = ({ value, id }: Position): Place => ({ batch: Number(value), id: Number(id) });
