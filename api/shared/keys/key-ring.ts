import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

/** Where an encrypted value stands. It cannot be decrypted anywhere else. */
export interface Place {
  /** What the key is for; each purpose has a key of its own. */
  readonly purpose: string;
  readonly row: string;
  readonly column: string;
  /** A text of high entropy without which, ring or no ring, the value cannot be decrypted. */
  readonly secret?: string;
}

/** A value cannot be decrypted: it is under a key that is not on the ring. */
export class MissingKeyError extends Error {}

/** AES-256-GCM under the first of several keys; values under the others can still be read. */
export interface KeyRing {
  /** Returns `<key id>.<nonce and ciphertext in base64url>`. */
  encrypt(plain: string, place: Place): string;
  /** Throws when the key is not on the ring, or the value was changed or moved. */
  decrypt(sealed: string, place: Place): string;
  /** Whether a value is under another key than the first. */
  isOutdated(sealed: string): boolean;
  /** A MAC over a text (HMAC with SHA-256) under a key for this purpose: `<key id>.<base64url>`. */
  mac(text: string, purpose: string): string;
  /** Whether it is that MAC, under any key of the ring. */
  isMac(mac: string, text: string, purpose: string): boolean;
}

const NONCE = 12;
const TAG = 16;

/**
 * Reads a ring `id:key,…` of 256-bit keys, each in base64 or as 64 hexadecimal digits; between them are commas or line ends.
 * Throws an error whose message names the entry at fault by its position, never its content.
 */
export function keyRing(spec: string): KeyRing {
  const keys = parseRing(spec);
  const [first] = keys.keys();
  if (first === undefined) throw new Error('the key ring is empty');
  const subkeys = new Map<string, Buffer>();
  const subkey = (id: string, purpose: string, secret?: string): Buffer => {
    const master = keys.get(id);
    if (master === undefined) throw new MissingKeyError(`the key ring has no key ${id}`);
    const derive = (): Buffer => Buffer.from(hkdfSync('sha256', master, secret ?? '', `clientele ${purpose}`, 32));
    if (secret !== undefined) return derive();
    const name = `${id}\n${purpose}`;
    const known = subkeys.get(name);
    if (known !== undefined) return known;
    const derived = derive();
    subkeys.set(name, derived);
    return derived;
  };
  const mac = (id: string, text: string, purpose: string): string =>
    createHmac('sha256', subkey(id, purpose)).update(text).digest('base64url');
  return {
    encrypt(plain, place) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', subkey(first, place.purpose, place.secret), nonce).setAAD(
        associated(place),
      );
      const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `${first}.${sealed.toString('base64url')}`;
    },
    decrypt(sealed, place) {
      const [id, data] = splitSealed(sealed);
      const decipher = createDecipheriv('aes-256-gcm', subkey(id, place.purpose, place.secret), data.subarray(0, NONCE))
        .setAAD(associated(place))
        .setAuthTag(data.subarray(-TAG));
      try {
        return Buffer.concat([decipher.update(data.subarray(NONCE, -TAG)), decipher.final()]).toString('utf8');
      } catch (error) {
        const message = `the key ${id} of the key ring is not the one that was encrypted with`;
        throw new MissingKeyError(message, { cause: error });
      }
    },
    isOutdated: (sealed) => splitSealed(sealed)[0] !== first,
    mac: (text, purpose) => `${first}.${mac(first, text, purpose)}`,
    isMac(given, text, purpose) {
      const [id = '', ...rest] = given.split('.');
      const [one, other] = [
        Buffer.from(rest.join('.')),
        keys.has(id) ? Buffer.from(mac(id, text, purpose)) : undefined,
      ];
      return other?.length === one.length && timingSafeEqual(one, other);
    },
  };
}

const associated = (place: Place): Buffer => Buffer.from(JSON.stringify([place.purpose, place.row, place.column]));

function splitSealed(sealed: string): [string, Buffer] {
  const dot = sealed.indexOf('.');
  const data = Buffer.from(sealed.slice(dot + 1), 'base64url');
  if (dot < 1 || data.length < NONCE + TAG) throw new Error('not an encrypted value');
  return [sealed.slice(0, dot), data];
}

function parseRing(spec: string): Map<string, Buffer> {
  const keys = new Map<string, Buffer>();
  for (const [position, entry] of spec
    .trim()
    .split(/,|\r?\n/)
    .entries()) {
    const match = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/_-]+={0,2})$/.exec(entry.trim());
    const text = match?.[2] ?? '';
    // 64 digits would be 48 bytes in base64, so that a key is never both.
    const key = Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64');
    if (match?.[1] === undefined || key.length !== 32) {
      throw new Error(`entry ${position + 1} is not id:key with 32 bytes in base64 or as 64 hexadecimal digits`);
    }
    if (keys.has(match[1])) throw new Error(`the key id ${match[1]} is there twice`);
    keys.set(match[1], key);
  }
  return keys;
}

/** A new ring with one random key. */
export const newKeyRingSpec = (): string => `k1:${randomBytes(32).toString('base64')}`;
