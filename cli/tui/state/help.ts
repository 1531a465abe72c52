import { oneLine } from '../../output/text.ts';
import { reading } from './dialogs/asking.ts';
import { fieldOf } from './form/screen.ts';
import { hintsFor } from './hints.ts';
import type { FormScreen, ListScreen } from './entry-screens.ts';
import type { Step } from './state.ts';

/** The help: all keys that apply here, and what the field is about. */
export function helpFor(screen: ListScreen | FormScreen): Step {
  const keys = hintsFor(screen).map(([key, does]) => `${key.padEnd(12)}${does}`);
  const field = screen.is === 'form' ? fieldOf(screen) : undefined;
  const about =
    field === undefined
      ? []
      : [
          `${field.label}: ${field.path}${field.registrationName === undefined ? '' : `, in registration ${field.registrationName}`}`,
          '',
          ...field.description.split(/(?<=\.) (?=[A-Z`])/),
          '',
        ];
  return (state) =>
    reading('Help', [
      ...about.map(oneLine),
      'Keys',
      ...keys,
      'Ctrl-C      leaves; with changes it asks once',
      '',
      `Connected to ${state.place}`,
    ])(state);
}
