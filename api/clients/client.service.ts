import { isBeyond } from '../shared/contract/administration-scopes.ts';
import type { Clock } from '../shared/clock.ts';
import type { Cursors } from '../search/cursor.ts';
import type { Version, VersionCheck } from '../shared/etag.ts';
import type { KnownMembers } from '../shared/contract/known-members.ts';
import type { Caller, RequestContext, Schemas } from '../shared/contract/operation.ts';
import type { Part } from '../shared/log/audit.store.ts';
import { originOf, type Origin } from '../shared/log/origin.ts';
import { sets, type Patch } from '../shared/patch/patch.ts';
import { Problem, type Fault } from '../shared/problem.ts';
import type { CarryOut } from '../shared/database/proposals.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import type { Mode } from './document/client.aliases.ts';
import { judged, type ClientPolicy } from './client.policy.ts';
import { CLIENT_WRITING_SCOPES, requireAuthorityOver } from './client.authority.ts';
import type { ClientDocument, ClientInput, Members } from './document/client.document.ts';
import { Revisions, type RevisionRequest } from '../history/revisions.ts';
import { clientHistory, type HistoryRequest } from './client.history.ts';
import { formerly, refuseFaults, settledByAdmin, type Settlement } from './client.lookup.ts';
import { openClient, type TargetClient, type Target } from './credentials/open-client.ts';
import { offlineUntil } from './credentials/offline-tokens.ts';
import { patchReader } from './document/client.patch.ts';
import type { ClientSecrets, SecretWish } from './secrets/client.secrets.ts';
import { searchClients, type ClientListRequest, type ClientPage } from './client.search.ts';
import { served, showing, type ServedClient } from './document/client.served.ts';
import type { ClientStores } from './client.stores.ts';
import type { Written } from './corridor/client.corridor.ts';
import { calledIn, rememberedScopes } from './scopes/remembered-scopes.ts';
import { validateClient, type Candidate } from './document/client.validation.ts';
import { guardLastAdministrator, type Standing } from './last-administrator.ts';
import { purgeRemoved, removedClient, removedPage } from './removed/removed-clients.ts';
import { withSecretExpiry } from './secrets/secret-expiry.ts';
import { needsSecret } from './secrets/secret.policy.ts';
import { takenFromSweep } from './unused/decision.ts';

export interface ClientServiceNeeds {
  readonly cursors: Cursors;
  readonly work: UnitOfWork<ClientStores>;
  readonly carryOut: CarryOut<ClientStores>;
  readonly clock: Clock;
  readonly newInum: () => string;
  readonly secrets: ClientSecrets;
  /** Whether secrets are shown again to callers who may write clients. */
  readonly recoverable: boolean;
  /** What is wrong with the shape of a written client. */
  readonly shapeFaults: (input: unknown) => Fault[];
  readonly policy: ClientPolicy;
  /** What the authorization servers of the deployment do not take of a client. */
  readonly unserved: (client: ClientDocument) => Fault[];
  /** Which members a client has. */
  readonly known: KnownMembers;
  /** How long clients that were removed can be restored, in milliseconds. */
  readonly removedKeep: number;
  /** Lifetime in seconds of the tokens of clients that have none of their own. */
  readonly accessTokenTtl: number;
}

/** Keeps what is answered about a client that was made, in the unit of work that makes it. */
export type Keep<T> = (stores: ClientStores, client: ServedClient) => Promise<T>;

/** A client as it was sent, and whether nothing that was sent may be dropped. */
export interface WrittenRequest {
  readonly input: ClientInput;
  readonly strict: boolean;
}

export interface PatchRequest {
  readonly inum: string;
  readonly patch: Patch;
  readonly strict: boolean;
  /** Whether the tokens of the client end as well. */
  readonly revokeTokens?: boolean | undefined;
}

export interface RotationRequest extends Partial<Schemas['SecretRotation']> {
  readonly inum: string;
}

/** What a door proposes to make of an open client. */
interface Proposal {
  /** Inside: what the client becomes. */
  readonly settle: (stores: ClientStores) => Promise<Standing>;
  /** What to do about the secret; left out when the write does not concern it. */
  readonly wish?: SecretWish;
  /** Whether the tokens of the client end as well. */
  readonly revokesTokens?: boolean;
  /** Whether somebody says that the client is to be disabled, be it already or not. */
  readonly disables?: boolean;
  readonly restoredFrom?: Origin['restoredFrom'];
}

