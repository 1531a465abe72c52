import { Problem } from '../problem.ts';

const LEAST_BITS = 128;
/** Random keys have many more: fewer are a placeholder. */
const LEAST_DIFFERENT = 5;

const RULE = `must be random and of at least ${LEAST_BITS} bits: a UUID of version 4, 22 letters of both cases and digits, 25 of one case, 32 hexadecimal digits or 39 digits`;

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

const UUID = /^[\da-f]{8}-[\da-f]{4}-([\da-f])[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/i;

/** The most bits that a text can have whose characters are all of the kind that it shows. */
function bitsOf(key: string): number {
  // Those of other versions are made of the time, or of a name.
  const [, version] = UUID.exec(key) ?? [];
  if (version !== undefined) return version === '4' ? LEAST_BITS : 0;
  const plain = key.replaceAll(/[-_]/g, '');
  if (/^\d*$/.test(plain)) return plain.length * Math.log2(10);
  if (/^[\da-f]*$/i.test(plain)) return plain.length * Math.log2(16);
  return /^([\da-z]*|[\dA-Z]*)$/.test(plain) ? plain.length * Math.log2(36) : key.length * Math.log2(64);
}
