import type { Body, Entry } from '../../../resource/entry.ts';
import { agreeing, writing } from '../dialogs/asking.ts';
import { shownOnce } from '../form/made.ts';
import { actionOf, type Kind, nameOf } from '../kind.ts';
import { idOf } from '../list/entries.ts';
import type { Step } from '../state.ts';
import { all, asked, said, stay } from '../steps.ts';
import { refreshed } from './open.ts';
import { named } from './several.ts';

/** A new secret in place of the old one, which may go on for a while. */
export function rotated(kind: Kind, entry: Entry): Step {
  const operation = actionOf(kind, 'rotate-secret');
  if (operation === undefined) return stay;
  const id = idOf(kind, entry);
  const ask = (text: string): Step => {
    const overlapSeconds = Number(text.trim());
    const body: Body = overlapSeconds > 0 ? { overlapSeconds } : {};
    const done = (reply: unknown): Step =>
      all(
        shownOnce(nameOf(kind, entry), { ...(reply as object | null) }),
        refreshed(kind, id),
        said('done', 'The secret is a new one.'),
      );
    const call = { does: 'act', noun: kind.resource.noun, id, operation, body, shown: entry } as const;
    const send = asked(call, { purpose: 'rotate', done });
    const present = overlapSeconds > 0 ? `works for ${overlapSeconds} seconds more` : 'ends at once';
    return agreeing(
      `Make a new secret for ${named(kind, entry)}?`,
      [`The present one ${present}.`],
      [{ key: 'y', label: 'make it', step: send }],
    );
  };
  return writing({
    title: `A new secret for ${named(kind, entry)}`,
    help: 'Seconds for which the present one still works; empty ends it at once.',
    check: (text) => (/^\d*$/.test(text.trim()) ? undefined : 'Seconds are a whole number.'),
    done: ask,
  });
}
