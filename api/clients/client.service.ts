import { parseWireDate, timestamp, wireDate, type Clock } from '../shared/clock.ts';
import { INUM } from '../shared/ids.ts';
import type { Caller, RequestContext, Schemas } from '../shared/operation.ts';
import { Problem, type Fault } from '../shared/problem.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import type { Mode } from './client.aliases.ts';
import { CLIENT_WRITING_SCOPES, requireAuthorityOver } from './client.authority.ts';
import { changedProperties, type ClientDocument, type ClientInput, type Members } from './client.document.ts';
import { settle } from './client.lifecycle.ts';
import { normaliseClient } from './client.normalise.ts';
import { applyClientPatch, type Patch } from './client.patch.ts';
import {
  referenceMessage,
  splitReferences,
  writtenReferences,
  type References,
  type Referent,
} from './client.references.ts';
import type { ClientSecrets, SecretWish } from './client.secrets.ts';
import type { StoredClient, WrittenClient } from './client.store.ts';
import type { ClientStores } from './client.stores.ts';
import { needsSecret } from './secret.policy.ts';

/** A client as it is answered: JSON text, and the two halves of its ETag. */
export interface ServedClient {
  readonly inum: string;
  readonly text: string;
  readonly version: number;
  readonly activity: number;
}

export interface ClientPage {
  readonly total: number;
  readonly clients: readonly ServedClient[];
}

/** What the caller demands of the version that is there. */
export type VersionCheck = (version: number) => void;

export interface ClientServiceOptions {
  readonly work: UnitOfWork<ClientStores>;
  readonly clock: Clock;
  readonly newInum: () => string;
  readonly secrets: ClientSecrets;
  readonly recoverable: boolean;
  /** What about the shape of a written client is wrong, and which of its members are unknown. */
  readonly shapeFaults: (input: unknown) => Fault[];
  readonly unknownMembers: (input: unknown) => Fault[];
}

export interface ClientService {
  create(context: RequestContext, input: ClientInput): Promise<ServedClient>;
  get(context: RequestContext, inum: string): Promise<ServedClient>;
  page(start: number, limit: number): Promise<ClientPage>;
  replace(context: RequestContext, input: ClientInput, check: VersionCheck): Promise<ServedClient>;
  patch(context: RequestContext, request: PatchRequest, check: VersionCheck): Promise<ServedClient>;
  setDisabled(context: RequestContext, inum: string, disabled: boolean, check: VersionCheck): Promise<ServedClient>;
  rotateSecret(context: RequestContext, request: RotationRequest, check: VersionCheck): Promise<RotationReply>;
  remove(context: RequestContext, inum: string, check: VersionCheck): Promise<void>;
}

export interface PatchRequest {
  readonly inum: string;
  readonly patch: Patch;
  readonly strict: boolean;
}

export interface RotationRequest extends Omit<Schemas['SecretRotation'], 'overlapSeconds'> {
  readonly inum: string;
  readonly overlapSeconds?: number;
}

export interface RotationReply {
  readonly secret: Schemas['RotatedSecret'];
  readonly version: number;
  readonly activity: number;
}

/** Stands for the secret in the client that a patch is applied to. It has a space, so that it is never a secret. */
const HIDDEN_SECRET = '(not shown)';

