import type { Cursors } from '../../search/cursor.ts';
import type { Clock } from '../../shared/clock.ts';
import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import { Problem } from '../../shared/problem.ts';
import { searchInums } from '../client.search.ts';
import type { ClientStores } from '../client.stores.ts';
import type { Requirement } from './check.ts';
import type { Judged } from './finding.store.ts';
import { isBroken } from './judgement.ts';
import { tallied, type Tally } from './tally.ts';

export interface FoundNeeds {
  readonly work: Pick<UnitOfWork<ClientStores>, 'browse'>;
  readonly clock: Clock;
  readonly cursors: Cursors;
}

interface FoundRequest {
  readonly filter: string;
  /** Who asks: nobody keeps all the places for searches that take long. */
  readonly caller: string;
  /** Of those that break it, the first `limit` after an id are named. */
  readonly wanted?: Requirement | undefined;
  readonly after: string;
  readonly limit: number;
}

/** What the clients break that a filter finds. */
interface FoundFindings {
  readonly clients: number;
  readonly tally: Tally;
  /** In the order of their ids. */
  readonly found: readonly Judged[];
}

/** So many clients are found at once, and for so long, in milliseconds. */
const [SLICE, LONGEST] = [1_000, 10_000];
const TOO_LONG = 'it takes too long to look at all clients that the filter finds: a narrower one is needed';

/**
 * What is noted of the clients that a filter finds, slice by slice. Throws `invalid-request` for what is no filter, and `unavailable`
 * where it takes too long.
 */
export async function foundFindings(
  { work, clock, cursors }: FoundNeeds,
  request: FoundRequest,
): Promise<FoundFindings> {
  const { filter, caller, wanted, after, limit } = request;
  const now = clock.now();
  const end = clock.elapsed() + LONGEST;
  const found: Judged[] = [];
  let [clients, tally]: [number, Tally] = [0, {}];
  let cursor: string | undefined;
  do {
    const search = { filter, caller, limit: SLICE, partial: true, ...(cursor !== undefined && { cursor }) };
    const page = await work.browse((stores) => searchInums(stores, search, { cursors, now }));
    const judged = await work.browse(({ findings }) => findings.of(page.entries));
    for (const [signature, number] of numbersOf(judged)) tally = tallied(tally, signature, number);
    const broken = judged.filter(
      ({ signature, inum }) => wanted !== undefined && isBroken(signature, wanted) && inum > after,
    );
    found.push(...broken.slice(0, limit - found.length));
    clients += page.entries.length;
    cursor = page.nextCursor;
    if (cursor !== undefined && clock.elapsed() > end) throw new Problem('unavailable', { detail: TOO_LONG });
  } while (cursor !== undefined);
  return { clients, tally, found };
}

function numbersOf(judged: readonly Judged[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const { signature } of judged) numbers.set(signature, (numbers.get(signature) ?? 0) + 1);
  return numbers;
}
