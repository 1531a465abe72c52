import { timestamp, type Clock } from '../../shared/clock.ts';
import { randomKey, randomSecret, sha256 } from '../../shared/ids.ts';
import type { KeyRing } from '../../shared/keys/key-ring.ts';
import { equalText, hashChosenSecret, isBeside, matchesAmong, renewedDigest } from '../../shared/keys/secret-hash.ts';
import { matchesImported } from '../../shared/keys/imported-hash.ts';
import { newSecretId, type NewSecret, type StoredSecret } from './secret.store.ts';

/** A secret in clear, with how it will be kept. It exists in the request that makes it only. */
export interface FreshSecret {
  readonly clear: string;
  readonly origin: 'made' | 'chosen';
  /** Its digest, where it was made beforehand. */
  readonly digest?: string;
}

export interface SecretCodec {
  /** A secret of 256 bits, or, where it is to be the key of an algorithm, of 64 characters. */
  make(isKey: boolean): FreshSecret;
  chosen(clear: string): FreshSecret;
  /**
   * A chosen secret with its digest, which one hash compares together with those of `beside`: making it takes tens of
   * milliseconds, which no unit of work should hold up. What is prepared in this way already stays as it is.
   */
  prepared(secret: FreshSecret, beside: readonly StoredSecret[]): Promise<FreshSecret>;
  /** How a fresh secret is kept: encrypted when its clear value is needed later, else as a digest. */
  seal(inum: string, fresh: FreshSecret, inClear: boolean, sequence: number): Promise<NewSecret>;
  /** A hash that another system has made, as one of ours. */
  imported(hash: string, sequence: number): NewSecret;
  /** The secret among `stored` that `clear` is and that has not expired, or undefined. Compares with all of them. */
  find(inum: string, stored: readonly StoredSecret[], clear: string): Promise<StoredSecret | undefined>;
  /** Whether `clear` is this secret, expired or not. */
  matches(inum: string, secret: StoredSecret, clear: string): Promise<boolean>;
  /** The digest to keep from now on of a secret that `clear` is, where the one that is kept is of an earlier kind. */
  renewed(secret: StoredSecret, clear: string): Promise<string | undefined>;
  /** The clear value of an encrypted secret. */
  reveal(inum: string, secret: StoredSecret): string;
  isLive(secret: StoredSecret): boolean;
  /** Encrypts a secret that is under another key than the first one again. */
  reseal(inum: string, id: string, value: string): string | undefined;
  /** An encrypted secret of the client `from`, encrypted for `to`. */
  moved(secret: Pick<StoredSecret, 'id' | 'value'>, from: string, to: string): string;
}

const place = (inum: string, id: string): { purpose: string; row: string; column: string } => ({
  purpose: 'client secret',
  row: `${inum} ${id}`,
  column: 'client_secrets.value',
});

export function secretCodec(ring: KeyRing, clock: Clock): SecretCodec {
  const reveal = (inum: string, secret: Pick<StoredSecret, 'id' | 'value'>): string =>
    ring.decrypt(secret.value, place(inum, secret.id));
  const isLive = (secret: StoredSecret): boolean =>
    secret.expiresAt === null || secret.expiresAt > timestamp(clock.now());
  const matches = async (inum: string, secret: StoredSecret, clear: string): Promise<boolean> => {
    if (secret.kind === 'imported') return matchesImported(clear, secret.value);
    if (secret.kind === 'scrypt') return (await matchesAmong(clear, [secret.value])).size > 0;
    if (secret.kind === 'sha256') return equalText(sha256(clear), secret.value);
    return equalText(sha256(clear), sha256(reveal(inum, secret)));
  };
  return {
    make: (isKey) => ({ clear: isKey ? randomKey() : randomSecret(), origin: 'made' }),
    chosen: (clear) => ({ clear, origin: 'chosen' }),
    async prepared(secret, beside) {
      const neighbour = beside.find((one) => one.kind === 'scrypt' && isLive(one))?.value;
      const isReady = secret.digest !== undefined && (neighbour === undefined || isBeside(secret.digest, neighbour));
      return isReady ? secret : { ...secret, digest: await hashChosenSecret(secret.clear, neighbour) };
    },
    async seal(inum, { clear, origin, digest }, inClear, sequence) {
      const id = newSecretId();
      const base = { id, sequence, createdAt: timestamp(clock.now()), expiresAt: null };
      if (inClear) return { ...base, kind: 'encrypted', value: ring.encrypt(clear, place(inum, id)) };
      if (origin === 'made') return { ...base, kind: 'sha256', value: sha256(clear) };
      return { ...base, kind: 'scrypt', value: digest ?? (await hashChosenSecret(clear)) };
    },
    imported: (value, sequence) => {
      const createdAt = timestamp(clock.now());
      return { id: newSecretId(), sequence, createdAt, expiresAt: null, kind: 'imported', value };
    },
    async find(inum, stored, clear) {
      const all = stored.filter(isLive);
      const live = all.filter(({ kind }) => kind !== 'imported');
      const chosen = live.filter(({ kind }) => kind === 'scrypt');
      const matching = await matchesAmong(
        clear,
        chosen.map(({ value }) => value),
      );
      const others = live.filter(({ kind }) => kind !== 'scrypt');
      for (const secret of others) if (await matches(inum, secret, clear)) matching.add(secret.value);
      const found = live.find(({ value }) => matching.has(value));
      const foreign = all.find(({ kind }) => kind === 'imported');
      if (found !== undefined || foreign === undefined) return found;
      return (await matches(inum, foreign, clear)) ? foreign : undefined;
    },
    matches,
    renewed: async (secret, clear) => {
      if (secret.kind === 'imported') return hashChosenSecret(clear);
      return secret.kind === 'scrypt' ? renewedDigest(clear, secret.value) : undefined;
    },
    reveal,
    isLive,
    reseal: (inum, id, value) =>
      ring.isOutdated(value) ? ring.encrypt(reveal(inum, { id, value }), place(inum, id)) : undefined,
    moved: (secret, from, to) => ring.encrypt(reveal(from, secret), place(to, secret.id)),
  };
}
