import type { Choice } from '../call.ts';
import { edited, type Key } from '../edit.ts';
import { movedRow, moveOf } from '../moves.ts';
import type { PickerScreen, Step } from '../state.ts';
import { all, changed, popped, stay } from '../steps.ts';

/** The choices that fit what was typed, those first whose label or value is just that. */
export function choicesOf({ choices, search }: PickerScreen): readonly Choice[] {
  const wanted = search.text.toLowerCase();
  if (wanted === '') return choices;
  const rank = ({ label, value }: Choice): number =>
    [label, value].some((text) => text.toLowerCase() === wanted) ? 0 : 1;
  return choices
    .filter(({ label, note = '', value }) => `${label}\n${note}\n${value}`.toLowerCase().includes(wanted))
    .sort((one, other) => rank(one) - rank(other));
}

export function pickerKey(picker: PickerScreen, key: Key, rows: number): Step {
  const { id, ticked } = picker;
  const choices = choicesOf(picker);
  const current = choices[picker.row];
  const by = moveOf(key.name, rows);
  if (by !== undefined) {
    const row = movedRow(picker.row, by, choices.length);
    return changed('picker', id, (screen) => ({ ...screen, row }));
  }
  if (key.name === 'escape') return popped;
  if (key.name === 'space' && ticked !== undefined) {
    return changed('picker', id, (screen) => ({ ...screen, ticked: toggled(ticked, current?.value) }));
  }
  if (key.name === 'f2' || key.name === 'return') {
    if (ticked !== undefined) return all(popped, picker.chosen(ticked));
    if (current === undefined) return stay;
    return picker.stays ? picker.chosen([current.value]) : all(popped, picker.chosen([current.value]));
  }
  const search = edited(picker.search, key, false);
  return search === undefined ? stay : changed('picker', id, (screen) => ({ ...screen, search, row: 0 }));
}

const toggled = (ticked: readonly string[], value: string | undefined): readonly string[] => {
  if (value === undefined) return ticked;
  return ticked.includes(value) ? ticked.filter((each) => each !== value) : [...ticked, value];
};
