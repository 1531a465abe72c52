import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Terminal } from '../terminal.ts';
import type { ProofKey } from './proof-key.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';
import { configFolder } from './profiles.ts';
import type { Connection } from './source.ts';

/** A token that was issued, and when it ends (milliseconds). */
export interface IssuedToken {
  readonly accessToken: string;
  readonly expiresAt: number;
  /** The key that it is bound to, where it is. */
  readonly key?: ProofKey;
}

/** Room for the way to the server and for clocks that differ, in milliseconds. */
const MARGIN = 20_000;

/** Keeps the token of one connection between runs, in a file that only its owner can read. */
export class TokenCache {
  private readonly path: string;

  constructor(
    private readonly terminal: Terminal,
    { url, credential, wishes }: Connection,
  ) {
    // Tokens that were asked for in another way are other tokens.
    const wished = [wishes?.issuer, wishes?.scope, wishes?.resource].map((wish) =>
      wish === undefined ? '' : `\n${wish}`,
    );
    const key = `${url}\n${credential.kind === 'token' ? '' : credential.id}${wished.join('')}`;
    this.path = join(configFolder(terminal), 'tokens', `${createHash('sha256').update(key).digest('hex')}.json`);
  }

  /** The token, unless it has ended or is about to. */
  async read(): Promise<IssuedToken | undefined> {
    const text = await readPrivateFile(this.path).catch(() => undefined);
    if (text === undefined) return undefined;
    try {
      const token = JSON.parse(text) as IssuedToken;
      return token.expiresAt - MARGIN > this.terminal.now() ? token : undefined;
    } catch {
      return undefined;
    }
  }

  /** A home that cannot be written to costs a token for each command, and nothing else. */
  async write(token: IssuedToken): Promise<void> {
    await writePrivateFile(this.path, JSON.stringify(token)).catch(() => undefined);
  }

  async forget(): Promise<void> {
    await rm(this.path, { force: true });
  }
}
