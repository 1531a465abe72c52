import type { Cursors } from '../search/cursor.ts';
import type { Schemas } from '../shared/contract/operation.ts';
import { canonical } from '../shared/idempotency/idempotency.ts';
import { Problem } from '../shared/problem.ts';

export type UndoInput = Schemas['ChangesUndoInput'];

/** Up to where changes are considered: a batch of the feed, and when that was asked, in epoch milliseconds. */
export interface UpTo {
  readonly upToBatch: number;
  readonly now: number;
}

/** As it is answered: an opaque text for what was asked, and for nothing else. */
export const writtenUpTo = (cursors: Cursors, input: UndoInput, { upToBatch, now }: UpTo): string =>
  cursors.encode(bindingOf(input), { value: upToBatch, id: String(now) });

/** What such a text says. Throws `invalid-request` for one that is not of this question. */
export function upToIn(cursors: Cursors, input: UndoInput, upTo: string): UpTo {
  try {
    const { value, id } = cursors.decode(bindingOf(input), upTo);
    return { upToBatch: Number(value), now: Number(id) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Problem('invalid-request', { errors: [{ pointer: '/upTo', detail: OTHER }] }, { cause: error });
  }
}

const OTHER = 'is not what a plan of the same body has answered: send all else as it was planned, or plan it again';

const bindingOf = ({ upTo: _itself, force = false, ...asked }: UndoInput): string =>
  JSON.stringify(['undo', canonical({ ...asked, force })]);
