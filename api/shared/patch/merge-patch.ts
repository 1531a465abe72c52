import { isDeepStrictEqual } from 'node:util';
import { isObject, type Members } from '../contract/members.ts';
import type { Patchable } from './patchable.ts';
import { Problem, type Fault } from '../problem.ts';

/**
 * Applies a merge patch (RFC 7396) to a copy of `document`. Tools send whole documents back: what is noise, and
 * read-only members as they are, is left out. Throws `invalid-request` for other read-only and for unknown members.
 */
export function applyMergePatch(document: Members, patch: Members, about: Patchable): Members {
  const present = about.names.withoutNoise(about.names.inPresentForm(patch));
  const { changes, faults } = withoutReadOnly(document, present, about);
  const errors = [...faults, ...about.known.unknown(changes)];
  if (errors.length > 0) throw new Problem('invalid-request', { errors });
  return merge(document, changes) as Members;
}

/** The patch without the read-only members that it leaves as they are, and a fault for each other one. */
function withoutReadOnly(
  document: Members,
  patch: Members,
  { readOnly, growing = [] }: Patchable,
): { changes: Members; faults: Fault[] } {
  const changes = { ...patch };
  const faults: Fault[] = [];
  for (const address of readOnly) {
    const [first = '', second] = address.split('.');
    const holder = second === undefined ? changes : ownPart(changes, first);
    const name = second ?? first;
    if (holder === undefined || !Object.hasOwn(holder, name)) continue;
    const stored = second === undefined ? document[name] : (document[first] as Members | undefined)?.[name];
    const isKept = isDeepStrictEqual(holder[name] ?? undefined, stored);
    if (!isKept && !(growing.includes(address) && isEarlier(holder[name], stored)))
      faults.push({ pointer: `/${address.replace('.', '/')}`, detail: 'is read-only', rule: 'read-only' });
    delete holder[name];
  }
  return { changes, faults };
}

/** Replaces the object in a member by a copy that may be changed, and returns it. */
function ownPart(members: Members, name: string): Members | undefined {
  const value = members[name];
  if (!isObject(value)) return undefined;
  const copy = { ...value };
  members[name] = copy;
  return copy;
}

const isEarlier = (sent: unknown, stored: unknown): boolean =>
  typeof sent === 'string' && typeof stored === 'string' && sent < stored;

/** RFC 7396 section 2. */
function merge(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Members = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = merge(result[name], value);
  }
  return result;
}

/** What a merge patch makes of a copy of `document`; nobody looks at what it says. */
export const merged = (document: Members, patch: Members): Members => merge(document, patch) as Members;

/** The merge patch that makes `after` of `before`. */
export function mergePatchOf(before: Members, after: Members): Members {
  const gone = Object.keys(before).filter((name) => after[name] === undefined);
  const changed = Object.entries(after).filter(([name, value]) => !isDeepStrictEqual(before[name], value));
  return Object.fromEntries([
    ...gone.map((name) => [name, null] as const),
    ...changed.map(([name, value]) => {
      const had = before[name];
      return [name, isObject(had) && isObject(value) ? mergePatchOf(had, value) : value] as const;
    }),
  ]);
}
