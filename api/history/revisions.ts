import type { Schemas } from '../shared/contract/operation.ts';
import type { Part } from '../shared/log/audit.store.ts';
import type { Members } from '../shared/contract/members.ts';
import { Problem } from '../shared/problem.ts';
import type { RevisedKind, Revision } from './revision.ts';
import type { RevisionStore } from './revision.store.ts';

/** A page of the revisions of a resource, which may have none. */
export async function pageOfRevisions(
  revisions: RevisionStore,
  { kind, inum, ...part }: Part & { readonly kind: RevisedKind; readonly inum: string },
): Promise<Schemas['RevisionPagedResult']> {
  const total = await revisions.count(kind, inum);
  const page = part.limit === 0 ? [] : await revisions.page(kind, inum, part);
  return { start: part.offset, totalEntriesCount: total, entriesCount: page.length, entries: page.map(shown) };
}

/** A revision with its document. Refuses with `revision-not-found`. */
export async function wholeRevision(
  revisions: RevisionStore,
  { kind, inum, number }: { readonly kind: RevisedKind; readonly inum: string; readonly number: number },
): Promise<Schemas['Revision']> {
  const found = await revisions.find(kind, inum, number);
  if (found === undefined) throw new Problem('revision-not-found');
  const { document } = found;
  return { ...shown(found), ...(document !== undefined && { document: JSON.parse(document) as Members }) };
}

function shown({ number, at, actor, door, source, requestId, reason, isRemoval }: Revision): Schemas['Revision'] {
  return {
    revision: number,
    at: at.slice(0, 19),
    ...(actor && { by: actor }),
    door,
    ...(source !== '' && { source }),
    ...(requestId !== '' && { requestId }),
    ...(reason !== undefined && { reason }),
    ...(isRemoval && { removed: true as const }),
  };
}
