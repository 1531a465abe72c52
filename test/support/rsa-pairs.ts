import { createHash, createPrivateKey, createPublicKey, type KeyPairKeyObjectResult } from 'node:crypto';

/** Enough that no service and its replicas, which keep three at most, meet one of theirs again. */
const SIGNING_PAIRS = 16;
/** How far each prime is from the number that its place stands for; every two of them make a pair. */
const PRIMES = [56, 568, 546, 264, 1270, 1022, 196, 740, 1460, 16, 592, 1118, 1576, 510, 382, 212].map(primeAt);
const EXPONENT = 65_537n;
const unused = PRIMES.flatMap((p, at) => PRIMES.slice(0, at).map((q) => [p, q] as const));
const made = new Map<string, KeyPairKeyObjectResult>();
const drawn = new Map<string, number>();

/**
 * An RSA pair of 2,048 bits, another for each name. To find primes takes as long as a hundred requests, so that they are
 * known: a pair is as good as any, and a secret to nobody.
 */
export function rsaPair(name: string): KeyPairKeyObjectResult {
  const pair = made.get(name) ?? pairOf(...(unused.pop() ?? noPair()));
  made.set(name, pair);
  return pair;
}

/** The next one of those that are drawn for a purpose in turn. */
export function nextPair(purpose: string): KeyPairKeyObjectResult {
  const turn = drawn.get(purpose) ?? 0;
  drawn.set(purpose, turn + 1);
  return rsaPair(`${purpose} ${turn % SIGNING_PAIRS}`);
}

/** 1,024 bits, the first two of which are 1, so that the product of any two has 2,048. */
function primeAt(offset: number, place: number): bigint {
  const digest = createHash('shake256', { outputLength: 128 }).update(`prime ${place}`).digest('hex');
  return (BigInt(`0x${digest}`) | (3n << 1_022n) | 1n) + BigInt(offset);
}

/** RFC 8017 section 3.2. */
function pairOf(p: bigint, q: bigint): KeyPairKeyObjectResult {
  const d = inverse(EXPONENT, (p - 1n) * (q - 1n));
  const numbers = { n: p * q, e: EXPONENT, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const members = Object.entries(numbers).map(([name, value]) => [name, base64url(value)]);
  const key = { kty: 'RSA', ...(Object.fromEntries(members) as Record<string, string>) };
  const privateKey = createPrivateKey({ key, format: 'jwk' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

/** What `value` is multiplied with to be 1 by this modulus. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (a > 1n) [a, b, x, y] = [b % a, a, y - (b / a) * x, x];
  return ((x % modulus) + modulus) % modulus;
}

function base64url(value: bigint): string {
  const digits = value.toString(16);
  return Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex').toString('base64url');
}

function noPair(): never {
  throw new Error('more primes are needed for so many pairs');
}
