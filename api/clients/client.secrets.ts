import { parseWireDate, timestamp } from '../shared/clock.ts';
import { Problem } from '../shared/problem.ts';
import type { ClientDocument } from './client.document.ts';
import { needsClearSecret, needsSecret } from './secret.policy.ts';
import type { FreshSecret, SecretService } from './secret.service.ts';
import type { SecretStore, StoredSecret } from './secret.store.ts';

/** What a write says about the secret: a new one, or nothing, which keeps what there is. */
export interface SecretWish {
  readonly given?: FreshSecret;
  /** Whether one may be made here, where the client begins to need a secret that is kept as a digest only. */
  readonly renew?: boolean;
}

export interface ClientSecretsOptions {
  readonly service: SecretService;
  /** Whether every secret is kept so that it can be shown again (`CLIENT_SECRETS=recoverable`). */
  readonly recoverable: boolean;
}

export interface Rotation {
  readonly clear: string;
  /** When the last of the earlier secrets ends, as stored. */
  readonly previousExpiresAt?: string;
}

/** How many earlier secrets can overlap a new one. Each costs a comparison at every attempt. */
const MOST_OVERLAPPING = 2;

/** The secrets of clients, in the unit of work of a store. */
export class ClientSecrets {
  constructor(private readonly options: ClientSecretsOptions) {}

  /**
   * Brings the secrets of a client in line with its document. One is made where none is given and the client, which was
   * `previous`, begins to need one. Returns the clear value when a secret is new.
   */
  async apply(
    store: SecretStore,
    client: ClientDocument,
    { given, renew }: SecretWish,
    previous?: ClientDocument,
  ): Promise<string | undefined> {
    const stored = await store.of(client.inum);
    const [current] = stored;
    if (!needsSecret(client)) {
      await removeAll(store, stored);
      return undefined;
    }
    if (given === undefined && current === undefined && previous !== undefined && needsSecret(previous))
      return undefined;
    const isEnough = current?.kind === 'encrypted' || needsClearSecret(client) === undefined;
    if (given === undefined && current !== undefined && (isEnough || renew !== true)) {
      await this.endWith(store, client, stored.slice(1));
      return this.keep(store, client, current);
    }
    if (given !== undefined && current !== undefined && (await this.isSame(client, current, given.clear))) {
      return this.keep(store, client, current, given.clear);
    }
    await removeAll(store, stored);
    return this.add(store, client, given ?? this.options.service.make(), stored);
  }

  /** Reads what a caller has chosen. To be called before the unit of work. */
  async chosen(secret: string | undefined): Promise<SecretWish> {
    if (secret === undefined) return {};
    const { service, recoverable } = this.options;
    return { given: recoverable ? service.chosen(secret) : await service.prepared(secret) };
  }

  /** Adds a secret; those that are there end at `previousEnd` (epoch milliseconds), or at once without it. */
  async rotate(
    store: SecretStore,
    client: ClientDocument,
    { given }: SecretWish,
    previousEnd?: number,
  ): Promise<Rotation> {
    const stored = await store.of(client.inum);
    const live =
      previousEnd === undefined
        ? []
        : stored.filter((secret) => this.options.service.isLive(secret)).slice(0, MOST_OVERLAPPING);
    await removeAll(
      store,
      stored.filter((secret) => !live.includes(secret)),
    );
    const ends = live.map(({ id, expiresAt }) => ({ id, end: earlier(expiresAt, timestamp(previousEnd ?? 0)) }));
    for (const { id, end } of ends) await store.setExpiry(id, end);
    const clear = await this.add(store, client, given ?? this.options.service.make(), stored);
    const last = ends
      .map(({ end }) => end)
      .sort()
      .at(-1);
    return { clear, ...(last !== undefined && { previousExpiresAt: last }) };
  }

  /** The clear value of the current secret, where it is kept. */
  async reveal(store: SecretStore, inum: string): Promise<string | undefined> {
    const [current] = await store.of(inum);
    return current?.kind === 'encrypted' ? this.options.service.reveal(inum, current) : undefined;
  }

  /** Keeps the current secret: its end follows the document, and it must fit how the client uses it. */
  private async keep(
    store: SecretStore,
    client: ClientDocument,
    current: StoredSecret,
    known?: string,
  ): Promise<undefined> {
    if (current.expiresAt !== expiryOf(client)) await store.setExpiry(current.id, expiryOf(client));
    const isClear = current.kind === 'encrypted';
    if (isClear === this.inClear(client)) return undefined;
    if (isClear) return this.hide(store, client, current);
    if (known !== undefined) {
      await store.remove([current.id]);
      await this.add(store, client, this.options.service.chosen(known), [current]);
    } else if (needsClearSecret(client) !== undefined) throw needsNewSecret(client);
    return undefined;
  }

  /** Keeps only a digest of a secret whose clear value is not needed any more. */
  private async hide(store: SecretStore, client: ClientDocument, current: StoredSecret): Promise<undefined> {
    const clear = this.options.service.reveal(client.inum, current);
    const sealed = await this.options.service.seal(
      client.inum,
      this.options.service.chosen(clear),
      false,
      current.sequence,
    );
    await store.setValue(current.id, sealed.kind, sealed.value);
    return undefined;
  }

  /** No earlier secret outlives the end that the client sets for its secret. */
  private async endWith(store: SecretStore, client: ClientDocument, earlier: readonly StoredSecret[]): Promise<void> {
    const end = expiryOf(client);
    if (end === null) return;
    for (const { id, expiresAt } of earlier) {
      if (expiresAt === null || expiresAt > end) await store.setExpiry(id, end);
    }
  }

  private async add(
    store: SecretStore,
    client: ClientDocument,
    fresh: FreshSecret,
    stored: readonly StoredSecret[],
  ): Promise<string> {
    const sequence = (stored[0]?.sequence ?? 0) + 1;
    const sealed = await this.options.service.seal(client.inum, fresh, this.inClear(client), sequence);
    await store.add(client.inum, { ...sealed, expiresAt: expiryOf(client) });
    return fresh.clear;
  }

  /** A secret under scrypt counts as another one: comparing would hold up the unit of work, and replacing does no harm. */
  private async isSame(client: ClientDocument, current: StoredSecret, given: string): Promise<boolean> {
    if (current.kind === 'scrypt') return false;
    return (await this.options.service.find(client.inum, [current], given)) !== undefined;
  }

  private inClear(client: ClientDocument): boolean {
    return this.options.recoverable || needsClearSecret(client) !== undefined;
  }
}

function expiryOf(client: ClientDocument): string | null {
  const end = client.clientSecretExpiresAt === undefined ? undefined : parseWireDate(client.clientSecretExpiresAt);
  return end === undefined ? null : timestamp(end);
}

const removeAll = (store: SecretStore, stored: readonly StoredSecret[]): Promise<void> =>
  store.remove(stored.map((secret) => secret.id));

const earlier = (left: string | null, right: string): string => (left !== null && left < right ? left : right);

function needsNewSecret(client: ClientDocument): Problem {
  const cause = needsClearSecret(client) ?? '';
  const detail = `is needed: ${cause} uses the secret itself, of which only a digest is kept`;
  return new Problem('invalid-request', {
    errors: [{ pointer: '/clientSecret', detail, rule: 'clear-secret-needed' }],
  });
}
