import { formWith, hasChanges } from '../form/screen.ts';
import type { Kind } from '../kind.ts';
import type { Stored } from '../call.ts';
import { idOf, relisted } from '../list/entries.ts';
import { loaded } from '../list/load.ts';
import type { Step } from '../state.ts';
import { all, asked, said, stay } from '../steps.ts';

/** Opens the form of an entry. */
export const opened = (kind: Kind, id: string): Step =>
  asked({ does: 'read', noun: kind.resource.noun, id }, { purpose: 'open', done: (stored) => formWith(kind, stored) });

export const reloaded = (list: number): Step => all(loaded(list), said('note', 'Read again.'));

/** Has every list read again. */
export const reloadedLists: Step = (state) =>
  state.screens.reduce((now, screen) => (screen.is === 'list' ? loaded(screen.id)(now) : now), state);

/** Has an entry shown as it is by now, after something was done to it whose answer does not say that. */
export const refreshed = (kind: Kind, id: string): Step => {
  const done = (found: Stored): Step => all(relisted(kind, id, found.stored.entry), inForms(kind, id, found));
  return asked({ does: 'read', noun: kind.resource.noun, id }, { purpose: `refresh ${id}`, done, failed: () => stay });
};

/** A form in which something was changed keeps what that began with: saving it finds the difference. */
const inForms =
  (kind: Kind, id: string, found: Stored): Step =>
  (state) => ({
    ...state,
    screens: state.screens.map((screen) => {
      const isOfIt = screen.is === 'form' && screen.kind === kind && idOf(kind, screen.stored?.entry ?? {}) === id;
      return isOfIt && !hasChanges(screen) ? { ...screen, ...found } : screen;
    }),
  });
