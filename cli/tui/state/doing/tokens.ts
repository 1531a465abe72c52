import { lookup } from '../../../../openapi/lookup.ts';
import { cellOf } from '../../../output/entry.ts';
import type { Entry } from '../../../resource/entry.ts';
import { agreeing } from '../dialogs/asking.ts';
import { actionOf, type Kind } from '../kind.ts';
import { idOf } from '../list/entries.ts';
import type { Step } from '../state.ts';
import { all, asked, said, stay } from '../steps.ts';
import { refreshed } from './open.ts';
import { named } from './several.ts';

/** Ends the tokens that an entry has got, when that is agreed to. */
export function tokensEnded(kind: Kind, entry: Entry): Step {
  const operation = actionOf(kind, 'revoke-tokens');
  if (operation === undefined) return stay;
  const call = { does: 'act', noun: kind.resource.noun, id: idOf(kind, entry), operation, shown: entry } as const;
  const done = (reply: unknown): Step => {
    const until = cellOf(lookup({ ...(reply as object | null) }, 'offlineUntil'), '').replace('T', ' ');
    const told = said('done', `Ended. Servers that do not ask here take the last one until ${until}.`);
    return all(refreshed(kind, call.id), told);
  };
  return agreeing(
    `End all tokens of ${named(kind, entry)}?`,
    ['This service refuses them from now on. It can get new ones at once.'],
    [{ key: 'y', label: 'end tokens', step: asked(call, { purpose: 'tokens', done }) }],
  );
}
