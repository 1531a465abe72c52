import type { KnownMembers } from '../contract/known-members.ts';
import type { MemberNames } from '../contract/member-names.ts';

/** What may be patched in a resource. */
export interface Patchable {
  readonly names: MemberNames;
  readonly known: KnownMembers;
  /** The addresses of the members that no patch may touch. */
  readonly readOnly: ReadonlySet<string>;
  /** A member at the top that can be written and not read. */
  readonly unreadable?: string;
  /** Read-only members at the top that only grow, so that a smaller value is an older reading. */
  readonly growing?: readonly string[];
}

/** Makes what the server sets, and the inum, read-only. */
export const patchable = (names: MemberNames, known: KnownMembers): Patchable => ({
  names,
  known,
  readOnly: new Set(
    names.properties.filter(({ setBy, path }) => setBy === 'server' || path === 'inum').map(({ path }) => path),
  ),
});
