import { bodyOf, changesOf, fieldAtPointer, mergeOf, patchOf, problemsOf, type Change } from '../form/draft.ts';
import { shown } from '../form/display.ts';
import { lookup } from '../../../openapi/lookup.ts';
import { CallFailure, type Failure } from '../../failure.ts';
import { findingText } from '../../output/findings.ts';
import type { Entry } from '../../resource/entry.ts';
import type { Verdict } from '../../resource/reply.ts';
import type { Stored } from './call.ts';
import { question, reading } from './dialogs.ts';
import { formWith, saidNothing } from './form.ts';
import { nameOf } from './kind.ts';
import { idOf, loaded, relisted } from './list.ts';
import {
  all,
  asked,
  changed,
  popped,
  pushed,
  said,
  stay,
  toldFailure,
  type FormScreen,
  type MergeScreen,
  type State,
  type Step,
} from './state.ts';

/** Shows what will change, with advice, and saves it when that is agreed to. */
export function save(form: FormScreen): Step {
  const { kind, base, draft, stored } = form;
  if (draft.size === 0 && stored !== undefined) return saidNothing;
  const problems = problemsOf(kind.form, draft);
  if (problems.size > 0) return all(refusedAt(form.id, problems), said('fault', 'Some members cannot be as they are.'));
  const lines = changesOf(kind.form, base, draft).map(changeLine);
  const title = stored === undefined ? `This ${kind.resource.singular} will be made:` : 'This will change:';
  const answers = ['f2', 'return'].map((key) => ({ key, label: 'save', step: sent(form) }));
  const nothing = ['Nothing is entered: everything is as the service has it by default.'];
  return (state) =>
    all(question(title, lines.length === 0 ? nothing : lines, answers), advised(form, state.nextId))(state);
}

/** `Client name: Shop → Store`; of lists what comes and what goes. */
export function changeLine({ field, before, after }: Change): string {
  if (Array.isArray(before) && Array.isArray(after) && before.length + after.length > 0) {
    const gone = before.filter((entry) => !after.includes(entry)).map((entry) => `-${String(entry)}`);
    const come = after.filter((entry) => !before.includes(entry)).map((entry) => `+${String(entry)}`);
    const both = [...gone, ...come];
    return `${field.label}: ${both.length === 0 ? 'in another order' : both.join('  ')}`;
  }
  const [old, young] = [shown(field, before), shown(field, after)].map((text) => (text === '' ? '(none)' : text));
  return `${field.label}: ${old} → ${young}`;
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
  const failed = (failure: Failure): Step => refusal(form, failure);
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

/** A new one is there: its secret is shown once, and under it is its form. */
function made(form: FormScreen, entry: Entry): Step {
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

/** The form stays as it is; each fault stands at its field, and the cursor goes to the first. */
function refusal(form: FormScreen, failure: Failure): Step {
  if (!(failure instanceof CallFailure)) return toldFailure(failure);
  if (failure.status === 412) return conflict(form);
  const faults: unknown[] = Array.isArray(failure.problem['errors']) ? failure.problem['errors'] : [];
  const placed = faults.flatMap((fault): [string, string][] => {
    const { pointer, detail } = { ...(fault as { pointer?: unknown; detail?: unknown } | null) };
    const field = typeof pointer === 'string' ? fieldAtPointer(form.kind.form, pointer) : undefined;
    return field === undefined ? [] : [[field.path, typeof detail === 'string' ? detail : 'is not accepted']];
  });
  if (placed.length < Math.max(1, faults.length)) return all(refusedAt(form.id, new Map(placed)), toldFailure(failure));
  return all(refusedAt(form.id, new Map(placed)), said('fault', `Not saved: ${failure.message}`));
}

const refusedAt = (id: number, refused: ReadonlyMap<string, string>): Step =>
  changed('form', id, (form) => {
    const first = form.kind.form.fields.find(({ path }) => refused.has(path));
    return { ...form, refused, path: first?.path ?? form.path, editing: undefined };
  });

/** Somebody else has changed it: reads what they made, and puts both side by side. */
function conflict(form: FormScreen): Step {
  const { kind, stored } = form;
  const id = idOf(kind, stored?.entry ?? {});
  const done = (theirs: Stored): Step => {
    const merge = mergeOf(kind.form, form.base, form.draft, theirs.base);
    return pushed((own): MergeScreen => ({
      is: 'merge',
      id: own,
      form: form.id,
      theirs,
      merge,
      row: 0,
      taken: new Set(),
    }));
  };
  return asked({ does: 'read', noun: kind.resource.noun, id }, { purpose: 'save', done });
}

/** The keys of a merge: which of the two stands, member by member. */
export function mergeKey(screen: MergeScreen, name: string): Step {
  const { id, merge, row, taken } = screen;
  const current = merge.conflicts[row];
  const choose = (theirs: boolean): Step => {
    const next = new Set(taken);
    if (current !== undefined) {
      if (theirs) next.add(current.field.path);
      else next.delete(current.field.path);
    }
    return changed('merge', id, (each) => ({ ...each, taken: next }));
  };
  const move = (by: number): Step =>
    changed('merge', id, (each) => ({
      ...each,
      row: Math.max(0, Math.min(each.row + by, merge.conflicts.length - 1)),
    }));
  switch (name) {
    case 'up':
      return move(-1);
    case 'down':
      return move(1);
    case 'left':
      return choose(false);
    case 'right':
      return choose(true);
    case 'space':
      return choose(current !== undefined && !taken.has(current.field.path));
    case 'escape':
      return popped;
    case 'f2':
    case 'return':
      return all(popped, merged(screen));
    default:
      return stay;
  }
}

/** Puts the outcome of a merge into the form, from where it is saved as any other change. */
const merged =
  ({ form, theirs, merge, taken }: MergeScreen): Step =>
  (state: State) => {
    const draft = new Map([...merge.draft].filter(([path]) => !taken.has(path)));
    const next = changed('form', form, (screen) => ({ ...screen, ...theirs, draft, refused: new Map() }))(state);
    const screen = next.screens.find((each): each is FormScreen => each.is === 'form' && each.id === form);
    return screen === undefined || draft.size === 0 ? next : save(screen)(next);
  };
