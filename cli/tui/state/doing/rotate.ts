import type { Body, Entry } from '../../../resource/entry.ts';
import { writing } from '../dialogs/asking.ts';
import { shownOnce } from '../form/made.ts';
import { actionOf, type Kind, nameOf } from '../kind.ts';
import { idOf } from '../list/entries.ts';
import { all, asked, said, stay, type Step } from '../state.ts';
import { named } from './several.ts';

/** A new secret in place of the old one, which may go on for a while. */
export function rotated(kind: Kind, entry: Entry): Step {
  const operation = actionOf(kind, 'rotate-secret');
  if (operation === undefined) return stay;
  const id = idOf(kind, entry);
  const ask = (text: string): Step => {
    const overlapSeconds = Number(text.trim());
    if (!/^\d*$/.test(text.trim())) return said('fault', 'Seconds are a whole number.');
    const body: Body = overlapSeconds > 0 ? { overlapSeconds } : {};
    const done = (reply: unknown): Step =>
      all(shownOnce(nameOf(kind, entry), { ...(reply as object | null) }), said('done', 'The secret is a new one.'));
    return asked({ does: 'act', noun: kind.resource.noun, id, operation, body }, { purpose: 'rotate', done });
  };
  return writing({
    title: `A new secret for ${named(kind, entry)}`,
    help: 'Seconds for which the present one still works; empty ends it at once. Enter makes the new one, Esc does not.',
    done: ask,
  });
}
