import { decodeJwt, decodeProtectedHeader, type CryptoKey } from 'jose';
import type { StatementIssuer } from '../../shared/statement-issuer.ts';
import type { ClientKeys } from '../../clients/rules/client-keys.ts';
import type { PolicyMatter, RegistrationPolicy } from '../policy/registration.policy.ts';

/** Algorithms with a shared secret, which only a policy can know. */
export const HMAC = ['HS256', 'HS384', 'HS512'];
/** RFC 7518 section 3.2: at least as long as what the shortest hash gives, in bytes. */
const SHORTEST_SECRET = 32;

/** When and with what a statement was sent. */
export interface Presented extends Pick<PolicyMatter, 'request' | 'body'> {
  readonly now: number;
  /** Whether the registration has it already. */
  readonly stands: boolean;
}

/** The keys that a software statement of an approved issuer may be signed with: its own, and those that the policy adds. */
export type StatementKeys = (
  text: string,
  issuer: StatementIssuer,
  presented: Presented,
) => Promise<readonly (CryptoKey | Uint8Array)[]>;

export interface StatementKeysNeeds {
  readonly keys: ClientKeys;
  readonly policy: RegistrationPolicy;
}

export function statementKeys({ keys, policy }: StatementKeysNeeds): StatementKeys {
  return async (text, issuer, { request, body }) => {
    const header = decodeProtectedHeader(text);
    const alg = String(header.alg);
    const matter = () => Promise.resolve({ request, ...(body && { body }), client: {}, statement: decodeJwt(text) });
    if (HMAC.includes(alg)) {
      const secret = new TextEncoder().encode(await policy.key('getSoftwareStatementHmacSecret', matter));
      return secret.length < SHORTEST_SECRET ? [] : [secret];
    }
    const added = await policy.key('getSoftwareStatementJwks', matter);
    const more = added === undefined ? [] : await keys({ jwks: added }, { ...header, alg });
    // With keys of the policy, those that cannot be had do not matter.
    const own = keys(issuer, { ...header, alg });
    return [...more, ...(await (more.length === 0 ? own : own.catch(() => [])))];
  };
}
