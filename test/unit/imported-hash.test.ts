import { describe, expect, it } from '@jest/globals';
import { importFault } from '../../api/shared/keys/imported-hash.ts';

const text = (bytes: number): string => Buffer.alloc(bytes, 7).toString('base64').replaceAll('=', '');

describe('a hash that was made elsewhere', () => {
  it.each([
    `$2b$13$${'a'.repeat(53)}`,
    `$pbkdf2-sha256$i=1000000$${text(8)}$${text(32)}`,
    `$pbkdf2-sha512$i=1000000$${text(8)}$${text(64)}`,
    `$scrypt$ln=15,r=1,p=1$${text(8)}$${text(32)}`,
    `$argon2id$v=19$m=65536,t=4,p=1$${text(8)}$${text(32)}`,
  ])('may be %s', (hash) => {
    expect(importFault(hash)).toBeUndefined();
  });

  it.each([
    [`$2b$14$${'a'.repeat(53)}`, 'costs more'],
    [`$pbkdf2-sha256$i=1000001$${text(8)}$${text(32)}`, 'costs more'],
    // Each part of a longer hash takes all rounds.
    [`$pbkdf2-sha1$i=1000000$${text(8)}$${text(60)}`, 'costs more'],
    [`$argon2id$v=19$m=65537,t=1,p=1$${text(8)}$${text(32)}`, 'costs more'],
    // Those that no library verifies.
    [`$scrypt$ln=16,r=1,p=1$${text(8)}$${text(32)}`, 'is none of the hashes'],
    [`$argon2id$v=19$m=65536,t=1,p=1$${text(7)}$${text(32)}`, 'is none of the hashes'],
    [`$argon2id$v=19$m=65536,t=1,p=1$${text(8)}$${text(32)}=`, 'is none of the hashes'],
    ['$1$salt$hash', 'is none of the hashes'],
  ])('cannot be %s, which %s', (hash, fault) => {
    expect(importFault(hash)).toContain(fault);
  });
});
