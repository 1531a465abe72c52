import type { Fault } from '../../shared/problem.ts';
import { TOP_LEVEL, type Members } from './client.document.ts';

/**
 * Whether a missing member says nothing (`create`, `replace`) or was taken out on purpose (`patch`), and whether the
 * later of two unequal names of one value counts (`create`, as with Janssen) or neither does.
 */
export type Mode = 'create' | 'replace' | 'patch';

/** One of the places where the same value stands. */
interface Place {
  readonly pointer: string;
  /** The member that it is in. */
  readonly member: string;
  /** Whether taking it out takes the value out: a map of languages can go and the value stays. */
  readonly holdsAlone: boolean;
  read(client: Members): string | undefined;
  write(client: Members, value: string | undefined): void;
}

/**
 * Makes members that share one value agree: `clientName`, `displayName` and the `""` language of
 * `clientNameLocalized`, and so on. The one that differs from the stored value wins; two that differ from it and
 * from each other are a fault, but for `create`. Changes `draft`, which must be the caller's own copy.
 */
export function reconcileAliases(draft: Members, previous: Members | undefined, mode: Mode): Fault[] {
  return GROUPS.flatMap((places) => {
    const { value, fault } = agree(places, draft, previous, mode);
    for (const place of places) place.write(draft, value);
    return fault === undefined ? [] : [fault];
  });
}

function agree(
  places: readonly Place[],
  draft: Members,
  previous: Members | undefined,
  mode: Mode,
): { value: string | undefined; fault?: Fault } {
  const seen = places.map((place) => ({ place, value: place.read(draft), before: previous && place.read(previous) }));
  const present = seen.filter((entry) => entry.value !== undefined);
  const changed = present.filter((entry) => entry.value !== entry.before);
  const rival = changed.find((entry) => entry.value !== changed[0]?.value);
  if (rival !== undefined && mode === 'create') return { value: latest(changed, Object.keys(draft))?.value };
  if (rival !== undefined) {
    const detail = `differs from ${changed[0]?.place.pointer ?? ''}, which is the same value under another name`;
    return { value: rival.value, fault: { pointer: rival.place.pointer, detail, rule: 'aliases-agree' } };
  }
  if (changed.length > 0) return { value: changed[0]?.value };
  const isTakenOut = (entry: (typeof seen)[number]): boolean =>
    entry.place.holdsAlone && entry.value === undefined && entry.before !== undefined;
  const removed = mode === 'patch' && seen.some(isTakenOut);
  return { value: removed ? undefined : present[0]?.value };
}

/** The one whose member stands last in the document: `JSON.parse` keeps the order of members. */
const latest = <E extends { readonly place: Place }>(entries: readonly E[], order: readonly string[]): E | undefined =>
  [...entries].sort((a, b) => order.indexOf(a.place.member) - order.indexOf(b.place.member)).at(-1);

const GROUPS: readonly (readonly Place[])[] = TOP_LEVEL.filter((property) => property.type === 'string')
  .map((property) => {
    const aliases = TOP_LEVEL.filter((alias) => alias.aliasOf === property.name && alias.setBy !== 'server');
    return [
      plainPlace(property.name),
      ...aliases.map((alias) => (alias.type === 'localized' ? localizedPlace(alias.name) : plainPlace(alias.name))),
    ];
  })
  .filter((places) => places.length > 1);

function plainPlace(name: string): Place {
  return {
    pointer: `/${name}`,
    member: name,
    holdsAlone: true,
    read: (client) => client[name] as string | undefined,
    write: (client, value) => {
      if (client[name] === value) return;
      if (value === undefined) delete client[name];
      else client[name] = value;
    },
  };
}

/** The `""` language of a localized member. It is written only where the member is there for other reasons. */
function localizedPlace(name: string): Place {
  const valuesOf = (client: Members): Record<string, string> | undefined =>
    (client[name] as { values?: Record<string, string> } | undefined)?.values;
  return {
    pointer: `/${name}/values/`,
    member: name,
    holdsAlone: false,
    read: (client) => valuesOf(client)?.[''],
    write: (client, value) => {
      if (client[name] === undefined) return;
      const { '': _default, ...languages } = valuesOf(client) ?? {};
      const stands = Object.keys(languages).length > 0;
      const values = value === undefined ? languages : { '': value, ...languages };
      if (stands) client[name] = { values };
      else delete client[name];
    },
  };
}
