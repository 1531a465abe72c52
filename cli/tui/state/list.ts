import { CallFailure, type Failure } from '../../failure.ts';
import { at, cellOf } from '../../output/entry.ts';
import type { Entry } from '../../resource/entry.ts';
import type { Page } from '../../resource/paging.ts';
import type { Named } from '../../resource/request.ts';
import { moveOf, movedRow } from './moves.ts';
import { edited, editOf, type Key } from './edit.ts';
import type { Kind } from './kind.ts';
import {
  all,
  asked,
  changed,
  pushed,
  said,
  stay,
  toldFailure,
  type ListScreen,
  type State,
  type Step,
} from './state.ts';

/** So many entries are asked for at once, and when the cursor comes so close to the last one, the next ones. */
const PAGE = 50;
const CLOSE = 10;
/** Milliseconds after a key in which a next one may come. */
const TYPING = 150;
/** Milliseconds after which a service that did not answer is asked again. */
const AGAIN = 2_000;

/** Shows the list of this kind instead of everything else. */
export const listOf =
  (kind: Kind): Step =>
  (state) => {
    const id = state.nextId;
    return all(
      pushed((own): ListScreen => ({ ...EMPTY, id: own, kind })),
      loaded(id),
    )({
      ...state,
      screens: [],
      requests: [],
    });
  };

const EMPTY: Omit<ListScreen, 'id' | 'kind'> = {
  is: 'list',
  search: editOf(''),
  isSearching: false,
  filters: new Map(),
  sort: undefined,
  entries: [],
  total: undefined,
  isEstimate: false,
  nextCursor: undefined,
  row: 0,
  marked: new Set(),
  isLoaded: false,
};

const listWith = ({ screens }: State, id: number): ListScreen | undefined =>
  screens.find((screen) => screen.is === 'list' && screen.id === id) as ListScreen | undefined;

/** Asks for the first page, after the milliseconds of `delay`. */
export const loaded =
  (id: number, delay = 0): Step =>
  (state) => {
    const list = listWith(state, id);
    if (list === undefined) return state;
    const call = { does: 'list', noun: list.kind.resource.noun, named: query(list) } as const;
    const done = (page: Page): Step =>
      all(
        changed('list', id, (screen) => withPage({ ...screen, entries: [] }, page)),
        back,
      );
    return asked(call, { purpose: 'list', delay, done, failed: lost(id) })({
      ...state,
      requests: state.requests.filter(({ purpose }) => purpose !== 'more'),
    });
  };

/** What was said of a service that was away is not true any more. */
const back: Step = (state) => (state.message?.tone === 'fault' ? { ...state, message: undefined } : state);

/** Says that there is no list now; where nobody answered, asks again after a while. */
const lost =
  (id: number) =>
  (failure: Failure): Step => {
    const isAway = failure instanceof CallFailure && failure.status === undefined;
    return isAway
      ? all(loaded(id, AGAIN), said('fault', `${failure.message}; it is tried again`))
      : toldFailure(failure);
  };

function query({ search, filters, sort }: ListScreen): Named {
  const escaped = (value: string): string => value.replace(/[\\,]/g, String.raw`\$&`);
  const pairs = [...filters].map(([path, value]) => `${path}=${escaped(value)}`);
  return [
    ['limit', String(PAGE)],
    ...(search.text.trim() === '' ? [] : [['pattern', search.text.trim()] as const]),
    ...(pairs.length === 0 ? [] : [['fieldValuePair', pairs.join(',')] as const]),
    ...(sort === undefined
      ? []
      : ([
          ['sortBy', sort.path],
          ['sortOrder', sort.isDown ? 'descending' : 'ascending'],
        ] as const)),
  ];
}

function withPage(screen: ListScreen, page: Page): ListScreen {
  const entries = [...screen.entries, ...page.entries];
  return {
    ...screen,
    entries,
    total: page.totalEntriesCount ?? screen.total ?? entries.length,
    isEstimate: page.totalIsEstimate === true,
    nextCursor: page.nextCursor,
    row: Math.max(0, Math.min(screen.row, entries.length - 1)),
    isLoaded: true,
  };
}

/** Asks for the next page when the cursor is near the end of what is here. */
const more =
  (id: number): Step =>
  (state) => {
    const list = listWith(state, id);
    if (list?.nextCursor === undefined || list.row < list.entries.length - CLOSE) return state;
    if (state.requests.some(({ purpose }) => purpose === 'more' || purpose === 'list')) return state;
    const named: Named = [
      ['limit', String(PAGE)],
      ...query(list).filter(([name]) => name !== 'limit'),
      ['cursor', list.nextCursor],
    ];
    const done = (page: Page): Step => changed('list', id, (screen) => withPage(screen, page));
    return asked({ does: 'list', noun: list.kind.resource.noun, named }, { purpose: 'more', done })(state);
  };

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
