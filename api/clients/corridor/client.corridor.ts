import type { EntityManager } from 'typeorm';
import type { ScopeName } from '../../scopes/scope.store.ts';
import { timestamp, type Clock } from '../../shared/clock.ts';
import type { Origin } from '../../shared/log/origin.ts';
import { Problem } from '../../shared/problem.ts';
import { isDuplicate } from '../../shared/database/database-fault.ts';
import { inTurns } from '../../shared/database/others-turn.ts';
import { requireApproval } from '../approval/client.approval.ts';
import { changedProperties, documentText, type ClientDocument } from '../document/client.document.ts';
import type { ClientSecrets, SecretWish } from '../secrets/client.secrets.ts';
import type { StoredSecret } from '../secrets/secret.store.ts';
import { ClientStore, type Source, type StoredClient } from '../client.store.ts';
import type { Along } from './client-count.ts';
import { clientJournal, type Entry, type JournalNeeds } from './client.journal.ts';
import { ClientRows } from './client-rows.store.ts';
import { removals, type RemovalNeeds, type Removals } from './removals.ts';
import { removedRows } from './removed-rows.store.ts';
import { newlyStored } from './newly-stored.ts';
import { rename } from './rename.ts';
import { lastVersionStore } from './last-version.store.ts';
import { secretRows, type SecretRows } from './secret-rows.store.ts';

export type { JoinedCount } from './client-count.ts';

/** A client as it was opened. Writes that find it in another version throw `Overtaken`, and nothing of them is kept. */
export interface OpenClient {
  readonly stored: StoredClient;
  readonly document: ClientDocument;
  /** Its secrets, the current one first, where they were read with it. */
  readonly secrets?: readonly StoredSecret[];
  /** The number of its newest revision, or 0, where that was read with it. */
  readonly newest?: number;
}

export interface Creation {
  readonly document: ClientDocument;
  readonly source: Source;
  /** Who or what lets it in. */
  readonly registeredBy?: string | undefined;
  /** Whether another client may have had this inum before: one that somebody has chosen. */
  readonly isChosen?: boolean;
  /** Its scopes as they were called when they were looked up. When one is not called so any more, `create` throws `Overtaken`. */
  readonly called?: readonly ScopeName[] | undefined;
  readonly wish: SecretWish;
  /** What else is written, of which it comes. */
  readonly along?: Along;
}

export interface Change {
  readonly document: ClientDocument;
  /** What to do about the secret; left out when the change does not concern it. */
  readonly wish?: SecretWish;
  /** In place of `wish`: another secret, beside which the others go on until `previousEnd` (epoch milliseconds). */
  readonly rotation?: { readonly wish: SecretWish; readonly previousEnd: number | 'stay' | undefined };
  /** The id of a secret that goes. */
  readonly goneSecret?: string;
  /** Whether the tokens that the client has got are ended. */
  readonly revokesTokens?: boolean;
  /** What changes beside the document, in the words of the log. */
  readonly besides?: readonly string[];
  /** Whether it is what an administrator has decided about a client that waits: nothing else lets one in. */
  readonly decides?: boolean;
}

/** What one of several clients becomes. */
export interface NextOfOne extends OpenClient {
  readonly next: ClientDocument;
}

/** What a write has made of a client. */
export interface Written {
  readonly stored: StoredClient;
  /** The secret in clear where it is new. */
  readonly secret?: string;
  /** Its id, after a rotation. */
  readonly secretId?: string;
  /** After a rotation, when the last of the earlier secrets ends. */
  readonly previousSecretExpiresAt?: string;
}

/**
 * The only way to write clients, in the unit of work of its stores: their rows, what they refer to, the text index,
 * secrets, versions, revisions and the log. Whether a write is right is settled before.
 */
export interface ClientCorridor extends Removals {
  /** Adds a client. Throws `client-exists` when the inum is taken. */
  create(creation: Creation, origin: Origin): Promise<Written>;
  /** Adds clients that nobody uses, for a database to be tried out: without secrets, revisions and records in the log. */
  fill(documents: readonly ClientDocument[]): Promise<void>;
  /**
   * Makes an open client what `change` says, unless it is in another version by now. One that changes nothing is no new version, and not in the log. Throws
   * `approval-needed` where it would let in a client that waits.
   */
  change(open: OpenClient, change: Change, origin: Origin): Promise<Written>;
  /** Does the same with several clients, where secrets are not concerned. */
  changeAll(changes: readonly NextOfOne[], origin: Origin): Promise<void>;
  /** Puts an open client, with everything that belongs to it, under another inum. Throws `client-exists` when that is taken. */
  rename(open: OpenClient, inum: string, origin: Origin): Promise<void>;
  /** Makes the values that locked clients are found by those of their documents. Returns how many rows were wrong. */
  correctValues(clients: readonly StoredClient[]): Promise<number>;
}

export interface CorridorNeeds extends JournalNeeds, Pick<RemovalNeeds, 'keepsRemoved'> {
  readonly secrets: Pick<ClientSecrets, 'apply' | 'rotate' | 'move' | 'restored'>;
  readonly clock: Clock;
}

