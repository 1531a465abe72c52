import type { ClientSecrets, SecretWish } from '../clients/secrets/client.secrets.ts';
import type { ClientDocument } from '../clients/document/client.document.ts';
import { splitReferences } from '../clients/client.references.ts';
import type { SecretService } from '../clients/secrets/secret.service.ts';
import { timestamp, type Clock } from '../shared/clock.ts';
import { randomSecret, sha256 } from '../shared/ids.ts';
import type { KeyRing } from '../shared/keys/key-ring.ts';
import type { Origin } from '../shared/log/origin.ts';
import { OAuthProblem, Problem } from '../shared/problem.ts';
import type { Schemas } from '../shared/contract/operation.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import {
  initialTokenOf,
  invalidToken,
  openRegistration,
  presentedTokenOf,
  requireOrdinary,
  requireRegistration,
  type OpenedRegistration,
  type RegistrationMode,
} from './registration.access.ts';
import { answerOf, type Credentials } from './registration.answer.ts';
import type { RegistrationLimiter } from './registration.limiter.ts';
import type { Metadata } from './metadata/registration.mapping.ts';
import { planRegistration, type PlannedRegistration, type Planning, type PlanOptions } from './registration.plan.ts';
import type { Registration, RegistrationUpdate } from './registration.store.ts';
import type { RegistrationStores } from './registration.stores.ts';
import type { CheckSectorIdentifier } from './sector-identifier.ts';
import type { VerifiedStatement, VerifyStatement } from './statements/statement.verifier.ts';

export interface RegistrationServiceOptions extends PlanOptions {
  readonly work: UnitOfWork<RegistrationStores>;
  readonly clock: Clock;
  readonly newInum: () => string;
  readonly secrets: ClientSecrets;
  readonly secretService: SecretService;
  readonly limiter: RegistrationLimiter;
  readonly checkSector: CheckSectorIdentifier;
  readonly verifyStatement: VerifyStatement;
  /** Whether clients register with a software statement only. */
  readonly requireStatement: boolean;
  readonly mode: RegistrationMode;
  readonly ring: Pick<KeyRing, 'mac'>;
  /** Whether each use of a registration access token brings another one, which replaces it when it is used. */
  readonly rotate: boolean;
  /** The address of the registration endpoint. */
  readonly endpoint: string;
}

/** What every request to the registration endpoint has. */
export interface RegistrationRequest {
  readonly token: string | undefined;
  readonly operation: string;
  readonly requestId: string;
}

type Answer = Schemas['RegistrationReply'];

/** The use cases of dynamic registration (RFC 7591, RFC 7592). */
export class RegistrationService {
  constructor(private readonly options: RegistrationServiceOptions) {}

  /**
   * Counts a request to register, and refuses whoever may not register at all. A token that is used up passes: what it
   * was used for may be asked for again.
   */
  async admit(token: string | undefined, source: string): Promise<void> {
    const { mode, work, limiter, clock } = this.options;
    requireRegistration(mode);
    limiter(source);
    await work.read((stores) => presentedTokenOf(stores, { mode, token, now: clock.now() }));
  }

  /** Registers a client that was admitted. `conclude` gets what is answered, in the same unit of work. */
  async create<T>(
    request: RegistrationRequest,
    metadata: Metadata,
    conclude: (stores: RegistrationStores, answer: Answer) => Promise<T>,
  ): Promise<T> {
    const { mode, work, newInum } = this.options;
    const inum = newInum();
    await work.read((stores) => initialTokenOf(stores, { mode, token: request.token, now: this.options.clock.now() }));
    const statement = await this.statementIn(metadata);
    const plan = async (stores: RegistrationStores) => {
      const now = this.options.clock.now();
      const token = await initialTokenOf(stores, { mode, token: request.token, now });
      const planning = { inum, metadata, allowed: token?.scopes ?? [], initialTokenId: token?.id, statement, now };
      return { token, ...(await planRegistration(stores, planning, this.options)) };
    };
    // Before the unit of work: what is refused, and what takes long, holds nobody up.
    const { document: candidate } = await work.read(plan);
    await this.options.checkSector(candidate);
    return work.write(async (stores) => {
      const { token, document, statementScopes } = await plan(stores);
      const at = timestamp(this.options.clock.now());
      if (token !== undefined && !(await stores.initialTokens.use(token.id, at)))
        throw invalidToken('the initial access token was used up at the same moment');
      await this.useStatement(stores, statement);
      const caller = token === undefined ? 'registration' : `initial access token ${token.id}`;
      const creation = { document, source: 'registration', wish: {} } as const;
      const { secret } = await stores.corridor.create(creation, originOf(request, caller));
      const clear = randomSecret();
      await stores.registrations.insert({
        inum,
        tokenDigest: sha256(clear),
        ...(token && { initialTokenId: token.id }),
        tokenScopes: token?.scopes ?? [],
        statementScopes,
        statementDigest: statement?.digest,
        createdAt: at,
      });
      return conclude(stores, await this.answer(stores, document, { token: clear, secret }));
    });
  }

