import { mergeOf } from '../../form/draft.ts';
import type { Stored } from '../call.ts';
import { idOf } from '../list/entries.ts';
import type { FormScreen } from '../entry-screens.ts';
import type { Again, MergeScreen, State, Step } from '../state.ts';
import { all, asked, changed, popped, pushed, stay } from '../steps.ts';

/** Somebody else has changed it: reads what they made, and puts both side by side. */
export function conflict(form: FormScreen, again: Again): Step {
  const { kind, stored } = form;
  const id = idOf(kind, stored?.entry ?? {});
  const done = (theirs: Stored): Step => {
    const merge = mergeOf(kind.form, form.base, form.draft, theirs.base);
    return pushed((own): MergeScreen => ({
      is: 'merge',
      id: own,
      form: form.id,
      theirs,
      merge,
      row: 0,
      taken: new Set(),
      again,
    }));
  };
  return asked({ does: 'read', noun: kind.resource.noun, id }, { purpose: 'save', done });
}

/** The keys of a merge: which of the two stands, member by member. */
export function mergeKey(screen: MergeScreen, name: string): Step {
  const { id, merge, row, taken } = screen;
  const current = merge.conflicts[row];
  const choose = (theirs: boolean): Step => {
    const next = new Set(taken);
    if (current !== undefined) {
      if (theirs) next.add(current.field.path);
      else next.delete(current.field.path);
    }
    return changed('merge', id, (each) => ({ ...each, taken: next }));
  };
  const move = (by: number): Step =>
    changed('merge', id, (each) => ({
      ...each,
      row: Math.max(0, Math.min(each.row + by, merge.conflicts.length - 1)),
    }));
  switch (name) {
    case 'up':
      return move(-1);
    case 'down':
      return move(1);
    case 'left':
      return choose(false);
    case 'right':
      return choose(true);
    case 'space':
      return choose(current !== undefined && !taken.has(current.field.path));
    case 'escape':
      return popped;
    case 'f2':
    case 'return':
      return all(popped, merged(screen));
    default:
      return stay;
  }
}

/** Puts the outcome of a merge into the form, from where it is saved as any other change. */
const merged =
  ({ form, theirs, merge, taken, again }: MergeScreen): Step =>
  (state: State) => {
    const draft = new Map([...merge.draft].filter(([path]) => !taken.has(path)));
    const next = changed('form', form, (screen) => ({ ...screen, ...theirs, draft, refused: new Map() }))(state);
    const screen = next.screens.find((each): each is FormScreen => each.is === 'form' && each.id === form);
    return screen === undefined || draft.size === 0 ? next : again(screen)(next);
  };
