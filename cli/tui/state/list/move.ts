import { edited, editOf, type Key } from '../edit.ts';
import { movedRow, moveOf } from '../moves.ts';
import type { ListScreen } from '../entry-screens.ts';
import type { Step } from '../state.ts';
import { all, changed, stay } from '../steps.ts';
import { entryAt, idOf } from './entries.ts';
import { loaded, more } from './load.ts';

/** Milliseconds after a key in which a next one may come. */
const TYPING = 150;

/** Writes the search. */
export function searchKey(list: ListScreen, key: Key): Step {
  const { id, search } = list;
  if (key.name === 'return' || key.name === 'down' || key.name === 'tab') {
    return changed('list', id, (screen) => ({ ...screen, isSearching: false }));
  }
  if (key.name === 'escape') {
    const left = changed('list', id, (screen) => ({ ...screen, isSearching: false, search: editOf('') }));
    return search.text === '' ? left : all(left, loaded(id));
  }
  const next = edited(search, key, false);
  if (next === undefined) return stay;
  const written = changed('list', id, (screen) => ({ ...screen, search: next, row: 0 }));
  return next.text === search.text ? written : all(written, loaded(id, TYPING));
}

/** Moves the cursor; undefined when the key is none that moves. */
export function moveKey(list: ListScreen, key: Key, rows: number): Step | undefined {
  const by = moveOf(key.name, rows);
  if (by === undefined) return undefined;
  return all(
    changed('list', list.id, (screen) => ({
      ...screen,
      row: movedRow(screen.row, by, screen.entries.length),
    })),
    more(list.id),
  );
}

/** Marks the entry at the cursor, or takes the mark away, and goes on to the next. */
export const markKey = (list: ListScreen): Step =>
  changed('list', list.id, (screen) => {
    const entry = entryAt(screen);
    if (entry === undefined) return screen;
    const marked = new Set(screen.marked);
    const id = idOf(screen.kind, entry);
    if (!marked.delete(id)) marked.add(id);
    return { ...screen, marked, row: Math.min(screen.row + 1, screen.entries.length - 1) };
  });
