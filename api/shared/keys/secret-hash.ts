import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';
import { turns } from '../limits/turns.ts';

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);
const LENGTH = 32;

/** The parameters of scrypt (RFC 7914 section 2); `ln` is the logarithm of the cost N. */
interface Parameters {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

/** What new digests are made with. Others are verified with their own, so that these can be raised. */
const PARAMETERS: Parameters = { ln: 14, r: 8, p: 1 };

interface Digest {
  readonly parameters: Parameters;
  readonly salt: string;
  readonly hash: string;
}

/**
 * scrypt takes 16 MB and tens of milliseconds: at most two at once, so that a flood of guesses cannot take the process, and no
 * more in the line than have their turn within some seconds; the others are refused with `unavailable`.
 */
const slots = turns(2, 200, 'secrets');

const hash = (secret: string, salt: Buffer, { ln, r, p }: Parameters): Promise<Buffer> => {
  const N = 2 ** ln;
  return slots(() => derive(secret, salt, LENGTH, { N, r, p, maxmem: 256 * N * r }));
};

const DUMMY_SALT = randomBytes(16);

/**
 * Hashes a secret that a person or a program chose. Returns `$scrypt$ln=…,r=…,p=…$<salt>$<hash>`, the last two base64url.
 * `beside` is the digest of another secret of the same client: with its salt, one hash compares with both.
 */
export async function hashChosenSecret(secret: string, beside?: string): Promise<string> {
  const salt = beside === undefined ? randomBytes(16) : Buffer.from(digestOf(beside).salt, 'base64url');
  const made = await hash(secret, salt, PARAMETERS);
  return textOf({ parameters: PARAMETERS, salt: salt.toString('base64url'), hash: made.toString('base64url') });
}

/** Those of `stored`, made by `hashChosenSecret`, that `secret` matches. Digests of one salt cost one hash together. */
export async function matchesAmong(secret: string, stored: readonly string[]): Promise<Set<string>> {
  const made = new Map<string, Buffer>();
  const matching = new Set<string>();
  for (const text of stored) {
    const digest = digestOf(text);
    const how = textOf({ ...digest, hash: '' });
    const given = made.get(how) ?? (await hash(secret, Buffer.from(digest.salt, 'base64url'), digest.parameters));
    made.set(how, given);
    if (equalBytes(given, Buffer.from(digest.hash, 'base64url'))) matching.add(text);
  }
  return matching;
}

/** Whether two digests have one salt. */
export const isBeside = (left: string, right: string): boolean => digestOf(left).salt === digestOf(right).salt;

/** What is to be stored instead of a digest that `secret` has matched, or undefined when it is as one made now. */
export async function renewedDigest(secret: string, stored: string): Promise<string | undefined> {
  const digest = digestOf(stored);
  if (textOf({ ...digest, parameters: PARAMETERS }) !== textOf(digest)) return hashChosenSecret(secret, stored);
  return textOf(digest) === stored ? undefined : textOf(digest);
}

const textOf = ({ parameters: { ln, r, p }, salt, hash: text }: Digest): string =>
  `$scrypt$ln=${ln},r=${r},p=${p}$${salt}$${text}`;

/** Reads a digest: with its parameters, or of the time before they were noted (`<salt>.<hash>`). */
function digestOf(stored: string): Digest {
  const match = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/.exec(stored);
  if (match !== null) {
    const [, ln, r, p, salt = '', text = ''] = match;
    return { parameters: { ln: Number(ln), r: Number(r), p: Number(p) }, salt, hash: text };
  }
  const [salt = '', text = ''] = stored.split('.');
  return { parameters: { ln: 14, r: 8, p: 1 }, salt, hash: text };
}

/** Spends the time of one comparison, so that a refusal does not tell whether there was anything to compare. */
export async function spendComparison(): Promise<void> {
  await hash('', DUMMY_SALT, PARAMETERS);
}

/** Compares two texts of equal length in constant time; texts of different lengths differ. */
export const equalText = (left: string, right: string): boolean => equalBytes(Buffer.from(left), Buffer.from(right));

function equalBytes(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
