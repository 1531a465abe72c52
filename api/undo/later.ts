import { isUndoable, type UndoStores } from './client-past.ts';

/** What was done to a client after the last change that counts: whoever has confirmed an undo has not seen it. */
export interface Later {
  readonly isSome: boolean;
  /** Whether a property is among it. */
  has(path: string): boolean;
}

interface Confirmed {
  readonly inum: string;
  readonly selected: readonly { readonly id: number }[];
  readonly force: boolean;
  readonly upToBatch: number;
}

/** So much of it is read: of more, every property counts as changed. */
const MOST = 500;

/** Reads it where it matters, which is where something is forced. */
export async function laterThan(
  { changes }: Pick<UndoStores, 'changes'>,
  { inum, selected, force, upToBatch }: Confirmed,
): Promise<Later> {
  const after = { batch: upToBatch, from: Math.min(...selected.map(({ id }) => id)) };
  const found = force ? await changes.ofClientAfter(inum, after, MOST) : [];
  const names = new Set(found.filter(isUndoable).flatMap(({ changed }) => changed));
  return {
    isSome: names.size > 0,
    has: (path) => found.length === MOST || [...names].some((name) => isPartOf(path, name)),
  };
}

/** Whether a property is one that a change has named, or a part of it: `attributes.x`, a language, a custom attribute. */
export const isPartOf = (path: string, name: string): boolean => `${path}.`.startsWith(`${name}.`);
