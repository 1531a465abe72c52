import { isKeptOut, withApproval, type Approval } from '../../clients/approval/client.approval.ts';
import { refuseFaults, findReferences, scopeIdsOf } from '../../clients/client.lookup.ts';
import { splitReferences } from '../../clients/client.references.ts';
import { requireAuthorityOver } from '../../clients/client.authority.ts';
import { openClient, type TargetClient, type Target } from '../../clients/credentials/open-client.ts';
import {
  orderedDocument,
  type ClientDocument,
  type ClientInput,
  type Members,
} from '../../clients/document/client.document.ts';
import { normaliseClient } from '../../clients/document/client.normalise.ts';
import { served, type ServedClient } from '../../clients/document/client.served.ts';
import { guardLastAdministrator } from '../../clients/last-administrator.ts';
import { wireDate, type Clock } from '../../shared/clock.ts';
import type { CarryOut } from '../../shared/database/proposals.ts';
import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import { originOf } from '../../shared/log/origin.ts';
import { merged } from '../../shared/patch/merge-patch.ts';
import { Problem } from '../../shared/problem.ts';
import { settledByRegistration, type PlanNeeds } from '../registration.plan.ts';
import type { RegistrationStores } from '../registration.stores.ts';

export interface ApprovalNeeds {
  readonly work: UnitOfWork<RegistrationStores>;
  readonly carryOut: CarryOut<RegistrationStores>;
  readonly clock: Clock;
  readonly plan: PlanNeeds;
}

/** What an administrator says about a client that waits. */
export interface Decision {
  readonly verdict: 'approve' | 'reject';
  readonly reason?: string | undefined;
}

/**
 * Decides about a client that waits, or about the change that one asks for, which is made by the rules of registration on
 * what the client is by now. Throws `nothing-to-decide`, and `invalid-request` where such a change breaks a rule.
 */
export type Decide = (target: Target, decision: Decision) => Promise<ServedClient>;

export const deciding =
  ({ work, carryOut, clock, plan }: ApprovalNeeds): Decide =>
  (target, { verdict, reason = target.context.reason }) =>
    carryOut({
      about: target.inum,
      propose: async () => {
        const opened = await openClient(work, target);
        requireSomething(opened.document, verdict);
        return opened;
      },
      commit: async (stores, opened) => {
        await stores.clients.hold(opened.stored);
        const { document: before } = opened;
        const change = verdict === 'approve' ? before.approval?.change : undefined;
        const changed = change === undefined ? before : await changedBy(stores, plan, before, change);
        const approval: Approval = {
          state: verdict === 'reject' && isKeptOut(before) ? 'rejected' : 'approved',
          ...(reason !== undefined && { reason }),
          by: target.context.caller.clientId,
          at: wireDate(clock.now()),
        };
        const document = withApproval(changed, approval);
        const next = { document, scopes: await scopeIdsOf(stores, document) };
        requireAuthorityOver(target.context.caller, next.scopes);
        await guardLastAdministrator(stores, clock.now(), opened, next);
        if (change !== undefined) await settleStatement(stores, before, document);
        const origin = { ...originOf(target.context), ...(reason !== undefined && { reason }) };
        // A change may bring an authentication method that needs a secret, or a longer one.
        const wish = change === undefined ? {} : { wish: { renew: true } };
        const written = await stores.corridor.change(opened, { document, decides: true, ...wish }, origin);
        return served(written.stored, written.secret);
      },
    });

function requireSomething({ approval }: TargetClient['document'], verdict: Decision['verdict']): void {
  const state = approval?.state;
  if (state === 'waiting' || state === 'pending_change' || (state === 'rejected' && verdict === 'approve')) return;
  const detail =
    state === undefined
      ? 'the client never had to wait for approval'
      : `the client was ${state}, and asks for no change`;
  throw new Problem('nothing-to-decide', { detail });
}

/** What the change that a client asks for makes of it, with the marks that registration gave it. */
async function changedBy(
  stores: RegistrationStores,
  needs: PlanNeeds,
  before: ClientDocument,
  change: Members,
): Promise<ClientDocument> {
  const wanted = merged(before, change);
  const draft = normaliseClient(wanted, false) as ClientInput;
  refuseFaults(needs.shapeFaults(draft), draft);
  const { references } = await findReferences(stores, draft);
  const about = { inum: before.inum, mode: 'patch', previous: before } as const;
  const registration = await stores.registrations.find(before.inum);
  const { document, faults } = settledByRegistration(
    { ...needs, tokenRedirects: registration?.tokenRedirects },
    { draft, references, ...about },
  );
  refuseFaults(faults, draft);
  const { registrationFingerprint, registrationWarnings } = wanted;
  return orderedDocument({ ...document, registrationFingerprint, registrationWarnings }) as ClientDocument;
}

/** What a change brings that only a statement granted goes with that, and the statement was verified with the change. */
async function settleStatement(
  { registrations }: RegistrationStores,
  before: ClientDocument,
  after: ClientDocument,
): Promise<void> {
  const registration = await registrations.find(before.inum);
  if (registration === undefined) return;
  const own = scopesOf(before).filter((inum) => !registration.statementScopes.includes(inum));
  const statementScopes = scopesOf(after).filter((inum) => !own.includes(inum));
  const isSame = before.softwareStatement === after.softwareStatement;
  // It is gone where the statement was revoked while the change waited.
  const statementDigest = registration.waitingDigest ?? null;
  await registrations.setStatement(before.inum, { statementScopes, ...(!isSame && { statementDigest }) });
}

const scopesOf = ({ scopes }: ClientDocument): string[] => splitReferences('scopes', scopes ?? []).inums;