/** The write corridor of clients on a transaction. */
export function clientCorridor(
  manager: EntityManager,
  { secrets, clock, keepsRemoved, audit, revisions }: CorridorNeeds,
): ClientCorridor {
  const journal = clientJournal({ audit, revisions });
  const rows = new ClientRows(manager);
  const clients = new ClientStore(manager);
  const lastVersions = lastVersionStore(manager);
  const secretsOf = secretRows(manager);
  const now = (): string => timestamp(clock.now());
  const common = { rows, lastVersions, secretsOf, secrets, journal, now };

  return {
    async create({ document, source, registeredBy, isChosen, called, wish, along }, origin) {
      const { inum } = document;
      const at = now();
      // They go on where those of an earlier client ended, as revisions do, so that no ETag stands for two clients.
      const version = 1 + (isChosen === true ? await lastVersions.of(inum) : 0);
      await rows.insert([{ document, at, source, registeredBy, version, called }], along).catch((error: unknown) => {
        throw isDuplicate(error) ? new Problem('client-exists', { detail: `${inum} is taken` }) : error;
      });
      const secret = await secrets.apply(secretsOf, document, { ...wish, by: origin.actor.id });
      const changed = named(changedProperties(undefined, document), secret ?? wish.imported);
      const came = { source, ...(registeredBy !== undefined && { registeredBy }) };
      const stored = newlyStored({ inum, version, createdAt: at, updatedAt: at, ...came }, document);
      await journal.enter({ client: stored, at, origin, after: stored.text, changed, ...(!isChosen && { newest: 0 }) });
      return { stored, ...(secret !== undefined && { secret }) };
    },

    fill: (documents) =>
      rows.insert(documents.map((document) => ({ document, at: now(), source: 'seed', version: 1 }))),

    async change(open, change, origin) {
      const { document, wish, rotation, besides = [], goneSecret, revokesTokens = false, decides = false } = change;
      if (!decides) requireApproval(open.document, document);
      const differences = changedProperties(open.document, document);
      // A document alone is written only over the version that was opened; before anything else that is held.
      const isSecret = (wish?.given ?? wish?.imported ?? rotation ?? goneSecret) !== undefined;
      if (isSecret || revokesTokens || differences.length === 0) await clients.hold(open.stored);
      const { isChanged, ...shown } = await changeSecrets({ secrets, secretsOf }, open, change, origin.actor.id);
      if (goneSecret !== undefined) await secretsOf.remove([goneSecret]);
      if (revokesTokens) await rows.revokeTokens(document.inum);
      const more = [...besides, ...(revokesTokens ? ['tokens'] : [])];
      const changed = isChanged || goneSecret !== undefined ? [...differences, 'clientSecret'] : differences;
      const at = now();
      if (changed.length > 0)
        await rows.update([{ version: open.stored.version, before: open.document, after: document, at }]);
      const [stored, before] = [changed.length === 0 ? open.stored : next(open, document, at), open.stored.text];
      // A secret alone is a new version, and no revision: what is kept of the client is the same.
      const texts = { before, after: differences.length === 0 ? before : stored.text, newest: open.newest };
      await journal.enter({ client: stored, at, origin, ...texts, changed: [...changed, ...more] });
      return { stored, ...shown };
    },

    async changeAll(changes, origin) {
      const at = now();
      for (const { document, next: after } of changes) requireApproval(document, after);
      await rows.update(
        changes.map(({ stored, document, next: after }) => ({ version: stored.version, before: document, after, at })),
      );
      await journal.enterAll(await inTurns(changes, (change) => ({ ...entryOf(change), at, origin })));
    },

    rename: (open, inum, origin) => rename(common, open, inum, origin),

    ...removals({ ...common, removed: removedRows(manager), keepsRemoved }),

    correctValues: (clients) => rows.correctValues(clients.map(({ text }) => JSON.parse(text) as ClientDocument)),
  };
}

/** Does with the secrets of an open client what a change says, in the name of whoever is `by`. */
async function changeSecrets(
  { secrets, secretsOf }: { secrets: CorridorNeeds['secrets']; secretsOf: SecretRows },
  open: OpenClient,
  { document, wish, rotation }: Change,
  by: string,
): Promise<Omit<Written, 'stored'> & { readonly isChanged: boolean }> {
  const present = known(secretsOf, open.secrets);
  if (rotation === undefined) {
    const secret = wish && (await secrets.apply(present, document, { ...wish, by }, open.document));
    return secret === undefined ? { isChanged: wish?.imported !== undefined } : { isChanged: true, secret };
  }
  const rotated = await secrets.rotate(present, document, { ...rotation.wish, by }, rotation.previousEnd);
  const { id: secretId, clear: secret, previousExpiresAt: previousSecretExpiresAt } = rotated;
  return {
    isChanged: true,
    secretId,
    ...(secret !== undefined && { secret }),
    ...(previousSecretExpiresAt !== undefined && { previousSecretExpiresAt }),
  };
}

/** Secrets that need not be read again: who changes them writes another version of their client. */
const known = (rows: SecretRows, secrets: readonly StoredSecret[] | undefined): SecretRows =>
  secrets === undefined ? rows : { ...rows, of: () => Promise.resolve([...secrets]) };

const next = ({ stored }: OpenClient, document: ClientDocument, updatedAt: string): StoredClient => {
  return { ...stored, version: stored.version + 1, updatedAt, text: documentText(document) };
};

const entryOf = ({ stored, document, next: after }: NextOfOne): Omit<Entry, 'at' | 'origin'> => ({
  client: stored,
  before: stored.text,
  after: documentText(after),
  changed: changedProperties(document, after),
});

const named = (changed: readonly string[], secret: string | undefined): readonly string[] =>
  secret === undefined ? changed : [...changed, 'clientSecret'];
