import { parseWireDate, timestamp } from '../../shared/clock.ts';
import { madeOnce } from '../../shared/database/proposals.ts';
import { Problem } from '../../shared/problem.ts';
import { importFault } from '../../shared/keys/imported-hash.ts';
import type { ClientDocument, ClientInput } from '../document/client.document.ts';
import { SECRET_IS_A_KEY } from '../rules/rules.authentication.ts';
import { keyBytes, leastKeyBytes, mostDemandingAlgorithm, needsClearSecret, needsSecret } from './secret.policy.ts';
import type { FreshSecret, SecretCodec } from './secret.codec.ts';
import type { SecretRows } from '../corridor/secret-rows.store.ts';
import type { RemovedClient } from '../removed/removed-client.store.ts';
import type { NewSecret, SecretStore, StoredSecret } from './secret.store.ts';

/** What a write says about the secret: a new one, or nothing, which keeps what there is. */
export interface SecretWish {
  readonly given?: FreshSecret;
  /** The secret of the client that the given one was found to be, outside of the unit of work. */
  readonly sameAs?: string;
  /** In place of a given one, its hash as another system has made it. */
  readonly imported?: string;
  /** The client that makes a new one, and what people know that by. */
  readonly by?: string;
  readonly label?: string;
  /** Whether one may be made here, where the client begins to need another one than it has. */
  readonly renew?: boolean;
}

/** What a caller sends of a secret: itself, or its hash. */
export type SecretInput = Pick<ClientInput, 'clientSecret' | 'clientSecretHash'>;

/** A secret as a caller has sent it, and the one that the client has. */
interface SentSecret {
  readonly clear: string;
  readonly current: StoredSecret | undefined;
}

/** A secret that is kept: what is known of it, and whose it was. */
interface KeptSecret {
  readonly current: StoredSecret;
  readonly known?: string | undefined;
  readonly previous?: ClientDocument | undefined;
}

export interface ClientSecretsNeeds {
  readonly codec: SecretCodec;
  /** Whether every secret is kept so that it can be shown again (`CLIENT_SECRETS=recoverable`). */
  readonly recoverable: boolean;
}

export interface Rotation {
  readonly id: string;
  /** Left out where only the hash is known. */
  readonly clear?: string;
  /** When the last of the earlier secrets ends, as stored. */
  readonly previousExpiresAt?: string;
}

/** So many secrets that work a client has at most. */
const MOST_SECRETS = 5;
/** How many earlier secrets can overlap a new one. */
const MOST_OVERLAPPING = 2;

/** The secrets of clients, in the unit of work of a store. */
export class ClientSecrets {
  constructor(private readonly needs: ClientSecretsNeeds) {}

  /**
   * Brings the secrets of a client in line with its document. One is made where none is given and the client, which was
   * `previous` or is new, begins to need one. Returns the clear value when a secret is new: one that the client has already is
   * neither replaced nor shown. Throws `invalid-request` when the secret does not do for what the client states.
   */
  async apply(
    store: SecretRows,
    client: ClientDocument,
    wish: SecretWish,
    previous?: ClientDocument,
  ): Promise<string | undefined> {
    const { given, renew } = wish;
    const stored = previous === undefined ? [] : await store.of(client.inum);
    const [current] = stored;
    if (!needsSecret(client)) {
      await removeAll(store, stored);
      return undefined;
    }
    if (wish.imported !== undefined) {
      await removeAll(store, stored);
      await this.add(store, client, wish, stored);
      return undefined;
    }
    if (given === undefined && current === undefined && previous !== undefined && needsSecret(previous))
      return undefined;
    const isSame = current !== undefined && (await this.isSame(client, current, wish));
    if (current !== undefined && (given === undefined || isSame)) {
      const kept = { current, previous, ...(isSame && { known: given?.clear }) };
      if (renew !== true || this.unfit(client, kept) === undefined) {
        await this.endWith(store, client, stored.slice(1));
        return this.keep(store, client, kept);
      }
    } else if (given?.origin === 'chosen') requireKey(client, given.clear);
    await removeAll(store, stored);
    const { clear } = await this.add(store, client, { ...wish, given: isSame ? undefined : given }, stored);
    return clear;
  }

