import type { Failure } from '../../../failure.ts';
import { CallFailure } from '../../../failure.ts';
import type { Page } from '../../../resource/paging.ts';
import type { Named } from '../../../resource/request.ts';
import { editOf } from '../edit.ts';
import { type Kind, listTakes } from '../kind.ts';
import type { ListScreen } from '../entry-screens.ts';
import type { State, Step } from '../state.ts';
import { all, asked, changed, pushed, said, toldFailure } from '../steps.ts';

/** So many entries are asked for at once, and when the cursor comes so close to the last one, the next ones. */
const PAGE = 50;
const CLOSE = 10;
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
      requests: state.requests.filter(({ isQuiet }) => isQuiet),
    });
  };

/** What is there before anything was answered. */
const NOTHING = {
  entries: [],
  total: undefined,
  isEstimate: false,
  isPartial: false,
  nextCursor: undefined,
  row: 0,
  marked: new Set<string>(),
  isLoaded: false,
};

const EMPTY: Omit<ListScreen, 'id' | 'kind'> = {
  ...NOTHING,
  is: 'list',
  search: editOf(''),
  isSearching: false,
  filters: new Map(),
  where: '',
  sort: undefined,
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

/**
 * Says that there is no list now; where nobody answered, asks again after a while. What was listed before goes where the
 * service refuses what is asked for: it is not that.
 */
const lost =
  (id: number) =>
  (failure: Failure): Step => {
    const isAway = failure instanceof CallFailure && failure.status === undefined;
    return isAway
      ? all(loaded(id, AGAIN), said('fault', `${failure.message}; it is tried again`))
      : all(
          changed('list', id, (screen) => ({ ...screen, ...NOTHING })),
          toldFailure(failure),
        );
  };

/** People look for clients by their names. */
const BY_NAME = { path: 'displayName', isDown: false };

/** What the entries of a list are found by, as the service has it; nothing for all of them. */
export function sieveOf({ search, filters, where }: ListScreen): Named {
  const escaped = (value: string): string => value.replace(/[\\,]/g, String.raw`\$&`);
  const pairs = [...filters].map(([path, value]) => `${path}=${escaped(value)}`);
  return [
    ...(search.text.trim() === '' ? [] : [['pattern', search.text.trim()] as const]),
    ...(pairs.length === 0 ? [] : [['fieldValuePair', pairs.join(',')] as const]),
    ...(where === '' ? [] : [['filter', where] as const]),
  ];
}

/** Where a search looks. */
const SEARCHED = ['displayName', 'description', 'inum'];

/** The same as one filter in the language of RFC 7644, for what takes no other; empty for all of them. */
export function filterOf({ kind, search, filters, where }: ListScreen): string {
  const isPlain = (path: string): boolean =>
    kind.form.fields.some((field) => field.path === path && field.control === 'switch');
  const terms = search.text.split(',').map((term) => term.trim());
  const texts = terms
    .filter((term) => term !== '')
    .flatMap((term) => SEARCHED.map((name) => `${name} co ${JSON.stringify(term)}`));
  const parts = [
    ...(texts.length === 0 ? [] : [texts.join(' or ')]),
    ...[...filters].map(([path, value]) => `${path} eq ${isPlain(path) ? value : JSON.stringify(value)}`),
    ...(where === '' ? [] : [where]),
  ];
  const [only, ...others] = parts;
  return others.length === 0 ? (only ?? '') : parts.map((part) => `(${part})`).join(' and ');
}

function query(list: ListScreen): Named {
  const { kind, sort: chosen } = list;
  const sort = chosen ?? (kind.resource.noun === 'clients' ? BY_NAME : undefined);
  return [
    ['limit', String(PAGE)],
    ...sieveOf(list),
    ...(listTakes(kind, 'Prefer') ? [['Prefer', 'partial-results'] as const] : []),
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
    isPartial: page.isPartial === true,
    nextCursor: page.nextCursor,
    row: Math.max(0, Math.min(screen.row, entries.length - 1)),
    isLoaded: true,
  };
}

/** Asks for the next page when the cursor is near the end of what is here. */
export const more =
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
