import type { Failure } from '../../../failure.ts';
import { CallFailure } from '../../../failure.ts';
import { fieldAtPointer } from '../../form/draft.ts';
import type { FormScreen } from '../entry-screens.ts';
import type { Again, Step } from '../state.ts';
import { all, changed, said, toldFailure } from '../steps.ts';
import { conflict } from './merge.ts';

/** The form stays as it is; each fault stands at its field, and the cursor goes to the first. */
export function refusal(form: FormScreen, failure: Failure, again: Again): Step {
  if (!(failure instanceof CallFailure)) return toldFailure(failure);
  if (failure.status === 412) return conflict(form, again);
  const faults: unknown[] = Array.isArray(failure.problem['errors']) ? failure.problem['errors'] : [];
  const placed = faults.flatMap((fault): [string, string][] => {
    const { pointer, detail } = { ...(fault as { pointer?: unknown; detail?: unknown } | null) };
    const field = typeof pointer === 'string' ? fieldAtPointer(form.kind.form, pointer) : undefined;
    return field === undefined ? [] : [[field.path, typeof detail === 'string' ? detail : 'is not accepted']];
  });
  if (placed.length < Math.max(1, faults.length)) return all(refusedAt(form.id, new Map(placed)), toldFailure(failure));
  return all(refusedAt(form.id, new Map(placed)), said('fault', `Not saved: ${failure.message}`));
}

/** Puts faults at their members, and the cursor to the first. */
export const refusedAt = (id: number, refused: ReadonlyMap<string, string>): Step =>
  changed('form', id, (form) => {
    const first = form.kind.form.fields.find(({ path }) => refused.has(path));
    return { ...form, refused, path: first?.path ?? form.path, editing: undefined };
  });
