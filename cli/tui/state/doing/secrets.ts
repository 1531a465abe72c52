import type { Operation } from '../../../contract/contract.ts';
import { cellOf } from '../../../output/entry.ts';
import type { Body, Entry } from '../../../resource/entry.ts';
import type { Named } from '../../../resource/request.ts';
import type { Page } from '../../../resource/paging.ts';
import type { Choice } from '../call.ts';
import { agreeing, picking, writing } from '../dialogs/asking.ts';
import { shownOnce } from '../form/made.ts';
import { actionOf, type Kind, nameOf } from '../kind.ts';
import { idOf } from '../list/entries.ts';
import type { Step } from '../state.ts';
import { all, asked, said, stay } from '../steps.ts';
import { refreshed } from './open.ts';
import { named } from './several.ts';

/** The secrets of an entry: each can be removed, and another one added. */
export function secrets(kind: Kind, entry: Entry, news: readonly string[] = []): Step {
  const operation = actionOf(kind, 'secrets');
  if (operation === undefined) return stay;
  const { noun, id: member } = kind.resource;
  const asking: Named = [[member, idOf(kind, entry)]];
  const done = ({ entries }: Page): Step => listed(kind, entry, { found: entries, news });
  return asked({ does: 'page', noun, operation, named: asking }, { purpose: 'secrets', done });
}

/** The choice that is no secret. */
const ADD = '';

interface Listed {
  readonly found: readonly Entry[];
  /** What has just been done. */
  readonly news: readonly string[];
}

function listed(kind: Kind, entry: Entry, { found, news }: Listed): Step {
  const add = actionOf(kind, 'add-secret');
  const adding: Choice[] = add === undefined ? [] : [{ label: 'Add another one', value: ADD }];
  return picking({
    title: `Secrets of ${named(kind, entry)}`,
    lines: [...news, found.length === 0 ? 'It has none.' : 'Enter removes one.'],
    choices: [...found.map(choiceOf), ...adding],
    chosen: ([id = '']) => {
      const secret = found.find((each) => each['id'] === id);
      if (secret !== undefined) return removing(kind, entry, secret);
      return add === undefined ? stay : labelled(kind, entry, add);
    },
  });
}

const labelOf = (secret: Entry): string => cellOf(secret['label'] ?? secret['id'], '');

const day = (secret: Entry, member: string, words: string): string[] =>
  secret[member] === undefined ? [] : [`${words} ${cellOf(secret[member], '').slice(0, 10)}`];

const choiceOf = (secret: Entry): Choice => ({
  label: labelOf(secret),
  value: cellOf(secret['id'], ''),
  note: [
    cellOf(secret['state'], ''),
    ...day(secret, 'created', 'made'),
    ...day(secret, 'lastUsed', 'used'),
    ...day(secret, 'expires', 'ends'),
    ...(secret['safeToRemove'] === true ? ['not needed any more'] : []),
  ].join(', '),
});

/** Asks what a new one is called and when it ends, and shows it once. */
function labelled(kind: Kind, entry: Entry, operation: Operation): Step {
  const title = `Another secret for ${named(kind, entry)}`;
  const end = (label: string): Step =>
    writing({
      title,
      help: 'When it ends, as 2030-01-31; empty for never.',
      check: (text) => (/^(\d{4}-\d{2}-\d{2})?$/.test(text.trim()) ? undefined : 'A date is written as 2030-01-31.'),
      done: (date) => added(kind, entry, operation, bodyOf(label.trim(), date.trim())),
    });
  return writing({ title, help: 'What people know it by, such as where it is used; empty for nothing.', done: end });
}

const bodyOf = (label: string, date: string): Body => ({
  ...(label !== '' && { label }),
  ...(date !== '' && { clientSecretExpiresAt: `${date}T00:00:00` }),
});

function added(kind: Kind, entry: Entry, operation: Operation, body: Body): Step {
  const call = { does: 'act', noun: kind.resource.noun, id: idOf(kind, entry), operation, body } as const;
  const done = (reply: unknown): Step =>
    all(
      shownOnce(nameOf(kind, entry), { ...(reply as object | null) }),
      refreshed(kind, call.id),
      said('done', 'It has another secret.'),
    );
  return agreeing(
    `Add a secret to ${named(kind, entry)}?`,
    ['Those that it has stay as they are. The new one is shown once.'],
    [{ key: 'y', label: 'add', step: asked(call, { purpose: 'secrets', done }) }],
  );
}

function removing(kind: Kind, entry: Entry, secret: Entry): Step {
  const operation = actionOf(kind, 'remove-secret');
  if (operation === undefined) return stay;
  const which: Named = [['id', cellOf(secret['id'], '')]];
  const call = { does: 'act', noun: kind.resource.noun, id: idOf(kind, entry), operation, named: which } as const;
  const done = (): Step => all(refreshed(kind, call.id), secrets(kind, entry, [`${labelOf(secret)} is removed.`]));
  const warning =
    secret['safeToRemove'] === true ? 'It is not needed any more, as far as one can see.' : 'It may still be in use.';
  return agreeing(
    `Remove the secret ${labelOf(secret)} of ${named(kind, entry)}?`,
    [choiceOf(secret).note ?? '', warning, 'Whoever has it cannot authenticate with it any more.'],
    [{ key: 'y', label: 'remove', step: asked(call, { purpose: 'secrets', done }) }],
  );
}
