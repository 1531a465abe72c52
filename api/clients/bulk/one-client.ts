import { PROBLEMS } from '../../../openapi/operations.gen.ts';
import type { RequestContext } from '../../shared/contract/operation.ts';
import type { VersionCheck } from '../../shared/etag.ts';
import { Problem, problemBody } from '../../shared/problem.ts';
import type { ServedClient } from '../document/client.served.ts';
import { SINGLE, type BulkResult, type Doing, type Doors, type SealingKey } from './bulk.ts';
import { sealed } from './sealed-secret.ts';

/** Which client it is about, and who does it. */
export interface One {
  readonly inum: string;
  readonly context: RequestContext;
  readonly check: VersionCheck;
}

/** Does to one client what a run does to each. Throws what the operation on one client throws. */
export async function doTo({ clients, decide }: Doors, doing: Doing, { inum, context, check }: One): Promise<void> {
  const { action, patch = {}, strict, revokeTokens, overlapSeconds = 0, reason = context.reason } = doing;
  const target = { context: { ...context, operation: SINGLE[action] }, inum, check };
  switch (action) {
    case 'patch':
      await clients.patch(target.context, { inum, patch, strict, revokeTokens }, check);
      return;
    case 'activate':
    case 'deactivate':
      await clients.setDisabled(target, action === 'deactivate', revokeTokens);
      return;
    case 'approve':
    case 'reject':
      await decide(target, { verdict: action, reason });
      return;
    case 'delete':
      await clients.remove(target.context, inum, check);
      return;
    case 'rotate':
      await clients.rotateSecret(target.context, { inum, overlapSeconds, revokeTokens: revokeTokens ?? false }, check);
  }
}

/** What the doors hand over of what they have done: a client, the reply of a rotation, nothing of a removal. */
type Made = ServedClient | { readonly secret: object; readonly version: number } | undefined;

/** What has come of a client that was in version `before`. Throws `invalid-request` where it would have a secret that nobody could read. */
export async function outcomeOf(
  outcome: unknown,
  before: number | undefined,
  key: SealingKey | undefined,
): Promise<Omit<BulkResult, 'inum'>> {
  const made = outcome as Made;
  if (made === undefined) return { outcome: 'changed' };
  const secret = secretIn(made);
  if (secret === undefined) return { outcome: made.version === before ? 'unchanged' : 'changed' };
  if (key === undefined) {
    const detail = 'is needed: the client would get a new secret, which nobody could read';
    throw new Problem('invalid-request', { errors: [{ pointer: '/encryptTo', detail }] });
  }
  return { outcome: 'changed', secret: await sealed(JSON.stringify(secret), key) };
}

function secretIn(made: NonNullable<Made>): object | undefined {
  if ('secret' in made) return made.secret;
  if (made.showsSecret !== true) return undefined;
  const { inum, clientSecret } = JSON.parse(made.text) as { inum: string; clientSecret: string };
  return { inum, clientSecret };
}

/** A client that was refused, with why; undefined where the service cannot do it now, or has a fault. */
export const refusalOf = (error: unknown, requestId: string): Omit<BulkResult, 'inum'> | undefined =>
  error instanceof Problem && PROBLEMS[error.problem].status < 500 ? failedWith(error, requestId) : undefined;

/** What is told of a client that was left as it is. */
export function failedWith({ problem: name, content }: Problem, requestId: string): Omit<BulkResult, 'inum'> {
  return { outcome: 'failed', problem: problemBody({ name, ...PROBLEMS[name] }, content, requestId) };
}