export function clientService(options: ClientServiceOptions): ClientService {
  const { work, clock, secrets } = options;

  /** Reads a client for a write: it exists, its version is the one the caller means, the caller may touch it. */
  const open = async (stores: ClientStores, context: RequestContext, inum: string, check: VersionCheck): Promise<Opened> => {
    const stored = await stores.clients.findForUpdate(inum);
    if (stored === undefined) throw new Problem('client-not-found');
    check(stored.version);
    const document = JSON.parse(stored.text) as ClientDocument;
    const scopes = await scopeIdsOf(stores, document);
    requireAuthorityOver(context.caller, scopes);
    return { stored, document, scopes };
  };

  /** Writes the next version of a client with its secret, its join rows and its audit record. */
  const save = async (stores: ClientStores, context: RequestContext, opened: Opened, next: Next): Promise<ServedClient> => {
    const changed = changedProperties(opened.document as Members, next.document as Members);
    if (next.scopeIds) requireAuthorityOver(context.caller, next.scopeIds);
    await guardLastAdministrator(stores, clock, opened, next);
    const clear = next.wish && (await secrets.apply(stores.secrets, next.document, next.wish));
    if (changed.length === 0 && clear === undefined) return served(opened.stored);
    const written = writtenClient(next.document, clock);
    await stores.clients.update(opened.stored, written);
    const properties = clear === undefined ? changed : [...changed, 'clientSecret'];
    await stores.audit.record(auditRecord(context, opened.stored.inum, properties, written.at));
    const stored = { ...opened.stored, version: opened.stored.version + 1, text: JSON.stringify(next.document) };
    return served(stored, clear);
  };

  const settled = async (stores: ClientStores, draft: ClientInput, about: { inum: string; mode: Mode; previous?: ClientDocument }): Promise<Next> => {
    const { references, scopeIds } = await findReferences(stores, draft as Members);
    const { document, faults } = settle({ draft, door: 'admin', references, ...about });
    refuseFaults(faults, draft as Members);
    return { document, scopeIds };
  };

  /** The secret in clear joins the reply where it is recoverable and the caller may write clients. */
  const withSecret = async (stores: ClientStores, caller: Caller, client: ServedClient): Promise<ServedClient> => {
    if (!options.recoverable || !CLIENT_WRITING_SCOPES.some((scope) => caller.scopes.has(scope))) return client;
    const document = JSON.parse(client.text) as ClientDocument;
    if (document.clientSecret !== undefined) return client;
    const clear = await secrets.reveal(stores.secrets, document);
    return clear === undefined ? client : { ...client, text: withMember(client.text, 'clientSecret', clear) };
  };

  return {
    create: (context, input) =>
      work.write(async (stores) => {
        const inum = input.inum ?? options.newInum();
        const { document, scopeIds } = await settled(stores, input, { inum, mode: 'replace' });
        requireAuthorityOver(context.caller, scopeIds ?? []);
        const written = writtenClient(document, clock);
        await stores.clients.insert({ ...written, source: 'admin' });
        const clear = await secrets.apply(stores.secrets, document, wishOf(input));
        const changed = changedProperties(undefined, document as Members);
        await stores.audit.record(auditRecord(context, inum, clear === undefined ? changed : [...changed, 'clientSecret'], written.at));
        const stored = { inum, version: 1, createdAt: written.at, text: JSON.stringify(document), activity: 0 };
        return withSecret(stores, context.caller, served(stored, clear));
      }),

    get: ({ caller }, inum) =>
      work.read(async (stores) => {
        const stored = INUM.test(inum) ? await stores.clients.find(inum) : undefined;
        if (stored === undefined) throw new Problem('client-not-found');
        return withSecret(stores, caller, served(stored));
      }),

    page: (start, limit) =>
      work.read(async (stores) => {
        const total = await stores.clients.count();
        const clients = limit === 0 ? [] : await stores.clients.page(start, limit);
        return { total, clients: clients.map((client) => served(client)) };
      }),

    replace: (context, input, check) =>
      work.write(async (stores) => {
        const inum = input.inum ?? '';
        const opened = await open(stores, context, inum, check);
        const next = await settled(stores, input, { inum, mode: 'replace', previous: opened.document });
        const saved = await save(stores, context, opened, { ...next, wish: wishOf(input) });
        return withSecret(stores, context.caller, saved);
      }),

    patch: (context, { inum, patch, strict }, check) =>
      work.write(async (stores) => {
        const opened = await open(stores, context, inum, check);
        const hasSecret = (await stores.secrets.of(inum)).length > 0;
        const { draft, wish } = patched(opened, patch, hasSecret);
        const faults = [...options.shapeFaults(draft), ...(strict ? options.unknownMembers(draft) : [])];
        refuseFaults(faults, draft);
        const next = await settled(stores, draft, { inum, mode: 'patch', previous: opened.document });
        return withSecret(stores, context.caller, await save(stores, context, opened, { ...next, wish }));
      }),

    setDisabled: (context, inum, disabled, check) =>
      work.write(async (stores) => {
        const opened = await open(stores, context, inum, check);
        const unchanged = (opened.document.disabled ?? false) === disabled;
        const document = unchanged ? opened.document : { ...opened.document, disabled };
        return withSecret(stores, context.caller, await save(stores, context, opened, { document }));
      }),

    rotateSecret: (context, request, check) =>
      work.write(async (stores) => {
        const opened = await open(stores, context, request.inum, check);
        if (!needsSecret(opened.document)) throw new Problem('no-secret');
        const document = withSecretExpiry(opened.document, request.clientSecretExpiresAt);
        const overlap = request.overlapSeconds ?? 0;
        const previousEnd = overlap > 0 ? clock.now() + overlap * 1_000 : undefined;
        const rotation = await secrets.rotate(stores.secrets, document, request.clientSecret, previousEnd);
        const written = writtenClient(document, clock);
        await stores.clients.update(opened.stored, written);
        await stores.audit.record(auditRecord(context, request.inum, ['clientSecret'], written.at));
        const { clientSecretExpiresAt } = document;
        const previousSecretExpiresAt = rotation.previousExpiresAt?.slice(0, 19);
        return {
          secret: {
            inum: request.inum,
            clientSecret: rotation.clear,
            ...(clientSecretExpiresAt !== undefined && { clientSecretExpiresAt }),
            ...(previousSecretExpiresAt !== undefined && { previousSecretExpiresAt }),
          },
          version: opened.stored.version + 1,
          activity: opened.stored.activity,
        };
      }),

    remove: (context, inum, check) =>
      work.write(async (stores) => {
        const opened = await open(stores, context, inum, check);
        await guardLastAdministrator(stores, clock, opened, undefined);
        await stores.clients.remove(inum);
        const removed = Object.keys(opened.document);
        await stores.audit.record(auditRecord(context, inum, removed, timestamp(clock.now())));
      }),
  };
}

