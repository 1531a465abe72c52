import { formWith } from '../form/screen.ts';
import type { Kind } from '../kind.ts';
import { loaded } from '../list/load.ts';
import type { Step } from '../state.ts';
import { all, asked, said } from '../steps.ts';

/** Opens the form of an entry. */
export const opened = (kind: Kind, id: string): Step =>
  asked({ does: 'read', noun: kind.resource.noun, id }, { purpose: 'open', done: (stored) => formWith(kind, stored) });

export const reloaded = (list: number): Step => all(loaded(list), said('note', 'Read again.'));

/** Has every list read again. */
export const reloadedLists: Step = (state) =>
  state.screens.reduce((now, screen) => (screen.is === 'list' ? loaded(screen.id)(now) : now), state);