/** Which removed client is to be there again, and as what. */
export interface RestorationRequest {
  readonly inum: string;
  readonly as?: string | undefined;
  readonly incarnation?: string | undefined;
}

/** The use cases of clients. Every write is one unit of work with its audit record. */
export class ClientService {
  private readonly readPatch: ReturnType<typeof patchReader>;

  readonly revisions: Revisions<ClientStores>;
  private readonly scopes = rememberedScopes();

  constructor(private readonly needs: ClientServiceNeeds) {
    this.readPatch = patchReader(needs.known);
    this.revisions = new Revisions({ ...REVISED, work: needs.work });
  }

  /**
   * Registers a client. Refuses with `client-exists` when the chosen inum is taken. `keep` runs in the same unit of
   * work, and what it makes of the client is returned.
   */
  async create<T>(context: RequestContext, { input: sent, strict }: WrittenRequest, keep: Keep<T>): Promise<T> {
    const inum = sent.inum ?? this.needs.newInum();
    const mode = creationMode(strict);
    const input = await this.judged('createClient', context, sent, { inum, mode });
    const wish = await this.needs.secrets.chosenFor(inum)(input, []);
    const came = {
      source: 'admin',
      registeredBy: context.caller.clientId,
      isChosen: input.inum !== undefined,
    } as const;
    return this.needs.carryOut({
      about: inum,
      propose: this.scopes.proposing(input.scopes ?? []),
      commit: async (stores, guarded) => {
        const { document, scopes, found } = await settledByAdmin(stores, input, { inum, mode, guarded });
        requireAuthorityOver(context.caller, scopes);
        const creation = { document, ...came, called: calledIn(document, found), wish };
        const { stored, secret } = await stores.corridor.create(creation, originOf(context));
        this.scopes.note(found);
        return keep(stores, await this.withSecret(stores, context.caller, served(stored, secret), secret));
      },
    });
  }

  /** Says what `create` would say, without saving anything. */
  validate(
    { caller }: RequestContext,
    { input, strict, profile }: WrittenRequest & Pick<Candidate, 'profile'>,
  ): Promise<Schemas['ClientValidation']> {
    const inum = input.inum ?? this.needs.newInum();
    const unknown = this.needs.known.unknown(input);
    const { unserved } = this.needs;
    const candidate = { caller, input, inum, unknown, unserved, profile, mode: creationMode(strict) };
    return this.needs.work.read(async (stores) => {
      const presentSecret = await this.needs.secrets.reveal(stores.secrets, inum);
      return validateClient(stores, { ...candidate, ...(presentSecret !== undefined && { presentSecret }) });
    });
  }

  get({ caller }: RequestContext, inum: string): Promise<ServedClient> {
    return this.needs.work.browse(async (stores) => {
      const stored = await stores.clients.find(inum);
      if (stored === undefined) throw new Problem('client-not-found');
      return this.withSecret(stores, caller, served(stored));
    });
  }

  /** Finds a page of clients; see `searchClients`. */
  search(request: ClientListRequest): Promise<ClientPage> {
    return this.needs.work.browse((stores) =>
      searchClients(stores, request, { cursors: this.needs.cursors, now: this.needs.clock.now() }),
    );
  }

  /** Finds a page of the changes of a client; see `clientHistory`. */
  history(request: HistoryRequest): Promise<Schemas['ClientChangePagedResult']> {
    return this.needs.work.browse((stores) => clientHistory(stores, request));
  }

  /** Replaces the writable members of the client that `input.inum` names. */
  replace(context: RequestContext, input: ClientInput, check: VersionCheck): Promise<ServedClient> {
    const inum = input.inum ?? '';
    const chosen = this.needs.secrets.chosenFor(inum);
    return this.change({ context, inum, check }, async ({ document, has, secrets }) => {
      const wish = await chosen(input, secrets);
      const about = { inum, mode: 'replace', previous: document, has } as const;
      const draft = await this.judged('updateClient', context, withoutPresentSecret(input, wish), about);
      return { settle: (stores) => settledByAdmin(stores, draft, about), wish };
    });
  }

