import type { Entry } from '../../../resource/entry.ts';
import type { Kind } from '../kind.ts';
import { idOf } from '../list/entries.ts';
import type { Step } from '../state.ts';
import { stay } from '../steps.ts';
import { cloned } from './clone.ts';
import { history } from './history.ts';
import { rotated } from './rotate.ts';
import { secrets } from './secrets.ts';
import { tokensEnded } from './tokens.ts';

/** The keys that do something with one entry, in its form as well as in the list. */
export function oneKey(kind: Kind, entry: Entry, name: string): Step {
  switch (name) {
    case 'c':
      return kind.resource.operations.create === undefined ? stay : cloned(kind, idOf(kind, entry));
    case 'r':
      return rotated(kind, entry);
    case 'e':
      return secrets(kind, entry);
    case 't':
      return tokensEnded(kind, entry);
    case 'h':
      return history(kind, entry);
    default:
      return stay;
  }
}
