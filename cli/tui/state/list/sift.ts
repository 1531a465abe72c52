import { picking, writing } from '../dialogs/asking.ts';
import type { ListScreen } from '../entry-screens.ts';
import type { Step } from '../state.ts';
import { listTakes } from '../kind.ts';
import { all, changed, said, stay } from '../steps.ts';
import { loaded } from './load.ts';

/** Asks by which column the list is sorted. */
export function order({ id, kind, sort }: ListScreen): Step {
  const choices = kind.columns
    .filter(({ path }) =>
      kind.form.fields.every((field) => field.path !== path || !['list', 'choices'].includes(field.control)),
    )
    .map(({ path, label }) => ({
      label,
      note: sort?.path === path ? (sort.isDown ? 'downwards now' : 'upwards now') : '',
      value: path,
    }));
  return picking({
    title: 'Sort by',
    lines: ['The column that it is sorted by already turns the order round.'],
    choices,
    value: sort?.path,
    chosen: ([path = '']) =>
      all(
        changed('list', id, (screen) => ({
          ...screen,
          row: 0,
          sort: { path, isDown: sort?.path === path && !sort.isDown },
        })),
        loaded(id),
      ),
  });
}

/** Asks what the entries have to have. */
export function filter({ id, kind, filters }: ListScreen): Step {
  const choices = kind.filters.flatMap(({ path, label, values }) =>
    values.map(([value, text]) => ({ label: `${label}: ${text}`, value: `${path}=${value}` })),
  );
  if (choices.length === 0) return said('note', 'There is nothing to filter by.');
  return picking({
    title: 'Only those with',
    lines: [],
    choices,
    ticked: [...filters].map(([path, value]) => `${path}=${value}`),
    chosen: (pairs) => {
      const next = new Map(
        pairs.map((pair): [string, string] => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
      );
      return all(
        changed('list', id, (screen) => ({ ...screen, filters: next, row: 0 })),
        loaded(id),
      );
    },
  });
}

/** Asks for a filter in the language of RFC 7644, which says more than ticks can. */
export function where({ id, kind, where: text }: ListScreen): Step {
  if (!listTakes(kind, 'filter')) return stay;
  return writing({
    title: `Only those ${kind.resource.noun} for which this is true`,
    help:
      'As RFC 7644 has it, with members by their names: disabled eq true or redirectUris co "//old.". ' +
      'Also ne, sw, ew, gt, lt, pr, and, not (...). Empty shows all.',
    text,
    done: (next) =>
      all(
        changed('list', id, (screen) => ({ ...screen, where: next.trim(), row: 0 })),
        loaded(id),
      ),
  });
}
