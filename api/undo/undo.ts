import type { ChangeQuestion, ClientChange } from '../changes/change-log.store.ts';
import { timestamp, type Clock } from '../shared/clock.ts';
import type { RequestContext } from '../shared/contract/operation.ts';
import type { CarryOut } from '../shared/database/proposals.ts';
import { clientUndo } from './client-undo.ts';
import type { UndoStores } from './client-past.ts';
import { changesIn, type KeptQuestion } from './selection.ts';
import type { UndoneClient } from './undone-client.ts';
import { proposedUndo, type UndoProposal, type WriterNeeds } from './written-undo.ts';

export interface UndoNeeds extends WriterNeeds {
  readonly carryOut: CarryOut<UndoStores>;
  /** How long clients that were removed can be restored, in milliseconds. */
  readonly removedKeep: number;
  /** How long a request looks for changes, and how long it plans their undo, in milliseconds. */
  readonly budget: number;
  /** The issuers whose tokens are taken, with the scopes that those of others can bring. */
  readonly issuers: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Changes that are undone, by whom, and whether also over what was changed again. */
export interface Undo {
  readonly context: RequestContext;
  readonly question: ChangeQuestion & Pick<KeptQuestion, 'upToBatch'>;
  readonly force: boolean;
}

/** An undo of one client, and of how many of its changes. */
export interface Proposed extends UndoProposal {
  readonly count: number;
}

/** Outside: an undo of what a question finds of one client. */
export async function proposedFor(
  needs: UndoNeeds,
  { context, question, force }: Undo,
  inum: string,
): Promise<Proposed> {
  const { work, clock, removedKeep } = needs;
  const { selected, isAll } = await changesIn(work, question, inum);
  // Others have pruned the log since they were found.
  if (selected.length === 0)
    return { count: 0, undone: { inum, outcome: 'unchanged', changes: [], properties: [], left: [] } };
  const { upToBatch } = question;
  const about = { inum, selected, force, upToBatch, keptSince: timestamp(clock.now() - removedKeep) };
  const undo = await work.read((stores) => clientUndo(stores, about));
  const left = isAll ? undo.left : [...undo.left, tooMany(selected)];
  return { count: selected.length, ...(await proposedUndo(needs, context, about, { ...undo, left })) };
}

const tooMany = (selected: readonly ClientChange[]) =>
  ({
    reason: 'too-many-changes',
    detail: `at most ${selected.length} changes of a client are undone at once: ask for those until ${selected.at(-1)?.at.slice(0, 19) ?? ''} next`,
  }) as const;

/** Says whether so many milliseconds are over. */
export function deadline(clock: Clock, milliseconds: number): () => boolean {
  const end = clock.elapsed() + milliseconds;
  return () => clock.elapsed() > end;
}

/** What counts a client among others: all of its changes are undone, or something was left. */
export const stateOf = ({ left }: Pick<UndoneClient, 'left'>): 'undone' | 'left' =>
  left.length === 0 ? 'undone' : 'left';
