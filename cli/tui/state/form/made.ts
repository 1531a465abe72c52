import { lookup } from '../../../../openapi/lookup.ts';
import type { Entry } from '../../../resource/entry.ts';
import type { Stored } from '../call.ts';
import { reading } from '../dialogs/asking.ts';
import { nameOf } from '../kind.ts';
import { idOf } from '../list/entries.ts';
import { loaded } from '../list/load.ts';
import type { FormScreen } from '../entry-screens.ts';
import type { Step } from '../state.ts';
import { all, asked, changed, said, stay } from '../steps.ts';
import { formWith } from './screen.ts';

/** A new one is there: its secret is shown once, and under it is its form. */
export function made(form: FormScreen, entry: Entry): Step {
  const { kind } = form;
  const { noun } = kind.resource;
  const id = idOf(kind, entry);
  const open =
    (found: Stored): Step =>
    (state) => {
      const screens = state.screens.filter((screen) => screen.id !== form.id);
      const opened = formWith(kind, found)({ ...state, screens: [] }).screens;
      const place = screens.findIndex((screen) => screen.is === 'text');
      const at = place < 0 ? screens.length : place;
      return {
        ...state,
        nextId: state.nextId + 1,
        screens: [...screens.slice(0, at), ...opened, ...screens.slice(at)],
      };
    };
  return all(
    changed('form', form.id, (screen) => ({ ...screen, draft: new Map() })),
    shownOnce(nameOf(kind, entry), entry),
    asked({ does: 'read', noun, id }, { purpose: 'open', done: open }),
    (state) => {
      const list = state.screens.find((screen) => screen.is === 'list');
      return list === undefined ? state : loaded(list.id)(state);
    },
    said('done', `Made ${nameOf(kind, entry)}.`),
  );
}

/** Shows the secret of a reply, which is the only sight of it; nothing when there is none. */
export function shownOnce(name: string, entry: Entry): Step {
  const [label, secret] = SECRETS.map(([member, text]) => [text, lookup(entry, member)] as const).find(
    ([, value]) => typeof value === 'string',
  ) ?? [''];
  if (typeof secret !== 'string') return stay;
  return reading(`${label} of ${name}`, [secret, '', 'Keep it now: it is not shown again.'], { copy: secret });
}

const SECRETS = [
  ['clientSecret', 'Secret'],
  ['token', 'Token'],
] as const;
