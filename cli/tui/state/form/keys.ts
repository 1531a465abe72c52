import { bodyOf, patchOf } from '../../form/draft.ts';
import { planned } from '../bulk/plan.ts';
import { written } from '../doing/files.ts';
import { oneKey } from '../doing/one.ts';
import { canDo, removedFrom } from '../doing/several.ts';
import type { Key } from '../edit.ts';
import { helpFor } from '../help.ts';
import type { FormScreen } from '../entry-screens.ts';
import type { Step } from '../state.ts';
import { said, stay } from '../steps.ts';
import { formMoveKey, jump } from './move.ts';
import { checked, save } from './save.ts';
import { asJson, canWrite, left, titleOf } from './screen.ts';
import { undone, write } from './write.ts';

/** A key while no member is being written. */
export function formKey(form: FormScreen, key: Key): Step {
  const move = formMoveKey(form, key);
  if (move !== undefined) return move;
  const { kind, stored, base, draft } = form;
  if (key.ctrl) return key.name === 's' ? saving(form) : key.name === 'g' ? jump(form) : stay;
  switch (key.name) {
    case 'return':
    case 'space':
      return write(form);
    case 'f2':
      return saving(form);
    case 'escape':
    case 'f4':
      return left(form);
    case '/':
      return jump(form);
    case 'u':
      return undone(form);
    case 'v':
      return asJson(
        titleOf(form),
        stored === undefined || draft.size > 0 ? bodyOf(kind.form, base, draft) : stored.entry,
      );
    case 'f1':
      return helpFor(form);
    case 's':
      return stored === undefined ? stay : written(kind, [stored.entry]);
    case 'd':
      return stored === undefined || !canDo(kind, 'delete') ? stay : removedFrom(kind, stored.entry, form.id);
    default:
      return stored === undefined ? stay : oneKey(kind, stored.entry, key.name);
  }
}

function saving(form: FormScreen): Step {
  if (!canWrite(form)) return said('note', 'This cannot be changed.');
  const { kind, many, draft } = form;
  if (many === undefined) return save(form);
  return checked(form, (lines) =>
    planned(kind, many, { action: 'patch', body: { mergePatch: patchOf(draft) }, lines }),
  );
}
