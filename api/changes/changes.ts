import { conditionsOf } from '../search/condition.ts';
import type { Cursors } from '../search/cursor.ts';
import { timestamp, type Clock } from '../shared/clock.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import { Problem, type Fault } from '../shared/problem.ts';
import type { ChangeLog, ChangeQuestion, FoundChanges } from './change-log.store.ts';

export interface ChangesRequest extends ChangeQuestion {
  readonly limit: number;
  readonly cursor?: string;
}

export interface ChangesPage extends Pick<FoundChanges, 'changes'> {
  /** Leads to the changes before these, when there may be any. */
  readonly nextCursor?: string;
}

interface ChangesNeeds {
  readonly work: Pick<UnitOfWork<{ readonly changes: ChangeLog }>, 'browse'>;
  readonly clock: Clock;
  readonly cursors: Cursors;
}

/** How long one request looks for changes, in milliseconds. */
const BUDGET = 1_000;

/**
 * Finds a page of the changes of all clients, the newest first. `since` and `until` are dates as filters have them.
 * Throws `invalid-request` when one of them, or the cursor, cannot be understood.
 */
export async function changesOf({ work, clock, cursors }: ChangesNeeds, request: ChangesRequest): Promise<ChangesPage> {
  const { limit, cursor, since, until, ...others } = request;
  const faults: Fault[] = [];
  const moments = {
    ...(since && { since: momentOf('since', since, { now: clock.now(), faults }) }),
    ...(until && { until: momentOf('until', until, { now: clock.now(), faults }) }),
  };
  if (faults.length > 0) throw new Problem('invalid-request', { errors: faults });
  // By the words of the caller: relative moments are others with every page.
  const binding = JSON.stringify([since ?? '', until ?? '', ...Object.entries(others).sort().flat()]);
  const below = cursor === undefined ? undefined : Number(cursors.decode(binding, cursor).id);
  const end = performance.now() + BUDGET;
  const page = { limit, ...(below !== undefined && { below }) };
  const found = await work.browse((stores) =>
    stores.changes.find({ ...others, ...moments }, page, () => performance.now() > end),
  );
  const position = { value: null, id: String(found.below) };
  return {
    changes: found.changes,
    ...(found.below !== undefined && { nextCursor: cursors.encode(binding, position) }),
  };
}

/** The first or the last millisecond of what a date stands for. */
function momentOf(
  parameter: 'since' | 'until',
  text: string,
  { now, faults }: { readonly now: number; readonly faults: Fault[] },
): string {
  const field = { name: parameter, type: 'date', path: '' } as const;
  const conditions = conditionsOf(field, parameter === 'since' ? '>=' : '<=', text, now);
  if (typeof conditions === 'string') {
    faults.push({ parameter: `query:${parameter}`, detail: conditions });
    return '';
  }
  return timestamp(Date.parse(`${String(conditions[0]?.value)}Z`) + (parameter === 'since' ? 0 : 999));
}
