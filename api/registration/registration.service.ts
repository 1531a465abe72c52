import type { JoinedCount } from '../clients/corridor/client.corridor.ts';
import type { SecretWish } from '../clients/secrets/client.secrets.ts';
import type { ClientDocument } from '../clients/document/client.document.ts';
import { splitReferences } from '../clients/client.references.ts';
import type { SecretCodec } from '../clients/secrets/secret.codec.ts';
import type { StoredSecret } from '../clients/secrets/secret.store.ts';
import { timestamp, type Clock } from '../shared/clock.ts';
import { randomSecret, sha256 } from '../shared/ids.ts';
import type { KeyRing } from '../shared/keys/key-ring.ts';
import { OAuthProblem } from '../shared/problem.ts';
import type { Schemas } from '../shared/contract/operation.ts';
import { madeOnce, type CarryOut } from '../shared/database/proposals.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import type { InitialToken } from './initial-tokens/initial-token.store.ts';
import {
  initialTokenOf,
  invalidToken,
  itself,
  openRegistration,
  registrant,
  reopenRegistration,
  requireOrdinary,
  requireRegistration,
  standing,
  type OpenedRegistration,
  type RegistrationMode,
} from './registration.access.ts';
import { mustWait, outcomeOf, type ApprovalMode, type Outcome } from './approval/registration.approval.ts';
import { cameBy, originOf, TOKEN } from './arrival/arrival.ts';
import { findReusable, reuse, reuseDigest } from './arrival/reuse.ts';
import {
  answerOf,
  namesAsCalled,
  namesOf,
  presentNamesOf,
  type Credentials,
  type Names,
} from './registration.answer.ts';
import { edited, reviewed, type ReviewNeeds } from './policy/registration.review.ts';
import type { PolicyRequest, RegistrationPolicy } from './policy/registration.policy.ts';
import { redirectsOf } from './registration.redirects.ts';
import type { RegistrationLimiter } from './registration.limiter.ts';
import type { Metadata } from './metadata/registration.mapping.ts';
import { notTheSecret, refuseForeignMembers } from './metadata/registration.update.ts';
import { planRegistration, type PlannedRegistration, type Planning, type PlanNeeds } from './registration.plan.ts';
import type { Registration, RegistrationUpdate } from './registration.store.ts';
import type { RegistrationStores } from './registration.stores.ts';
import type { SectorIdentifierCheck } from './sector-identifier.ts';
import type { VerifiedStatement } from './statements/statement.verifier.ts';
import type { Vouch } from './statements/vouching.ts';

export interface RegistrationServiceNeeds {
  readonly work: UnitOfWork<RegistrationStores>;
  readonly carryOut: CarryOut<RegistrationStores>;
  readonly clock: Clock;
  readonly newInum: () => string;
  readonly plan: PlanNeeds;
  readonly codec: Pick<SecretCodec, 'find' | 'chosen'>;
  readonly limiter: RegistrationLimiter;
  readonly sectorCheck: SectorIdentifierCheck;
  readonly vouch: Vouch;
  readonly policy: RegistrationPolicy;
  readonly mode: RegistrationMode;
  /** Whose registrations wait for approval. */
  readonly approval: ApprovalMode;
  readonly ring: Pick<KeyRing, 'mac'>;
  /** Whether public clients with the same metadata are one client. */
  readonly reuse: boolean;
  /** Whether each use of a registration access token brings another one, which replaces it when it is used. */
  readonly rotate: boolean;
  /** The address of the registration endpoint. */
  readonly endpoint: string;
}

/** What every request to the registration endpoint has. */
export interface RegistrationRequest extends PolicyRequest {
  readonly token: string | undefined;
  readonly operation: string;
}

/** A request to register that may be done. */
export interface AdmittedRegistration extends RegistrationRequest {
  /** As it was read: it may have been used up. */
  readonly initialToken: InitialToken | undefined;
}

type Answer = Schemas['RegistrationReply'];

/** The use cases of dynamic registration (RFC 7591, RFC 7592). What strangers send is judged outside: they hold nobody up. */
export class RegistrationService {
  private readonly review: ReviewNeeds;

  constructor(private readonly needs: RegistrationServiceNeeds) {
    this.review = {
      policy: needs.policy,
      plan: (sent) => this.plan(sent),
      answered: async ({ document, called }) => {
        const known = namesAsCalled(document, called);
        const names = known ?? (await needs.work.read((stores) => namesOf(stores, document)));
        return this.answer(document, names, { token: '' });
      },
    };
  }

