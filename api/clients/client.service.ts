import { isBeyond } from '../shared/contract/administration-scopes.ts';
import { parseWireDate, wireDate, type Clock } from '../shared/clock.ts';
import type { Cursors } from '../search/cursor.ts';
import type { Version, VersionCheck } from '../shared/etag.ts';
import type { KnownMembers } from '../shared/contract/known-members.ts';
import type { Caller, RequestContext, Schemas } from '../shared/contract/operation.ts';
import { originOf } from '../shared/log/origin.ts';
import type { Patch } from '../shared/patch/patch.ts';
import { missingAttribute, Problem, type Fault } from '../shared/problem.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import type { Mode } from './document/client.aliases.ts';
import { CLIENT_WRITING_SCOPES, requireAuthorityOver } from './client.authority.ts';
import { type ClientDocument, type ClientInput, type Members } from './document/client.document.ts';
import { clientHistory, type HistoryRequest } from './client.history.ts';
import { settle } from './client.lifecycle.ts';
import { findReferences, scopeIdsOf } from './client.lookup.ts';
import { patchReader, secretIn } from './document/client.patch.ts';
import { referenceMessage } from './client.references.ts';
import type { ClientSecrets, SecretWish } from './secrets/client.secrets.ts';
import { searchClients, type ClientListRequest, type ClientPage } from './client.search.ts';
import { served, showing, type ServedClient } from './document/client.served.ts';
import type { StoredClient } from './client.store.ts';
import type { ClientStores } from './client.stores.ts';
import { validateClient } from './document/client.validation.ts';
import { guardLastAdministrator, type Standing } from './last-administrator.ts';
import { REDIRECT_URI_REQUIRED } from './rules/rules.redirects.ts';
import { needsSecret } from './secrets/secret.policy.ts';

export interface ClientServiceOptions {
  readonly cursors: Cursors;
  readonly work: UnitOfWork<ClientStores>;
  readonly clock: Clock;
  readonly newInum: () => string;
  readonly secrets: ClientSecrets;
  /** Whether secrets are shown again to callers who may write clients. */
  readonly recoverable: boolean;
  /** What is wrong with the shape of a written client. */
  readonly shapeFaults: (input: unknown) => Fault[];
  /** Which members a client has. */
  readonly known: KnownMembers;
}

/** What is done with a registered client before its unit of work ends. */
export type Finish<T> = (stores: ClientStores, client: ServedClient) => Promise<T>;

/** A client as it was sent, and whether nothing that was sent may be dropped. */
export interface WrittenRequest {
  readonly input: ClientInput;
  readonly strict: boolean;
}

export interface PatchRequest {
  readonly inum: string;
  readonly patch: Patch;
  readonly strict: boolean;
}

export interface RotationRequest extends Partial<Schemas['SecretRotation']> {
  readonly inum: string;
}

/** A client that a write has opened: it exists, has the right version, and the caller may touch it. */
interface Opened extends Standing {
  readonly stored: StoredClient;
}

/** What a write makes of a client. */
interface Next extends Standing {
  /** What to do about the secret; left out when the write does not concern it. */
  readonly wish?: SecretWish;
}

/** The use cases of clients. Every write is one unit of work with its audit record. */
export class ClientService {
  private readonly readPatch: ReturnType<typeof patchReader>;

  constructor(private readonly options: ClientServiceOptions) {
    this.readPatch = patchReader(options.known);
  }

  /**
   * Registers a client. Refuses with `client-exists` when the chosen inum is taken. `finish` runs in the same unit of
   * work, and what it makes of the client is returned.
   */
  async create<T>(context: RequestContext, { input, strict }: WrittenRequest, finish: Finish<T>): Promise<T> {
    const wish = await this.options.secrets.chosen(input.clientSecret);
    return this.options.work.write(async (stores) => {
      const inum = input.inum ?? this.options.newInum();
      const { document, scopes } = await this.settled(stores, input, { inum, mode: creationMode(strict) });
      requireAuthorityOver(context.caller, scopes);
      const creation = { document, source: 'admin', isChosen: input.inum !== undefined, wish } as const;
      const { stored, secret } = await stores.corridor.create(creation, originOf(context));
      return finish(stores, await this.withSecret(stores, context.caller, served(stored, secret), secret));
    });
  }

  /** Says what `create` would say, without saving anything. */
  validate({ caller }: RequestContext, { input, strict }: WrittenRequest): Promise<Schemas['ClientValidation']> {
    const inum = input.inum ?? this.options.newInum();
    const unknown = this.options.known.unknown(input);
    const candidate = { caller, input, inum, unknown, mode: creationMode(strict) };
    return this.options.work.read(async (stores) => {
      const presentSecret = await this.options.secrets.reveal(stores.secrets, inum);
      return validateClient(stores, { ...candidate, ...(presentSecret !== undefined && { presentSecret }) });
    });
  }

