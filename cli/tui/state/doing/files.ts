import { at } from '../../../output/entry.ts';
import type { Body, Entry } from '../../../resource/entry.ts';
import { type Draft, placeOf, withValue } from '../../form/draft.ts';
import type { FromFile } from '../call.ts';
import { question, writing } from '../dialogs/asking.ts';
import { formWith, newForm } from '../form/screen.ts';
import type { Kind } from '../kind.ts';
import { idOf } from '../list/entries.ts';
import type { Step } from '../state.ts';
import { asked, said, stay } from '../steps.ts';
import { named } from './several.ts';

/** Writes entries to a file, or several to a folder, as `export` of the command line does. */
export function written(kind: Kind, entries: readonly Entry[]): Step {
  const [only] = entries;
  if (only === undefined) return stay;
  const isOne = entries.length === 1;
  const id = idOf(kind, only);
  return writing({
    title: isOne ? `Write ${named(kind, only)} to a file` : `Write ${entries.length} ${kind.resource.noun} to a folder`,
    help: isOne ? 'The path of the file, .yaml or .json.' : 'The path of the folder, which gets a file for each.',
    text: isOne ? `${/^[\w.~-]+$/.test(id) ? id : kind.resource.singular}.yaml` : kind.resource.noun,
    done: (path) => sent(kind, entries, { path: path.trim(), isReplacing: false }),
  });
}

function sent(kind: Kind, entries: readonly Entry[], to: { path: string; isReplacing: boolean }): Step {
  if (to.path === '') return stay;
  const call = {
    does: 'write-files',
    noun: kind.resource.noun,
    ids: entries.map((entry) => idOf(kind, entry)),
    ...to,
  } as const;
  const done = (answer: string): Step => {
    if (answer !== '') return said('done', answer);
    const replace = sent(kind, entries, { ...to, isReplacing: true });
    return question(`${to.path} is there already.`, [], [{ key: 'y', label: 'write over it', step: replace }]);
  };
  return asked(call, { purpose: 'file', done });
}

/** Reads one from a file into a form: a new one, or one that is there with what the file says otherwise. */
export function readIn(kind: Kind): Step {
  const { noun, singular } = kind.resource;
  const done = ({ stored, body }: FromFile): Step =>
    stored === undefined ? newForm(kind, body) : formWith(kind, stored, draftOf(kind, stored.base, body));
  return writing({
    title: `Read a ${singular} from a file`,
    help: `YAML or JSON. It is shown in a form before anything is sent; a whole folder is for: clientele ${noun} import`,
    done: (path) =>
      path.trim() === '' ? stay : asked({ does: 'read-file', noun, path: path.trim() }, { purpose: 'file', done }),
  });
}

/** What a file says otherwise. What it leaves out stays. */
function draftOf({ form }: Kind, base: Entry, body: Body): Draft {
  return form.fields.reduce<Draft>((draft, field) => {
    const value = at(body, field.path);
    const isWritten = value !== undefined && field.control !== 'read-only' && !field.isFixed;
    return isWritten ? withValue(base, draft, placeOf(field), value) : draft;
  }, new Map());
}