  /**
   * Counts a request to register, and refuses whoever may not register at all. A token that is used up passes: what it
   * was used for may be asked for again.
   */
  async admit(request: RegistrationRequest): Promise<AdmittedRegistration> {
    const { mode, work, limiter, clock } = this.needs;
    requireRegistration(mode);
    await limiter(request.source);
    const presented = { mode, token: request.token, now: clock.now() };
    return { ...request, initialToken: await work.read((stores) => initialTokenOf(stores, presented)) };
  }

  /** Registers a client that was admitted. `keep` gets what is answered, in the same unit of work. */
  async create<T>(
    { initialToken, ...request }: AdmittedRegistration,
    metadata: Metadata,
    keep: (stores: RegistrationStores, answer: Answer) => Promise<T>,
  ): Promise<T> {
    if (initialToken?.usesLeft === 0) throw invalidToken('the initial access token is used up');
    const mustSign = initialToken?.conditions.signed;
    const statement = await this.needs.vouch({ body: metadata, request, mustSign });
    const checkSector = this.needs.sectorCheck();
    const came = cameBy(initialToken, statement);
    const inum = this.needs.newInum();
    const waits = mustWait(this.needs.approval, {
      token: initialToken?.conditions,
      hasStatement: statement !== undefined,
    });
    const tokenRedirects = redirectsOf(initialToken?.conditions);
    const allowed = initialToken?.scopes ?? [];
    const sent = { inum, metadata, statement, allowed, initialTokenId: initialToken?.id, tokenRedirects, waits };
    return this.needs.carryOut({
      about: inum,
      propose: async () => {
        const planned = await reviewed(this.review, 'createClient', request, sent);
        await checkSector(planned.document);
        const digest = this.needs.reuse ? reuseDigest(planned.document, came) : undefined;
        const found = digest && (await this.needs.work.read((stores) => findReusable(stores, digest)));
        const about = { metadata, statement, ...planned, ...(found && { document: found.document }) };
        return { ...planned, digest, found, edits: await edited(this.review, 'modifyPostResponse', request, about) };
      },
      commit: async (stores, { document, statementScopes, called, digest, found, edits }) => {
        const names = await (found ? presentNamesOf(stores, found.document) : presentNamesOf(stores, document, called));
        if (found) {
          await reuse(stores, found, originOf(request, registrant(undefined)), this.now());
          return keep(stores, { ...this.answer(found.document, names, {}), ...edits });
        }
        await this.useStatement(stores, statement);
        const along = initialToken && ((joined?: JoinedCount) => this.useInitialToken(stores, initialToken, joined));
        const creation = { document, ...came, called, wish: {}, ...(along && { along }) };
        const { secret } = await stores.corridor.create(creation, originOf(request, registrant(initialToken)));
        const token = randomSecret();
        await stores.registrations.insert({
          inum,
          tokenDigest: sha256(token),
          ...(initialToken && { initialTokenId: initialToken.id }),
          tokenScopes: allowed,
          tokenRedirects,
          mustSign,
          statementScopes,
          statementDigest: statement?.digest,
          reuseDigest: digest,
          createdAt: this.now(),
        });
        return keep(stores, { ...this.answer(document, names, { token, secret }), ...edits });
      },
    });
  }

  /** Answers a registration as it is. */
  async read(request: RegistrationRequest, clientId: string): Promise<Answer> {
    requireRegistration(this.needs.mode);
    const { work, rotate } = this.needs;
    const open = (stores: RegistrationStores) => this.open(stores, request, clientId, false);
    const answered = async (stores: RegistrationStores, { document }: OpenedRegistration, token = '') =>
      this.answer(document, await namesOf(stores, document), { token });
    const edits = (document: ClientDocument) => edited(this.review, 'modifyReadResponse', request, { document });
    if (!rotate) {
      const { document, answer } = await work.read(async (stores) => {
        const opened = await open(stores);
        return { ...opened, answer: await answered(stores, opened, request.token) };
      });
      return { ...answer, ...(await edits(document)) };
    }
    return this.needs.carryOut({
      about: clientId,
      propose: async () => {
        const opened = await work.read(open);
        return { opened, edited: await edits(opened.document) };
      },
      commit: async (stores, { opened, edited: changed }) => {
        const registration = await reopenRegistration(stores, opened, request.token);
        const { statementScopes } = registration;
        const token = await this.nextToken(stores, request, registration, { statementScopes });
        const change = { document: opened.document, besides: [TOKEN] };
        await stores.corridor.change(opened, change, originOf(request, itself(clientId)));
        return { ...(await answered(stores, opened, token)), ...changed };
      },
    });
  }

