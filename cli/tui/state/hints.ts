import type { Entry } from '../../resource/entry.ts';
import { REASON_KEY } from './dialogs/reason.ts';
import { canDo } from './doing/several.ts';
import { canWrite, fieldOf } from './form/screen.ts';
import { actionOf, listTakes } from './kind.ts';
import type { FormScreen, ListScreen } from './entry-screens.ts';
import type { Screen } from './state.ts';

/** A key that applies now, and what it does in a word or two. */
export type Hint = readonly [key: string, does: string];

/** The keys that apply to what is seen, the most wanted first. */
export function hintsFor(screen: Screen): Hint[] {
  switch (screen.is) {
    case 'list':
      return listHints(screen);
    case 'form':
      return screen.editing === undefined
        ? formHints(screen)
        : [
            ['Enter', 'take over'],
            ['Esc', 'take back'],
            ['Tab', 'next'],
          ];
    case 'picker':
      return screen.ticked === undefined
        ? [
            ['Enter', 'choose'],
            ['Esc', 'close'],
            ['type', 'to search'],
          ]
        : [
            ['Space', 'tick'],
            ['Enter', 'take over'],
            ['Esc', 'close'],
            ['type', 'to search'],
          ];
    case 'editor':
      return screen.isLines
        ? [
            ['F2', 'take over'],
            ['Esc', 'close'],
          ]
        : [
            ['Enter', 'go on'],
            ['Esc', 'close'],
          ];
    case 'text':
      return [
        ...screen.actions.map(({ key, label }): Hint => [key, label]),
        ...(screen.copy === undefined ? [] : [['c', 'copy'] as const]),
        ['Esc', 'close'],
      ];
    case 'ask':
      return [
        ...screen.answers.map(({ key, label }): Hint => [nameOfKey(key), label]),
        ['Esc', 'back'],
        ...(screen.reason === undefined ? [] : [[REASON_KEY, 'say why'] as const]),
      ];
    case 'merge':
      return [
        ['Left', 'mine'],
        ['Right', 'theirs'],
        ['F2', 'go on'],
        ['Esc', 'back'],
      ];
  }
}

const nameOfKey = (key: string): string =>
  key === 'return' ? 'Enter' : key.replace(/^f\d+$/, (name) => name.toUpperCase());

function listHints({ kind, isSearching, entries, marked }: ListScreen): Hint[] {
  if (isSearching)
    return [
      ['type', 'to search'],
      ['Enter', 'to the list'],
      ['Esc', 'clear'],
    ];
  const { create } = kind.resource.operations;
  const hasAny = entries.length > 0;
  const hints: (Hint | false)[] = [
    ['F1', 'help'],
    ['q', 'quit'],
    hasAny && ['Enter', 'open'],
    kind.canSearch && ['/', 'search'],
    create !== undefined && ['n', 'new'],
    hasAny && ['Space', marked.size > 0 ? `mark (${marked.size})` : 'mark'],
    hasAny && canDo(kind, 'activate') && ['a', 'activate'],
    hasAny && canDo(kind, 'deactivate') && ['x', 'deactivate'],
    entries.some(waits) && canDo(kind, 'approve') && ['p', 'approve'],
    entries.some(waits) && canDo(kind, 'reject') && ['k', 'reject'],
    hasAny && canDo(kind, 'delete') && ['d', 'delete'],
    hasAny && create !== undefined && ['c', 'clone'],
    hasAny && ['v', 'JSON'],
    hasAny && actionOf(kind, 'revisions') !== undefined && ['h', 'history'],
    hasAny && actionOf(kind, 'rotate-secret') !== undefined && ['r', 'new secret'],
    hasAny && actionOf(kind, 'secrets') !== undefined && ['e', 'secrets'],
    hasAny && actionOf(kind, 'revoke-tokens') !== undefined && ['t', 'end tokens'],
    hasAny && ['s', 'to a file'],
    create !== undefined && ['i', 'from a file'],
    actionOf(kind, 'removed') !== undefined && ['z', 'removed ones'],
    actionOf(kind, 'lint') !== undefined && ['l', 'judge'],
    ['o', 'sort'],
    kind.filters.length > 0 && ['f', 'filter'],
    listTakes(kind, 'filter') && ['w', 'where'],
    kind.bulk !== undefined && ['b', 'many at once'],
    ['F5', 'read again'],
    ['Tab', 'next list'],
  ];
  return hints.filter((hint) => hint !== false);
}

/** Whether there is something to decide about a client. */
const waits = ({ approval }: Entry): boolean =>
  ['waiting', 'rejected', 'pending_change'].includes((approval as { state?: string } | undefined)?.state ?? '');

function formHints(form: FormScreen): Hint[] {
  const { kind, stored, draft } = form;
  const field = fieldOf(form);
  const isStored = stored !== undefined;
  const hints: (Hint | false)[] = [
    ['F1', 'help'],
    ['Enter', field?.control === 'switch' ? 'tick' : field?.control === 'read-only' ? 'read' : 'edit'],
    canWrite(form) && ['F2', form.many === undefined ? 'save' : 'go on'],
    ['PgUp/PgDn', 'section'],
    ['/', 'go to'],
    ['Esc', 'close'],
    ['v', 'JSON'],
    field !== undefined && draft.has(field.path) && ['u', 'undo'],
    isStored && canDo(kind, 'delete') && ['d', 'delete'],
    isStored && actionOf(kind, 'rotate-secret') !== undefined && ['r', 'new secret'],
    isStored && actionOf(kind, 'secrets') !== undefined && ['e', 'secrets'],
    isStored && actionOf(kind, 'revoke-tokens') !== undefined && ['t', 'end tokens'],
    isStored && actionOf(kind, 'revisions') !== undefined && ['h', 'history'],
    isStored && kind.resource.operations.create !== undefined && ['c', 'clone'],
    isStored && ['s', 'to a file'],
  ];
  return hints.filter((hint) => hint !== false);
}
