import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { keyRing, newKeyRingSpec } from '../../api/shared/keys/key-ring.ts';

const place = { purpose: 'client secret', row: 'a', column: 'c' };
const key = (): string => randomBytes(32).toString('base64');

describe('a key ring', () => {
  it('gives back what it encrypted, and each time another ciphertext', () => {
    const ring = keyRing(newKeyRingSpec());
    const [one, two] = [ring.encrypt('s3cret', place), ring.encrypt('s3cret', place)];
    expect(one).not.toBe(two);
    expect(ring.decrypt(one, place)).toBe('s3cret');
  });

  it.each([{ purpose: 'other' }, { row: 'b' }, { column: 'd' }])(
    'decrypts nothing that stands elsewhere: %j',
    (moved) => {
      const ring = keyRing(newKeyRingSpec());
      const sealed = ring.encrypt('s3cret', place);
      expect(() => ring.decrypt(sealed, { ...place, ...moved })).toThrow();
    },
  );

  it('decrypts nothing that was changed', () => {
    const ring = keyRing(newKeyRingSpec());
    const sealed = ring.encrypt('s3cret', place);
    const flipped = sealed.slice(0, -3) + (sealed.at(-3) === 'A' ? 'B' : 'A') + sealed.slice(-2);
    expect(() => ring.decrypt(flipped, place)).toThrow();
  });

  it('reads values under its older keys and says that they are outdated', () => {
    const [old, young] = [key(), key()];
    const sealed = keyRing(`k1:${old}`).encrypt('s3cret', place);
    const ring = keyRing(`k2:${young},k1:${old}`);
    expect(ring.decrypt(sealed, place)).toBe('s3cret');
    expect(ring.isOutdated(sealed)).toBe(true);
    expect(ring.isOutdated(ring.encrypt('x', place))).toBe(false);
    expect(() => keyRing(`k2:${young}`).decrypt(sealed, place)).toThrow('the key ring has no key k1');
  });

  it('takes a key as 64 hexadecimal digits, and a line for each', () => {
    const [one, other] = [key(), key()];
    const sealed = keyRing(`k1:${one},k2:${other}`).encrypt('s3cret', place);
    const hex = (text: string): string => Buffer.from(text, 'base64').toString('hex');
    expect(keyRing(`k1:${hex(one)}\nk2:${hex(other).toUpperCase()}\n`).decrypt(sealed, place)).toBe('s3cret');
  });

  it.each([
    ['', 'entry 1'],
    [`k1:${'a'.repeat(63)}`, 'entry 1'],
    [`k1:${'a'.repeat(66)}`, 'entry 1'],
    ['k1', 'entry 1'],
    [`k1:${Buffer.from('short').toString('base64')}`, 'entry 1'],
    [`k1:${key()},k1:${key()}`, 'twice'],
    [`k1:${key()},k2:nonsense!`, 'entry 2'],
  ])('refuses %j', (spec, message) => {
    expect(() => keyRing(spec)).toThrow(message);
  });
});
