import type { Creation } from '../../clients/corridor/client.corridor.ts';
import type { Actor, Origin } from '../../shared/log/origin.ts';
import type { InitialToken } from '../initial-tokens/initial-token.store.ts';
import type { VerifiedStatement } from '../statements/statement.verifier.ts';

/** How the audit names the registration access token. */
export const TOKEN = 'registrationAccessToken';

type Way = Pick<Origin, 'operation' | 'source' | 'requestId'>;

/** The origin of what a registration changes. */
export const originOf = ({ operation, source, requestId }: Way, actor: Actor): Origin => {
  return { actor, door: 'registration', operation, source, requestId };
};

/** How a client comes in, and what lets it in. */
export function cameBy(
  token: InitialToken | undefined,
  statement: VerifiedStatement | undefined,
): Pick<Creation, 'source' | 'registeredBy'> {
  if (token !== undefined) return { source: 'initial-token', registeredBy: token.id };
  return statement === undefined ? { source: 'open' } : { source: 'statement', registeredBy: statement.issuer };
}
