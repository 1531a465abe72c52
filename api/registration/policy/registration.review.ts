import type { ClientDocument } from '../../clients/document/client.document.ts';
import { inOneLine, Problem } from '../../shared/problem.ts';
import type { Metadata } from '../metadata/registration.mapping.ts';
import type { PlannedRegistration, Planning } from '../registration.plan.ts';
import type { JudgingHook, PolicyMatter, PolicyRequest, RegistrationPolicy, ReplyHook } from './registration.policy.ts';

export interface ReviewNeeds {
  readonly policy: RegistrationPolicy;
  readonly plan: (sent: Sent) => Promise<PlannedRegistration>;
  /** A registration as it is answered. */
  readonly answered: (client: Pick<Reviewed, 'document' | 'called'>) => Promise<Metadata>;
}

type Sent = Omit<Planning, 'now'>;

/** What the server sets and only the client is told. */
const OF_THE_OWNER = [
  'client_secret',
  'client_secret_expires_at',
  'registration_access_token',
  'registration_client_uri',
];

/** Metadata without what only the client may know. */
export const withoutCredentials = (metadata: Metadata): Metadata =>
  Object.fromEntries(Object.entries(metadata).filter(([name]) => !OF_THE_OWNER.includes(name)));

/** A proposal that the policy has judged: what it has changed is planned as if it had been sent. */
export async function reviewed(
  needs: ReviewNeeds,
  hook: JudgingHook,
  request: PolicyRequest,
  sent: Sent,
): Promise<PlannedRegistration> {
  const planned = await needs.plan(sent);
  const verdict = await needs.policy.judge(hook, async () => matterOf(needs, request, { ...sent, ...planned }));
  if (verdict === undefined || Object.keys(verdict.changes).length === 0) return planned;
  try {
    return await needs.plan({ ...sent, policy: verdict });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw await verdict.unfit((error.content.errors ?? []).map(inOneLine).join('; '));
  }
}

/** What the policy has the reply about a client say. */
export const edited = (
  needs: ReviewNeeds,
  hook: ReplyHook,
  request: PolicyRequest,
  about: Reviewed,
): Promise<Metadata> => needs.policy.edit(hook, () => matterOf(needs, request, about));

interface Reviewed extends Partial<Pick<Planning, 'metadata' | 'statement'>> {
  readonly document: ClientDocument;
  /** Its scopes, where it is known what they are called. */
  readonly called?: PlannedRegistration['called'];
}

async function matterOf(
  { answered }: Pick<ReviewNeeds, 'answered'>,
  request: PolicyRequest,
  { metadata, statement, ...client }: Reviewed,
): Promise<PolicyMatter> {
  return {
    request,
    ...(metadata !== undefined && { body: withoutCredentials(metadata) }),
    client: withoutCredentials(await answered(client)),
    ...(statement !== undefined && { statement: { iss: statement.issuer, ...statement.metadata } }),
  };
}