  /** Applies a patch to the latest version, all of it or nothing. */
  patch(context: RequestContext, request: PatchRequest, check: VersionCheck): Promise<ServedClient> {
    const { inum, patch, strict, revokeTokens: revokesTokens = false } = request;
    const chosen = this.needs.secrets.chosenFor(inum);
    return this.change({ context, inum, check }, async ({ stored, document, has, secrets: present }) => {
      const patched = this.readPatch({ text: served(stored).text, hasSecret: present.length > 0 }, patch, strict);
      const { secret } = patched;
      refuseFaults(
        [...this.needs.shapeFaults(patched.draft), ...this.needs.known.unknown(patched.draft)],
        patched.draft,
      );
      const { clientSecretHash } = patched.draft;
      const clear = secret === undefined || secret === 'renew' ? {} : { clientSecret: secret.given };
      const isGiven = 'clientSecret' in clear || clientSecretHash !== undefined;
      const sent = { ...clear, ...(clientSecretHash !== undefined && { clientSecretHash }) };
      const wish = isGiven ? await chosen(sent, present) : { renew: secret === 'renew' };
      const about = { inum, mode: 'patch', previous: document, has } as const;
      const draft = await this.judged('updateClient', context, withoutPresentSecret(patched.draft, wish), about);
      const disables = sets(patch, 'disabled') && patched.draft.disabled === true;
      return { settle: (stores) => settledByAdmin(stores, draft, about), wish, revokesTokens, disables };
    });
  }

  /** Makes a client what it was in a revision, by the rules of a patch. */
  restoreRevision(
    context: RequestContext,
    { inum, number }: RevisionRequest,
    check: VersionCheck,
  ): Promise<ServedClient> {
    return this.change({ context, inum, check }, async ({ document, has }) => {
      const was = formerly(await this.revisions.documentOf({ inum, number }), this.needs.shapeFaults);
      const about = { inum, mode: 'patch', previous: document, has } as const;
      const draft = await this.judged('updateClient', context, was, about);
      return { settle: (stores) => settledByAdmin(stores, draft, about), wish: {}, restoredFrom: { revision: number } };
    });
  }

  /** Activates or deactivates a client without checking anything else about it. */
  setDisabled(target: Target, disabled: boolean, revokesTokens = false): Promise<ServedClient> {
    return this.change(target, async ({ document, scopes }) => {
      const next = document.disabled === disabled ? document : { ...document, disabled };
      return { settle: async () => ({ document: next, scopes }), revokesTokens, disables: disabled };
    });
  }

  /** Gives a client a new secret; those it has end after `overlapSeconds`, at most a week, or at once. */
  rotateSecret(
    context: RequestContext,
    request: RotationRequest,
    check: VersionCheck,
  ): Promise<Version & { secret: Schemas['RotatedSecret'] }> {
    const { inum, overlapSeconds = 0 } = request;
    const wishBeside = this.needs.secrets.chosenBeside(request);
    return this.needs.carryOut({
      about: inum,
      propose: async () => {
        const opened = await openClient(this.needs.work, { context, inum, check });
        if (!needsSecret(opened.document)) throw new Problem('no-secret');
        const wish = await wishBeside(opened.secrets);
        return { opened, document: withSecretExpiry(opened.document, request.clientSecretExpiresAt), wish };
      },
      commit: async (stores, { opened, document, wish }) => {
        await guardLastAdministrator(stores, this.needs.clock.now(), opened, { ...opened, document });
        const previousEnd = overlapSeconds > 0 ? this.needs.clock.now() + overlapSeconds * 1_000 : undefined;
        const revokesTokens = request.revokeTokens ?? false;
        const ends = await this.offlineTokens(stores, opened, revokesTokens);
        const change = { document, rotation: { wish, previousEnd }, revokesTokens };
        const rotated = await stores.corridor.change(opened, change, originOf(context));
        return rotationReply(document, rotated, ends);
      },
    });
  }

  /** Removes a client with everything that belongs to it. */
  remove(context: RequestContext, inum: string, check: VersionCheck): Promise<void> {
    return this.needs.carryOut({
      about: inum,
      propose: () => openClient(this.needs.work, { context, inum, check }),
      commit: async (stores, opened) => {
        await guardLastAdministrator(stores, this.needs.clock.now(), opened, undefined);
        await stores.corridor.remove(opened, originOf(context));
      },
    });
  }

  /** Finds a page of the clients that were removed; see `removedPage`. */
  removed(part: Part): Promise<Schemas['RemovedClientPagedResult']> {
    return this.needs.work.browse((stores) => removedPage(stores, this.needs, part));
  }

  /** Makes a client that was removed again as it was, under its inum or another one, by the rules of a patch. */
  async restore(context: RequestContext, request: RestorationRequest): Promise<ServedClient> {
    const removed = await removedClient(this.needs, request);
    const previous = JSON.parse(removed.text) as ClientDocument;
    const about = { inum: request.as ?? request.inum, mode: 'patch', previous } as const;
    const draft = await this.judged('createClient', context, formerly(previous, this.needs.shapeFaults), about);
    return this.needs.work.write(async (stores) => {
      const { document, scopes } = await settledByAdmin(stores, draft, about);
      requireAuthorityOver(context.caller, scopes);
      const { stored, secret } = await stores.corridor.restore(removed, document, originOf(context));
      return this.withSecret(stores, context.caller, served(stored, secret), secret);
    });
  }

