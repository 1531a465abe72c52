import type { ClientDocument } from '../clients/document/client.document.ts';
import { isActive } from '../clients/client.state.ts';
import { ageing, type Clock } from '../shared/clock.ts';
import { countedCache } from '../shared/limits/counted-cache.ts';
import type { Meters } from '../shared/meters.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import { isPresentToken } from '../shared/incarnation.ts';
import type { IssuerStores } from './issuer.stores.ts';

/** What identifies an access token of ours, and the client that it was issued to. */
export interface IssuedToken {
  readonly clientId: string;
  readonly jti: string;
}

/**
 * What the client of a token is called, where the token is not revoked and its client is there, enabled and not expired;
 * else undefined. The expiry of the token itself is not looked at.
 */
export type TokenStatus = (token: IssuedToken) => Promise<{ readonly name?: string } | undefined>;

export interface TokenStatusNeeds {
  readonly work: UnitOfWork<IssuerStores>;
  readonly clock: Clock;
}

const SECOND = 1_000;
const MOST_TOKENS = 1_000;

/** Looks into the database each time. */
export function tokenStatus({ work, clock }: TokenStatusNeeds): TokenStatus {
  return ({ clientId, jti }) =>
    work.read(async ({ clients, revokedTokens }) => {
      const stored = await clients.find(clientId);
      if (stored === undefined || (await revokedTokens.isRevoked(jti))) return undefined;
      // A client that was deleted and made anew under its id does not get its tokens back.
      if (!isPresentToken(jti, stored)) return undefined;
      const document = JSON.parse(stored.text) as ClientDocument;
      return isActive(document, clock.now()) ? nameOf(document) : undefined;
    });
}

const nameOf = ({ displayName }: ClientDocument) => (displayName === undefined ? {} : { name: displayName });

/** Remembers for a second what `status` says, so that a deactivated client is out within that time. */
export function cachedTokenStatus(status: TokenStatus, clock: Clock, meters: Meters): TokenStatus {
  const answers = countedCache<string, ReturnType<TokenStatus>>(meters, 'token_status', {
    max: MOST_TOKENS,
    ttl: SECOND,
    ttlResolution: 0,
    perf: ageing(clock),
  });
  return (token) => {
    const known = answers.get(token.jti);
    if (known !== undefined) return known;
    const answer = status(token);
    answers.set(token.jti, answer);
    answer.catch(() => answers.delete(token.jti));
    return answer;
  };
}
