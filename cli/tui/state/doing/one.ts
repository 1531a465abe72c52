import type { Entry } from '../../../resource/entry.ts';
import type { Kind } from '../kind.ts';
import { idOf } from '../list/entries.ts';
import { stay, type Step } from '../state.ts';
import { cloned } from './clone.ts';
import { history } from './history.ts';
import { rotated } from './rotate.ts';

/** The keys that do something with one entry, in its form as well as in the list. */
export function oneKey(kind: Kind, entry: Entry, name: string): Step {
  switch (name) {
    case 'c':
      return kind.resource.operations.create === undefined ? stay : cloned(kind, idOf(kind, entry));
    case 'r':
      return rotated(kind, entry);
    case 'h':
      return history(kind, entry);
    default:
      return stay;
  }
}
