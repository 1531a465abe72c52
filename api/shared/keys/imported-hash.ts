import { pbkdf2, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { lookup } from '../../../openapi/lookup.ts';
import { turns } from '../limits/turns.ts';

/** Compares a secret with a hash, beside the event loop. */
type Compare = (secret: string) => Promise<boolean>;

const deriveByRounds = promisify(pbkdf2);
const deriveByMemory = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** A hash takes up to a second and 64 MB: two at once, and who waits has his turn within eight seconds. */
const slots = turns(2, 16, 'hashes from elsewhere');

const BASE64 = String.raw`[A-Za-z0-9+/._-]{6,88}={0,2}`;
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
/** PHC as Ory keeps it (`i=…,l=…`), and as passlib does (the rounds alone). */
const PBKDF2 = new RegExp(
  String.raw`^\$pbkdf2(?:-(sha1|sha256|sha512))?\$(?:i=)?(\d{1,9})(?:,l=(\d{1,3}))?\$(${BASE64})\$(${BASE64})$`,
);
const SCRYPT = new RegExp(String.raw`^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$(${BASE64})\$(${BASE64})$`);
const ARGON2 = new RegExp(
  String.raw`^\$argon2(?:id|i|d)\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$[A-Za-z0-9+/]{11,88}\$[A-Za-z0-9+/]{6,88}$`,
);

/** What a hash may cost at most. */
const MOST = { cost: 13, rounds: 1_000_000, ln: 16, r: 8, p: 2, memory: 65_536, passes: 262_144, lanes: 4 };

const FORMS =
  `bcrypt ($2a$, $2b$, $2y$) up to cost ${MOST.cost}, $pbkdf2-sha1/sha256/sha512$ up to ${MOST.rounds} rounds, ` +
  `$scrypt$ up to ln=${MOST.ln},r=${MOST.r},p=${MOST.p}, and $argon2id$ up to m=${MOST.memory}, m × t up to ${MOST.passes}`;

/** What is wrong with the text as a hash that another system has made, in words, or undefined. */
export function importFault(text: string): string | undefined {
  const compare = comparison(text);
  if (compare === 'too costly') return `costs more than is taken: ${FORMS}`;
  return compare === undefined ? `is none of the hashes that are taken: ${FORMS}` : undefined;
}

/**
 * Whether `secret` is the one that the hash was made of, which has to be one without fault. Throws `unavailable` where too many
 * wait.
 */
export async function matchesImported(secret: string, text: string): Promise<boolean> {
  const compare = comparison(text);
  if (typeof compare !== 'function') throw new Error('an imported hash cannot be read');
  return secret === '' ? false : slots(() => compare(secret));
}

const comparison = (text: string): Compare | 'too costly' | undefined =>
  bcryptOf(text) ?? pbkdf2Of(text) ?? scryptOf(text) ?? argon2Of(text);

function bcryptOf(text: string): ReturnType<typeof comparison> {
  const cost = BCRYPT.exec(text)?.[1];
  if (cost === undefined || Number(cost) < 4) return undefined;
  return Number(cost) > MOST.cost ? 'too costly' : (secret) => inThread({ kind: 'bcrypt', hash: text, secret });
}

function pbkdf2Of(text: string): ReturnType<typeof comparison> {
  const [, digest = 'sha1', rounds, length, salt, hash] = PBKDF2.exec(text) ?? [];
  if (rounds === undefined || salt === undefined || hash === undefined) return undefined;
  const wanted = bytesOf(hash);
  if (Number(rounds) === 0 || (length !== undefined && Number(length) !== wanted.length)) return undefined;
  // A longer hash takes all rounds for each of its parts.
  const parts = Math.ceil(wanted.length / (lookup(DIGEST_BYTES, digest) ?? 1));
  if (Number(rounds) * parts > MOST.rounds) return 'too costly';
  return async (secret) =>
    equal(await deriveByRounds(secret, bytesOf(salt), Number(rounds), wanted.length, digest), wanted);
}

const DIGEST_BYTES: Readonly<Record<string, number>> = { sha1: 20, sha256: 32, sha512: 64 };

function scryptOf(text: string): ReturnType<typeof comparison> {
  const [, ln, r, p, salt, hash] = SCRYPT.exec(text) ?? [];
  if (salt === undefined || hash === undefined) return undefined;
  const [cost, block, lanes] = [Number(ln), Number(r), Number(p)];
  // N is less than 2^(16 r) (RFC 7914 section 2).
  if (cost === 0 || block === 0 || lanes === 0 || cost >= 16 * block) return undefined;
  if (cost > MOST.ln || block > MOST.r || lanes > MOST.p) return 'too costly';
  const [N, wanted] = [2 ** cost, bytesOf(hash)];
  const options = { N, r: block, p: lanes, maxmem: 256 * N * block };
  return async (secret) => equal(await deriveByMemory(secret, bytesOf(salt), wanted.length, options), wanted);
}

function argon2Of(text: string): ReturnType<typeof comparison> {
  const [, memory, times, lanes] = (ARGON2.exec(text) ?? []).map(Number);
  if (memory === undefined || times === undefined || lanes === undefined) return undefined;
  if (times === 0 || lanes === 0 || memory < 8 * lanes) return undefined;
  const isCostly = memory > MOST.memory || memory * times > MOST.passes || lanes > MOST.lanes;
  return isCostly ? 'too costly' : (secret) => inThread({ kind: 'argon2', hash: text, secret });
}

/** In any of the alphabets; passlib writes `.` for `+`. */
const bytesOf = (text: string): Buffer => Buffer.from(text.replaceAll('.', '+'), 'base64');

const equal = (left: Buffer, right: Buffer): boolean => left.length === right.length && timingSafeEqual(left, right);

const WORKER = new URL('./hash-worker.mjs', import.meta.url);

interface Job {
  readonly kind: 'bcrypt' | 'argon2';
  readonly hash: string;
  readonly secret: string;
}

/** A thread for each: a hash is kept until it has matched once. */
function inThread(job: Job): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(WORKER, { workerData: job, env: {}, argv: [], execArgv: [] });
    worker.once('message', (isRight: unknown) => resolve(isRight === true));
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the thread for a hash ended without an answer')));
  });
}
