import { at, cellOf } from '../../../output/entry.ts';
import type { Entry } from '../../../resource/entry.ts';
import type { Kind } from '../kind.ts';
import type { ListScreen } from '../entry-screens.ts';
import type { Step } from '../state.ts';

export const entryAt = ({ entries, row }: ListScreen): Entry | undefined => entries[row];

export const idOf = ({ resource }: Kind, entry: Entry): string => cellOf(at(entry, resource.id), '');

/** What an action is about: what is marked, or else where the cursor is. */
export function targets(list: ListScreen): Entry[] {
  const marked = list.entries.filter((entry) => list.marked.has(idOf(list.kind, entry)));
  const current = entryAt(list);
  return marked.length > 0 || current === undefined ? marked : [current];
}

/** An entry in the lists that show it, as it is by now; undefined takes it away. */
export const relisted =
  (kind: Kind, id: string, entry: Entry | undefined): Step =>
  (state) => ({
    ...state,
    screens: state.screens.map((screen) => {
      if (screen.is !== 'list' || screen.kind !== kind) return screen;
      const entries = screen.entries.flatMap((each): Entry[] =>
        idOf(kind, each) !== id ? [each] : entry === undefined ? [] : [entry],
      );
      const gone = screen.entries.length - entries.length;
      const marked = new Set([...screen.marked].filter((each) => entry !== undefined || each !== id));
      const row = Math.max(0, Math.min(screen.row, entries.length - 1));
      return { ...screen, entries, marked, row, total: screen.total === undefined ? undefined : screen.total - gone };
    }),
  });