  get({ caller }: RequestContext, inum: string): Promise<ServedClient> {
    return this.options.work.read(async (stores) => {
      const stored = await stores.clients.find(inum);
      if (stored === undefined) throw new Problem('client-not-found');
      return this.withSecret(stores, caller, served(stored));
    });
  }

  /** Finds a page of clients; see `searchClients`. */
  search(request: ClientListRequest): Promise<ClientPage> {
    return this.options.work.read((stores) => searchClients(stores, request, this.options.cursors));
  }

  /** Finds a page of the changes of a client; see `clientHistory`. */
  history(request: HistoryRequest): Promise<Schemas['ClientChangePagedResult']> {
    return this.options.work.read((stores) => clientHistory(stores, request));
  }

  /** Replaces the writable members of the client that `input.inum` names. */
  async replace(context: RequestContext, input: ClientInput, check: VersionCheck): Promise<ServedClient> {
    const wish = await this.wishFor(context, input.inum ?? '', input.clientSecret);
    const draft = withoutPresentSecret(input, wish);
    return this.write(context, input.inum ?? '', check, async (stores, opened) => {
      const about = { inum: opened.stored.inum, mode: 'replace', previous: opened.document } as const;
      return { ...(await this.settled(stores, draft, about)), wish };
    });
  }

  /** Applies a patch to the latest version, all of it or nothing. */
  async patch(
    context: RequestContext,
    { inum, patch, strict }: PatchRequest,
    check: VersionCheck,
  ): Promise<ServedClient> {
    const brought = secretIn(patch);
    const prepared = await this.wishFor(context, inum, brought);
    return this.write(context, inum, check, async (stores, opened) => {
      const hasSecret = (await stores.secrets.of(inum)).length > 0;
      const { draft, secret } = this.readPatch({ text: served(opened.stored).text, hasSecret }, patch, strict);
      refuseFaults([...this.options.shapeFaults(draft), ...this.options.known.unknown(draft)], draft);
      const about = { inum, mode: 'patch', previous: opened.document } as const;
      const next = await this.settled(stores, withoutPresentSecret(draft, prepared), about);
      if (secret === undefined || secret === 'renew') return { ...next, wish: { renew: secret === 'renew' } };
      return { ...next, wish: secret.given === brought ? prepared : await this.options.secrets.chosen(secret.given) };
    });
  }

  /** Activates or deactivates a client without checking anything else about it. */
  setDisabled(context: RequestContext, inum: string, disabled: boolean, check: VersionCheck): Promise<ServedClient> {
    return this.write(context, inum, check, (_stores, { document, scopes }) => {
      const unchanged = document.disabled === disabled;
      return Promise.resolve({ document: unchanged ? document : { ...document, disabled }, scopes });
    });
  }

  /** Gives a client a new secret; those it has end after `overlapSeconds`, at most a week, or at once. */
  async rotateSecret(
    context: RequestContext,
    request: RotationRequest,
    check: VersionCheck,
  ): Promise<Version & { secret: Schemas['RotatedSecret'] }> {
    const kept = await this.options.work.read((stores) => stores.secrets.of(request.inum));
    const wish = await this.options.secrets.chosenBeside(request.clientSecret, kept);
    return this.options.work.write(async (stores) => {
      const opened = await this.open(stores, context, request.inum, check);
      const { stored, document: previous } = opened;
      if (!needsSecret(previous)) throw new Problem('no-secret');
      const document = withSecretExpiry(previous, request.clientSecretExpiresAt);
      await guardLastAdministrator(stores, this.options.clock.now(), opened, { ...opened, document });
      const overlap = request.overlapSeconds ?? 0;
      const end = overlap > 0 ? this.options.clock.now() + overlap * 1_000 : undefined;
      const rotation = { wish, previousEnd: end };
      const rotated = await stores.corridor.change(opened, { document, rotation }, originOf(context));
      const { secret = '', previousSecretExpiresAt } = rotated;
      return {
        version: rotated.stored.version,
        activity: stored.activity,
        secret: {
          inum: request.inum,
          clientSecret: secret,
          ...(document.clientSecretExpiresAt && { clientSecretExpiresAt: document.clientSecretExpiresAt }),
          ...(previousSecretExpiresAt && { previousSecretExpiresAt: previousSecretExpiresAt.slice(0, 19) }),
        },
      };
    });
  }