  /**
   * What reads a secret that a caller has chosen for the client `inum`, outside of the unit of work: it takes tens of
   * milliseconds. It compares with the secret that the client has, the first of `present`, once with each, and makes one digest.
   */
  chosenFor(inum: string): (sent: SecretInput, present: readonly StoredSecret[]) => Promise<SecretWish> {
    const { codec, recoverable } = this.needs;
    const read = madeOnce(
      ({ clear, current }: SentSecret) => `${current?.id ?? ''} ${clear}`,
      async ({ clear, current }, last: SecretWish | undefined) => {
        if (current !== undefined && (await codec.matches(inum, current, clear)))
          return { given: codec.chosen(clear), sameAs: current.id };
        const given = last?.given?.clear === clear ? last.given : codec.chosen(clear);
        return { given: recoverable ? given : await codec.prepared(given, []) };
      },
    );
    return async (sent, [current]) => {
      refuseUnusable(sent);
      const { clientSecret: clear, clientSecretHash: imported } = sent;
      const isThere = current?.kind === 'imported' && current.value === imported;
      if (imported !== undefined) return isThere ? {} : { imported };
      return clear === undefined ? {} : read({ clear, current });
    };
  }

  /** What reads a chosen secret beside which some of the secrets `stored` go on. As `chosenFor`, outside. */
  chosenBeside(sent: SecretInput): (stored: readonly StoredSecret[]) => Promise<SecretWish> {
    const { codec, recoverable } = this.needs;
    refuseUnusable(sent);
    const { clientSecret: clear, clientSecretHash: imported } = sent;
    let given = clear === undefined ? undefined : codec.chosen(clear);
    return async (stored) => {
      if (imported !== undefined) return { imported };
      if (given === undefined) return {};
      if (!recoverable) given = await codec.prepared(given, stored);
      return { given };
    };
  }

  /** Adds a secret; those that are there end at `previousEnd` (epoch milliseconds), or at once without it, or stay. */
  async rotate(
    store: SecretRows,
    client: ClientDocument,
    wish: SecretWish,
    previousEnd?: number | 'stay',
  ): Promise<Rotation> {
    const { given } = wish;
    if (given !== undefined) requireKey(client, given.clear);
    const stored = await store.of(client.inum);
    const live = this.remaining(stored, previousEnd);
    if (wish.imported !== undefined && live.some(({ kind }) => kind === 'imported'))
      throw refused('/clientSecretHash', 'the client has one that was not used yet: remove that secret', 'one-hash');
    await removeAll(
      store,
      stored.filter((secret) => !live.includes(secret)),
    );
    const end = typeof previousEnd === 'number' ? timestamp(previousEnd) : undefined;
    const ends = end === undefined ? [] : live.map(({ id, expiresAt }) => ({ id, end: earlier(expiresAt, end) }));
    for (const { id, end: at } of ends) await store.setExpiry(id, at);
    // Another rotation may have come in between.
    const fresh = given?.digest === undefined ? given : await this.needs.codec.prepared(given, live);
    const added = await this.add(store, client, { ...wish, given: fresh }, stored);
    const last = ends
      .map(({ end: at }) => at)
      .sort()
      .at(-1);
    return { ...added, ...(last !== undefined && { previousExpiresAt: last }) };
  }

  /** Those that go on beside a new one. Throws `invalid-request` when they would be too many. */
  private remaining(
    stored: readonly StoredSecret[],
    previousEnd: number | 'stay' | undefined,
  ): readonly StoredSecret[] {
    if (previousEnd === undefined) return [];
    const live = stored.filter((secret) => this.needs.codec.isLive(secret));
    if (previousEnd !== 'stay') return live.slice(0, MOST_OVERLAPPING);
    if (live.length < MOST_SECRETS) return live;
    const detail = `the client has ${live.length} secrets, which is the most: remove one of them`;
    throw new Problem('invalid-request', { errors: [{ pointer: '', detail, rule: 'most-secrets' }] });
  }

  /** Makes the secrets of the client `from` readable as those of `to`: an encrypted one is bound to its client. */
  async move(store: SecretRows, from: string, to: string): Promise<void> {
    for (const { id, kind, value } of await store.of(from))
      if (kind === 'encrypted') await store.rewrap(id, kind, this.needs.codec.moved({ id, value }, from, to));
  }

