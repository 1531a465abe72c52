import { lookup } from '../../../openapi/lookup.ts';
import type { Key } from './edit.ts';
import { canDo, cloned, opened, reloaded, removedFrom, rotated, several, type DoingName } from './actions.ts';
import { askKey, editorKey, pickerKey, picking, textKey } from './dialogs.ts';
import {
  asJson,
  canWrite,
  editKey,
  formMoveKey,
  jump,
  left,
  newForm,
  titleOf,
  undone,
  unsaved,
  write,
} from './form.ts';
import { bodyOf } from '../form/draft.ts';
import { helpFor } from './keys.ts';
import { actionOf, nameOf } from './kind.ts';
import { entryAt, idOf, listOf, loaded, markKey, moveKey, searchKey, targets } from './list.ts';
import { mergeKey, save } from './save.ts';
import {
  all,
  changed,
  said,
  stay,
  top,
  type Action,
  type FormScreen,
  type ListScreen,
  type State,
  type Step,
} from './state.ts';

/** The exit code after Ctrl-C. */
const INTERRUPTED = 130;

/** What the state is after something has happened. Pure: what has to be asked is in `requests`. */
export function reduce(state: State, action: Action): State {
  const next = reduced(state, action);
  // Waiting for the next one begins anew.
  return next.requests.length === 0 && next.tick > 0 ? { ...next, tick: 0 } : next;
}

function reduced(state: State, action: Action): State {
  switch (action.type) {
    case 'key':
      return keyed(state, action.key);
    case 'size':
      return { ...state, width: action.width, height: action.height };
    case 'tick':
      return { ...state, tick: state.tick + 1 };
    case 'signal':
      return { ...state, ended: action.code };
    case 'answered':
    case 'failed': {
      const request = state.requests.find(({ id }) => id === action.id);
      // Nobody waits for it any more.
      if (request === undefined) return state;
      const rest = { ...state, requests: state.requests.filter((each) => each !== request) };
      return action.type === 'answered' ? request.done(action.value)(rest) : request.failed(action.failure)(rest);
    }
  }
}

function keyed(state: State, key: Key): State {
  if (key.ctrl && key.name === 'c') return interrupted(state);
  const screen = top({ ...state, isLeaving: false });
  const heard = { ...state, isLeaving: false, message: undefined };
  if (screen === undefined) return heard;
  // Rows of a page of whatever is seen.
  const rows = Math.max(1, state.height - 6);
  switch (screen.is) {
    case 'list':
      return listKey(screen, key, rows)(heard);
    case 'form':
      return (screen.editing === undefined ? formKey(screen, key) : editKey(screen, key))(heard);
    case 'picker':
      return pickerKey(screen, key, rows)(heard);
    case 'editor':
      return editorKey(screen, key)(heard);
    case 'text':
      return textKey(screen, key, rows)(heard);
    case 'ask':
      return askKey(screen, key, rows)(heard);
    case 'merge':
      return mergeKey(screen, key.name)(heard);
  }
}

function interrupted(state: State): State {
  if (state.isLeaving || unsaved(state).length === 0) return { ...state, ended: INTERRUPTED };
  const message = {
    tone: 'fault',
    text: 'There are changes that are not saved. Ctrl-C again leaves without them.',
  } as const;
  return { ...state, isLeaving: true, message };
}

function listKey(list: ListScreen, key: Key, rows: number): Step {
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
      return kind.resource.operations.create === undefined ? stay : newForm(kind, {});
    case 'o':
      return order(list);
    case 'f':
      return filter(list);
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
};

/** The keys that are about what the cursor is at, or what is marked. */
function entryKey(list: ListScreen, key: Key, entry: Readonly<Record<string, unknown>>): Step {
  const { kind } = list;
  const id = idOf(kind, entry);
  const doing = lookup(DOING_KEYS, key.name);
  if (doing !== undefined) return several(kind, doing, targets(list));
  switch (key.name) {
    case 'return':
      return opened(kind, id);
    case 'space':
      return markKey(list);
    case 'v':
      return asJson(nameOf(kind, entry), entry);
    case 'c':
      return kind.resource.operations.create === undefined ? stay : cloned(kind, id);
    case 'r':
      return rotated(kind, entry);
    default:
      return stay;
  }
}

function cleared({ id, search, filters, marked, sort }: ListScreen): Step {
  if (marked.size > 0) return changed('list', id, (screen) => ({ ...screen, marked: new Set() }));
  if (search.text === '' && filters.size === 0 && sort === undefined) return said('note', 'q ends the program.');
  const empty = { search: { text: '', at: 0 }, filters: new Map<string, string>(), sort: undefined, row: 0 };
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

function order({ id, kind, sort }: ListScreen): Step {
  const choices = kind.columns
    .filter(({ path }) =>
      kind.form.fields.every((field) => field.path !== path || !['list', 'choices'].includes(field.control)),
    )
    .map(({ path, label }) => ({
      label,
      note: sort?.path === path ? (sort.isDown ? 'downwards now' : 'upwards now') : '',
      value: path,
    }));
  return picking({
    title: 'Sort by',
    lines: ['The column that it is sorted by already turns the order round.'],
    choices,
    value: sort?.path,
    chosen: ([path = '']) =>
      all(
        changed('list', id, (screen) => ({
          ...screen,
          row: 0,
          sort: { path, isDown: sort?.path === path && !sort.isDown },
        })),
        loaded(id),
      ),
  });
}

function filter({ id, kind, filters }: ListScreen): Step {
  const choices = kind.filters.flatMap(({ path, label, values }) =>
    values.map(([value, text]) => ({ label: `${label}: ${text}`, value: `${path}=${value}` })),
  );
  if (choices.length === 0) return said('note', 'There is nothing to filter by.');
  return picking({
    title: 'Only those with',
    lines: [],
    choices,
    ticked: [...filters].map(([path, value]) => `${path}=${value}`),
    chosen: (pairs) => {
      const next = new Map(
        pairs.map((pair): [string, string] => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
      );
      return all(
        changed('list', id, (screen) => ({ ...screen, filters: next, row: 0 })),
        loaded(id),
      );
    },
  });
}

function formKey(form: FormScreen, key: Key): Step {
  const move = formMoveKey(form, key);
  if (move !== undefined) return move;
  const { kind, stored, base, draft } = form;
  if (key.ctrl) return key.name === 's' ? saving(form) : key.name === 'g' ? jump(form) : stay;
  switch (key.name) {
    case 'return':
    case 'space':
      return write(form);
    case 'f2':
      return saving(form);
    case 'escape':
    case 'f4':
      return left(form);
    case '/':
      return jump(form);
    case 'u':
      return undone(form);
    case 'v':
      return asJson(
        titleOf(form),
        stored === undefined || draft.size > 0 ? bodyOf(kind.form, base, draft) : stored.entry,
      );
    case 'f1':
      return helpFor(form);
    case 'd':
      return stored === undefined || !canDo(kind, 'delete') ? stay : removedFrom(kind, stored.entry, form.id);
    case 'r':
      return stored === undefined || actionOf(kind, 'rotate-secret') === undefined ? stay : rotated(kind, stored.entry);
    case 'c':
      return stored === undefined || kind.resource.operations.create === undefined
        ? stay
        : cloned(kind, idOf(kind, base));
    default:
      return stay;
  }
}

const saving = (form: FormScreen): Step => (canWrite(form) ? save(form) : said('note', 'This cannot be changed.'));