  /** Answers a registration as it is. */
  async read(request: RegistrationRequest, clientId: string): Promise<Answer> {
    requireRegistration(this.options.mode);
    const { work, rotate } = this.options;
    const answer = await work.read(async (stores) => {
      const { document } = await this.open(stores, request, { clientId, isWrite: false });
      return this.answer(stores, document, { token: request.token ?? '' });
    });
    if (!rotate) return answer;
    return work.write(async (stores) => {
      const opened = await this.open(stores, request, { clientId, isWrite: true });
      const { statementScopes } = opened.registration;
      const token = await this.nextToken(stores, request, opened, { statementScopes });
      await stores.corridor.change(
        opened,
        { document: opened.document, besides: [TOKEN] },
        originOf(request, clientId),
      );
      return this.answer(stores, opened.document, { token });
    });
  }

  /** Replaces a registration (RFC 7592 section 2.2). */
  async replace(
    { source, ...request }: RegistrationRequest & { readonly source: string },
    clientId: string,
    body: Metadata,
  ): Promise<Answer> {
    requireRegistration(this.options.mode);
    const { work, limiter } = this.options;
    limiter(source);
    const open = async (stores: RegistrationStores, isWrite: boolean): Promise<OpenedRegistration> => {
      const opened = await this.open(stores, request, { clientId, isWrite });
      await requireOrdinary(stores, opened.document);
      refuseForeignMembers(body, clientId);
      return opened;
    };
    const first = await work.read((stores) => open(stores, false));
    const statement = await this.statementIn(body, first.registration.statementDigest);
    const plan = async (stores: RegistrationStores, isWrite: boolean) => {
      const opened = await open(stores, isWrite);
      return { opened, ...(await this.planChange(stores, opened, { metadata: body, statement })) };
    };
    const { opened: before, document: candidate } = await work.read((stores) => plan(stores, false));
    const sentSecret = await this.checkSecret(clientId, body);
    await this.options.checkSector(candidate, before.document);
    return work.write(async (stores) => {
      const { opened, document, statementScopes } = await plan(stores, true);
      // An administrator may have replaced it since it was compared: the old one must not come back.
      if (sentSecret !== undefined && (await stores.secrets.of(clientId))[0]?.id !== sentSecret) throw notTheSecret();
      await this.useStatement(stores, statement, opened.registration);
      const wish = this.secretWish(body, sentSecret);
      const besides = this.options.rotate ? [TOKEN] : [];
      const change = { document, wish, besides };
      const { secret } = await stores.corridor.change(opened, change, originOf(request, clientId));
      const keepsStatement = statement?.stands === true;
      const next = { statementScopes, ...(!keepsStatement && { statementDigest: statement?.digest ?? null }) };
      const token = await this.nextToken(stores, request, opened, next);
      return this.answer(stores, document, { token, secret });
    });
  }

  /** Removes a client with everything that belongs to it. */
  async remove(request: RegistrationRequest, clientId: string): Promise<void> {
    requireRegistration(this.options.mode);
    const { work } = this.options;
    // Before the unit of work: strangers hold nobody up.
    await work.read((stores) => this.open(stores, request, { clientId, isWrite: false }));
    await work.write(async (stores) => {
      const opened = await this.open(stores, request, { clientId, isWrite: true });
      await requireOrdinary(stores, opened.document);
      await stores.corridor.remove(opened, originOf(request, clientId));
    });
  }

  private open(
    stores: RegistrationStores,
    { token }: RegistrationRequest,
    about: { readonly clientId: string; readonly isWrite: boolean },
  ): Promise<OpenedRegistration> {
    return openRegistration(stores, { ...about, token, now: this.options.clock.now() });
  }