  /** The secret of a removed client as one of the client `to`, unless it has ended: an encrypted one is bound to its client. */
  restored({ inum, secret }: Pick<RemovedClient, 'inum' | 'secret'>, to: string): NewSecret | undefined {
    const { codec } = this.needs;
    const kept = secret && { ...secret, sequence: 1 };
    if (kept === undefined || !codec.isLive(kept)) return undefined;
    return kept.kind === 'encrypted' && inum !== to ? { ...kept, value: codec.moved(kept, inum, to) } : kept;
  }

  /** The clear value of the current secret, where it is kept. */
  async reveal(store: Pick<SecretStore, 'of'>, inum: string): Promise<string | undefined> {
    const [current] = await store.of(inum);
    return current?.kind === 'encrypted' ? this.needs.codec.reveal(inum, current) : undefined;
  }

  /** Throws `invalid-request` where `apply` would, of a write that says nothing about the secret. Nothing is written. */
  requireFit(client: ClientDocument, current: StoredSecret | undefined, previous: ClientDocument): void {
    const unfit = current && needsSecret(client) ? this.unfit(client, { current, previous }) : undefined;
    if (unfit !== undefined) throw unfit;
  }

  /** Keeps the current secret: its end follows the document, and it must fit how the client uses it. */
  private async keep(store: SecretRows, client: ClientDocument, kept: KeptSecret): Promise<undefined> {
    const { current, known } = kept;
    const unfit = this.unfit(client, kept);
    if (unfit !== undefined) throw unfit;
    if (current.expiresAt !== expiryOf(client)) await store.setExpiry(current.id, expiryOf(client));
    const isClear = current.kind === 'encrypted';
    if (isClear === this.inClear(client)) return undefined;
    if (isClear) return this.hide(store, client, current);
    if (known !== undefined) {
      await store.remove([current.id]);
      await this.add(store, client, { given: this.needs.codec.chosen(known) }, [current]);
    }
    return undefined;
  }

  /** Why a secret that is kept does not do for the client. One that was too short for it before goes on. */
  private unfit(client: ClientDocument, { current, known, previous }: KeptSecret): Problem | undefined {
    const clear = known ?? (current.kind === 'encrypted' ? this.needs.codec.reveal(client.inum, current) : undefined);
    if (clear === undefined) return needsClearSecret(client) === undefined ? undefined : needsNewSecret(client);
    const before = leastKeyBytes(previous && mostDemandingAlgorithm(previous));
    const least = leastKeyBytes(mostDemandingAlgorithm(client));
    return least > before && keyBytes(clear) < least ? tooShort(client) : undefined;
  }

  /** Keeps only a digest of a secret whose clear value is not needed any more. */
  private async hide(store: SecretRows, client: ClientDocument, current: StoredSecret): Promise<undefined> {
    const clear = this.needs.codec.reveal(client.inum, current);
    const sealed = await this.needs.codec.seal(client.inum, this.needs.codec.chosen(clear), false, current.sequence);
    await store.rewrap(current.id, sealed.kind, sealed.value);
    return undefined;
  }

  /** No earlier secret outlives the end that the client sets for its secret. */
  private async endWith(store: SecretRows, client: ClientDocument, earlier: readonly StoredSecret[]): Promise<void> {
    const end = expiryOf(client);
    if (end === null) return;
    for (const { id, expiresAt } of earlier) {
      if (expiresAt === null || expiresAt > end) await store.setExpiry(id, end);
    }
  }

  private async add(
    store: SecretRows,
    client: ClientDocument,
    wish: Omit<SecretWish, 'given'> & { readonly given?: FreshSecret | undefined },
    stored: readonly StoredSecret[],
  ): Promise<{ id: string; clear?: string }> {
    const sequence = (stored[0]?.sequence ?? 0) + 1;
    const { sealed, ...shown } = await this.sealed(client, wish, sequence);
    const about = { expiresAt: expiryOf(client), label: wish.label ?? null, createdBy: wish.by ?? null };
    await store.add(client.inum, { ...sealed, ...about });
    return { id: sealed.id, ...shown };
  }

