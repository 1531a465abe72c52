import type { ClientDocument } from '../../clients/document/client.document.ts';
import { isActive } from '../../clients/client.state.ts';
import type { StoredClient } from '../../clients/client.store.ts';
import type { SecretCodec } from '../../clients/secrets/secret.codec.ts';
import type { StoredSecret } from '../../clients/secrets/secret.store.ts';
import type { Clock } from '../../shared/clock.ts';
import { INUM } from '../../shared/ids.ts';
import { OAuthProblem } from '../../shared/problem.ts';
import { spendComparison } from '../../shared/keys/secret-hash.ts';
import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import { failingAtOneTime } from '../../shared/limits/constant-time.ts';
import type { AttemptLimiter } from './attempt-limiter.ts';
import { assertionMethod, type AssertionVerdict, type PresentedAssertion } from './client-assertion.ts';
import type { FormParameters } from '../form.ts';
import type { IssuerStores } from '../issuer.stores.ts';
import { presentedCredentials, type PresentedCredentials } from './presented-credentials.ts';

export interface ClientAuthenticationNeeds {
  readonly work: UnitOfWork<IssuerStores>;
  readonly clock: Clock;
  readonly codec: SecretCodec;
  readonly verifyAssertion: (presented: PresentedAssertion) => Promise<AssertionVerdict>;
  readonly limiter: AttemptLimiter;
  readonly realm: string;
}

export interface AuthenticationRequest {
  readonly authorization: string | undefined;
  readonly form: FormParameters;
  /** Address of the peer. */
  readonly source: string;
  /** The endpoint that is called. */
  readonly endpoint: string;
  /** Whether a public client, which only names itself, is none that has authenticated. */
  readonly needsProof?: boolean;
}

/** A client that has proved itself, or named itself where it is public (method `none`). */
export interface AuthenticatedClient {
  readonly document: ClientDocument;
  readonly createdAt: string;
  /** How often its tokens were revoked. */
  readonly tokenGeneration: number;
  readonly lastAccessTime?: string;
  readonly method: string;
  /** The secret that it used. */
  readonly secretId?: string;
  /** Makes the digest to keep of that secret from now on, where the one that is kept is of an earlier kind. */
  readonly renewDigest?: () => Promise<string | undefined>;
  /** Whether that is a hash that was made somewhere else. */
  readonly isImported?: boolean;
}

/**
 * Authenticates the client of a request (RFC 6749 section 2.3). Throws 400 `invalid_request` when the request is
 * malformed, 401 `invalid_client` in every case of failure alike (but for who has the secret), 429 after too many.
 */
export type AuthenticateClient = (request: AuthenticationRequest) => Promise<AuthenticatedClient>;

/**
 * A failure. `isTimeSpent` says that a comparison has taken its time already; `told` is what the caller may know of it,
 * beside what everybody is told.
 */
interface Refusal {
  readonly reason: string;
  readonly isTimeSpent?: boolean;
  readonly told?: string;
}

type Proof = Pick<AuthenticatedClient, 'secretId' | 'renewDigest' | 'isImported'> | Refusal;

interface Attempt {
  readonly presented: PresentedCredentials;
  readonly endpoint: string;
  readonly needsProof: boolean;
}

interface Known {
  readonly document: ClientDocument;
  readonly kept: readonly StoredSecret[];
}

interface Found {
  readonly stored: StoredClient;
  readonly secrets: readonly StoredSecret[];
}

/**
 * The one answer to a client that cannot be authenticated; `reason` is for the log (RFC 6749 section 5.2), and `told` for
 * whoever has proved to be the client.
 */
function invalidClient(
  { reason, told = 'client authentication failed' }: Pick<Refusal, 'reason' | 'told'>,
  authorization: string | undefined,
  realm: string,
): OAuthProblem {
  const challenge = authorization === undefined ? {} : { headers: { 'WWW-Authenticate': `Basic realm="${realm}"` } };
  return new OAuthProblem(401, 'invalid_client', told, { reason, ...challenge });
}

/** Authenticates clients. What they had to be compared with differs in its time, and a failure does not show that. */
export function clientAuthentication(needs: ClientAuthenticationNeeds): AuthenticateClient {
  const authenticate = untimedAuthentication(needs);
  return (request) => failingAtOneTime(needs.clock, FAILURES, async () => authenticate(request));
}

