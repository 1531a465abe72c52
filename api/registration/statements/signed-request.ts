import { decodeJwt, decodeProtectedHeader, type CryptoKey } from 'jose';
import type { ClientKeys } from '../../clients/rules/client-keys.ts';
import { isTyped } from '../../shared/keys/jwt-type.ts';
import { errorFields, type Log } from '../../shared/log/log.ts';
import type { Meters } from '../../shared/meters.ts';
import { OAuthProblem, Problem } from '../../shared/problem.ts';
import type { StatementIssuer } from '../../shared/statement-issuer.ts';
import type { PolicyMatter, RegistrationPolicy } from '../policy/registration.policy.ts';
import { ALGORITHMS, HMAC, secretKeys, signatureFault } from './signature.ts';
import type { VerifiedStatement } from './statement.verifier.ts';

/** A request for registration whose metadata are the claims of a JWT. */
export interface SignedRequest extends Pick<PolicyMatter, 'request' | 'body'> {
  /** The JWT. */
  readonly text: string;
  readonly statement: VerifiedStatement | undefined;
  readonly now: number;
  /** Whether it has to say for whom and until when it is, so that nobody can send it elsewhere or later. */
  readonly isBound: boolean;
}

/**
 * Verifies a signed request by the keys of its software: those that its verified software statement has, and those of
 * the policy where the issuer of the statement is one that is approved by name. Throws `invalid_client_metadata`.
 */
export type VerifySignedRequest = (signed: SignedRequest) => Promise<void>;

export interface SignedRequestNeeds {
  readonly log: Log;
  readonly meters: Meters;
  /** Our own issuer. */
  readonly issuer: string;
  readonly statementIssuers: readonly StatementIssuer[];
  readonly keys: ClientKeys;
  readonly policy: RegistrationPolicy;
}

type Stated = SignedRequest & { readonly statement: VerifiedStatement };

export function signedRequestVerifier(needs: SignedRequestNeeds): VerifySignedRequest {
  const { log, meters, issuer } = needs;
  return async ({ statement, ...signed }) => {
    const { text, now } = signed;
    const { aud, exp } = decodeJwt(text);
    if (signed.isBound && (aud === undefined || !isSoon(exp, now))) throw unbound(issuer);
    if (statement === undefined) throw invalid('it has no software statement, which says whose keys are good for it');
    const { alg = '', typ } = decodeProtectedHeader(text);
    if (!ALGORITHMS.includes(alg)) throw invalid('its algorithm is not allowed');
    if (!isTyped(typ, 'none', 'jwt')) throw invalid('its type is not that of a request');
    const known = await keysFor(needs, { ...signed, statement }).catch((error: unknown) => {
      if (error instanceof OAuthProblem || error instanceof Problem) throw error;
      log.warn('keys of a signed request cannot be had', { issuer: statement.issuer, ...errorFields(error) });
      throw invalid('the keys of its software cannot be had');
    });
    const audience = aud === undefined ? {} : { audience: issuer };
    const measured = () => meters.signature('verify', 'registration_request');
    const fault = await signatureFault(text, known, { now, measured, ...audience });
    if (fault !== undefined) throw invalid(fault);
  };
}

async function keysFor(
  { keys, policy, statementIssuers }: SignedRequestNeeds,
  { text, statement, request, body }: Stated,
): Promise<readonly (CryptoKey | Uint8Array)[]> {
  const header = decodeProtectedHeader(text);
  const alg = String(header.alg);
  const claims = { iss: statement.issuer, ...statement.metadata };
  const matter = () => Promise.resolve({ request, ...(body && { body }), client: {}, statement: claims });
  const isListed = statementIssuers.some(({ issuer }) => issuer === statement.issuer);
  if (HMAC.includes(alg)) return isListed ? secretKeys(await policy.key('getDcrHmacSecret', matter)) : [];
  const added = isListed ? await policy.key('getDcrJwks', matter) : undefined;
  if (added !== undefined) return keys({ jwks: added }, { ...header, alg });
  const { jwks, jwks_uri: jwksUri } = statement.metadata;
  return keys(
    {
      ...(jwks !== undefined && { jwks: JSON.stringify(jwks) }),
      ...(typeof jwksUri === 'string' && { jwksUri }),
    },
    { ...header, alg },
  );
}

/** Whoever sees a request can send it until then. In seconds. */
const LONGEST = 3_600;

const isSoon = (exp: number | undefined, now: number): boolean => exp !== undefined && exp - now / 1_000 <= LONGEST;

const unbound = (issuer: string): OAuthProblem =>
  new OAuthProblem(
    400,
    'invalid_client_metadata',
    `the signed request needs exp, in an hour at most, and aud, which is ${issuer}`,
  );

const invalid = (reason: string): OAuthProblem =>
  new OAuthProblem(400, 'invalid_client_metadata', 'the signed request is not valid', { reason });