  private async planChange(
    stores: RegistrationStores,
    { registration, document }: OpenedRegistration,
    sent: Pick<Planning, 'metadata' | 'statement'>,
  ): Promise<PlannedRegistration> {
    const { statementScopes, tokenScopes, initialTokenId } = registration;
    const { inums } = splitReferences('scopes', document.scopes ?? []);
    // What administrators have added may stay; what only a statement granted goes with it.
    const kept = inums.filter((inum) => !statementScopes.includes(inum));
    const planning = {
      inum: document.inum,
      ...sent,
      allowed: [...tokenScopes, ...kept],
      initialTokenId,
      previous: { document, metadata: await answerOf(stores, document, { token: '', endpoint: '' }) },
      now: this.options.clock.now(),
    };
    return planRegistration(stores, planning, this.options);
  }

  /** The software statement of a registration; `standing` is the digest of the one that was verified already. */
  private async statementIn(
    { software_statement: text }: Metadata,
    standing?: string,
  ): Promise<VerifiedStatement | undefined> {
    if (typeof text === 'string') {
      return this.options.verifyStatement(text, { now: this.options.clock.now(), stands: sha256(text) === standing });
    }
    if (!this.options.requireStatement) return undefined;
    throw new OAuthProblem(400, 'invalid_software_statement', 'clients register with a software statement only');
  }

  private async useStatement(
    stores: RegistrationStores,
    statement: VerifiedStatement | undefined,
    registration?: Registration,
  ): Promise<void> {
    if (statement === undefined) return;
    const { own, stands, digest } = statement;
    if (stands && registration?.statementDigest === digest) return;
    if (!stands && own === undefined) return;
    if (own !== undefined && (await stores.statements.use(own, timestamp(this.options.clock.now())))) return;
    const reason = 'it was used, revoked or expired at the same moment';
    throw new OAuthProblem(400, 'invalid_software_statement', 'the software statement is not valid', { reason });
  }

  /** A client may send its secret along, and cannot choose one (RFC 7592 section 2.2). Returns the id of the secret. */
  private async checkSecret(inum: string, { client_secret: given }: Metadata): Promise<string | undefined> {
    if (typeof given !== 'string') return undefined;
    const { work, secretService } = this.options;
    const [current] = await work.read((stores) => stores.secrets.of(inum));
    const found = current && (await secretService.find(inum, [current], given));
    if (found === undefined) throw notTheSecret();
    return found.id;
  }

  /** The secret is replaced where the client begins to need the secret itself, or a longer one, and there is only less. */
  private secretWish({ client_secret: given }: Metadata, sameAs: string | undefined): SecretWish {
    if (typeof given !== 'string' || sameAs === undefined) return { renew: true };
    return { given: this.options.secretService.chosen(given), sameAs, renew: true };
  }

  private async nextToken(
    stores: RegistrationStores,
    { token = '' }: RegistrationRequest,
    { registration }: OpenedRegistration,
    written: Omit<RegistrationUpdate, 'tokenDigest' | 'nextDigest'>,
  ): Promise<string> {
    const { rotate, ring } = this.options;
    const tokenDigest = sha256(token);
    // It follows from the one that is used: the same comes again when a reply was lost, and to several uses at once.
    const next = rotate ? ring.mac(tokenDigest, 'registration access token') : undefined;
    const nextDigest = next === undefined ? null : sha256(next);
    if (!(await stores.registrations.update(registration, { ...written, tokenDigest, nextDigest })))
      throw invalidToken('the registration access token was replaced at the same moment');
    return next ?? token;
  }

  private answer(
    stores: RegistrationStores,
    document: ClientDocument,
    credentials: Omit<Credentials, 'endpoint'>,
  ): Promise<Answer> {
    return answerOf(stores, document, { ...credentials, endpoint: this.options.endpoint });
  }
}

const originOf = ({ operation, requestId }: RegistrationRequest, caller: string): Origin => ({
  caller,
  operation,
  requestId,
});

/** How the audit names the registration access token. */
const TOKEN = 'registrationAccessToken';

/** What the server sets, a client does not send (RFC 7592 section 2.2). */
const SERVER_MEMBERS = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
];

function refuseForeignMembers(body: Metadata, clientId: string): void {
  if (body['client_id'] !== clientId)
    throw new OAuthProblem(400, 'invalid_client_metadata', '/client_id must be the client_id of the address');
  const sent = SERVER_MEMBERS.filter((name) => body[name] !== undefined);
  if (sent.length === 0) return;
  throw new OAuthProblem(400, 'invalid_client_metadata', `${sent.join(', ')} must not be sent: the server sets it`);
}

function notTheSecret(): Problem {
  const errors = [{ pointer: '/client_secret', detail: 'must be the secret that the client has', rule: 'secret' }];
  return new Problem('invalid-request', { errors });
}