  /** Replaces a registration (RFC 7592 section 2.2). */
  async replace(request: RegistrationRequest, clientId: string, body: Metadata): Promise<Answer> {
    requireRegistration(this.needs.mode);
    await this.needs.limiter(request.source);
    const outside = this.outsideOfReplace(request, clientId, body);
    return this.needs.carryOut({
      about: clientId,
      propose: outside,
      commit: async (stores, { opened, document, waits, statement, statementScopes, sameSecret, edits }) => {
        const registration = await reopenRegistration(stores, opened, request.token);
        const names = await presentNamesOf(stores, document);
        await this.useStatement(stores, statement);
        const besides = this.needs.rotate ? [TOKEN] : [];
        const change = { document, ...(!waits && { wish: this.secretWish(body, sameSecret) }), besides };
        const { secret } = await stores.corridor.change(opened, change, originOf(request, itself(clientId)));
        const digest = statement?.digest ?? null;
        const isKept = digest !== null && digest === registration.statementDigest;
        const next = waits
          ? { statementScopes: registration.statementScopes, waitingDigest: digest }
          : { statementScopes, waitingDigest: null, ...(!isKept && { statementDigest: digest }) };
        const token = await this.nextToken(stores, request, registration, next);
        return { ...this.answer(document, names, { token, secret }), ...edits };
      },
    });
  }

  /** Removes a client with everything that belongs to it. */
  async remove(request: RegistrationRequest, clientId: string): Promise<void> {
    requireRegistration(this.needs.mode);
    return this.needs.carryOut({
      about: clientId,
      propose: () => this.needs.work.read((stores) => this.openOrdinary(stores, request, clientId, false)),
      commit: async (stores, opened) => {
        await reopenRegistration(stores, opened, request.token);
        await stores.corridor.remove(opened, originOf(request, itself(clientId)));
      },
    });
  }

  /** What proposes the client that a registration becomes; it verifies, compares and fetches what was sent once. */
  private outsideOfReplace(request: RegistrationRequest, clientId: string, body: Metadata) {
    const { work, sectorCheck } = this.needs;
    const sentDigest = statementDigestOf(body);
    const verified = madeOnce(
      (registration: Registration) => standing(registration).includes(sentDigest),
      (registration) =>
        this.needs.vouch({ body, request, standing: standing(registration), mustSign: registration.mustSign }),
    );
    const compared = madeOnce(
      (current: StoredSecret | undefined) => current?.id,
      (current) => this.checkSecret(clientId, body, current),
    );
    const checkSector = sectorCheck();
    return async () => {
      const opened = await work.read((stores) => this.openOrdinary(stores, request, clientId, true));
      refuseForeignMembers(body, clientId);
      const statement = await verified(opened.registration);
      const { document: asked, ...planned } = await this.planChange(opened, request, { metadata: body, statement });
      const isSent = typeof body['client_secret'] === 'string';
      const [current] = isSent ? await work.read(({ secrets }) => secrets.of(clientId)) : [];
      const sameSecret = isSent ? await compared(current) : undefined;
      await checkSector(asked, opened.document);
      const outcome = await this.outcomeOf(opened, asked, statement !== undefined);
      const about = { metadata: body, statement, ...planned, ...outcome };
      const edits = await edited(this.review, 'modifyPutResponse', request, about);
      return { opened, ...planned, ...outcome, statement, sameSecret, edits };
    };
  }

  /** What comes of a change that was planned: some wait until an administrator approves them. */
  private async outcomeOf(opened: OpenedRegistration, asked: ClientDocument, hasStatement: boolean): Promise<Outcome> {
    const { initialTokenId } = opened.registration;
    const { work, approval, clock } = this.needs;
    const found = initialTokenId && (await work.read(({ initialTokens }) => initialTokens.find(initialTokenId)));
    // Of one that is gone nobody knows what it said.
    const token = initialTokenId === undefined ? undefined : ((found || undefined)?.conditions ?? {});
    const waits = mustWait(approval, { token, hasStatement });
    return outcomeOf(opened.document, asked, { now: clock.now(), waits });
  }

