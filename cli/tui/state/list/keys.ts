import { lookup } from '../../../../openapi/lookup.ts';
import { manyAsked, markedIn } from '../bulk/begin.ts';
import { planned } from '../bulk/plan.ts';
import { readIn, written } from '../doing/files.ts';
import { begun } from '../doing/guide.ts';
import { judged } from '../doing/lint.ts';
import { oneKey } from '../doing/one.ts';
import { opened, reloaded } from '../doing/open.ts';
import { removedOnes } from '../doing/removed.ts';
import { canDo, type DoingName, several } from '../doing/several.ts';
import type { Key } from '../edit.ts';
import { asJson } from '../form/screen.ts';
import { helpFor } from '../help.ts';
import { nameOf } from '../kind.ts';
import type { ListScreen } from '../entry-screens.ts';
import type { Step } from '../state.ts';
import { all, changed, said, stay } from '../steps.ts';
import { entryAt, idOf, targets } from './entries.ts';
import { listOf, loaded } from './load.ts';
import { markKey, moveKey, searchKey } from './move.ts';
import { filter, order, where } from './sift.ts';

export function listKey(list: ListScreen, key: Key, rows: number): Step {
  if (list.isSearching) return searchKey(list, key);
  const move = moveKey(list, key, rows);
  if (move !== undefined) return move;
  const { kind, id } = list;
  const entry = entryAt(list);
  if (key.ctrl) return key.name === 'q' ? ended : stay;
  switch (key.name) {
    case '/':
      return kind.canSearch ? changed('list', id, (screen) => ({ ...screen, isSearching: true })) : stay;
    case 'escape':
      return cleared(list);
    case 'q':
      return ended;
    case 'tab':
    case 'right':
      return toTab(list, 1);
    case 'backtab':
    case 'left':
      return toTab(list, -1);
    case 'n':
      return begun(kind);
    case 'z':
      return removedOnes(kind);
    case 'l':
      return judged(list);
    case 'i':
      return readIn(kind);
    case 'o':
      return order(list);
    case 'f':
      return filter(list);
    case 'w':
      return where(list);
    case 'b':
      return manyAsked(list);
    case 'f1':
      return helpFor(list);
    case 'f5':
      return reloaded(id);
    default:
      return entry === undefined ? stay : entryKey(list, key, entry);
  }
}

const ended: Step = (state) => ({ ...state, ended: 0 });

const DOING_KEYS: Readonly<Record<string, DoingName>> = {
  a: 'activate',
  x: 'deactivate',
  d: 'delete',
  delete: 'delete',
  p: 'approve',
  k: 'reject',
};

/** The keys that are about what the cursor is at, or what is marked. */
function entryKey(list: ListScreen, key: Key, entry: Readonly<Record<string, unknown>>): Step {
  const { kind } = list;
  const id = idOf(kind, entry);
  const doing = lookup(DOING_KEYS, key.name);
  if (doing !== undefined) return doneTo(list, doing);
  switch (key.name) {
    case 'return':
      return opened(kind, id);
    case 'space':
      return markKey(list);
    case 'v':
      return asJson(nameOf(kind, entry), entry);
    case 's':
      return written(kind, targets(list));
    default:
      return oneKey(kind, entry, key.name);
  }
}

/** Does it to what is marked, or where the cursor is; where the service does many at once, it does. */
function doneTo(list: ListScreen, doing: DoingName): Step {
  const { kind, marked } = list;
  const isMany = kind.bulk !== undefined && marked.size > 1 && canDo(kind, doing);
  return isMany ? planned(kind, markedIn(list), { action: doing }) : several(kind, doing, targets(list));
}

function cleared({ id, search, filters, where: text, marked, sort }: ListScreen): Step {
  if (marked.size > 0) return changed('list', id, (screen) => ({ ...screen, marked: new Set() }));
  if (search.text === '' && filters.size === 0 && text === '' && sort === undefined)
    return said('note', 'q ends the program.');
  const empty = { search: { text: '', at: 0 }, filters: new Map<string, string>(), where: '', sort: undefined, row: 0 };
  return all(
    changed('list', id, (screen) => ({ ...screen, ...empty })),
    loaded(id),
  );
}

const toTab =
  (list: ListScreen, by: number): Step =>
  (state) => {
    const next = state.kinds[state.kinds.indexOf(list.kind) + by];
    return next === undefined ? state : listOf(next)(state);
  };
