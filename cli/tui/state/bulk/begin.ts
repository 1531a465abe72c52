import { numberOf, verbOf } from '../../../resource/bulk.ts';
import type { Choice } from '../call.ts';
import { picking } from '../dialogs/asking.ts';
import { secretsForMany } from '../doing/rotate.ts';
import { canDo, named } from '../doing/several.ts';
import type { Chosen, ListScreen } from '../entry-screens.ts';
import { manyForm } from '../form/screen.ts';
import { actionOf, type Kind } from '../kind.ts';
import { idOf } from '../list/entries.ts';
import { sieveOf } from '../list/load.ts';
import type { Step } from '../state.ts';
import { stay } from '../steps.ts';
import { planned } from './plan.ts';
import { runs } from './runs.ts';

/** What is not about clients that are chosen. */
const RUNS = '';

/** Asks what is to be done to all that are marked, or else to all that the list finds; and has the runs that were begun. */
export function manyAsked(list: ListScreen): Step {
  const { kind, marked } = list;
  if (kind.bulk === undefined) return stay;
  const chosen = marked.size > 0 ? markedIn(list) : foundBy(list);
  return picking({
    title: chosen === undefined ? `Many ${kind.resource.noun} at once` : `What is to be done to ${chosen.told}?`,
    lines: [
      chosen === undefined
        ? 'Mark some with Space, or have the list find them (w, f or /): then it is done to those.'
        : 'What will become of the first ones is shown before anything is done.',
    ],
    choices: [
      ...(chosen === undefined ? [] : choicesFor(kind)),
      { label: 'Runs', note: 'those that were begun, and how far they are', value: RUNS },
    ],
    chosen: ([action = RUNS]) => {
      if (action === RUNS || chosen === undefined) return runs(kind);
      if (action === 'patch') return manyForm(kind, chosen);
      return action === 'rotate' ? secretsForMany(kind, chosen) : planned(kind, chosen, { action });
    },
  });
}

const ACTIONS = ['activate', 'deactivate', 'approve', 'reject', 'delete'] as const;

const choicesFor = (kind: Kind): Choice[] => [
  { label: verbOf('patch'), note: 'gives each the members that are written in a form', value: 'patch' },
  ...ACTIONS.filter((action) => canDo(kind, action)).map((action) => ({ label: verbOf(action), value: action })),
  ...(actionOf(kind, 'rotate-secret') === undefined
    ? []
    : [{ label: verbOf('rotate'), note: 'each as a JWE for the owner of a public key', value: 'rotate' }]),
];

/** All that are marked. */
export function markedIn({ kind, marked, entries }: ListScreen): Chosen {
  const told = marked.size === 1 ? 'the one that is marked' : `the ${marked.size} that are marked`;
  return { told, body: { inums: [...marked] }, names: namesOf(kind, entries) };
}

/** All that the list finds; undefined where it has everything. */
function foundBy(list: ListScreen): Chosen | undefined {
  const { kind, total, isEstimate, isPartial, entries } = list;
  const body = Object.fromEntries(sieveOf(list));
  if (Object.keys(body).length === 0 || total === 0) return undefined;
  const isSure = total !== undefined && !isEstimate && !isPartial;
  const told = isSure ? `the ${numberOf(total)} that the list finds` : `all ${kind.resource.noun} that the list finds`;
  return { told, body, names: namesOf(kind, entries) };
}

const namesOf = (kind: Kind, entries: ListScreen['entries']): Chosen['names'] =>
  new Map(entries.map((entry) => [idOf(kind, entry), named(kind, entry)]));