  /** A new secret as it is kept, and in clear unless only its hash is known. */
  private async sealed(
    client: ClientDocument,
    { given, imported }: { readonly given?: FreshSecret | undefined; readonly imported?: string },
    sequence: number,
  ): Promise<{ readonly sealed: NewSecret; readonly clear?: string }> {
    const { codec } = this.needs;
    const cause = needsClearSecret(client);
    if (imported !== undefined) {
      const detail = `does not do: ${cause ?? ''} uses the secret itself, which is not known by its hash`;
      if (cause !== undefined) throw refused('/clientSecretHash', detail, 'clear-secret-needed');
      return { sealed: codec.imported(imported, sequence) };
    }
    const fresh = given ?? codec.make(cause !== undefined);
    return { sealed: await codec.seal(client.inum, fresh, this.inClear(client), sequence), clear: fresh.clear };
  }

  /** Under slow hashes only what was compared beforehand counts: comparing would hold up the unit of work. */
  private async isSame(client: ClientDocument, current: StoredSecret, wish: SecretWish): Promise<boolean> {
    if (wish.given === undefined) return false;
    if (wish.sameAs === current.id) return true;
    return !HASHED_SLOWLY.has(current.kind) && this.needs.codec.matches(client.inum, current, wish.given.clear);
  }

  private inClear(client: ClientDocument): boolean {
    return this.needs.recoverable || needsClearSecret(client) !== undefined;
  }
}

const HASHED_SLOWLY: ReadonlySet<string> = new Set(['scrypt', 'imported']);

/** Hashes as other systems keep them, masks as they show them, and places in templates. */
const STAND_INS: readonly (readonly [RegExp, string])[] = [
  [
    /^(\$2[abxy]?\$|\$(argon2|pbkdf2|scrypt|1\$|5\$|6\$)|\{(SSHA|SHA|PBKDF2|bcrypt|CRYPT))/i,
    'looks like a hash, which goes into clientSecretHash',
  ],
  [/^[*•]{8,}$/, 'looks like a mask'],
  [/^(\$\{.*\}|\$\(.*\)|\{\{.*\}\}|<.*>)$/, 'looks like a place in a template'],
];

/** Refuses what stands for a secret somewhere else, with which nobody would get in, and hashes that are not taken. */
function refuseUnusable({ clientSecret: clear, clientSecretHash: imported }: SecretInput): void {
  const looks = STAND_INS.find(([pattern]) => pattern.test(clear ?? ''))?.[1];
  if (looks !== undefined)
    throw refused('/clientSecret', `${looks}: send the secret itself, or leave it out`, 'secret-is-itself');
  if (imported === undefined) return;
  if (clear !== undefined)
    throw refused('/clientSecretHash', 'stands in place of clientSecret: send one of them', 'one-secret');
  const fault = importFault(imported);
  if (fault !== undefined) throw refused('/clientSecretHash', fault, 'known-hash');
}

const refused = (pointer: string, detail: string, rule: string): Problem =>
  new Problem('invalid-request', { errors: [{ pointer, detail, rule }] });

function expiryOf(client: ClientDocument): string | null {
  const end = client.clientSecretExpiresAt === undefined ? undefined : parseWireDate(client.clientSecretExpiresAt);
  return end === undefined ? null : timestamp(end);
}

const removeAll = (store: SecretRows, stored: readonly StoredSecret[]): Promise<void> =>
  store.remove(stored.map((secret) => secret.id));

const earlier = (left: string | null, right: string): string => (left !== null && left < right ? left : right);

function requireKey(client: ClientDocument, secret: string): void {
  if (keyBytes(secret) < leastKeyBytes(mostDemandingAlgorithm(client))) throw tooShort(client);
}

function tooShort(client: ClientDocument): Problem {
  const alg = mostDemandingAlgorithm(client);
  const detail = `must have ${leastKeyBytes(alg)} bytes or more: it is the key of ${alg ?? ''}`;
  const fault = { pointer: '/clientSecret', detail, rule: SECRET_IS_A_KEY, reference: 'RFC 7518 section 3.2' };
  return new Problem('invalid-request', { errors: [fault] });
}

function needsNewSecret(client: ClientDocument): Problem {
  const cause = needsClearSecret(client) ?? '';
  const detail = `is needed: ${cause} uses the secret itself, of which only a digest is kept`;
  return refused('/clientSecret', detail, 'clear-secret-needed');
}
