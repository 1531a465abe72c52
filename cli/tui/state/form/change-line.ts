import { shown } from '../../form/display.ts';
import type { Change } from '../../form/draft.ts';

/** `Client name: Store`, whatever it is before. */
export const givenLine = ({ field, after }: Change): string => `${field.label}: ${shown(field, after)}`;

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