/** Both reads are made for every id, so that they take the same time. */
async function find(work: ClientAuthenticationNeeds['work'], clientId: string): Promise<Found | undefined> {
  if (!INUM.test(clientId)) return undefined;
  const [stored, kept] = await work.read((stores) =>
    Promise.all([stores.clients.find(clientId), stores.secrets.of(clientId)]),
  );
  return stored && { stored, secrets: kept };
}

function untimedAuthentication(needs: ClientAuthenticationNeeds): AuthenticateClient {
  const { work, clock, codec } = needs;

  /** Whether a secret is compared with a hash that takes its time. */
  const hasChosen = (kept: readonly StoredSecret[]): boolean =>
    kept.some((candidate) => candidate.kind === 'scrypt' && codec.isLive(candidate));

  const checkSecret = async (inum: string, kept: readonly StoredSecret[], clear: string): Promise<Proof> => {
    const secret = await codec.find(inum, kept, clear);
    if (secret !== undefined) {
      const isImported = secret.kind === 'imported';
      return { secretId: secret.id, isImported, renewDigest: () => codec.renewed(secret, clear) };
    }
    return { reason: 'no live secret matches', isTimeSpent: hasChosen(kept) };
  };

  const check = async (
    { presented, endpoint }: Attempt,
    client: ClientDocument,
    kept: readonly StoredSecret[],
  ): Promise<Proof> => {
    if (presented.kind === 'secret') return checkSecret(client.inum, kept, presented.secret);
    if (presented.kind !== 'assertion') return {};
    return needs.verifyAssertion({ client, secrets: kept, assertion: presented.assertion, endpoint });
  };

  /** Why a method that the client does not have is refused: whoever has the secret is told which ones it has. */
  const otherMethod = async (presented: PresentedCredentials, { document, kept }: Known): Promise<Refusal> => {
    const reason = `${methodOf(presented) ?? 'what it presents'} is not a method of the client`;
    if (presented.kind !== 'secret') return { reason };
    const proof = await checkSecret(document.inum, kept, presented.secret);
    const isTimeSpent = hasChosen(kept);
    if ('reason' in proof) return { reason, isTimeSpent };
    const methods = document.allAuthenticationMethods.join(', ');
    return { reason, isTimeSpent, told: `the secret is right, and the client authenticates with ${methods}` };
  };

  const prove = async (attempt: Attempt, { stored, secrets: kept }: Found): Promise<AuthenticatedClient | Refusal> => {
    const document = JSON.parse(stored.text) as ClientDocument;
    if (!isActive(document, clock.now())) return { reason: 'the client is disabled or expired' };
    const method = methodOf(attempt.presented);
    if (method === undefined || !document.allAuthenticationMethods.includes(method)) {
      return otherMethod(attempt.presented, { document, kept });
    }
    if (method === 'none' && attempt.needsProof) return { reason: 'a public client may not do this' };
    const proof = await check(attempt, document, kept);
    if ('reason' in proof) return proof;
    const { createdAt, tokenGeneration, lastAccessTime } = stored;
    const about = { document, createdAt, tokenGeneration };
    return { ...proof, method, ...about, ...(lastAccessTime !== undefined && { lastAccessTime }) };
  };

  return ({ authorization, form, source, endpoint, needsProof = false }) => {
    const presented = presentedCredentials(authorization, form);
    return needs.limiter({ clientId: presented.clientId, source }, async () => {
      const found = await find(work, presented.clientId);
      const attempt = { presented, endpoint, needsProof };
      const outcome = found === undefined ? { reason: 'there is no such client' } : await prove(attempt, found);
      if (!('reason' in outcome)) return outcome;
      if (outcome.isTimeSpent !== true) await spendComparison();
      // Only an id that is one: who mixes the two up sends a secret in its place.
      const who = found === undefined ? '' : `: ${found.stored.inum}`;
      throw invalidClient({ ...outcome, reason: outcome.reason + who }, authorization, needs.realm);
    });
  };
}

/** Above what the slowest hash takes that is taken over from elsewhere. */
const FAILURES = {
  milliseconds: 2_000,
  isSuch: (error: unknown) => error instanceof OAuthProblem && error.status === 401,
};

/** The authentication method that a request uses, or undefined when it is none that we know. */
function methodOf(presented: PresentedCredentials): string | undefined {
  if (presented.kind === 'secret') return presented.method;
  if (presented.kind === 'assertion') return assertionMethod(presented.assertion);
  return presented.kind === 'none' ? 'none' : undefined;
}
