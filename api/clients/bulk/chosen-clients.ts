import { inBody } from '../../search/body-faults.ts';
import type { Cursors } from '../../search/cursor.ts';
import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import type { Page } from '../../search/search-page.ts';
import type { Clock } from '../../shared/clock.ts';
import { sha256 } from '../../shared/ids.ts';
import { Problem } from '../../shared/problem.ts';
import { searchClients, searchInums, type ClientPage } from '../client.search.ts';
import { BULK, type BulkStores, type Question } from './bulk.ts';

export interface ChoiceNeeds {
  readonly work: Pick<UnitOfWork<BulkStores>, 'read'>;
  readonly cursors: Cursors;
}

/** A page of clients; `at` is what relative dates are counted from, in epoch milliseconds. */
interface Asked {
  readonly at: number;
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** Whether a page that ends where the time was over will do. */
  readonly partial?: boolean;
}

/** The clients that a question finds, in the order of their inums. Throws `invalid-request` with pointers into the body. */
export const chosenClients = (needs: ChoiceNeeds, question: Question, asked: Asked): Promise<ClientPage> =>
  chosen(needs, question, asked, searchClients);

/** The same as their inums only. */
export const chosenInums = (needs: ChoiceNeeds, question: Question, asked: Asked): Promise<Page<string>> =>
  chosen(needs, question, asked, searchInums);

async function chosen<T>(
  { work, cursors }: ChoiceNeeds,
  question: Question,
  { at, limit, cursor, partial = false }: Asked,
  search: (...asked: Parameters<typeof searchClients>) => Promise<T>,
): Promise<T> {
  const request = { ...question, limit, partial, caller: BULK, ...(cursor !== undefined && { cursor }) };
  try {
    return await work.read((stores) => search(stores, request, { cursors, now: at }));
  } catch (error) {
    throw inBody(error);
  }
}

/** Which clients were chosen: what those of a slice add, in their order, to what those before them have come to. */
export const digestWith = (digest: string, inums: readonly string[]): string =>
  inums.reduce((before, inum) => sha256(`${before} ${inum}`), digest);

/** How many clients a question finds, and which. */
export interface Choice {
  readonly clients: number;
  readonly first: readonly string[];
  readonly digest: string;
}

/** So many clients are found at once, and for so long, in milliseconds. */
const [SLICE, LONGEST] = [2_000, 30_000];

/**
 * All clients that a question finds, of which only the first `limit` are kept. Throws as `chosenClients`, and `unavailable` where it takes
 * too long.
 */
export async function choiceOf(
  needs: ChoiceNeeds & { readonly clock: Clock },
  question: Question,
  { at, limit }: Pick<Asked, 'at' | 'limit'>,
): Promise<Choice> {
  const end = needs.clock.elapsed() + LONGEST;
  let choice: Choice = { clients: 0, first: [], digest: '' };
  let cursor: string | undefined;
  do {
    const page: Page<string> = await chosenInums(needs, question, { at, limit: SLICE, cursor, partial: true });
    const { entries } = page;
    choice = {
      clients: choice.clients + entries.length,
      first: [...choice.first, ...entries].slice(0, limit),
      digest: digestWith(choice.digest, entries),
    };
    cursor = page.nextCursor;
    if (cursor !== undefined && needs.clock.elapsed() > end) throw new Problem('unavailable', { detail: TOO_LONG });
  } while (cursor !== undefined);
  return choice;
}

const TOO_LONG = 'it takes too long to find these clients: a narrower filter is needed';

/** The version of a client that a question finds; undefined when it does not. */
export async function versionChosen(
  needs: ChoiceNeeds,
  question: Question,
  { inum, at }: { readonly inum: string; readonly at: number },
): Promise<number | undefined> {
  const { filter, fieldValuePair } = question;
  const one =
    filter === undefined
      ? { filter: `inum eq ${JSON.stringify(inum)}` }
      : { fieldValuePair: [...(fieldValuePair === undefined ? [] : [fieldValuePair]), `inum=${inum}`].join(',') };
  const { entries } = await chosenClients(needs, { ...question, ...one }, { at, limit: 1 });
  return entries[0]?.version;
}
