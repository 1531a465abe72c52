import { Problem } from '../../shared/problem.ts';
import { orderedDocument, type ClientDocument } from '../document/client.document.ts';

/** The operations that decide about clients that wait. */
export type DecisionOperation = 'approve-oauth-openid-client' | 'reject-oauth-openid-client';

export type Approval = NonNullable<ClientDocument['approval']>;

/** Whether a client is kept out until an administrator approves it: it waits, or was rejected. */
export const isKeptOut = ({ approval }: Pick<ClientDocument, 'approval'>): boolean =>
  approval?.state === 'waiting' || approval?.state === 'rejected';

/** The client with this approval: disabled where that keeps it out, and let in where one that kept it out does not. */
export function withApproval(document: ClientDocument, approval: Approval): ClientDocument {
  const disabled = isKeptOut({ approval }) || (document.disabled && !isKeptOut(document));
  return orderedDocument({ ...document, disabled, approval }) as ClientDocument;
}

const WHY: Readonly<Partial<Record<string, string>>> = {
  waiting: 'the client waits for approval: until it is approved it stays disabled, whatever else is changed',
  rejected: 'the client was rejected: unless it is approved it stays disabled, whatever else is changed',
};

/** Refuses to let in a client that is kept out, by whatever way that is no decision. Throws `approval-needed`. */
export function requireApproval(before: ClientDocument, after: ClientDocument): void {
  if (!isKeptOut(before) || (after.disabled && isKeptOut(after))) return;
  const detail = WHY[before.approval?.state ?? ''];
  throw new Problem('approval-needed', { ...(detail !== undefined && { detail }) });
}
