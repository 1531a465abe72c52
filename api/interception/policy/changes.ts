import { REGISTERED } from '../../registration/metadata/registration.members.ts';
import type { Members } from '../../shared/contract/members.ts';

/** The members of metadata that differ after a script; those that are gone are null. */
export function changesOf(before: Members, after: Members): Members {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const differs = (name: string): boolean => JSON.stringify(before[name]) !== JSON.stringify(after[name]);
  return Object.fromEntries([...names].filter(differs).map((name) => [name, after[name] ?? null]));
}

const SETTABLE = new Map(REGISTERED.flatMap(({ names, as }) => names.map((name) => [name, as] as const)));

/** Of what was changed, the members that no registration can set. */
export const unsettable = (changes: Members): string[] => Object.keys(changes).filter((name) => !isOf(SETTABLE, name));

/** What people read, and nothing acts on. */
const DESCRIPTIVE = new Map(
  ['client_name', 'client_uri', 'logo_uri', 'policy_uri', 'tos_uri', 'contacts'].map((name) => [
    name,
    SETTABLE.get(name),
  ]),
);

/** Of what was changed, the members that mean something to programs. */
export const undescriptive = (changes: Members): string[] =>
  Object.keys(changes).filter((name) => !isOf(DESCRIPTIVE, name));

function isOf(members: ReadonlyMap<string, string | undefined>, name: string): boolean {
  const [base = '', tag] = name.split('#');
  return tag === undefined ? members.has(name) : members.get(base) === 'localized';
}

/** The scopes that a script has added, by their names. */
export function scopesAdded(before: Members, after: Members): string[] {
  const had = namesIn(before['scope']);
  return namesIn(after['scope']).filter((name) => !had.includes(name));
}

const namesIn = (scope: unknown): string[] =>
  typeof scope === 'string' ? scope.split(' ').filter((name) => name !== '') : [];
