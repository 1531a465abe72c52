import { ADMINISTRATION_SCOPES, FORMER_SCOPES } from '../../openapi/operations.gen.ts';
import { allPages } from '../commands/paging.ts';
import type { Api } from '../connection/api.ts';
import type { Operation } from '../contract/contract.ts';
import { EXIT, Failure } from '../failure.ts';

/**
 * The clients that have no file, without administrators and without the client that asks. Throws when it cannot be
 * told who asks: the way back in would be at stake.
 */
export async function clientsToRemove(api: Api, list: Operation, seen: ReadonlyMap<string, string>): Promise<string[]> {
  const kept = await administrators(api, list);
  kept.add(await callerOf(api));
  const ids: string[] = [];
  for await (const page of allPages(api, list, [])) {
    for (const { inum } of page) {
      if (typeof inum === 'string' && !seen.has(inum) && !kept.has(inum)) ids.push(inum);
    }
  }
  return ids;
}

/** Every client that has a scope of administration, as the service finds them by their scopes. */
async function administrators(api: Api, list: Operation): Promise<Set<string>> {
  const found = new Set<string>();
  for (const scope of [...Object.keys(ADMINISTRATION_SCOPES), ...Object.keys(FORMER_SCOPES)]) {
    try {
      for await (const page of allPages(api, list, [['fieldValuePair', `scopes=${scope}`]])) {
        for (const { inum } of page) if (typeof inum === 'string') found.add(inum);
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
