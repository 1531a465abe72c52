import { Problem } from './problem.ts';

const LEAST_BITS = 128;
/** Random keys have many more: fewer are a placeholder. */
const LEAST_DIFFERENT = 5;

const RULE = `must be random and of at least ${LEAST_BITS} bits: 22 letters and digits, 32 hexadecimal digits or 39 digits`;

/**
 * The key of an `Idempotency-Key` header whose shape the contract has checked, without its quotes. Whoever guesses a key
 * could ask for the reply, which may have a secret in it. Throws `invalid-request` when it is too weak.
 */
export function idempotencyKey(header: string): string {
  const key = header.replaceAll('"', '');
  if (bitsOf(key) >= LEAST_BITS && new Set(key).size >= LEAST_DIFFERENT) return key;
  const errors = [{ parameter: 'header:idempotency-key', detail: RULE, rule: 'idempotency-key' }];
  throw new Problem('invalid-request', { errors });
}

/** The most bits that a text can have whose characters are all of the kind that it shows. */
function bitsOf(key: string): number {
  const digits = key.replaceAll('-', '');
  if (/^\d*$/.test(digits)) return digits.length * Math.log2(10);
  return /^[\da-f]*$/i.test(digits) ? digits.length * 4 : key.length * 6;
}
