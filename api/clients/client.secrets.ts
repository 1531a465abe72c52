import { parseWireDate, timestamp } from '../shared/clock.ts';
import { Problem } from '../shared/problem.ts';
import type { ClientDocument } from './client.document.ts';
import { needsClearSecret, needsSecret } from './secret.policy.ts';
import { removeOthers, type FreshSecret, type SecretService } from './secret.service.ts';
import type { SecretStore, StoredSecret } from './secret.store.ts';

/** What a write says about the secret: a new one, none (keep what there is), or a request for one that is made here. */
export interface SecretWish {
  readonly given?: string;
  readonly renew?: boolean;
}

export interface ClientSecretsOptions {
  readonly service: SecretService;
  /** Whether every secret is kept so that it can be shown again (`CLIENT_SECRETS=recoverable`). */
  readonly recoverable: boolean;
}

export interface ClientSecrets {
  /** Brings the secrets of a client in line with its document. Returns the clear value when a secret is new. */
  apply(store: SecretStore, client: ClientDocument, wish: SecretWish): Promise<string | undefined>;
  /** Adds a secret; those that are there end at `previousEnd` (epoch milliseconds), or at once without it. */
  rotate(store: SecretStore, client: ClientDocument, given: string | undefined, previousEnd?: number): Promise<Rotation>;
  /** The clear value of the current secret, where it is kept. */
  reveal(store: SecretStore, inum: string): Promise<string | undefined>;
}

export interface Rotation {
  readonly clear: string;
  /** When the last of the earlier secrets ends, as stored. */
  readonly previousExpiresAt?: string;
}

export function clientSecrets({ service, recoverable }: ClientSecretsOptions): ClientSecrets {
  const inClear = (client: ClientDocument): boolean => recoverable || needsClearSecret(client) !== undefined;
  const expiryOf = (client: ClientDocument): string | null => {
    const end = client.clientSecretExpiresAt === undefined ? undefined : parseWireDate(client.clientSecretExpiresAt);
    return end === undefined ? null : timestamp(end);
  };
  const add = async (store: SecretStore, client: ClientDocument, fresh: FreshSecret, stored: readonly StoredSecret[]): Promise<string> => {
    const sequence = (stored[0]?.sequence ?? 0) + 1;
    const sealed = await service.seal(client.inum, fresh, inClear(client), sequence);
    await store.add(client.inum, { ...sealed, expiresAt: expiryOf(client) });
    return fresh.clear;
  };
  const replace = async (store: SecretStore, client: ClientDocument, fresh: FreshSecret, stored: readonly StoredSecret[]): Promise<string> => {
    await removeOthers(store, stored);
    return add(store, client, fresh, stored);
  };
  /** Keeps the current secret: its end follows the document, and it must fit how the client uses it. */
  const keep = async (store: SecretStore, client: ClientDocument, current: StoredSecret, known?: string): Promise<void> => {
    if (current.expiresAt !== expiryOf(client)) await store.setExpiry(current.id, expiryOf(client));
    if (current.kind === 'encrypted' || !inClear(client)) return;
    if (known !== undefined) await resealKnown(store, client, current, known);
    else if (needsClearSecret(client) !== undefined) throw needsNewSecret(client);
  };
  const resealKnown = async (store: SecretStore, client: ClientDocument, current: StoredSecret, clear: string): Promise<void> => {
    const sealed = await service.seal(client.inum, service.chosen(clear), true, current.sequence + 1);
    await store.remove([current.id]);
    await store.add(client.inum, { ...sealed, expiresAt: expiryOf(client) });
  };
  return {
    async apply(store, client, { given, renew }) {
      const stored = await store.of(client.inum);
      const [current] = stored;
      if (!needsSecret(client)) {
        await removeOthers(store, stored);
        return undefined;
      }
      if (given === undefined && current !== undefined && renew !== true) {
        await keep(store, client, current);
        return undefined;
      }
      if (given === undefined) return replace(store, client, service.make(), stored);
      if (current !== undefined && (await service.find(client.inum, [current], given)) !== undefined) {
        await keep(store, client, current, given);
        return undefined;
      }
      return replace(store, client, service.chosen(given), stored);
    },
    async rotate(store, client, given, previousEnd) {
      const stored = await store.of(client.inum);
      const live = previousEnd === undefined ? [] : stored.filter((secret) => service.isLive(secret));
      await store.remove(stored.filter((secret) => !live.includes(secret)).map((secret) => secret.id));
      const ends = live.map(({ id, expiresAt }) => ({ id, end: earlier(expiresAt, timestamp(previousEnd ?? 0)) }));
      for (const { id, end } of ends) await store.setExpiry(id, end);
      const clear = await add(store, client, given === undefined ? service.make() : service.chosen(given), stored);
      const last = ends.map(({ end }) => end).sort().at(-1);
      return { clear, ...(last !== undefined && { previousExpiresAt: last }) };
    },
    async reveal(store, inum) {
      const [current] = await store.of(inum);
      return current?.kind === 'encrypted' ? service.reveal(inum, current) : undefined;
    },
  };
}

const earlier = (left: string | null, right: string): string => (left !== null && left < right ? left : right);

function needsNewSecret(client: ClientDocument): Problem {
  const cause = needsClearSecret(client) ?? '';
  const detail = `is needed: ${cause} uses the secret itself, of which only a digest is kept`;
  return new Problem('invalid-request', { errors: [{ pointer: '/clientSecret', detail, rule: 'clear-secret-needed' }] });
}
