import type { Failure } from '../../../failure.ts';
import { findingText } from '../../../output/findings.ts';
import type { Entry } from '../../../resource/entry.ts';
import type { Verdict } from '../../../resource/reply.ts';
import { bodyOf, changesOf, patchOf, problemsOf } from '../../form/draft.ts';
import type { Stored } from '../call.ts';
import { agreeing } from '../dialogs/asking.ts';
import { idOf, relisted } from '../list/entries.ts';
import type { FormScreen } from '../entry-screens.ts';
import type { Step } from '../state.ts';
import { all, asked, changed, said, stay } from '../steps.ts';
import { changeLine, givenLine } from './change-line.ts';
import { made } from './made.ts';
import { refusal, refusedAt } from './refusal.ts';
import { saidNothing } from './screen.ts';

/** Shows what will change, with advice, and saves it when that is agreed to. */
export const save = (form: FormScreen): Step => checked(form, (lines) => agreed(form, lines));

/** Goes on with the changes of a form in lines, where nothing speaks against them. */
export function checked({ id, kind, base, draft, stored, many }: FormScreen, go: (lines: string[]) => Step): Step {
  if (draft.size === 0 && (stored ?? many) !== undefined) return saidNothing;
  const problems = problemsOf(kind.form, draft);
  if (problems.size > 0) return all(refusedAt(id, problems), said('fault', 'Some members cannot be as they are.'));
  return go(changesOf(kind.form, base, draft).map(many === undefined ? changeLine : givenLine));
}

function agreed(form: FormScreen, lines: readonly string[]): Step {
  const { kind, stored } = form;
  const title = stored === undefined ? `This ${kind.resource.singular} will be made:` : 'This will change:';
  const answers = ['f2', 'return'].map((key) => ({ key, label: 'save', step: sent(form) }));
  const nothing = ['Nothing is entered: everything is as the service has it by default.'];
  return (state) =>
    all(agreeing(title, lines.length === 0 ? nothing : lines, answers), advised(form, state.nextId))(state);
}

/** Asks what the service would make of it, and adds the advice to the question. */
function advised({ kind, base, draft }: FormScreen, ask: number): Step {
  if (!kind.resource.actions.has('validate')) return stay;
  const body = bodyOf(kind.form, base, draft);
  const done = ({ errors, warnings }: Verdict): Step => {
    const lines = [
      ...errors.map((finding) => `! ${findingText(finding)}`),
      ...warnings.filter(({ profile }) => profile === undefined).map((finding) => `advice: ${findingText(finding)}`),
    ];
    if (lines.length === 0) return stay;
    return changed('ask', ask, (screen) => ({ ...screen, lines: [...screen.lines, '', ...lines] }));
  };
  // Whoever may not ask for advice gets none.
  return asked({ does: 'validate', noun: kind.resource.noun, body }, { purpose: 'advice', done, failed: () => stay });
}

function sent(form: FormScreen): Step {
  const { kind, stored, base, draft } = form;
  const { noun } = kind.resource;
  const failed = (failure: Failure): Step => refusal(form, failure, save);
  if (stored === undefined) {
    const done = (entry: Entry): Step => made(form, entry);
    return asked({ does: 'create', noun, body: bodyOf(kind.form, base, draft) }, { purpose: 'save', done, failed });
  }
  const call = {
    does: 'change',
    noun,
    id: idOf(kind, stored.entry),
    patch: patchOf(draft),
    etag: stored.etag,
  } as const;
  const done = (after: Stored): Step =>
    all(
      changed('form', form.id, (screen) => ({
        ...screen,
        ...after,
        draft: laterThan(screen, form),
        refused: new Map(),
      })),
      relisted(kind, idOf(kind, after.base), after.stored.entry),
      said('done', 'Saved.'),
    );
  return asked(call, { purpose: 'save', done, failed });
}

/** What was changed while the other changes were on their way. */
const laterThan = (now: FormScreen, then: FormScreen): FormScreen['draft'] =>
  new Map([...now.draft].filter(([path, value]) => !then.draft.has(path) || then.draft.get(path) !== value));