interface Opened {
  readonly stored: StoredClient;
  readonly document: ClientDocument;
  /** The scopes as they stand in tokens. */
  readonly scopes: readonly string[];
}

interface Next {
  readonly document: ClientDocument;
  /** The scopes as they stand in tokens; left out when they are as before. */
  readonly scopeIds?: readonly string[];
  /** What to do about the secret; left out when it is not part of the write. */
  readonly wish?: SecretWish;
}

const wishOf = (input: ClientInput): SecretWish =>
  input.clientSecret === undefined ? {} : { given: input.clientSecret };

function writtenClient(document: ClientDocument, clock: Clock): WrittenClient {
  const { inums } = splitReferences('scopes', document.scopes ?? []);
  return { document, scopeInums: inums, at: timestamp(clock.now()) };
}

async function scopeIdsOf(stores: ClientStores, document: ClientDocument): Promise<string[]> {
  const { inums } = splitReferences('scopes', document.scopes ?? []);
  return (await stores.scopes.byInums(inums)).map((scope) => scope.id);
}

async function findReferences(stores: ClientStores, draft: Members): Promise<{ references: References; scopeIds: string[] }> {
  const written = writtenReferences(draft);
  const scopeParts = splitReferences('scopes', written.scopes);
  const claimParts = splitReferences('attributes', written.claims);
  const scopes = [...(await stores.scopes.byInums(scopeParts.inums)), ...(await stores.scopes.byIds(scopeParts.names))];
  const claims = [...(await stores.claims.byInums(claimParts.inums)), ...(await stores.claims.byNames(claimParts.names))];
  const references = {
    scopes: byWrittenName('scopes', written.scopes, scopes.map(({ inum, id }) => ({ inum, name: id }))),
    claims: byWrittenName('attributes', written.claims, claims),
  };
  return { references, scopeIds: [...references.scopes.values()].map((scope) => scope.name) };
}

