import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { newClientKey, type ClientKey } from './issuer.ts';

/** Somebody who signs software statements. */
export interface Publisher {
  readonly issuer: string;
  readonly key: ClientKey;
  /** A statement with these claims; one that is undefined is left out. */
  statement(claims?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
}

export function newPublisher(issuer: string, key = newClientKey('publisher')): Publisher {
  return {
    issuer,
    key,
    statement: (claims = {}, header = {}) =>
      new SignJWT({ iss: issuer, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: key.jwk.kid, ...header })
        .sign(key.privateKey),
  };
}

/** A file for SOFTWARE_STATEMENT_ISSUERS_FILE. */
export function issuersFile(entries: unknown): string {
  const file = join(mkdtempSync(join(tmpdir(), 'clientele-issuers-')), 'issuers.json');
  writeFileSync(file, typeof entries === 'string' ? entries : JSON.stringify(entries));
  return file;
}
