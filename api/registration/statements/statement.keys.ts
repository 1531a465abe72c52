import { decodeJwt, decodeProtectedHeader, type CryptoKey } from 'jose';
import type { StatementIssuer } from '../../shared/statement-issuer.ts';
import type { ClientKeys } from '../../clients/rules/client-keys.ts';
import type { PolicyMatter, RegistrationPolicy } from '../policy/registration.policy.ts';
import { HMAC, secretKeys } from './signature.ts';

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
    if (HMAC.includes(alg)) return secretKeys(await policy.key('getSoftwareStatementHmacSecret', matter));
    const added = await policy.key('getSoftwareStatementJwks', matter);
    const more = added === undefined ? [] : await keys({ jwks: added }, { ...header, alg });
    // With keys of the policy, those that cannot be had do not matter.
    const own = keys(issuer, { ...header, alg });
    return [...more, ...(await (more.length === 0 ? own : own.catch(() => [])))];
  };
}
