import { conditionsOf } from '../search/condition.ts';
import { timestamp } from '../shared/clock.ts';
import type { Filter } from '../search/filter/filter.ts';
import { Problem, type Fault } from '../shared/problem.ts';
import type { ChangeQuestion } from './change-log.store.ts';
import { changeFilter } from './change.fields.ts';

/** A question in the words of who asks it: dates and the filter are texts. */
export interface WrittenQuestion extends Omit<ChangeQuestion, 'filter'> {
  readonly filter?: string;
}

/**
 * Reads the dates and the filter of a question, relative to `now` (epoch milliseconds). Throws `invalid-request` with each one that
 * cannot be understood, at the place that `at` gives.
 */
export function questionIn(
  { since, until, filter = '', ...others }: WrittenQuestion,
  now: number,
  at: (name: string) => Pick<Fault, 'parameter' | 'pointer'>,
): ChangeQuestion {
  const faults: Fault[] = [];
  const read = <T>(name: string, value: T | Fault): T | undefined => {
    if (!isFault(value)) return value;
    faults.push({ ...at(name), ...value });
    return undefined;
  };
  const first = since && read<string>('since', momentOf('>=', since, now));
  const last = until && read<string>('until', momentOf('<=', until, now));
  const wanted = filter.trim() === '' ? undefined : read<Filter>('filter', filterOf(filter, now));
  if (faults.length > 0) throw new Problem('invalid-request', { errors: faults });
  return { ...others, ...(first && { since: first }), ...(last && { until: last }), ...(wanted && { filter: wanted }) };
}

const isFault = (value: unknown): value is Fault => typeof value === 'object' && value !== null && 'detail' in value;

function filterOf(text: string, now: number): Filter | Fault {
  const filter = changeFilter(text, now);
  return typeof filter === 'string' ? { detail: filter } : filter;
}

/** The first or the last millisecond of what a date stands for, or what is wrong with it. */
function momentOf(relation: '>=' | '<=', text: string, now: number): string | Fault {
  const conditions = conditionsOf({ name: 'at', type: 'date', path: '' }, relation, text, now);
  if (typeof conditions === 'string') return { detail: conditions };
  return timestamp(Date.parse(`${String(conditions[0]?.value)}Z`) + (relation === '>=' ? 0 : 999));
}
