import { at, cellOf } from '../../output/entry.ts';
import { cut, oneLine, widthOf } from '../../output/text.ts';
import type { Entry } from '../../resource/entry.ts';
import type { Column, Kind } from '../state/kind.ts';
import { idOf } from '../state/list/entries.ts';
import type { ListScreen } from '../state/entry-screens.ts';
import type { State } from '../state/state.ts';
import { editLine, fit, span, type Pane, type Line } from './line.ts';

/** The list: tabs, search and filters, the heads of the columns, and a row for each entry. */
export function listBody(state: State, list: ListScreen, width: number, height: number): Pane {
  const columns = columnsFor(list.kind, width - 2);
  const room = Math.max(1, height - 2);
  const from = Math.max(0, Math.min(list.row - Math.floor(room / 2), list.entries.length - room));
  const rows = list.entries.slice(from, from + room).map((entry, index) => rowLine(list, entry, columns, from + index));
  const { noun } = list.kind.resource;
  const none = list.isPartial ? 'None in what was searched in time; Down goes on.' : `There are no ${noun} like that.`;
  return {
    title: tabs(state, list, width),
    lines: [
      searchLine(list, width),
      heads(list, columns),
      ...(rows.length > 0 ? rows : [[span(`  ${list.isLoaded ? none : ''}`, 'dim')]]),
    ],
    focus: list.isSearching ? 0 : 2 + list.row - from,
  };
}

/** The lists, and where the program is connected to: with fewer words where there is little room, and cut at last. */
function tabs({ kinds, place }: State, list: ListScreen, width: number): Line {
  const host = place.replace(/^https?:\/\//, '');
  const ways: readonly (readonly [label: (kind: Kind) => string, place: string])[] = [
    [({ label }) => label, place],
    [({ label }) => label, host],
    [({ label }) => label.split(' ', 1)[0] ?? label, host],
  ];
  const lengthOf = ([label]: (typeof ways)[number]): number =>
    kinds.reduce((sum, kind) => sum + widthOf(label(kind)) + 3, 0);
  const way = ways.find((each) => lengthOf(each) + widthOf(each[1]) <= width) ?? ways.at(-1);
  if (way === undefined) return [];
  const names = kinds.flatMap((kind) => [
    kind === list.kind ? span(`[${way[0](kind)}]`, 'bold') : span(` ${way[0](kind)} `, 'dim'),
    span(' '),
  ]);
  const shown = cut(way[1], Math.max(0, width - lengthOf(way)));
  return [...names, span(' '.repeat(Math.max(0, width - lengthOf(way) - widthOf(shown)))), span(shown, 'dim')];
}

function searchLine(list: ListScreen, width: number): Line {
  const { kind, search, isSearching, filters, where, total, isEstimate, isPartial, marked } = list;
  const count =
    total === undefined
      ? ''
      : `${isEstimate ? 'about ' : ''}${total} ${total === 1 ? kind.resource.singular : kind.resource.noun}`;
  const chosen = [...filters].map(([path, value]) => labelOf(kind, path, value));
  if (where !== '') chosen.push(cut(oneLine(where), Math.floor(width / 3)));
  if (isPartial) chosen.push('searched in part');
  const notes = [...chosen, ...(marked.size > 0 ? [`${marked.size} marked`] : []), count].join('   ');
  if (!kind.canSearch) return [span(fit(notes, width), 'dim')];
  const room = Math.max(10, width - 9 - notes.length - 1);
  const text = isSearching
    ? editLine(search, room)
    : [span(fit(search.text === '' ? '(/ searches)' : search.text, room), search.text === '' ? 'dim' : 'plain')];
  return [span('Search: '), ...text, span(` ${notes}`, 'dim')];
}

function labelOf(kind: Kind, path: string, value: string): string {
  const filter = kind.filters.find((candidate) => candidate.path === path);
  const text = filter?.values.find(([each]) => each === value)?.[1] ?? value;
  return `${filter?.label ?? path}: ${text}`;
}

/** As many columns as there is room for; the first has what the others leave. */
function columnsFor({ columns }: Kind, width: number): Column[] {
  const [first, ...others] = columns;
  if (first === undefined) return [];
  const shown: Column[] = [];
  let left = width - 16;
  for (const column of others) {
    if (column.width + 1 > left) break;
    shown.push(column);
    left -= column.width + 1;
  }
  return [{ ...first, width: left + 16 }, ...shown];
}

function heads({ sort }: ListScreen, columns: readonly Column[]): Line {
  const mark = (path: string): string => (sort?.path === path ? (sort.isDown ? ' v' : ' ^') : '');
  return [span(`  ${columns.map(({ label, path, width }) => fit(label + mark(path), width)).join(' ')}`, 'bold')];
}

function rowLine(list: ListScreen, entry: Entry, columns: readonly Column[], index: number): Line {
  const isCurrent = index === list.row;
  const isMarked = list.marked.has(idOf(list.kind, entry));
  const cells = columns.map((column) => fit(cell(column, at(entry, column.path)), column.width)).join(' ');
  const sign = isMarked ? '*' : isCurrent ? '>' : ' ';
  return [span(`${sign} ${cells}`, isCurrent && !list.isSearching ? 'cursor' : isMarked ? 'changed' : 'plain')];
}

function cell({ is }: Column, value: unknown): string {
  if (is === 'off') return value === true ? 'no' : 'yes';
  if (is === 'on') return value === true ? 'yes' : 'no';
  const text = cellOf(value, ' ')
    .replaceAll('urn:ietf:params:oauth:grant-type:', '')
    .replaceAll('urn:openid:params:grant-type:', '');
  return is === 'date' ? text.slice(0, 10) : text;
}
