import type { VersionCheck } from '../../shared/etag.ts';
import type { RequestContext } from '../../shared/contract/operation.ts';
import { Problem } from '../../shared/problem.ts';
import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import { requireAuthorityOver } from '../client.authority.ts';
import type { ClientStores } from '../client.stores.ts';
import type { OpenClient } from '../corridor/client.corridor.ts';
import type { ClientDocument } from '../document/client.document.ts';
import type { ScopeName } from '../../scopes/scope.store.ts';
import type { Standing } from '../last-administrator.ts';

/** Which client a caller wants to change, and in which version. */
export interface Target {
  readonly context: RequestContext;
  readonly inum: string;
  readonly check: VersionCheck;
}

/** A client as a proposal finds it: it exists, has the right version, and the caller may touch it. */
export type TargetClient = Required<OpenClient> & Standing & { readonly has: readonly ScopeName[] };

/** Finds the client for a proposal. Throws `client-not-found`, `insufficient-scope` or `precondition-failed`. */
export function openClient(work: UnitOfWork<ClientStores>, { context, inum, check }: Target): Promise<TargetClient> {
  return work.read(async (stores) => {
    const opening = await stores.opening(inum);
    if (opening === undefined) throw new Problem('client-not-found');
    const { stored, scopes: has, secrets, newest } = opening;
    const document = JSON.parse(stored.text) as ClientDocument;
    const scopes = has.map(({ id }) => id);
    requireAuthorityOver(context.caller, scopes);
    check(stored.version);
    return { stored, document, scopes, has, secrets, newest };
  });
}
