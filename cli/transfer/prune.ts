import { ADMINISTRATION_SCOPES, FORMER_SCOPES } from '../../openapi/operations.gen.ts';
import { allPages } from '../commands/listing/paging.ts';
import type { Api } from '../connection/api.ts';
import type { Operation } from '../contract/contract.ts';
import { EXIT, Failure } from '../failure.ts';

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
export async function clientsToRemove(api: Api, list: Operation, seen: ReadonlyMap<string, string>): Promise<Pruning> {
  const reasons = await administrators(api, list);
  reasons.set(await callerOf(api), 'it is the client that asks');
  const ids: string[] = [];
  const kept: [string, string][] = [];
  for await (const page of allPages(api, list, [])) {
    for (const { inum } of page) {
      if (typeof inum !== 'string' || seen.has(inum)) continue;
      const reason = reasons.get(inum);
      if (reason === undefined) ids.push(inum);
      else kept.push([inum, reason]);
    }
  }
  return { ids, kept };
}

/** Every client that has a scope of administration, and which, as the service finds them by their scopes. */
async function administrators(api: Api, list: Operation): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const scope of [...Object.keys(ADMINISTRATION_SCOPES), ...Object.keys(FORMER_SCOPES)]) {
    try {
      for await (const page of allPages(api, list, [['fieldValuePair', `scopes=${scope}`]])) {
        for (const { inum } of page) {
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

async function callerOf({ session }: Api): Promise<string> {
  const { credential } = session.connection;
  if (credential.kind !== 'token') return credential.id;
  const claims = session.claims(await session.accessToken());
  const id = claims['client_id'] ?? claims['sub'];
  if (typeof id === 'string') return id;
  throw new Failure(EXIT.refused, 'the token does not say which client it is of, and --prune must not remove that one');
}
