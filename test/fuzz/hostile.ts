import fc from 'fast-check';
import type { Chance } from './chance.ts';

/** Stands for a number that JSON can spell and JavaScript cannot hold. */
export const ENDLESS = 'a number without end: 1e400';

const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'then', 'length', ''];
const TEXTS = [
  ...NAMES,
  '\u0000',
  '\u202e\u0007\u001b[31m',
  '\uFEFF',
  '\u{1F600}\u{10FFFF}\uFFFE',
  'İıſK',
  '1e400',
  '-0',
  '0x10',
  'NaN',
  'null',
  '%ff%ED%A0%80%',
  '\\,=!<>"\'',
  '$.a[*]',
  'inum=__proto__,ou=scopes,o=jans',
  'https://[::1]:99999/%zz',
  'http://169.254.169.254/',
  'a'.repeat(5_000),
  '(a+)+$',
  '{"keys":[{"kty":"__proto__"}]}',
];

export const hostileName = (chance: Chance): string => chance.oneOf([...NAMES, 'a\ud800', 'a~1b/c', 'x'.repeat(300)]);

export function hostileText(chance: Chance): string {
  if (chance.happens(0.2)) return chance.oneOf(['\ud800', 'a\udfff', 'https://a.example/\udbff']);
  return chance.happens(0.8) ? chance.oneOf(TEXTS) : chance.any(fc.string({ unit: 'binary', maxLength: 40 }));
}

/** Anything that JSON can spell. */
export function hostileValue(chance: Chance, depth = 0): unknown {
  const kind = chance.upTo(depth > 3 ? 5 : 9);
  if (kind <= 3) return hostileText(chance);
  if (kind === 4) return chance.oneOf([ENDLESS, 0, -1, 1.5, 2 ** 31, 2 ** 53, -1e308, 5e-324]);
  if (kind === 5) return chance.oneOf([null, true, false, [], {}]);
  if (kind === 6) return nested(chance.oneOf([15, 16, 17, 2_000]));
  if (kind <= 8) return Array.from({ length: chance.upTo(3) }, () => hostileValue(chance, depth + 1));
  const entries = Array.from({ length: chance.upTo(3) }, () => [hostileName(chance), hostileValue(chance, depth + 1)]);
  return Object.fromEntries(entries);
}

function nested(depth: number): unknown {
  let value: unknown = 'deep';
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}