  private open(
    stores: RegistrationStores,
    { token }: RegistrationRequest,
    clientId: string,
    changes: boolean,
  ): Promise<OpenedRegistration> {
    return openRegistration(stores, { clientId, token, now: this.needs.clock.now(), changes });
  }

  private async openOrdinary(
    stores: RegistrationStores,
    request: RegistrationRequest,
    clientId: string,
    changes: boolean,
  ): Promise<OpenedRegistration> {
    const opened = await this.open(stores, request, clientId, changes);
    await requireOrdinary(stores, opened.document);
    return opened;
  }

  private plan(sent: Omit<Planning, 'now'>): Promise<PlannedRegistration> {
    const planning = { ...sent, now: this.needs.clock.now() };
    return this.needs.work.read((stores) => planRegistration(stores, planning, this.needs.plan));
  }

  private async planChange(
    { registration, document }: OpenedRegistration,
    request: PolicyRequest,
    sent: Pick<Planning, 'metadata' | 'statement'>,
  ): Promise<PlannedRegistration> {
    const { statementScopes, initialTokenId, tokenRedirects } = registration;
    const { inums } = splitReferences('scopes', document.scopes ?? []);
    // What it has may stay, whoever gave it; what only a statement granted goes with that.
    const kept = inums.filter((inum) => !statementScopes.includes(inum));
    const names = await this.needs.work.read((stores) => namesOf(stores, document));
    return reviewed(this.review, 'updateClient', request, {
      inum: document.inum,
      ...sent,
      allowed: kept,
      initialTokenId,
      tokenRedirects,
      previous: { document, metadata: this.answer(document, names, { token: '' }) },
    });
  }

  /** Of several registrations at once each takes a use of its own, or is refused. */
  private async useInitialToken(stores: RegistrationStores, { id }: InitialToken, joined?: JoinedCount): Promise<void> {
    if (!(await stores.initialTokens.use(id, this.now(), joined)))
      throw invalidToken('the initial access token was used up at the same moment');
  }

  private async useStatement(stores: RegistrationStores, statement: VerifiedStatement | undefined): Promise<void> {
    if (statement?.own === undefined || (await stores.statements.use(statement.own, this.now()))) return;
    const reason = 'it was used, revoked or expired at the same moment';
    throw new OAuthProblem(400, 'invalid_software_statement', 'the software statement is not valid', { reason });
  }

  /** A client may send its secret along, and cannot choose one (RFC 7592 section 2.2). Returns the id of the secret. */
  private async checkSecret(
    inum: string,
    { client_secret: given }: Metadata,
    current: StoredSecret | undefined,
  ): Promise<string> {
    const found = current && (await this.needs.codec.find(inum, [current], String(given)));
    if (found === undefined) throw notTheSecret();
    return found.id;
  }

  /** The secret is replaced where the client begins to need the secret itself, or a longer one, and there is only less. */
  private secretWish({ client_secret: given }: Metadata, sameAs: string | undefined): SecretWish {
    if (typeof given !== 'string' || sameAs === undefined) return { renew: true };
    return { given: this.needs.codec.chosen(given), sameAs, renew: true };
  }

  private async nextToken(
    stores: RegistrationStores,
    { token = '' }: RegistrationRequest,
    registration: Registration,
    written: Omit<RegistrationUpdate, 'tokenDigest' | 'nextDigest'>,
  ): Promise<string> {
    const { rotate, ring } = this.needs;
    const tokenDigest = sha256(token);
    // It follows from the one that is used: the same comes again when a reply was lost, and to several uses at once.
    const next = rotate ? ring.mac(tokenDigest, 'registration access token') : undefined;
    const nextDigest = next === undefined ? null : sha256(next);
    if (!(await stores.registrations.update(registration, { ...written, tokenDigest, nextDigest })))
      throw invalidToken('the registration access token was replaced at the same moment');
    return next ?? token;
  }

  private answer(document: ClientDocument, names: Names, credentials: Omit<Credentials, 'endpoint'>): Answer {
    return answerOf(document, names, { ...credentials, endpoint: this.needs.endpoint });
  }

  private now(): string {
    return timestamp(this.needs.clock.now());
  }
}

const statementDigestOf = ({ software_statement: text }: Metadata): string | undefined =>
  typeof text === 'string' ? sha256(text) : undefined;