function byWrittenName(tree: 'scopes' | 'attributes', written: readonly string[], found: readonly Referent[]): Map<string, Referent> {
  const entries = written.flatMap((text) => {
    const { inums } = splitReferences(tree, [text]);
    const referent = found.find((candidate) => (inums[0] === undefined ? candidate.name === text : candidate.inum === inums[0]));
    return referent === undefined ? [] : [[text, referent] as const];
  });
  return new Map(entries);
}

function refuseFaults(faults: readonly Fault[], draft: Members): void {
  if (faults.length === 0) return;
  const message = referenceMessage(faults, draft);
  throw new Problem('invalid-request', { errors: faults, ...(message !== undefined && { message }) });
}

/** Applies a patch to the client as it is answered, and reads the outcome as a written client. */
function patched(opened: Opened, patch: Patch, hasSecret: boolean): { draft: ClientInput & Members; wish: SecretWish } {
  const client = JSON.parse(served(opened.stored).text) as Members;
  if (hasSecret) client['clientSecret'] = HIDDEN_SECRET;
  const result = applyClientPatch(client, patch);
  const secret = result['clientSecret'];
  const draft = normaliseClient(result) as ClientInput & Members;
  if (secret === HIDDEN_SECRET) delete draft.clientSecret;
  const renew = hasSecret && draft.clientSecret === undefined && secret !== HIDDEN_SECRET;
  return { draft, wish: renew ? { renew } : wishOf(draft) };
}

/** A client that is administrator now must not stop being one while it is the last (see `CLIENT_WRITING_SCOPES`). */
async function guardLastAdministrator(stores: ClientStores, clock: Clock, opened: Opened, next: Next | undefined): Promise<void> {
  const now = clock.now();
  if (!isAdministrator(opened.document, opened.scopes, now)) return;
  if (next !== undefined && isAdministrator(next.document, next.scopeIds ?? opened.scopes, now)) return;
  await stores.settings.lock('administrators');
  const others = (await stores.clients.enabledWithScopes(CLIENT_WRITING_SCOPES)).filter(
    (other) => other.inum !== opened.stored.inum && canGetTokens(JSON.parse(other.text) as ClientDocument, now),
  );
  if (others.length === 0) throw new Problem('last-administrator');
}

const isAdministrator = (client: ClientDocument, scopes: readonly string[], now: number): boolean =>
  scopes.some((scope) => CLIENT_WRITING_SCOPES.includes(scope)) && canGetTokens(client, now);

/** Whether the token endpoint would serve the client now, apart from its credentials. */
export function canGetTokens(client: ClientDocument, now: number): boolean {
  const end = client.expirationDate === undefined ? undefined : parseWireDate(client.expirationDate);
  const expired = end !== undefined && end <= now;
  return client.disabled !== true && !expired && client.grantTypes.includes('client_credentials');
}

function withSecretExpiry(document: ClientDocument, expiresAt: string | undefined): ClientDocument {
  const { clientSecretExpiresAt: _previous, ...rest } = document;
  if (expiresAt === undefined) return rest;
  const time = parseWireDate(expiresAt);
  if (time === undefined) {
    const fault = { pointer: '/clientSecretExpiresAt', detail: 'is not a date of the calendar', rule: 'date' };
    throw new Problem('invalid-request', { errors: [fault] });
  }
  return { ...rest, clientSecretExpiresAt: wireDate(time) };
}

const auditRecord = (context: RequestContext, inum: string, changed: readonly string[], at: string) => ({
  at,
  caller: context.caller.clientId,
  operation: context.operation,
  requestId: context.requestId,
  inum,
  changed,
});

/** The stored text with what is kept outside it. The text is not parsed: it is sent as it is stored. */
function served(stored: StoredClient, secret?: string): ServedClient {
  const { inum, version, activity, lastAccessTime } = stored;
  const withAccess = lastAccessTime === undefined ? stored.text : withMember(stored.text, 'lastAccessTime', lastAccessTime.slice(0, 19));
  const text = secret === undefined ? withAccess : withMember(withAccess, 'clientSecret', secret);
  return { inum, version, activity, text };
}

const withMember = (text: string, name: string, value: string): string =>
  `${text.slice(0, -1)},${JSON.stringify(name)}:${JSON.stringify(value)}}`;
