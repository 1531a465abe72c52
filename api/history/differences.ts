import { isObject } from '../shared/contract/members.ts';
import { pointerOf } from '../shared/contract/known-members.ts';

/** A value that is not the same in two documents: where, and what it was and is. Absent values are left out. */
export interface Difference {
  readonly pointer: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** A list with more entries, on either side, is one value. */
const MOST_COMPARED = 50;

/**
 * What is different in `after`, in the order of its members and then of those that are gone. It takes time in proportion
 * to the sizes of the documents: of two lists only the part between the entries that they begin and end with alike is
 * compared, place by place. The smallest difference of two lists takes the product of their lengths.
 */
export function differencesOf(before: unknown, after: unknown, at: readonly string[] = []): Difference[] {
  if (isObject(before) && isObject(after)) {
    const names = new Set([...Object.keys(after), ...Object.keys(before)]);
    return [...names].flatMap((name) => differencesOf(before[name], after[name], [...at, name]));
  }
  if (isShort(before) && isShort(after)) return ofLists(before, after, at);
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [{ pointer: pointerOf(at), ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
}

const isShort = (value: unknown): value is unknown[] => Array.isArray(value) && value.length <= MOST_COMPARED;

function ofLists(before: readonly unknown[], after: readonly unknown[], at: readonly string[]): Difference[] {
  const [old, young] = [before, after].map((list) => list.map((entry) => JSON.stringify(entry))) as [
    string[],
    string[],
  ];
  const least = Math.min(old.length, young.length);
  let start = 0;
  while (start < least && old[start] === young[start]) start += 1;
  let end = 0;
  while (end < least - start && old.at(-1 - end) === young.at(-1 - end)) end += 1;
  const length = Math.max(old.length, young.length) - end - start;
  const [had, has] = [before, after].map((list) => list.slice(start, list.length - end)) as [unknown[], unknown[]];
  return Array.from({ length }, (_unused, index) =>
    differencesOf(had[index], has[index], [...at, String(start + index)]),
  ).flat();
}
