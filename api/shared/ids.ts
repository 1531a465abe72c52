import { hash, randomBytes, randomUUID } from 'node:crypto';
import { dryRunUnderWay, WOULD_BE_MADE } from './database/dry-run.ts';

/** What an inum may be: it stands in paths, in DNs and as `client_id`. */
export const INUM = /^[A-Za-z0-9._~-]{1,128}$/;

/** A new inum: a random UUID. */
export const newInum = (): string => randomUUID();

/** A random string of 256 bits in `[A-Za-z0-9_-]`, 43 characters: a secret, a token. */
export const randomSecret = (): string => random(32);

/** A random string of 64 characters in `[A-Za-z0-9_-]`: a key of every HMAC, SHA-512 included (RFC 7518 section 3.2). */
export const randomKey = (): string => random(48);

const random = (bytes: number): string =>
  dryRunUnderWay() === undefined ? randomBytes(bytes).toString('base64url') : WOULD_BE_MADE;

/** SHA-256 of a text, as 64 hexadecimal digits. */
export const sha256 = (text: string): string => hash('sha256', text);

const DN = { clients: 'clients', scopes: 'scopes', attributes: 'attributes', scripts: 'scripts' } as const;

/** The directory name of a resource: `inum=F0C4,ou=scopes,o=jans`. */
export const dnOf = (tree: keyof typeof DN, inum: string): string => `inum=${inum},ou=${DN[tree]},o=jans`;

/** The inum of a directory name in `tree`, or undefined when `text` is not one. */
export function inumOfDn(tree: keyof typeof DN, text: string): string | undefined {
  const match = /^inum=([^,=]+),\s*ou=([a-z]+),\s*o=jans$/i.exec(text);
  return match?.[2]?.toLowerCase() === DN[tree] ? match[1] : undefined;
}
