import { requireApproval } from '../clients/approval/client.approval.ts';
import { requireAuthorityOver } from '../clients/client.authority.ts';
import { formerly, scopeIdsOf, settledByAdmin, type Settlement } from '../clients/client.lookup.ts';
import { judged, type ClientPolicy } from '../clients/client.policy.ts';
import type { OpenClient } from '../clients/corridor/client.corridor.ts';
import type { Opening } from '../clients/credentials/opening.store.ts';
import type { ClientDocument, ClientInput } from '../clients/document/client.document.ts';
import { guardLastAdministrator } from '../clients/last-administrator.ts';
import type { RemovedClient } from '../clients/removed/removed-client.store.ts';
import type { ClientSecrets } from '../clients/secrets/client.secrets.ts';
import type { Clock } from '../shared/clock.ts';
import { mayCall } from '../shared/contract/administration-scopes.ts';
import type { RequestContext } from '../shared/contract/operation.ts';
import { Overtaken } from '../shared/database/proposals.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import { originOf } from '../shared/log/origin.ts';
import { Problem, type Fault } from '../shared/problem.ts';
import type { UndoStores } from './client-past.ts';
import type { ClientQuestion, ClientUndo } from './client-undo.ts';
import { isSame } from './set-back.ts';
import { leftBy, named, withDifferences, written, type UndoneClient } from './undone-client.ts';

export interface WriterNeeds {
  readonly work: UnitOfWork<UndoStores>;
  readonly clock: Clock;
  readonly policy: ClientPolicy;
  readonly secrets: Pick<ClientSecrets, 'requireFit'>;
  /** What is wrong with the shape of a written client. */
  readonly shapeFaults: (input: unknown) => Fault[];
}

/** An undo of one client as it is written, where nothing stands in its way: inside, and all of it judged before. */
export interface UndoProposal {
  readonly undone: UndoneClient;
  /** Left out where there is nothing to be written. Throws `Overtaken` where the client is not what it was any more. */
  readonly write?: (stores: UndoStores) => Promise<UndoneClient>;
}

interface Attempt {
  readonly needs: WriterNeeds;
  readonly context: RequestContext;
  /** What is answered where nothing is written. */
  readonly untouched: UndoneClient;
}

/** Outside: judges what a client would be without some of its changes. What is refused is left, and the reply says why. */
export async function proposedUndo(
  needs: WriterNeeds,
  context: RequestContext,
  { inum, selected }: ClientQuestion,
  undo: ClientUndo,
): Promise<UndoProposal> {
  const changes = selected.slice(0, MOST_CHANGES).map(({ id }) => id);
  const untouched: UndoneClient = { inum, outcome: 'unchanged', changes, properties: [], left: [...undo.left] };
  const attempt = { needs, context, untouched };
  try {
    const { opening, removed, document } = undo;
    if (opening !== undefined) return await ofPresent({ ...attempt, opening }, document as ClientDocument | undefined);
    if (removed !== undefined && document !== undefined)
      return await ofRemoved({ ...attempt, removed }, document as ClientDocument);
    return { undone: untouched };
  } catch (error) {
    return { undone: leftBy(untouched, error) };
  }
}

const MOST_CHANGES = 100;

async function ofPresent(
  attempt: Attempt & { readonly opening: Opening },
  next: ClientDocument | undefined,
): Promise<UndoProposal> {
  const { needs, context, opening } = attempt;
  const { stored, secrets, scopes: has, newest } = opening;
  const document = JSON.parse(stored.text) as ClientDocument;
  const open = { stored, document, secrets, newest, scopes: has.map(({ id }) => id) };
  requireAuthorityOver(context.caller, open.scopes);
  const untouched = named(attempt.untouched, document);
  if (next === undefined)
    return { undone: untouched, write: (stores) => removal({ ...attempt, untouched }, stores, open) };
  if (isSame(document, next)) return { undone: untouched };
  const about: Settlement = { inum: document.inum, mode: 'patch', previous: document, has };
  const draft = await judged(needs, 'updateClient', { context, draft: formerly(next, needs.shapeFaults), about });
  const change = { draft, about, open };
  return { undone: untouched, write: (stores) => changed({ ...attempt, untouched }, stores, change) };
}

async function ofRemoved(
  attempt: Attempt & { readonly removed: RemovedClient },
  next: ClientDocument,
): Promise<UndoProposal> {
  const { needs, context, removed } = attempt;
  const previous = JSON.parse(removed.text) as ClientDocument;
  requireAuthorityOver(context.caller, await needs.work.read((stores) => scopeIdsOf(stores, previous)));
  const untouched = named(attempt.untouched, previous);
  const about: Settlement = { inum: removed.inum, mode: 'patch', previous };
  const draft = await judged(needs, 'createClient', { context, draft: formerly(next, needs.shapeFaults), about });
  return {
    undone: untouched,
    write: (stores) => restoration({ ...attempt, untouched }, stores, { draft, about, removed, previous }),
  };
}

type Open = Required<OpenClient> & { readonly scopes: readonly string[] };

async function removal({ needs, context, untouched }: Attempt, stores: UndoStores, open: Open): Promise<UndoneClient> {
  return orLeft(untouched, async () => {
    requireRemover(context);
    await guardLastAdministrator(stores, needs.clock.now(), open, undefined);
    return written(async () => {
      await stores.corridor.remove(open, originOf(context));
      return { ...untouched, outcome: 'removed' };
    });
  });
}

interface ChangedClient {
  readonly draft: ClientInput;
  readonly about: Settlement;
  readonly open: Open;
}

async function changed(
  { needs, context, untouched }: Attempt,
  stores: UndoStores,
  { draft, about, open }: ChangedClient,
): Promise<UndoneClient> {
  const { document: before, secrets } = open;
  return orLeft(untouched, async () => {
    const next = await settledByAdmin(stores, draft, about);
    requireAuthorityOver(context.caller, next.scopes);
    requireApproval(before, next.document);
    needs.secrets.requireFit(next.document, secrets[0], before);
    await guardLastAdministrator(stores, needs.clock.now(), open, next);
    return written(async () => {
      const change = { document: next.document, wish: {} };
      const made = await stores.corridor.change(open, change, originOf(context));
      return withDifferences(untouched, 'changed', [before, next.document], made);
    });
  });
}

interface RestoredClient extends Omit<ChangedClient, 'open'> {
  readonly removed: RemovedClient;
  readonly previous: ClientDocument;
}

async function restoration(
  { context, untouched }: Attempt,
  stores: UndoStores,
  { draft, about, removed, previous }: RestoredClient,
): Promise<UndoneClient> {
  return orLeft(untouched, async () => {
    if ((await stores.clients.find(removed.inum)) !== undefined) throw new Overtaken();
    const next = await settledByAdmin(stores, draft, about);
    requireAuthorityOver(context.caller, next.scopes);
    requireApproval(previous, next.document);
    return written(async () => {
      const made = await stores.corridor.restore(removed, next.document, originOf(context));
      return withDifferences(untouched, 'restored', [previous, next.document], made);
    });
  });
}

/** Whoever removes a client by an undo may do so otherwise. */
function requireRemover({ caller }: RequestContext): void {
  if (mayCall(caller, 'delete-oauth-openid-client-by-inum')) return;
  throw new Problem('insufficient-scope', { detail: 'the token has no scope that removes clients' });
}

async function orLeft(undone: UndoneClient, write: () => Promise<UndoneClient>): Promise<UndoneClient> {
  try {
    return await write();
  } catch (error) {
    return leftBy(undone, error);
  }
}
