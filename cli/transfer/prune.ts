import { ADMINISTRATION_SCOPES, FORMER_SCOPES } from '../../openapi/operations.gen.ts';
import { EXIT, Failure } from '../failure.ts';
import type { Calls } from '../resource/calls.ts';

const UNKNOWN_CALLER = 'the token does not say which client it is of, and --prune must not remove that one';

/** What becomes of the clients that have no file. */
export interface Pruning {
  readonly ids: readonly string[];
  /** Those that stay all the same, each with the reason. */
  readonly kept: readonly (readonly [id: string, reason: string])[];
}

/**
 * The clients that have no file; administrators and the client that asks are kept. Throws when it cannot be told who
 * asks: the way back in would be at stake.
 */
export async function clientsToRemove(
  clients: Calls,
  caller: string | undefined,
  seen: ReadonlyMap<string, string>,
): Promise<Pruning> {
  if (caller === undefined) throw new Failure(EXIT.refused, UNKNOWN_CALLER);
  const reasons = await administrators(clients);
  reasons.set(caller, 'it is the client that asks');
  const ids: string[] = [];
  const kept: [string, string][] = [];
  for await (const { entries } of clients.pages()) {
    for (const { inum } of entries) {
      if (typeof inum !== 'string' || seen.has(inum)) continue;
      const reason = reasons.get(inum);
      if (reason === undefined) ids.push(inum);
      else kept.push([inum, reason]);
    }
  }
  return { ids, kept };
}

/** Every client that has a scope of administration, and which, as the service finds them by their scopes. */
async function administrators(clients: Calls): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const scope of [...Object.keys(ADMINISTRATION_SCOPES), ...Object.keys(FORMER_SCOPES)]) {
    try {
      for await (const { entries } of clients.pages([['fieldValuePair', `scopes=${scope}`]])) {
        for (const { inum } of entries) {
          if (typeof inum === 'string') found.set(inum, `it has the administration scope ${scope}`);
        }
      }
    } catch (error) {
      // A scope under its former name is there only where somebody has made one; the present ones always are.
      if (!(error instanceof Failure) || error.exitCode !== EXIT.refused || !(scope in FORMER_SCOPES)) throw error;
    }
  }
  return found;
}