  /** Removes a client with everything that belongs to it. */
  remove(context: RequestContext, inum: string, check: VersionCheck): Promise<void> {
    return this.options.work.write(async (stores) => {
      const opened = await this.open(stores, context, inum, check);
      await guardLastAdministrator(stores, this.options.clock.now(), opened, undefined);
      await stores.corridor.remove(opened, originOf(context));
    });
  }

  /** Reads the secret that a change brings, and whether the client has it already, before the unit of work. */
  private async wishFor(context: RequestContext, inum: string, secret: string | undefined): Promise<SecretWish> {
    if (secret === undefined) return {};
    const [current] = await this.options.work.read(async (stores) => {
      const stored = await stores.clients.find(inum);
      if (stored === undefined) throw new Problem('client-not-found');
      // Whether a secret is right is told to nobody else, not even by the time that it takes.
      requireAuthorityOver(context.caller, await scopeIdsOf(stores, JSON.parse(stored.text) as ClientDocument));
      return stores.secrets.of(inum);
    });
    return this.options.secrets.chosen(secret, inum, current);
  }

  private write(
    context: RequestContext,
    inum: string,
    check: VersionCheck,
    change: (stores: ClientStores, opened: Opened) => Promise<Next>,
  ): Promise<ServedClient> {
    return this.options.work.write(async (stores) => {
      const opened = await this.open(stores, context, inum, check);
      const next = await change(stores, opened);
      requireAuthorityOver(context.caller, next.scopes);
      await guardLastAdministrator(stores, this.options.clock.now(), opened, next);
      const { stored, secret } = await stores.corridor.change(opened, next, originOf(context));
      return this.withSecret(stores, context.caller, served(stored, secret), secret);
    });
  }

  private async open(
    stores: ClientStores,
    context: RequestContext,
    inum: string,
    check: VersionCheck,
  ): Promise<Opened> {
    const stored = await stores.clients.findForUpdate(inum);
    if (stored === undefined) throw new Problem('client-not-found');
    const document = JSON.parse(stored.text) as ClientDocument;
    const scopes = await scopeIdsOf(stores, document);
    requireAuthorityOver(context.caller, scopes);
    check(stored.version);
    return { stored, document, scopes };
  }

  private async settled(
    stores: ClientStores,
    draft: ClientInput,
    about: { inum: string; mode: Mode; previous?: ClientDocument },
  ): Promise<Standing> {
    const { references, scopeIds } = await findReferences(stores, draft);
    const { document, faults } = settle({ draft, door: 'admin', references, ...about });
    refuseFaults(faults, draft);
    return { document, scopes: scopeIds };
  }

  /** Where secrets are recoverable, a reply about one client shows it to callers who could replace it anyway. */
  private async withSecret(
    stores: ClientStores,
    caller: Caller,
    client: ServedClient,
    shown?: string,
  ): Promise<ServedClient> {
    const may = this.options.recoverable && CLIENT_WRITING_SCOPES.some((scope) => caller.scopes.has(scope));
    if (!may || shown !== undefined) return client;
    // Whoever knows the secret has the scopes of the client.
    const scopes = await stores.clients.scopeIds(client.inum);
    if (scopes.some((scope) => isBeyond(caller, scope))) return client;
    const secret = await this.options.secrets.reveal(stores.secrets, client.inum);
    return secret === undefined ? client : showing(client, secret);
  }
}

const creationMode = (strict: boolean): Mode => (strict ? 'replace' : 'create');

function refuseFaults(faults: readonly Fault[], draft: Members): void {
  if (faults.length === 0) return;
  const message = referenceMessage(faults, draft);
  const isMissing = faults.some(({ rule }) => rule === REDIRECT_URI_REQUIRED);
  const words = { ...(isMissing && missingAttribute('redirectUris')), ...(message !== undefined && { message }) };
  throw new Problem('invalid-request', { errors: faults, ...words });
}

/** A secret that the client has already is not judged again. */
function withoutPresentSecret(draft: ClientInput, { sameAs }: SecretWish): ClientInput {
  if (sameAs === undefined) return draft;
  const { clientSecret: _present, ...rest } = draft;
  return rest;
}

function withSecretExpiry(document: ClientDocument, expiresAt: string | undefined): ClientDocument {
  const { clientSecretExpiresAt: _previous, ...rest } = document;
  if (expiresAt === undefined) return rest;
  const time = parseWireDate(expiresAt);
  if (time !== undefined) return { ...rest, clientSecretExpiresAt: wireDate(time) };
  const fault = { pointer: '/clientSecretExpiresAt', detail: 'is not a date of the calendar', rule: 'date' };
  throw new Problem('invalid-request', { errors: [fault] });
}
