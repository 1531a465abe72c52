import type { IssuedTokens } from '../clients/credentials/issued-tokens.store.ts';
import { timestamp } from '../shared/clock.ts';
import { sha256 } from '../shared/ids.ts';
import type { AuthenticatedClient } from './authentication/client-authentication.ts';

/** A token as it was answered: its scopes, and its lifetime in seconds. */
export interface Issued {
  readonly scope?: string | undefined;
  readonly expires_in: number;
}

/** So many sets of scopes of a client are told apart: it asks for the ones that it likes. */
const MOST_SETS = 20;
/** A longer text of scopes is not told apart, in characters. */
const MOST_SCOPES = 16_000;
const TOGETHER = '';

/** The tokens that were issued and are not written yet. */
export class IssueLedger {
  private readonly pending = new Map<string, Map<string, IssuedTokens>>();

  /** Counts a token that was issued at `now`, in milliseconds. */
  add(client: AuthenticatedClient, { scope = '', expires_in: lifetime }: Issued, now: number): void {
    const { inum } = client.document;
    const rows = this.pending.get(inum) ?? new Map<string, IssuedTokens>();
    this.pending.set(inum, rows);
    const [minute, generation] = [Math.floor(now / 60_000), client.tokenGeneration];
    const keyOf = (digest: string): string => `${minute} ${generation} ${digest}`;
    const own = scope.length > MOST_SCOPES ? TOGETHER : sha256(scope);
    const scopesDigest = rows.has(keyOf(own)) || rows.size < MOST_SETS ? own : TOGETHER;
    const [at, endsAt] = [timestamp(now), timestamp(now + lifetime * 1_000)];
    const { firstAt = at, tokens = 0, endsAt: latest = endsAt } = rows.get(keyOf(scopesDigest)) ?? {};
    rows.set(keyOf(scopesDigest), {
      ...{ inum, generation, minute, scopesDigest, scopes: scopesDigest === TOGETHER ? null : scope },
      ...{ tokens: tokens + 1, firstAt, lastAt: at, endsAt: latest > endsAt ? latest : endsAt },
    });
  }

  /** What was issued to a client, which is in nobody else's hands then. */
  take(inum: string): IssuedTokens[] {
    const rows = [...(this.pending.get(inum)?.values() ?? [])];
    this.pending.delete(inum);
    return rows;
  }

  /** The clients that something was issued to. */
  clients(): string[] {
    return [...this.pending.keys()];
  }
}
