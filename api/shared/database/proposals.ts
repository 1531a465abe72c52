import { Problem } from '../problem.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/** What a door does with one resource: it makes a proposal outside the transaction, and commits it inside. */
export interface Steps<Stores, P, T> {
  /** The id of the resource. */
  readonly about: string;
  /** Makes what depends on what is stored, everything slow or remote included. Nothing of it is written. */
  readonly propose: () => Promise<P>;
  /** Throws `Overtaken` where what the proposal was made from is not what is stored any more. */
  readonly commit: (stores: Stores, proposal: P) => Promise<T>;
}

/**
 * Makes a proposal and commits it. One that was overtaken is made again, at most four times; then it throws
 * `client-changing`.
 */
export type CarryOut<Stores> = <P, T>(steps: Steps<Stores, P, T>) => Promise<T>;

/** Carries out in the same way, and hands what came of it to `after` before the transaction ends. */
export const followedBy =
  <Stores>(carryOut: CarryOut<Stores>, after: (stores: Stores, outcome: unknown) => Promise<void>): CarryOut<Stores> =>
  (steps) =>
    carryOut({
      ...steps,
      commit: async (stores, proposal) => {
        const outcome = await steps.commit(stores, proposal);
        await after(stores, outcome);
        return outcome;
      },
    });

/** Thrown inside a transaction, which ends with it: somebody else has written what a proposal was made from. */
export class Overtaken extends Error {}

const ATTEMPTS = 4;

export function proposals<Stores>({ write }: Pick<UnitOfWork<Stores>, 'write'>): CarryOut<Stores> {
  const inTurn = turns();
  return async ({ about, propose, commit }) => {
    const attempt = async () => {
      const proposal = await propose();
      return write((stores) => commit(stores, proposal));
    };
    const first = await orOvertaken(attempt);
    if (!(first instanceof Overtaken)) return first;
    // Those who were overtaken do not overtake each other: in one process all of many at once are done.
    return inTurn(about, async () => {
      for (let tries = 2; tries <= ATTEMPTS; tries += 1) {
        const outcome = await orOvertaken(attempt);
        if (!(outcome instanceof Overtaken)) return outcome;
      }
      const detail = 'others change it again and again: nothing was written, send it again in a moment';
      throw new Problem('client-changing', { detail, headers: { 'Retry-After': '1' } });
    });
  };
}

async function orOvertaken<T>(attempt: () => Promise<T>): Promise<T | Overtaken> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof Overtaken) return error;
    throw error;
  }
}

/** Runs tasks about the same thing one after the other, in the order in which they came. */
function turns(): <T>(about: string, task: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async (about, task) => {
    const mine = (last.get(about) ?? Promise.resolve()).then(task, task);
    last.set(about, mine);
    try {
      return await mine;
    } finally {
      if (last.get(about) === mine) last.delete(about);
    }
  };
}

/** What is slow to make: made once, and again only where `keyOf` says that it depends on something else by now. */
export function madeOnce<A, T>(
  keyOf: (about: A) => unknown,
  make: (about: A, last: T | undefined) => Promise<T>,
): (about: A) => Promise<T> {
  let last: { readonly key: unknown; readonly made: T } | undefined;
  return async (about) => {
    const key = keyOf(about);
    if (last?.key !== key || last === undefined) last = { key, made: await make(about, last?.made) };
    return last.made;
  };
}