  /** Takes away for good what was removed from under an inum; see `purgeRemoved`. */
  purge(context: RequestContext, inum: string): Promise<void> {
    return purgeRemoved(this.needs, context, inum);
  }

  private change(target: Target, propose: (opened: TargetClient) => Promise<Proposal>): Promise<ServedClient> {
    const { context } = target;
    return this.needs.carryOut({
      about: target.inum,
      propose: async () => {
        const opened = await openClient(this.needs.work, target);
        return { opened, ...(await propose(opened)) };
      },
      commit: async (stores, { opened, settle: settled, disables, restoredFrom, ...wish }) => {
        const next = await settled(stores);
        requireAuthorityOver(context.caller, next.scopes);
        await guardLastAdministrator(stores, this.needs.clock.now(), opened, next);
        const ends = await this.offlineTokens(stores, opened, wish.revokesTokens);
        const besides = disables === true ? await takenFromSweep(stores, opened) : [];
        const change = { ...next, ...wish, besides };
        const origin = { ...originOf(context), restoredFrom };
        const { stored, secret } = await stores.corridor.change(opened, change, origin);
        const client = await this.withSecret(stores, context.caller, served(stored, secret), secret);
        return { ...client, ...(ends !== undefined && { tokensOfflineUntil: ends }) };
      },
    });
  }

  /** Before a client is changed: until when the tokens that end with that are taken by servers that do not ask here. */
  private async offlineTokens(
    stores: ClientStores,
    { document }: TargetClient,
    revokesTokens = false,
  ): Promise<string | undefined> {
    const times = { now: this.needs.clock.now(), usual: this.needs.accessTokenTtl };
    return revokesTokens ? offlineUntil(stores, document, times) : undefined;
  }

  /** Outside: a draft as the policy has it. */
  private judged(
    hook: 'createClient' | 'updateClient',
    context: RequestContext,
    draft: ClientInput,
    about: Settlement,
  ): Promise<ClientInput> {
    return judged(this.needs, hook, { context, draft, about });
  }

  /** Where secrets are recoverable, a reply about one client shows it to callers who could replace it anyway. */
  private async withSecret(
    stores: ClientStores,
    caller: Caller,
    client: ServedClient,
    shown?: string,
  ): Promise<ServedClient> {
    const may = this.needs.recoverable && CLIENT_WRITING_SCOPES.some((scope) => caller.scopes.has(scope));
    if (!may || shown !== undefined) return client;
    // Whoever knows the secret has the scopes of the client.
    const scopes = await stores.clients.scopeIds(client.inum);
    if (scopes.some((scope) => isBeyond(caller, scope))) return client;
    const secret = await this.needs.secrets.reveal(stores.secrets, client.inum);
    return secret === undefined ? client : showing(client, secret);
  }
}

const REVISED = {
  kind: 'client',
  notFound: 'client-not-found',
  isThere: async ({ clients }: ClientStores, inum: string) => (await clients.find(inum)) !== undefined,
  secret: {
    member: 'clientSecret',
    isNeeded: (document: Members) => document['inum'] !== undefined && needsSecret(document as ClientDocument),
  },
} as const;

const creationMode = (strict: boolean): Mode => (strict ? 'replace' : 'create');

function rotationReply(
  { inum, clientSecretExpiresAt }: ClientDocument,
  { stored: { version, activity }, secret = '', previousSecretExpiresAt }: Written,
  ends: string | undefined,
): Version & { secret: Schemas['RotatedSecret'] } {
  return {
    version,
    activity,
    secret: {
      inum,
      clientSecret: secret,
      ...(clientSecretExpiresAt && { clientSecretExpiresAt }),
      ...(previousSecretExpiresAt && { previousSecretExpiresAt: previousSecretExpiresAt.slice(0, 19) }),
      ...(ends !== undefined && { offlineUntil: ends }),
    },
  };
}

/** A secret that the client has already is not judged again. */
function withoutPresentSecret(draft: ClientInput, { sameAs }: SecretWish): ClientInput {
  if (sameAs === undefined) return draft;
  const { clientSecret: _present, ...rest } = draft;
  return rest;
}
