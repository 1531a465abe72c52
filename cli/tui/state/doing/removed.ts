import type { Operation } from '../../../contract/contract.ts';
import { cellOf } from '../../../output/entry.ts';
import type { Body, Entry } from '../../../resource/entry.ts';
import type { Page } from '../../../resource/paging.ts';
import { picking, agreeing, writing } from '../dialogs/asking.ts';
import { shownOnce } from '../form/made.ts';
import { actionOf, type Kind } from '../kind.ts';
import { idOf } from '../list/entries.ts';
import type { Step } from '../state.ts';
import { all, asked, said, stay } from '../steps.ts';
import { opened, reloadedLists } from './open.ts';
import { named } from './several.ts';

/** What was removed and can be brought back, the last one first. */
export function removedOnes(kind: Kind): Step {
  const operation = actionOf(kind, 'removed');
  if (operation === undefined) return stay;
  const { noun } = kind.resource;
  const done = ({ entries, totalEntriesCount }: Page): Step =>
    entries.length === 0
      ? said('note', 'Nothing was removed that can be brought back.')
      : listed(kind, entries, totalEntriesCount);
  const call = { does: 'page', noun, operation, named: [['limit', '200']] } as const;
  return asked(call, { purpose: 'removed', done });
}

function listed(kind: Kind, entries: readonly Entry[], total = entries.length): Step {
  const more = total > entries.length ? [`These are the last ${entries.length} of ${total}.`] : [];
  return picking({
    title: `Removed ${kind.resource.noun}`,
    lines: ['Enter brings one back as it was, or takes it away for good.', ...more],
    choices: entries.map((entry, at) => ({
      label: named(kind, entry),
      note: `removed ${textIn(entry, 'removedAt').slice(0, 16)}, kept until ${textIn(entry, 'restorableUntil').slice(0, 10)}`,
      value: String(at),
    })),
    chosen: ([at]) => {
      const entry = entries[Number(at)];
      return entry === undefined ? stay : whatNext(kind, entry);
    },
  });
}

const textIn = (entry: Entry, member: string): string => cellOf(entry[member], '').replace('T', ' ');

/** Asks what is to become of one. */
function whatNext(kind: Kind, entry: Entry): Step {
  const [restore, purge] = [actionOf(kind, 'restore'), actionOf(kind, 'purge')];
  const reason = entry['reason'] === undefined ? [] : [`Reason: ${textIn(entry, 'reason')}`];
  const taken = entry['idTaken'] === true ? ['Another one has its id by now: it needs another id.'] : [];
  const answers = [
    ...(restore === undefined ? [] : [{ key: 'b', label: 'bring back', step: broughtBack(kind, entry, restore) }]),
    ...(purge === undefined ? [] : [{ key: 'p', label: 'take away for good', step: purged(kind, entry, purge) }]),
  ];
  return agreeing(named(kind, entry), [`It was removed ${textIn(entry, 'removedAt')}.`, ...reason, ...taken], answers);
}

function broughtBack(kind: Kind, entry: Entry, operation: Operation): Step {
  const { noun, id: member, singular } = kind.resource;
  const { incarnation } = entry;
  const send = (other: Body): Step => {
    const body = { ...(incarnation !== undefined && { incarnation }), ...other };
    const done = (reply: unknown): Step => {
      const back: Entry = { ...(reply as object | null) };
      return all(
        opened(kind, idOf(kind, back)),
        reloadedLists,
        shownOnce(named(kind, back), back),
        said('done', `${named(kind, back)} is there again.`),
      );
    };
    return asked({ does: 'act', noun, id: idOf(kind, entry), operation, body }, { purpose: 'restore', done });
  };
  if (entry['idTaken'] !== true) return send({});
  return writing({
    title: `Bring back ${named(kind, entry)}`,
    help: `Another ${singular} has its id: it needs another one.`,
    done: (text) => (text.trim() === '' ? stay : send({ [member]: text.trim() })),
  });
}

function purged(kind: Kind, entry: Entry, operation: Operation): Step {
  const call = { does: 'act', noun: kind.resource.noun, id: idOf(kind, entry), operation } as const;
  const done = (): Step => said('done', `${named(kind, entry)} is gone for good.`);
  return agreeing(
    `Take ${named(kind, entry)} away for good?`,
    ['With its revisions. Nothing brings it back then.'],
    [{ key: 'y', label: 'take away for good', step: asked(call, { purpose: 'purge', done }) }],
  );
}
